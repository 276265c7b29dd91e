using OpsConsole.Client;
using OpsConsole.Prediction;

namespace OpsConsole.Labels;

/// <summary>One row of the labels file: a shipment at its decision, what was said of it, and how it ended.</summary>
public sealed record LabelRow
{
    /// <summary>The courier's id, or its pseudonym.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>The moment of the decision.</summary>
    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>Minutes from the decision to the counted promise; negative after it.</summary>
    public required double LeadMinutes { get; init; }

    /// <summary>What was served at the decision; null for what was computed for this file.</summary>
    public ServedAtDecision? Served { get; init; }

    /// <summary>What people said.</summary>
    public required JudgedSummary Judged { get; init; }

    /// <summary>Late as things went; null where it is neither late nor on time.</summary>
    public bool? OutcomeLate { get; init; }

    /// <summary>Delivered − counted promise, minutes; null while undelivered.</summary>
    public double? OutcomeDelayMinutes { get; init; }

    /// <summary>When the outcome was decided.</summary>
    public DateTimeOffset? OutcomeAt { get; init; }

    /// <summary>What it teaches.</summary>
    public required Label Label { get; init; }

    /// <summary>Drawn into the hold-out.</summary>
    public required bool HeldOut { get; init; }

    /// <summary>Registered by a simulated source.</summary>
    public required bool Simulated { get; init; }

    /// <summary>Day of the counted promise in the operation's zone: shipments of one share their weather and hubs.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The first promise.</summary>
    public required DateTimeOffset PromisedFirst { get; init; }

    /// <summary>The counted promise.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>The version of the shipment in force at the decision.</summary>
    public required NewShipment Content { get; init; }

    /// <summary>The raw feature values, in the order of the file's features.</summary>
    public required IReadOnlyList<FeatureValue> Features { get; init; }
}

/// <summary>What the model in force said at the decision.</summary>
/// <param name="ModelVersion">Its version.</param>
/// <param name="Score">Calibrated probability.</param>
/// <param name="Threshold">Threshold in force.</param>
/// <param name="Flagged">Score reached the threshold.</param>
/// <param name="ExpectedDelayMinutes">Minutes, signed.</param>
public sealed record ServedAtDecision(string ModelVersion, double Score, double Threshold, bool Flagged, double ExpectedDelayMinutes);
