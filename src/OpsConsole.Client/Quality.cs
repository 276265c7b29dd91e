using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>Counts and figures over time (measurement.md).</summary>
public sealed record QualityAnswer
{
    /// <summary><c>served</c> or <c>backtest</c>.</summary>
    public required string Basis { get; init; }

    /// <summary>Zone of the buckets.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Minutes before the counted promise; null for the backtest of a model with a decision point.</summary>
    public int? Lead { get; init; }

    /// <summary>In order of time; empty ones are left out.</summary>
    public required IReadOnlyList<QualityBucket> Buckets { get; init; }

    /// <summary>The whole range.</summary>
    public required QualityBucket Total { get; init; }

    /// <summary>With <c>basis=backtest</c>: rows of the training window, which are in no other count.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QualityBucket? InSample { get; init; }

    /// <summary>With <c>basis=backtest</c>: what was evaluated, and when.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BacktestAbout? Backtest { get; init; }

    /// <summary>With <c>by</c>: the whole range by segment; a missing value is <c>unknown</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<QualityBucket>? Segments { get; init; }
}

/// <summary>What a backtest evaluated.</summary>
/// <param name="RunId">The run that did.</param>
/// <param name="ComputedAt">When it looked at the outcomes: what came to be known later is not in it.</param>
/// <param name="From">On the counted promise, inclusive; null: from the first.</param>
/// <param name="To">On the counted promise, exclusive; null: to the last.</param>
/// <param name="Simulated"><c>exclude|only|include</c>.</param>
/// <param name="Threshold">The version's own threshold, which flags went by unless another was asked for.</param>
/// <param name="DecisionPoint">The version decides when the first event of this type is known; null: over the lead grid.</param>
public sealed record BacktestAbout(
    string RunId, DateTimeOffset ComputedAt, DateTimeOffset? From, DateTimeOffset? To, string Simulated, double Threshold, EventType? DecisionPoint);

/// <summary>Counts and figures of one bucket.</summary>
public sealed record QualityBucket
{
    /// <summary>The segment's value; null in buckets.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Segment { get; init; }

    /// <summary>Start, inclusive.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>End, exclusive.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>late + onTime + unknown + excluded + pending.</summary>
    public long Shipments { get; init; }

    /// <summary>Late.</summary>
    public long Late { get; init; }

    /// <summary>On time.</summary>
    public long OnTime { get; init; }

    /// <summary>Never heard of again.</summary>
    public long Unknown { get; init; }

    /// <summary>Returned or cancelled by the promise.</summary>
    public long Excluded { get; init; }

    /// <summary>Not yet counted.</summary>
    public long Pending { get; init; }

    /// <summary>Open and registered at the lead.</summary>
    public long AtRisk { get; init; }

    /// <summary>Finished at or before the lead.</summary>
    public long FinishedEarlier { get; init; }

    /// <summary>Registered after the lead.</summary>
    public long RegisteredTooLate { get; init; }

    /// <summary>Flagged and late.</summary>
    public long Tp { get; init; }

    /// <summary>Flagged, on time, untouched.</summary>
    public long Fp { get; init; }

    /// <summary>Late, not flagged.</summary>
    public long Fn { get; init; }

    /// <summary>The rest.</summary>
    public long Tn { get; init; }

    /// <summary>Flagged, touched, on time: averted or false, nobody knows.</summary>
    public long AvertedOrFalse { get; init; }

    /// <summary>Not flagged, touched, on time.</summary>
    public long TouchedOnTime { get; init; }

    /// <summary>At-risk shipments whose score was computed later, as of the moment.</summary>
    public long Recomputed { get; init; }

    /// <summary>Over, and nothing in it waits.</summary>
    public bool Settled { get; init; }

    /// <summary>TP / (TP + FP).</summary>
    public RateFigure? Precision { get; init; }

    /// <summary>TP / (TP + FN).</summary>
    public RateFigure? Recall { get; init; }

    /// <summary>2 TP / (2 TP + FP + FN).</summary>
    public double? F1 { get; init; }

    /// <summary>F1 of both classes, weighted by their counts.</summary>
    public double? WeightedF1 { get; init; }

    /// <summary>The rule "everything still open at the lead is late".</summary>
    public StillOpenRule? StillOpenRule { get; init; }
}

/// <summary>A rate with its interval.</summary>
/// <param name="Value">The rate.</param>
/// <param name="Low">Lower end, 95 %.</param>
/// <param name="High">Upper end, 95 %.</param>
/// <param name="N">Its denominator.</param>
/// <param name="DesignEffect">What n is divided by for the interval, since shipments of one day share their weather and hubs.</param>
/// <param name="AtLeast">If every touched on-time shipment counts against it.</param>
/// <param name="AtMost">If every touched on-time shipment counts for it.</param>
public sealed record RateFigure(double Value, double Low, double High, long N, double DesignEffect, double? AtLeast, double? AtMost);

/// <summary>The rule "everything still open".</summary>
/// <param name="Precision">(TP + FN) / (TP + FP + FN + TN).</param>
/// <param name="Recall">1.</param>
public sealed record StillOpenRule(double? Precision, double? Recall);
