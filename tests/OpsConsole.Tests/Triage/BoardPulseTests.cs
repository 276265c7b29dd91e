using Microsoft.Extensions.Time.Testing;
using OpsConsole.Live;
using OpsConsole.Triage.Pages;

namespace OpsConsole.Tests.Triage;

public sealed class BoardPulseTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly BoardPulse _pulse;
    private int _due;

    public BoardPulseTests() => _pulse = new BoardPulse(_time, () => _due++);

    [Fact]
    public void Note_AfterQuiet_BeatsAtOnce()
    {
        Note(1);
        _time.Advance(TimeSpan.Zero);
        Assert.Equal(1, _due);
        Assert.Equal([1], _pulse.Take().Changed);
    }

    [Fact]
    public void Note_Often_BeatsFourTimesASecondWithAllThatChanged()
    {
        var seen = new HashSet<long>();
        for (var change = 0; change < 100; change++)
        {
            Note(change);
            _time.Advance(TimeSpan.FromMilliseconds(10));
            if (_due > seen.Count(k => k < 0))
            {
                seen.UnionWith(_pulse.Take().Changed);
                seen.Add(-_due);
            }
        }
        Assert.InRange(_due, 4, 5);
        _time.Advance(BoardPulse.Least);
        seen.UnionWith(_pulse.Take().Changed);
        Assert.Equal(Enumerable.Range(0, 100).Select(k => (long)k), seen.Where(k => k >= 0).Order());
    }

    [Fact]
    public void Note_BeatNotTaken_WaitsForIt()
    {
        Note(1);
        _time.Advance(TimeSpan.Zero);
        Note(2);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _due);
        Assert.Equal([1, 2], _pulse.Take().Changed.Order());
        Note(3);
        _time.Advance(BoardPulse.Least);
        Assert.Equal(2, _due);
    }

    [Fact]
    public void Quiet_TicksEveryFewSeconds()
    {
        _time.Advance(BoardPulse.Most);
        Assert.Equal(1, _due);
        Assert.True(_pulse.Take().Tick);
        _time.Advance(BoardPulse.Most);
        Assert.Equal(2, _due);
    }

    [Fact]
    public void Dispose_ThenNote_StaysQuiet()
    {
        _pulse.Dispose();
        Note(1);
        _time.Advance(BoardPulse.Most);
        Assert.Equal(0, _due);
    }

    public void Dispose() => _pulse.Dispose();

    private void Note(long key) => _pulse.Note(new BoardChanges([], [key]));
}
