namespace OpsConsole.Measurement.Thresholds;

/// <summary>Shipments at risk, by what became of them.</summary>
/// <param name="Late">Late, touched or not.</param>
/// <param name="OnTime">On time, untouched.</param>
/// <param name="Touched">On time, touched: without a truth.</param>
internal readonly record struct AtRiskCells(long Late, long OnTime, long Touched)
{
    internal long All => Late + OnTime + Touched;

    public static AtRiskCells operator +(AtRiskCells one, AtRiskCells other) =>
        new(one.Late + other.Late, one.OnTime + other.OnTime, one.Touched + other.Touched);

    public static AtRiskCells operator -(AtRiskCells one, AtRiskCells other) =>
        new(one.Late - other.Late, one.OnTime - other.OnTime, one.Touched - other.Touched);
}

/// <summary>The shipments at risk of a promise day, by thousandths of their score: how many reach any threshold, at once.</summary>
internal sealed class ScoredDay
{
    private readonly int[] _thousandths;
    private readonly AtRiskCells[] _reach;

    private ScoredDay(int day, AtRiskCells all, int[] thousandths, AtRiskCells[] reach) => (Day, All, _thousandths, _reach) = (day, all, thousandths, reach);

    /// <summary>The day in the operation's zone.</summary>
    internal int Day { get; }

    /// <summary>All at risk, those without a score too.</summary>
    internal AtRiskCells All { get; }

    /// <summary>How many scores reach a threshold of so many thousandths.</summary>
    internal AtRiskCells Reach(int threshold)
    {
        var at = Array.BinarySearch(_thousandths, threshold);
        at = at < 0 ? ~at : at;
        return at < _reach.Length ? _reach[at] : default;
    }

    /// <summary>What stands at each thousandth, in order.</summary>
    internal IEnumerable<(int Thousandth, AtRiskCells Cells)> Steps()
    {
        for (var i = 0; i < _thousandths.Length; i++)
            yield return (_thousandths[i], i + 1 < _reach.Length ? _reach[i] - _reach[i + 1] : _reach[i]);
    }

    /// <summary>Makes a day of its shipments.</summary>
    /// <param name="day">The day.</param>
    /// <param name="all">All at risk, those without a score too.</param>
    /// <param name="scored">Those with a score, by whole thousandths; any order.</param>
    internal static ScoredDay Of(int day, AtRiskCells all, IEnumerable<(int Thousandth, AtRiskCells Cells)> scored)
    {
        var steps = new SortedDictionary<int, AtRiskCells>();
        foreach (var (thousandth, cells) in scored)
            steps[thousandth] = steps.GetValueOrDefault(thousandth) + cells;
        int[] thousandths = [.. steps.Keys];
        AtRiskCells[] reach = [.. steps.Values];
        for (var i = reach.Length - 2; i >= 0; i--)
            reach[i] += reach[i + 1];
        return new ScoredDay(day, all, thousandths, reach);
    }

    /// <summary>Several parts of the same day as one.</summary>
    internal static ScoredDay Of(IReadOnlyList<ScoredDay> parts) => parts.Count == 1
        ? parts[0] : Of(parts[0].Day, parts.Aggregate(default(AtRiskCells), (sum, part) => sum + part.All), parts.SelectMany(part => part.Steps()));
}
