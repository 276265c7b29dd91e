using OpsConsole.Live;
using OpsConsole.Operations;

namespace OpsConsole.Triage.Pages;

/// <summary>
/// What the circuits of this instance share: the lists of the board, made once for each version of the feed, and anew every few seconds since
/// they depend on the time left.
/// </summary>
public sealed class BoardOrder
{
    private static readonly TimeSpan Keeps = TimeSpan.FromSeconds(5);

    private readonly Func<long> _version;
    private readonly Func<IReadOnlyCollection<BoardRow>> _rows;
    private readonly Func<long, BoardRow?> _find;
    private readonly Func<string, BoardRow?> _findById;
    private readonly Func<OperationsSettings> _settings;
    private readonly Func<DateTimeOffset> _now;
    private readonly Lock _lock = new();
    private BoardSnapshot? _snapshot;
    private long _snapshotVersion = -1;
    private OperationsSettings? _snapshotSettings;

    /// <param name="feed">Where the rows come from.</param>
    /// <param name="settings">What acting costs and helps.</param>
    /// <param name="clock">What is called now.</param>
    public BoardOrder(BoardFeed feed, SettingsStore settings, LoopClock clock)
        : this(() => feed.Version, () => feed.Rows, feed.Find, feed.Find, () => settings.Current, () => clock.Now)
    {
    }

    internal BoardOrder(Func<long> version, Func<IReadOnlyCollection<BoardRow>> rows, Func<long, BoardRow?> find, Func<string, BoardRow?> findById,
        Func<OperationsSettings> settings, Func<DateTimeOffset> now)
    {
        (_version, _rows, _find, _findById) = (version, rows, find, findById);
        (_settings, _now) = (settings, now);
    }

    /// <summary>The moment.</summary>
    public DateTimeOffset Now => _now();

    /// <summary>The settings in force.</summary>
    public OperationsSettings Settings => _settings();

    /// <summary>The lists as of now, not older than a few seconds and never of an older version than the feed's.</summary>
    public BoardSnapshot Current
    {
        get
        {
            lock (_lock)
            {
                var (version, settings, now) = (_version(), _settings(), _now());
                if (_snapshot is null || version != _snapshotVersion || !ReferenceEquals(settings, _snapshotSettings) || now - _snapshot.At >= Keeps)
                {
                    _snapshot = BoardSnapshot.Of(_rows(), settings, now);
                    (_snapshotVersion, _snapshotSettings) = (version, settings);
                }
                return _snapshot;
            }
        }
    }

    /// <summary>The newest row of a shipment; null when it is not on the board.</summary>
    public BoardRow? Find(long shipmentKey) => _find(shipmentKey);

    /// <summary>The newest row of a shipment by the courier's id.</summary>
    public BoardRow? Find(string shipmentId) => _findById(shipmentId);
}
