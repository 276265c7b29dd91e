using OpsConsole.Client;
using OpsConsole.Numerics.Statistics;
using OpsConsole.Operations;

namespace OpsConsole.Measurement.Thresholds;

/// <summary>
/// A range of settled shipments held in memory, of which any threshold can be asked while somebody moves a slider (measurement.md, Money). What was
/// touched and came on time has no truth: every amount has a range, from all of them on time anyway to all of them late but for the touch.
/// </summary>
public sealed class ThresholdRange
{
    /// <summary>Thresholds are 0.001 to 0.999.</summary>
    internal const int Least = 1, Most = 999;

    /// <summary>A threshold as the range counts: in whole thousandths.</summary>
    internal static int Thousandths(double threshold) => Math.Clamp((int)Math.Round(threshold * 1000), Least, Most);

    /// <summary>With fewer promise days nothing is compared.</summary>
    internal const int LeastDays = 28;

    private readonly IReadOnlyList<ScoredDay> _days;
    private readonly OperationsSettings _settings;
    private readonly double? _measured;
    private readonly ScoredDay? _total;
    private readonly double _weeks;

    /// <param name="days">Its days.</param>
    /// <param name="settings">What things cost.</param>
    /// <param name="measured">The chance that an action helps, where a hold-out measured it.</param>
    internal ThresholdRange(IReadOnlyList<ScoredDay> days, OperationsSettings settings, double? measured)
    {
        (_days, _settings, _measured) = (days, settings, measured);
        _total = days.Count == 0 ? null : ScoredDay.Of(days[0].Day, days.Aggregate(default(AtRiskCells), (sum, d) => sum + d.All), days.SelectMany(d => d.Steps()));
        Span = days.Count == 0 ? 0 : days[^1].Day - days[0].Day + 1;
        _weeks = Span / 7.0;
        Costs = _total is null ? [] : [.. Enumerable.Range(Least, Most).Select(Of)];
    }

    /// <summary>Days from the first to the last that has shipments at risk.</summary>
    internal int Span { get; }

    /// <summary>Days that have shipments at risk.</summary>
    internal int Days => _days.Count;

    /// <summary>Nothing was at risk.</summary>
    internal bool IsEmpty => _total is null;

    /// <summary>Whether the chance that an action helps is measured.</summary>
    internal bool ChanceMeasured => _measured is not null;

    /// <summary>The chance that an action helps.</summary>
    internal double Chance => _measured ?? ErrorCosts.ActionAt(_settings.DefaultLeadMinutes, _settings).Terms.Chance;

    /// <summary>Every threshold's figures, from 0.001 on.</summary>
    internal IReadOnlyList<ThresholdFigures> Costs { get; }

    /// <summary>How many flags the people on a shift can answer; null when nobody is set to be there.</summary>
    internal double? Capacity => _settings.DispatchersOnShift > 0 ? _settings.DispatchersOnShift * _settings.ShiftHours * 60 / _settings.HandlingMinutes : null;

    /// <summary>The threshold of the least cost; the highest of equals, which asks the least of people.</summary>
    internal int Cheapest => IsEmpty ? Least : Least + Costs.Select((c, i) => (c.CostPerWeek, i)).OrderBy(c => c.CostPerWeek).ThenByDescending(c => c.i).First().i;

    /// <summary>The lowest threshold whose flags a shift can answer; null when none, or no capacity is set.</summary>
    internal int? WithinCapacity
    {
        get
        {
            var at = Capacity is { } capacity ? Costs.TakeWhile(c => c.FlagsPerShift > capacity).Count() : Costs.Count;
            return at < Costs.Count ? Least + at : null;
        }
    }

    /// <summary>The scores in fiftieths, for a picture.</summary>
    internal IReadOnlyList<AtRiskCells> Fiftieths()
    {
        var bars = new AtRiskCells[50];
        foreach (var (thousandth, cells) in _total?.Steps() ?? [])
            bars[Math.Min(49, thousandth / 20)] += cells;
        return bars;
    }

    /// <summary>A threshold of so many thousandths.</summary>
    internal ThresholdFigures At(int threshold) => IsEmpty ? new ThresholdFigures { Threshold = threshold / 1000.0 } : Costs[threshold - Least];

    /// <summary>Two thresholds on the same shipments.</summary>
    internal ThresholdAnswer Compare(int now, int then)
    {
        var (low, high) = Difference(now, then);
        return new ThresholdAnswer
        {
            Lead = _settings.DefaultLeadMinutes,
            Days = Days,
            Currency = _settings.Currency,
            ChanceMeasured = ChanceMeasured,
            ChanceOfHelping = Chance,
            Now = At(now),
            Then = At(then),
            CostDifference = At(then).CostPerWeek - At(now).CostPerWeek,
            CostDifferenceLow = low,
            CostDifferenceHigh = high,
            Cheapest = Cheapest / 1000.0,
            WithinCapacity = WithinCapacity / 1000.0,
            CapacityPerShift = Capacity,
        };
    }

    // Both ways to count what has no truth, each over whole promise days drawn again: shipments of one day share their weather and hubs.
    private (double? Low, double? High) Difference(int now, int then)
    {
        if (Days < LeastDays)
            return (null, null);
        if (now == then)
            return (0, 0);
        (double? low, double? high) = (null, null);
        foreach (var late in (bool?[])[null, false, true])
        {
            double[] byDay = [.. _days.Select(day => Cost(day, then, late) - Cost(day, now, late))];
            if (ClusterBootstrap.Of(byDay, (days, times) => Sum(days, times) / _weeks) is not { } interval)
                return (null, null);
            (low, high) = (Math.Min(low ?? interval.Low, interval.Low), Math.Max(high ?? interval.High, interval.High));
        }
        return (low, high);
    }

    private static double Sum(IReadOnlyList<double> days, int[] times)
    {
        var sum = 0.0;
        for (var i = 0; i < times.Length; i++)
            sum += times[i] * days[i];
        return sum;
    }

    private ThresholdFigures Of(int threshold)
    {
        var total = _total!;
        var (flagged, rest) = (total.Reach(threshold), total.All - total.Reach(threshold));
        double[] costs = [Cost(total, threshold, null) / _weeks, Cost(total, threshold, false) / _weeks, Cost(total, threshold, true) / _weeks];
        return new ThresholdFigures
        {
            Threshold = threshold / 1000.0,
            AtRisk = total.All.All,
            Tp = flagged.Late,
            Fp = flagged.OnTime,
            AvertedOrFalse = flagged.Touched,
            Fn = rest.Late,
            Tn = rest.OnTime,
            TouchedOnTime = rest.Touched,
            Flags = flagged.All,
            FlagsPerShift = flagged.All / (Span * 24.0 / _settings.ShiftHours),
            MissedPerWeek = rest.Late / _weeks,
            NeedlessPer1000 = 1000.0 * flagged.OnTime / total.All.All,
            HoursPerWeek = flagged.All * _settings.HandlingMinutes / 60 / _weeks,
            CostPerWeek = costs[0],
            CostPerWeekLow = costs.Min(),
            CostPerWeekHigh = costs.Max(),
        };
    }

    /// <summary>The cost of a day at a threshold.</summary>
    /// <param name="day">The day.</param>
    /// <param name="threshold">In thousandths.</param>
    /// <param name="touchedAreLate">What those touched and on time would have been: late, on time, or (null) left out but for their handling.</param>
    private double Cost(ScoredDay day, int threshold, bool? touchedAreLate)
    {
        var (flagged, rest) = (day.Reach(threshold), day.All - day.Reach(threshold));
        return touchedAreLate switch
        {
            true => ErrorCosts.Of(flagged.Late + flagged.Touched, flagged.OnTime, rest.Late + rest.Touched, 0, _settings, _measured),
            false => ErrorCosts.Of(flagged.Late, flagged.OnTime + flagged.Touched, rest.Late, 0, _settings, _measured),
            null => ErrorCosts.Of(flagged.Late, flagged.OnTime, rest.Late, flagged.Touched, _settings, _measured),
        };
    }
}
