using OpsConsole.Client;
using OpsConsole.Live;
using OpsConsole.Operations;

namespace OpsConsole.Triage.Pages;

/// <summary>A row with what it is worth to act on it.</summary>
/// <param name="Row">The newest of the feed.</param>
/// <param name="Worth">As of the snapshot.</param>
public readonly record struct RankedRow(BoardRow Row, Worth Worth);

/// <summary>
/// The lists of the board as of a moment, each in its order. One is made for all circuits together; a circuit takes from it what its filter
/// lets through.
/// </summary>
public sealed class BoardSnapshot
{
    private readonly List<RankedRow>[] _sections = [[], [], [], [], []];

    private BoardSnapshot()
    {
    }

    /// <summary>The moment.</summary>
    public DateTimeOffset At { get; private init; }

    /// <summary>Shipments on the board that are open.</summary>
    public int Open { get; private set; }

    /// <summary>When the newest scan happened.</summary>
    public DateTimeOffset? NewestScan { get; private set; }

    /// <summary>Areas of destination there are, sorted.</summary>
    public IReadOnlyList<string> Areas { get; private set; } = [];

    /// <summary>Services there are, sorted.</summary>
    public IReadOnlyList<string> Services { get; private set; } = [];

    /// <summary>One of the lists, in its order.</summary>
    public IReadOnlyList<RankedRow> In(BoardSection section) => _sections[(int)section];

    /// <summary>Sorts the rows of the feed into the lists.</summary>
    public static BoardSnapshot Of(IReadOnlyCollection<BoardRow> rows, OperationsSettings settings, DateTimeOffset now)
    {
        var snapshot = new BoardSnapshot { At = now };
        SortedSet<string> areas = new(StringComparer.OrdinalIgnoreCase), services = new(StringComparer.OrdinalIgnoreCase);
        foreach (var row in rows)
        {
            if (row.LastScanAt > (snapshot.NewestScan ?? DateTimeOffset.MinValue) && row.LastScanAt <= now)
                snapshot.NewestScan = row.LastScanAt;
            if (row.State == ShipmentState.Open)
            {
                snapshot.Open++;
                areas.Add(row.DestinationArea);
                services.Add(row.Service);
            }
            snapshot.Add(row, settings, now);
        }
        (snapshot.Areas, snapshot.Services) = ([.. areas], [.. services]);
        snapshot.Sort();
        return snapshot;
    }

    /// <summary>The list a row belongs to now; null for none. A silent one stands in the list of the silent as well.</summary>
    public static BoardSection? SectionOf(BoardRow row, Worth worth, DateTimeOffset now)
    {
        if (row.CaseState == CaseState.Judged || (row.CaseState == CaseState.Closed && row.JudgedAt is not null && row.State != ShipmentState.Open))
            return BoardSection.Answered;
        if (row.State != ShipmentState.Open)
            return null;
        if (row.CaseState is CaseState.Open or CaseState.Claimed)
            return worth.LastUsefulAt > now ? BoardSection.Answer : BoardSection.TooLate;
        return BoardSection.Watch;
    }

    private void Add(BoardRow row, OperationsSettings settings, DateTimeOffset now)
    {
        var ranked = new RankedRow(row, CaseWorth.Of(row, settings, now));
        if (SectionOf(row, ranked.Worth, now) is not { } section)
            return;
        _sections[(int)section].Add(ranked);
        if (row.Silent && section != BoardSection.Answered)
            _sections[(int)BoardSection.Silent].Add(ranked);
    }

    private void Sort()
    {
        _sections[(int)BoardSection.Answer].Sort(ByWorth);
        _sections[(int)BoardSection.Silent].Sort(ByWorth);
        // One that is late already is no chance any more: nothing is left to watch for.
        _sections[(int)BoardSection.Watch].Sort((a, b) => (a.Row.PromisedBy < At).CompareTo(b.Row.PromisedBy < At) is var late and not 0
            ? late
            : Order(-Nullable.Compare(a.Row.Score, b.Row.Score), a, b));
        _sections[(int)BoardSection.Answered].Sort((a, b) => Order(-Nullable.Compare(a.Row.JudgedAt, b.Row.JudgedAt), a, b));
        _sections[(int)BoardSection.TooLate].Sort((a, b) => Order(-a.Row.PromisedBy.CompareTo(b.Row.PromisedBy), a, b));
    }

    /// <summary>
    /// What waiting loses, then what acting is worth (measurement.md, Money). Handling a case takes the same minutes whichever it is, so that
    /// "per handling minute" changes no order.
    /// </summary>
    internal static int ByWorth(RankedRow a, RankedRow b)
    {
        var lost = -Cents(a.Worth.LostByWaiting).CompareTo(Cents(b.Worth.LostByWaiting));
        if (lost == 0)
            lost = -Cents(a.Worth.ValueOfActing).CompareTo(Cents(b.Worth.ValueOfActing));
        return Order(lost, a, b);
    }

    // Equal to the eye is equal to the order: a list that reshuffles for tenths of a cent can't be read.
    private static double Cents(double amount) => Math.Round(amount, 2);

    private static int Order(int first, RankedRow a, RankedRow b)
    {
        if (first != 0)
            return first;
        var promise = a.Row.PromisedBy.CompareTo(b.Row.PromisedBy);
        return promise != 0 ? promise : a.Row.ShipmentKey.CompareTo(b.Row.ShipmentKey);
    }
}
