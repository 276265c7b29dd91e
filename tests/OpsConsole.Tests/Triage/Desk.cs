using OpsConsole.Client;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Triage.Pages;

namespace OpsConsole.Tests.Triage;

/// <summary>A board of rows in memory, for tests of what is made of them.</summary>
internal sealed class Desk
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<long, BoardRow> _rows = [];
    private long _version;

    public Desk() => Order = new BoardOrder(
        () => _version, () => _rows.Values, key => _rows.GetValueOrDefault(key), id => _rows.Values.FirstOrDefault(r => r.ShipmentId == id), () => Settings, () => Now);

    public DateTimeOffset Now { get; set; } = Start;

    public OperationsSettings Settings { get; set; } = new();

    public BoardOrder Order { get; }

    /// <summary>Puts a row in, or another in its place.</summary>
    public BoardRow Put(BoardRow row)
    {
        row.Version = ++_version;
        return _rows[row.ShipmentKey] = row;
    }

    /// <summary>A flagged row with an open case, promised in so many hours.</summary>
    public BoardRow Flagged(long key, double score = 0.6, double hours = 8, string area = "A1", Action<BoardRow>? change = null) =>
        Put(Row(key, score, hours, area, flagged: true, change));

    /// <summary>An open row that isn't flagged.</summary>
    public BoardRow Quiet(long key, double score = 0.05, double hours = 8, string area = "A1", Action<BoardRow>? change = null) =>
        Put(Row(key, score, hours, area, flagged: false, change));

    private static BoardRow Row(long key, double score, double hours, string area, bool flagged, Action<BoardRow>? change)
    {
        var row = new BoardRow
        {
            ShipmentKey = key,
            ShipmentId = $"S-{key}",
            DestinationArea = area,
            Service = "express",
            Score = score,
            Threshold = 0.3,
            Late = flagged,
            Flagged = flagged,
            PromisedBy = Start.AddHours(hours),
            Why = "Last scan 9 h ago",
            LastScanAt = Start.AddMinutes(-key),
            CaseState = flagged ? CaseState.Open : null,
        };
        change?.Invoke(row);
        return row;
    }
}
