using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>Which figures are asked for.</summary>
public sealed record QualityAsk
{
    /// <summary>Counted promise from, inclusive; null: everything.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Counted promise to, exclusive; null: everything.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>How long a bucket is.</summary>
    public BucketSize Bucket { get; init; } = BucketSize.Day;

    /// <summary>Minutes before the promise, of the grid.</summary>
    public required int Lead { get; init; }

    /// <summary>A threshold instead of the one kept with each score.</summary>
    public double? Threshold { get; init; }

    /// <summary>Only shipments whose score at the lead is this version's.</summary>
    public int? ModelVersionId { get; init; }

    /// <summary>What to split the whole range by.</summary>
    public Dimension By { get; init; }

    /// <summary>Whether simulated shipments count.</summary>
    public SimulatedFilter Simulated { get; init; }

    /// <summary>Only shipments of this segment.</summary>
    public (Dimension Dimension, string Value)? Segment { get; init; }

    /// <summary>Whether a moment lies in the range.</summary>
    internal bool Holds(DateTimeOffset promise) => !(promise < From) && !(promise >= To);

    /// <summary>The first and the last day that the range touches.</summary>
    internal (int First, int Last) Days(Buckets buckets) =>
        (From is { } from ? buckets.DayOf(from) : 0, To is { } to ? buckets.DayOf(to.AddTicks(-1)) : DateOnly.MaxValue.DayNumber);

    internal bool Counts(bool simulated) => Simulated == SimulatedFilter.Include || simulated == (Simulated == SimulatedFilter.Only);
}
