using Microsoft.Extensions.Logging;

namespace OpsConsole.Live;

/// <summary>Rows that changed, in the order of their versions, and the keys of those that left the board.</summary>
/// <param name="Changed">Newest state of each; a row that changed several times is there once.</param>
/// <param name="Removed">Shipments no longer on the board.</param>
public sealed record BoardChanges(IReadOnlyList<BoardRow> Changed, IReadOnlyList<long> Removed);

/// <summary>
/// One who is told of changes, on turns of its own: while it is busy, what happens is gathered (one row a shipment), so that a slow one holds up
/// nobody and nothing grows without bound; one that throws is told again next time.
/// </summary>
internal sealed partial class BoardSubscription(Action<BoardChanges> changed, Action<BoardSubscription> forget, ILogger log) : IDisposable
{
    private readonly Lock _lock = new();
    private Dictionary<long, BoardRow> _changed = [];
    private HashSet<long> _removed = [];
    private bool _running;
    private bool _disposed;

    internal void Offer(BoardChanges changes)
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            foreach (var row in changes.Changed)
            {
                _changed[row.ShipmentKey] = row;
                _removed.Remove(row.ShipmentKey);
            }
            foreach (var key in changes.Removed)
            {
                _changed.Remove(key);
                _removed.Add(key);
            }
            if (_running)
                return;
            _running = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static subscription => subscription.Run(), this, preferLocal: false);
    }

    private void Run()
    {
        while (Take() is { } changes)
        {
            try
            {
                changed(changes);
            }
            catch (Exception failure)
            {
                LogFailed(log, failure);
            }
        }
    }

    private BoardChanges? Take()
    {
        lock (_lock)
        {
            if (_disposed || (_changed.Count == 0 && _removed.Count == 0))
            {
                _running = false;
                return null;
            }
            var rows = new BoardRow[_changed.Count];
            _changed.Values.CopyTo(rows, 0);
            Array.Sort(rows, static (a, b) => a.Version.CompareTo(b.Version));
            var changes = new BoardChanges(rows, [.. _removed]);
            (_changed, _removed) = ([], []);
            return changes;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _changed.Clear();
            _removed.Clear();
        }
        forget(this);
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Error, Message = "A listener of the board failed; it is told of the next change again")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
