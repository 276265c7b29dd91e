using OpsConsole.Client;
using OpsConsole.Numerics.Statistics;

namespace OpsConsole.Measurement;

/// <summary>How often the interval of the minutes held what came, over settled days; of those flagged and of those late apart.</summary>
internal static class CoverageOf
{
    /// <summary>So many settled days are counted.</summary>
    internal const int MostDays = 28;

    /// <summary>The nominal share.</summary>
    internal const double Nominal = 0.8;

    /// <summary>Of rows with a truth that were delivered and whose interval was kept.</summary>
    internal static IntervalCoverage Rows(IReadOnlyList<CurveRow> rows, IReadOnlyList<QualityBucket> days) => new(
        Nominal, days.Count, days.Count > 0 ? days[0].Start : null, days.Count > 0 ? days[^1].End : null,
        Share(rows, _ => true), Share(rows, r => r.Flagged), Share(rows, r => r.Late));

    private static CoverageFigure? Share(IReadOnlyList<CurveRow> rows, Func<CurveRow, bool> counts)
    {
        var days = new Dictionary<int, (double Inside, double N)>();
        foreach (var row in rows)
        {
            if (!counts(row) || float.IsNaN(row.Delay) || row.Minutes is not { } kept || float.IsNaN(kept.Low))
                continue;
            var (inside, n) = days.GetValueOrDefault(row.Day);
            days[row.Day] = (inside + (row.Delay >= kept.Low && row.Delay <= kept.High ? 1 : 0), n + 1);
        }
        var (hits, all) = (days.Values.Sum(d => d.Inside), days.Values.Sum(d => d.N));
        if (all == 0)
            return null;
        var effect = Proportion.DesignEffect(days.Values);
        var interval = Proportion.Wilson(hits, all, effect);
        return new CoverageFigure(hits / all, interval.Low, interval.High, (long)all, effect);
    }
}
