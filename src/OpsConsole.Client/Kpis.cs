using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>Business KPIs over time.</summary>
/// <param name="TimeZone">Zone of the buckets.</param>
/// <param name="Buckets">In order of time.</param>
/// <param name="Total">The whole range.</param>
public sealed record KpiAnswer(string TimeZone, IReadOnlyList<KpiBucket> Buckets, KpiBucket Total)
{
    /// <summary>With <c>by</c>: the whole range by segment; a missing value is <c>unknown</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<KpiBucket>? Segments { get; init; }

    /// <summary>What the board changes over the whole range; null: nothing was held out, so it can't be known.</summary>
    public BoardEffect? BoardEffect { get; init; }
}

/// <summary>A share with its interval.</summary>
/// <param name="Value">The share.</param>
/// <param name="Low">Lower end, 95 %.</param>
/// <param name="High">Upper end, 95 %.</param>
/// <param name="N">Its denominator.</param>
public sealed record ShareFigure(double Value, double Low, double High, long N);

/// <summary>KPIs of one bucket; what can't be known is null.</summary>
public sealed record KpiBucket
{
    /// <summary>The segment's value; null in buckets.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Segment { get; init; }

    /// <summary>Start, inclusive.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>End, exclusive.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Shipments of the bucket.</summary>
    public long Shipments { get; init; }

    /// <summary>On time among late and on time.</summary>
    public ShareFigure? OnTimeShare { get; init; }

    /// <summary>Put before a person in time, among the late.</summary>
    public ShareFigure? RaisedInTimeShare { get; init; }

    /// <summary>Warned in time, among the late.</summary>
    public ShareFigure? WarnedInTimeShare { get; init; }

    /// <summary>Median warning lead.</summary>
    public double? MedianWarningLeadMinutes { get; init; }

    /// <summary>Needless warnings per 1,000 shipments.</summary>
    public double? FalseAlarmsPer1000 { get; init; }

    /// <summary>Support contacts per 1,000 shipments.</summary>
    public double? ContactsPer1000 { get; init; }

    /// <summary>Their cost per 1,000 shipments.</summary>
    public double? ContactCostPer1000 { get; init; }

    /// <summary>Cases answered per dispatcher hour.</summary>
    public double? CasesPerHour { get; init; }

    /// <summary>Median time to the first answer.</summary>
    public double? TimeToAnswerMinutes { get; init; }

    /// <summary>Cost of errors as flagged.</summary>
    public double? ErrorCost { get; init; }

    /// <summary>Had nothing been flagged.</summary>
    public double? ErrorCostFlagNothing { get; init; }

    /// <summary>Had everything still open been flagged.</summary>
    public double? ErrorCostByRule { get; init; }

    /// <summary>Had the carrier's estimate flagged.</summary>
    public double? ErrorCostByCarrierEstimate { get; init; }
}
