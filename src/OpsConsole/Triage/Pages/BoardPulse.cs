using OpsConsole.Live;

namespace OpsConsole.Triage.Pages;

/// <summary>A turn of the pulse: what changed since the last one.</summary>
/// <param name="Changed">Shipments whose row changed or left.</param>
/// <param name="Tick">Time has passed: what depends on the time left is due too.</param>
public sealed record Beat(IReadOnlySet<long> Changed, bool Tick)
{
    /// <summary>Whether a row is concerned.</summary>
    public bool Concerns(long shipmentKey) => Tick || Changed.Contains(shipmentKey);
}

/// <summary>
/// One circuit's pulse: collects what the feed says changed and lets it through at once when nothing was for a while, else at most four times
/// a second; without any change it ticks every few seconds. The next beat waits until the last one was taken.
/// </summary>
public sealed class BoardPulse : IDisposable
{
    /// <summary>Between two beats at least this much passes.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two ticks.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Action _due;
    private readonly ITimer _timer;
    private HashSet<long> _changed = [];
    private long _beatAt;
    private long _tickAt;
    private bool _set;
    private bool _waiting;
    private bool _disposed;

    /// <param name="time">The clock of the timer.</param>
    /// <param name="due">A beat is due: called on another thread, must be quick; somebody calls <see cref="Take"/> after it.</param>
    public BoardPulse(TimeProvider time, Action due)
    {
        (_time, _due) = (time, due);
        _tickAt = time.GetTimestamp();
        _beatAt = _tickAt - (long)(Least.TotalSeconds * time.TimestampFrequency);
        _timer = time.CreateTimer(_ => Ring(), null, Most, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something changed; on the feed's thread.</summary>
    public void Note(BoardChanges changes)
    {
        lock (_lock)
        {
            foreach (var row in changes.Changed)
                _changed.Add(row.ShipmentKey);
            _changed.UnionWith(changes.Removed);
            if (_set || _waiting || _disposed)
                return;
            _set = true;
            var wait = Least - _time.GetElapsedTime(_beatAt);
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Takes what has changed; from now on the next beat may become due.</summary>
    public Beat Take()
    {
        lock (_lock)
        {
            var changed = _changed;
            _changed = [];
            _waiting = false;
            _beatAt = _time.GetTimestamp();
            var tick = _time.GetElapsedTime(_tickAt) >= Most;
            if (tick)
                _tickAt = _beatAt;
            if (!_disposed)
                _timer.Change(Most, Timeout.InfiniteTimeSpan);
            return new Beat(changed, tick);
        }
    }

    private void Ring()
    {
        lock (_lock)
        {
            if (_disposed || _waiting)
                return;
            (_set, _waiting) = (false, true);
        }
        _due();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _disposed = true;
        _timer.Dispose();
    }
}
