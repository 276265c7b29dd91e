using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>Whether a shipment has finished, and how.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ShipmentState>))]
public enum ShipmentState
{
    /// <summary>Under way.</summary>
    [JsonStringEnumMemberName("open")] Open,

    /// <summary>Delivered.</summary>
    [JsonStringEnumMemberName("delivered")] Delivered,

    /// <summary>Returned.</summary>
    [JsonStringEnumMemberName("returned")] Returned,

    /// <summary>Cancelled.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>All that is known of a shipment.</summary>
public sealed record ShipmentAnswer
{
    /// <summary>The shipment.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>Its state.</summary>
    public required ShipmentState State { get; init; }

    /// <summary>When it was booked.</summary>
    public required DateTimeOffset BookedAt { get; init; }

    /// <summary>The newest promise.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>The promise that figures are counted by.</summary>
    public required DateTimeOffset PromiseCounted { get; init; }

    /// <summary>When it was registered here.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Where it comes from.</summary>
    public required Area Origin { get; init; }

    /// <summary>Where it goes.</summary>
    public required Area Destination { get; init; }

    /// <summary>Its service.</summary>
    public required string Service { get; init; }

    /// <summary>Its carrier.</summary>
    public string? Carrier { get; init; }

    /// <summary>Its events, by time of occurrence.</summary>
    public required IReadOnlyList<ShipmentEvent> Events { get; init; }

    /// <summary>The newest stored prediction.</summary>
    public StoredPredictionAnswer? Prediction { get; init; }

    /// <summary>The scores kept at the moments of the lead grid.</summary>
    public required IReadOnlyList<ScoreAtLead> ScoresAtLead { get; init; }

    /// <summary>What people said of it.</summary>
    public required IReadOnlyList<JudgementAnswer> Judgements { get; init; }

    /// <summary>How it ended.</summary>
    public OutcomeAnswer? Outcome { get; init; }

    /// <summary>Its label.</summary>
    public LabelAnswer? Label { get; init; }

    /// <summary>Registered by a simulated source.</summary>
    public required bool Simulated { get; init; }
}

/// <summary>An event as it is shown.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="Type">What happened.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="RecordedAt">When the sender knew it.</param>
/// <param name="ReceivedAt">When we got it.</param>
/// <param name="Facility">Where.</param>
/// <param name="Reason">Why.</param>
/// <param name="PromisedBy">The new promise.</param>
public sealed record ShipmentEvent(
    string EventId, EventType Type, DateTimeOffset OccurredAt, DateTimeOffset? RecordedAt, DateTimeOffset ReceivedAt,
    string? Facility, string? Reason, DateTimeOffset? PromisedBy);

/// <summary>A prediction that was served.</summary>
public sealed record StoredPredictionAnswer
{
    /// <summary>Its id.</summary>
    public required string PredictionId { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset ScoredAt { get; init; }

    /// <summary>Calibrated probability.</summary>
    public required double Score { get; init; }

    /// <summary>Threshold in force.</summary>
    public required double Threshold { get; init; }

    /// <summary>Score ≥ threshold, before the promise.</summary>
    public required bool Flagged { get; init; }

    /// <summary>Version that made it.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>Minutes, signed.</summary>
    public required double ExpectedDelayMinutes { get; init; }

    /// <summary>80 % interval of the minutes.</summary>
    public required IReadOnlyList<double> DelayInterval { get; init; }

    /// <summary>Raw sum in log-odds.</summary>
    public required double RawLogOdds { get; init; }

    /// <summary>The raw sum of a shipment of which nothing is known.</summary>
    public required double Baseline { get; init; }

    /// <summary>Largest first.</summary>
    public required IReadOnlyList<Contribution> Contributions { get; init; }
}

/// <summary>A page of stored predictions, newest first.</summary>
/// <param name="Items">The predictions.</param>
/// <param name="Cursor">Where to go on; null at the end.</param>
public sealed record StoredPredictionPage(IReadOnlyList<StoredPredictionAnswer> Items, string? Cursor);

/// <summary>The score kept at a moment of the lead grid.</summary>
/// <param name="Lead">Minutes before the counted promise.</param>
/// <param name="Score">Calibrated probability as of then.</param>
/// <param name="Threshold">Threshold in force then.</param>
/// <param name="Recomputed">Computed later, as of then.</param>
/// <param name="ModelVersion">The champion then.</param>
public sealed record ScoreAtLead(int Lead, double Score, double Threshold, bool Recomputed, string ModelVersion);

/// <summary>How a shipment ended.</summary>
/// <param name="Late">Late, on time, or neither (unknown, excluded).</param>
/// <param name="DelayMinutes">Delivered − counted promise; null while undelivered.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Class"><c>late|onTime|unknown|excluded</c>.</param>
public sealed record OutcomeAnswer(bool? Late, double? DelayMinutes, DateTimeOffset At, string Class);

/// <summary>What a shipment teaches.</summary>
/// <param name="Late">Late if nobody acts; null where that can't be known.</param>
/// <param name="Source">Where it comes from: <c>outcome</c>.</param>
/// <param name="ExcludedReason"><c>touched|unknown|excluded|pending</c>.</param>
public sealed record LabelAnswer(bool? Late, string? Source, string? ExcludedReason);
