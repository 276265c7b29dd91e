using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Triage;

/// <summary>All that a person sees of one shipment. Of a held-out one there is no prediction and no case: it is not before people.</summary>
public sealed record ShipmentPanel
{
    /// <summary>The shipment's key.</summary>
    public required long ShipmentKey { get; init; }

    /// <summary>The courier's id.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>Registered by a simulated source.</summary>
    public required bool Simulated { get; init; }

    /// <summary>Registered after its promise had passed.</summary>
    public required bool History { get; init; }

    /// <summary>Drawn into the hold-out.</summary>
    public required bool HeldOut { get; init; }

    /// <summary>When it was registered here.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Its state now, by everything received.</summary>
    public required ShipmentState State { get; init; }

    /// <summary>What the courier sent last, without the customer.</summary>
    public required NewShipment Content { get; init; }

    /// <summary>The first promise.</summary>
    public required DateTimeOffset PromisedFirst { get; init; }

    /// <summary>The promise that figures are counted by.</summary>
    public required DateTimeOffset PromiseCounted { get; init; }

    /// <summary>The newest promise.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>When the carrier itself expects to deliver, as it said last.</summary>
    public required DateTimeOffset? CarrierEstimate { get; init; }

    /// <summary>Its events, by time of occurrence.</summary>
    public required IReadOnlyList<TrackingEvent> Events { get; init; }

    /// <summary>Weather and traffic at the destination now; null when nothing is known of the last day.</summary>
    public required Condition? Conditions { get; init; }

    /// <summary>The newest stored prediction, to be judged by; null before the first.</summary>
    public required PanelPrediction? Prediction { get; init; }

    /// <summary>The stored predictions before it, newest first; at most 50.</summary>
    public required IReadOnlyList<PanelPrediction> Earlier { get; init; }

    /// <summary>What was said of it, oldest first.</summary>
    public required IReadOnlyList<PanelJudgement> Judgements { get; init; }

    /// <summary>Its case; null when it has none.</summary>
    public required Case? Case { get; init; }
}

/// <summary>A stored prediction, as people see it.</summary>
/// <param name="Key">Its key; the contract's <c>predictionId</c> in decimal.</param>
/// <param name="ScoredAt">When it was made.</param>
/// <param name="Score">Calibrated probability.</param>
/// <param name="Threshold">Threshold in force.</param>
/// <param name="Flagged">Score reached the threshold, before the promise.</param>
/// <param name="ModelVersion">Version that made it.</param>
/// <param name="ExpectedDelayMinutes">Minutes, signed.</param>
/// <param name="DelayLow">Lower end of the 80 % interval.</param>
/// <param name="DelayHigh">Upper end of the 80 % interval.</param>
/// <param name="Contributions">Largest first.</param>
public sealed record PanelPrediction(
    long Key, DateTimeOffset ScoredAt, double Score, double Threshold, bool Flagged, string ModelVersion, double ExpectedDelayMinutes, double DelayLow,
    double DelayHigh, IReadOnlyList<Contribution> Contributions)
{
    /// <summary>What it says: late if nobody acts.</summary>
    public bool Late => Score >= Threshold;
}

/// <summary>A judgement, and whether it stands.</summary>
/// <param name="Judgement">The judgement.</param>
/// <param name="Stands">Neither taken back nor superseded by a newer one of the same judge.</param>
public sealed record PanelJudgement(Judgement Judgement, bool Stands);
