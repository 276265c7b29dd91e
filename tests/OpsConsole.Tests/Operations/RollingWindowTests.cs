using Microsoft.Extensions.Time.Testing;
using OpsConsole.Operations.Measuring;

namespace OpsConsole.Tests.Operations;

public sealed class RollingWindowTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 3, TimeSpan.Zero));

    [Fact]
    public void Window_OfManyValues_KnowsCountMedianAndSlowWithinATenth()
    {
        var window = new RollingWindow(_time);
        for (var i = 1; i <= 1000; i++)
            window.Add(i / 1000.0);
        var read = window.Read();
        Assert.Equal(1000, read.Count);
        Assert.InRange(read.Median, 0.45, 0.55);
        Assert.InRange(read.Slow, 0.855, 1.045);
    }

    [Fact]
    public void Window_AfterFiveMinutes_HasForgotten()
    {
        var window = new RollingWindow(_time);
        window.Add(3);
        window.Count(7);
        _time.Advance(TimeSpan.FromMinutes(4));
        window.Add(0.2);
        Assert.Equal(9, window.Read().Count);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, window.Read().Count);
        Assert.InRange(window.Read().Slow, 0.18, 0.22);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(default, window.Read());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1e9)]
    public void Window_OfOddValues_CountsThem(double value)
    {
        var window = new RollingWindow(_time);
        window.Add(value);
        Assert.Equal(1, window.Read().Count);
        Assert.True(double.IsFinite(window.Read().Slow));
    }
}
