using OpsConsole.Client;
using OpsConsole.Store;

namespace OpsConsole.Prediction;

/// <summary>What scoring a shipment came to, as it is written.</summary>
public sealed record ScoreWritten
{
    /// <summary>The shipment.</summary>
    public required long ShipmentKey { get; init; }

    /// <summary>The courier's id.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>The moment it was scored for: the time received of what was known.</summary>
    public required DateTimeOffset Moment { get; init; }

    /// <summary>Its state as of the moment.</summary>
    public required ShipmentState State { get; init; }

    /// <summary>Drawn into the hold-out: never before people.</summary>
    public required bool HeldOut { get; init; }

    /// <summary>The newest promise.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>Calibrated probability; null once it has finished.</summary>
    public required double? Score { get; init; }

    /// <summary>The threshold in force.</summary>
    public required double Threshold { get; init; }

    /// <summary>Score reached the threshold, before the promise, and the shipment is open.</summary>
    public required bool Flagged { get; init; }

    /// <summary>Whether it was flagged before this score.</summary>
    public required bool WasFlagged { get; init; }

    /// <summary>Silent because its feed is down: nothing is to follow from the flag while that lasts.</summary>
    public bool FeedDown { get; init; }

    /// <summary>The newest stored prediction, this one if it was stored.</summary>
    public required long? PredictionKey { get; init; }
}

/// <summary>
/// What must happen in the very transaction that writes a score, in rooms below Prediction. Called on the writer's thread, once for each score
/// written, after the shipment's and the board's row were updated.
/// </summary>
public interface IFollowScores
{
    /// <summary>Writes what follows from a score. Must be quick and must not wait.</summary>
    void Follow(WriteSession session, ScoreWritten score);

    /// <summary>The same for the scores of many shipments, each of them once.</summary>
    void FollowAll(WriteSession session, IReadOnlyList<ScoreWritten> scores);
}
