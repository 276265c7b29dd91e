using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Live;
using OpsConsole.Operations;

namespace OpsConsole.Tests.Operations;

/// <summary>The bell within one process; over Redis it is tried with a real one (FaultTests).</summary>
public sealed class DoorbellTests
{
    private readonly Doorbell _doorbell = new(new DoorbellOptions(), NullLogger<Doorbell>.Instance);

    [Fact]
    public void Ring_SeveralListen_EachHearsItsOwnBell()
    {
        List<string> heard = [];
        using var first = _doorbell.Listen(Bells.Settings, () => heard.Add("first"));
        using var second = _doorbell.Listen(Bells.Settings, () => heard.Add("second"));
        using var other = _doorbell.Listen(Bells.Access, () => heard.Add("other"));
        _doorbell.Ring(Bells.Settings);
        Assert.Equal(["first", "second"], heard);
    }

    [Fact]
    public void Ring_ListenerThrows_OthersHearAndTheRingerIsNotTold()
    {
        var heard = 0;
        using var bad = _doorbell.Listen(Bells.Board, () => throw new InvalidOperationException("deaf"));
        using var good = _doorbell.Listen(Bells.Board, () => heard++);
        _doorbell.Ring(Bells.Board);
        Assert.Equal(1, heard);
    }

    [Fact]
    public void Dispose_Twice_OnlyThatListenerStops()
    {
        var heard = 0;
        void Count() => heard++;
        var gone = _doorbell.Listen(Bells.Board, Count);
        using var stays = _doorbell.Listen(Bells.Board, Count);
        gone.Dispose();
        gone.Dispose();
        _doorbell.Ring(Bells.Board);
        Assert.Equal(1, heard);
    }

    [Fact]
    public async Task Signal_WithBell_IsRaisedByWhoeverRings()
    {
        var signal = new BoardChanged(_doorbell);
        using var listener = signal.Listen();
        _doorbell.Ring(Bells.Board);
        Assert.True(await listener.WaitAsync(TimeSpan.Zero));
        signal.Raise();
        Assert.True(await listener.WaitAsync(TimeSpan.Zero));
        Assert.False(await listener.WaitAsync(TimeSpan.Zero));
    }

    [Theory]
    [InlineData("localhost:6379")]
    [InlineData("redis.example.org,password=secret,ssl=true,abortConnect=true")]
    public void Read_Whatever_NeverGivesUp(string configuration)
    {
        var redis = Doorbell.Read(configuration);
        Assert.False(redis.AbortOnConnectFail);
        Assert.NotEmpty(redis.EndPoints);
    }
}
