using OpsConsole.Client;
using OpsConsole.Numerics.Statistics;

namespace OpsConsole.Measurement;

/// <summary>From counts to figures (measurement.md, Model figures and Intervals): the only place that divides.</summary>
public static class Figures
{
    /// <summary>A bucket with its figures.</summary>
    /// <param name="counts">What was counted in it.</param>
    /// <param name="start">Start, inclusive.</param>
    /// <param name="end">End, exclusive.</param>
    /// <param name="settled">Over, and nothing in it waits.</param>
    /// <param name="effects">What n is divided by for the intervals.</param>
    /// <param name="segment">The segment, if it is one.</param>
    public static QualityBucket Bucket(
        Counts counts, DateTimeOffset? start, DateTimeOffset? end, bool settled, DesignEffects effects, string? segment = null)
    {
        double tp = counts[Count.Tp], fp = counts[Count.Fp], fn = counts[Count.Fn], tn = counts[Count.Tn];
        double averted = counts[Count.AvertedOrFalse], touched = counts[Count.TouchedOnTime];
        return new QualityBucket
        {
            Segment = segment,
            Start = start,
            End = end,
            Shipments = counts[Count.Shipments],
            Late = counts[Count.Late],
            OnTime = counts[Count.OnTime],
            Unknown = counts[Count.Unknown],
            Excluded = counts[Count.Excluded],
            Pending = counts[Count.Pending],
            AtRisk = counts[Count.AtRisk],
            FinishedEarlier = counts[Count.FinishedEarlier],
            RegisteredTooLate = counts[Count.RegisteredTooLate],
            Tp = counts[Count.Tp],
            Fp = counts[Count.Fp],
            Fn = counts[Count.Fn],
            Tn = counts[Count.Tn],
            AvertedOrFalse = counts[Count.AvertedOrFalse],
            TouchedOnTime = counts[Count.TouchedOnTime],
            Recomputed = counts[Count.Recomputed],
            Settled = settled,
            Precision = Rate(tp, tp + fp, effects.Precision, Divide(tp, tp + fp + averted), Divide(tp + averted, tp + fp + averted)),
            Recall = Rate(tp, tp + fn, effects.Recall, Divide(tp, tp + fn + touched), Divide(tp + averted, tp + averted + fn)),
            F1 = Divide(2 * tp, 2 * tp + fp + fn),
            WeightedF1 = WeightedF1(tp, fp, fn, tn),
            StillOpenRule = new StillOpenRule(Divide(tp + fn, tp + fp + fn + tn), tp + fn > 0 ? 1 : null),
        };
    }

    /// <summary>F1 of both classes, weighted by their counts; null without anything.</summary>
    public static double? WeightedF1(double tp, double fp, double fn, double tn)
    {
        var late = Divide(2 * tp, 2 * tp + fp + fn) ?? 0;
        var onTime = Divide(2 * tn, 2 * tn + fn + fp) ?? 0;
        return Divide((tp + fn) * late + (fp + tn) * onTime, tp + fp + fn + tn);
    }

    private static RateFigure? Rate(double hits, double n, double effect, double? atLeast, double? atMost)
    {
        if (n <= 0)
            return null;
        var interval = Proportion.Wilson(hits, n, effect);
        return new RateFigure(hits / n, interval.Low, interval.High, (long)n, effect, atLeast, atMost);
    }

    /// <summary>A quotient; null without a denominator.</summary>
    public static double? Divide(double part, double whole) => whole > 0 ? part / whole : null;

    /// <summary>A share with its interval; null without a denominator.</summary>
    public static ShareFigure? Share(long hits, long n, double effect)
    {
        if (n <= 0)
            return null;
        var interval = Proportion.Wilson(hits, n, effect);
        return new ShareFigure((double)hits / n, interval.Low, interval.High, n);
    }
}

/// <summary>What n is divided by: shipments of one day share their weather and hubs. Taken over the days of the whole range.</summary>
/// <param name="Precision">For precision.</param>
/// <param name="Recall">For recall.</param>
public readonly record struct DesignEffects(double Precision, double Recall)
{
    /// <summary>By the counts of each day.</summary>
    public static DesignEffects Of(IEnumerable<Counts> days)
    {
        var all = days as IReadOnlyCollection<Counts> ?? [.. days];
        return new DesignEffects(
            Proportion.DesignEffect(all.Select(d => ((double)d[Count.Tp], (double)(d[Count.Tp] + d[Count.Fp])))),
            Proportion.DesignEffect(all.Select(d => ((double)d[Count.Tp], (double)(d[Count.Tp] + d[Count.Fn])))));
    }
}
