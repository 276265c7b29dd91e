using OpsConsole.Client;
using OpsConsole.Live;

namespace OpsConsole.Triage.Pages;

/// <summary>What became of a row since it was put into the list.</summary>
public enum RowStanding
{
    /// <summary>It belongs there.</summary>
    Current,

    /// <summary>Somebody answered it.</summary>
    Answered,

    /// <summary>Nothing can be done any more.</summary>
    TooLate,

    /// <summary>It fell under the threshold, or left the list otherwise.</summary>
    Receded,

    /// <summary>It has arrived, was returned or cancelled.</summary>
    Finished,
}

/// <summary>All that a row of the list paints; equal means: paint nothing.</summary>
public sealed record RowView(
    long ShipmentKey, string ShipmentId, string Area, string Service, string? Why, double? Score, bool Flagged, bool Silent, bool Simulated,
    double Value, DateTimeOffset? Until, DateTimeOffset PromisedBy, string? Assignee, DateTimeOffset? JudgedAt, ShipmentState State, RowStanding Standing, bool Selected, string Uri);

/// <summary>What a look at the feed changed of the list, so that only that is painted.</summary>
/// <param name="List">Which rows there are, or their order.</param>
/// <param name="Frame">Counts, the chip of what waits, the age of the data.</param>
public readonly record struct BoardChange(bool List, bool Frame);

/// <summary>
/// One circuit's board: which rows, in which order, which one is selected. While the list is in use its order holds still, and what is new
/// waits; the selected row keeps its place always. Knows nothing of Blazor.
/// </summary>
public sealed class TriageBoardState(BoardOrder order)
{
    /// <summary>Rows shown at first, and added by "show more".</summary>
    public const int PageSize = 50;

    private const int MostRows = 500;

    private List<long> _list = [];
    private HashSet<long> _inList = [];
    private bool _listed;

    /// <summary>What is shown, as the address says it.</summary>
    public BoardFilter Filter { get; private set; } = new();

    /// <summary>The rows to show, in order.</summary>
    public IReadOnlyList<long> Shown { get; private set; } = [];

    /// <summary>The selected shipment's key; null when it is none of the board's.</summary>
    public long? Selected { get; private set; }

    /// <summary>The selected shipment's id: the one in the address, else the first of the list.</summary>
    public string? SelectedId { get; private set; }

    /// <summary>The pointer or the focus is in the list: it holds still.</summary>
    public bool InUse { get; set; }

    /// <summary>Cases whose handling costs more than it saves are shown too.</summary>
    public bool Unfolded { get; private set; }

    /// <summary>How many cases are folded, because handling them costs more than it saves.</summary>
    public int Folded { get; private set; }

    /// <summary>How many belong into the list, shown or not.</summary>
    public int Total { get; private set; }

    /// <summary>How many wait to be put in.</summary>
    public int Fresh { get; private set; }

    /// <summary>How many are still shown and no longer belong.</summary>
    public int Gone { get; private set; }

    /// <summary>More rows than are shown.</summary>
    public bool HasMore => Shown.Count < _list.Count;

    /// <summary>How many rows each list has, for the rail, under the filter's area and service.</summary>
    public IReadOnlyList<int> Counts { get; private set; } = [0, 0, 0, 0, 0];

    /// <summary>The lists as looked at last.</summary>
    public BoardSnapshot Snapshot { get; private set; } = BoardSnapshot.Of([], new(), DateTimeOffset.MinValue);

    /// <summary>Takes the state out of the address: another list is laid out anew, another shipment only selected.</summary>
    public void Show(BoardFilter filter)
    {
        var relist = !_listed || filter with { Case = null } != Filter with { Case = null };
        if (relist && filter.Section != Filter.Section)
            Unfolded = false;
        Filter = filter;
        Snapshot = order.Current;
        if (relist)
        {
            _listed = true;
            (Selected, SelectedId) = (null, null);
            LayOut(Target(), PageSize);
        }
        if (filter.Case is not null)
            SelectById(filter.Case);
        else if (relist || SelectedId is null)
            SelectFirst();
        CountAll();
    }

    /// <summary>Looks at the feed again. A list in use keeps its rows and their order.</summary>
    public BoardChange Refresh()
    {
        Snapshot = order.Current;
        var before = (Fresh, Gone, Total, Folded, Snapshot.NewestScan);
        var counts = Counts;
        var target = Target();
        var list = false;
        if (InUse)
            Note(target);
        else
            list = LayOut(target, Shown.Count);
        if (SelectedId is null)
        {
            SelectFirst();
            list |= SelectedId is not null;
        }
        CountAll();
        return new(list, before != (Fresh, Gone, Total, Folded, Snapshot.NewestScan) || !counts.SequenceEqual(Counts));
    }

    /// <summary>Puts in what waits, now, though the list is in use.</summary>
    public void Apply() => LayOut(Target(), Shown.Count);

    /// <summary>Shows more rows.</summary>
    public void ShowMore() => Shown = _list[..Math.Min(_list.Count, Shown.Count + PageSize)];

    /// <summary>Shows the cases of negative value too, or folds them again.</summary>
    public void ToggleFolded()
    {
        Unfolded = !Unfolded;
        LayOut(Target(), Shown.Count);
    }

    /// <summary>The id of the next row after the selected one that still waits for an answer; null when there is none.</summary>
    public string? NextToAnswer()
    {
        var start = Selected is { } key ? _list.IndexOf(key) : -1;
        for (var step = 1; step <= _list.Count; step++)
        {
            var candidate = _list[(Math.Max(start, -1) + step) % _list.Count];
            if (candidate != Selected && View(candidate) is { Standing: RowStanding.Current } view)
                return view.ShipmentId;
        }
        return null;
    }

    /// <summary>The newest row of a shipment; null when it is not on the board.</summary>
    public BoardRow? Find(long shipmentKey) => order.Find(shipmentKey);

    /// <summary>What a row paints; null when it has left the feed.</summary>
    public RowView? View(long shipmentKey)
    {
        if (order.Find(shipmentKey) is not { } row)
            return null;
        var now = order.Now;
        var worth = CaseWorth.Of(row, order.Settings, now);
        return new RowView(
            row.ShipmentKey, row.ShipmentId, row.DestinationArea, row.Service, row.Why, row.Score, row.Flagged, row.Silent, row.Simulated, worth.ValueOfActing, worth.LastUsefulAt,
            row.PromisedBy, row.Assignee, row.JudgedAt, row.State, StandingOf(row, worth, now), row.ShipmentKey == Selected, (Filter with { Case = row.ShipmentId }).Uri);
    }

    private RowStanding StandingOf(BoardRow row, Worth worth, DateTimeOffset now)
    {
        var section = BoardSnapshot.SectionOf(row, worth, now);
        if (Filter.Query is not null || section == Filter.Section || (Filter.Section == BoardSection.Silent && row.Silent && section is not null and not BoardSection.Answered))
            return RowStanding.Current;
        return section switch
        {
            BoardSection.Answered => RowStanding.Answered,
            BoardSection.TooLate => RowStanding.TooLate,
            null => RowStanding.Finished,
            _ => RowStanding.Receded,
        };
    }

    /// <summary>What belongs into the list now, in its order; the folded left out.</summary>
    private List<long> Target()
    {
        List<long> target = [];
        (Total, Folded) = (0, 0);
        foreach (var (row, worth) in Candidates())
        {
            if (!Filter.Matches(row))
                continue;
            if (Filter.Section == BoardSection.Answer && Filter.Query is null && worth.ValueOfActing <= 0)
            {
                Folded++;
                if (!Unfolded)
                    continue;
            }
            Total++;
            if (target.Count < MostRows)
                target.Add(row.ShipmentKey);
        }
        return target;
    }

    // A search looks through every list; what waits for an answer comes first.
    private IEnumerable<RankedRow> Candidates() => Filter.Query is null
        ? Snapshot.In(Filter.Section)
        : Snapshot.In(BoardSection.Answer).Concat(Snapshot.In(BoardSection.TooLate)).Concat(Snapshot.In(BoardSection.Watch)).Concat(Snapshot.In(BoardSection.Answered));

    private void Note(List<long> target)
    {
        Fresh = target.Count(key => !_inList.Contains(key));
        var belongs = target.ToHashSet();
        Gone = _list.Count(key => !belongs.Contains(key));
    }

    /// <summary>Lays the list out anew around the selected row, which keeps its place. True when that changed anything.</summary>
    private bool LayOut(List<long> target, int count)
    {
        (Fresh, Gone) = (0, 0);
        if (Selected is { } selected && _list.IndexOf(selected) is >= 0 and var place)
        {
            target.Remove(selected);
            target.Insert(Math.Min(place, target.Count), selected);
        }
        var shown = target[..Math.Min(target.Count, Math.Max(count, PageSize))];
        var changed = !shown.SequenceEqual(Shown) || (shown.Count < target.Count) != HasMore;
        _list = target;
        _inList = [.. target];
        if (changed)
            Shown = shown;
        return changed;
    }

    private void SelectById(string shipmentId)
    {
        SelectedId = shipmentId;
        Selected = order.Find(shipmentId)?.ShipmentKey;
    }

    private void SelectFirst()
    {
        (Selected, SelectedId) = (null, null);
        if (Shown.Count > 0 && order.Find(Shown[0]) is { } row)
            (Selected, SelectedId) = (row.ShipmentKey, row.ShipmentId);
    }

    private void CountAll()
    {
        var everything = Filter with { Query = null };
        Counts = [.. Enum.GetValues<BoardSection>().Select(section => everything.Narrows
            ? Snapshot.In(section).Count(ranked => everything.Matches(ranked.Row))
            : Snapshot.In(section).Count)];
    }
}
