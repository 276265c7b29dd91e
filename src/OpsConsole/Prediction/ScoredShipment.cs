using OpsConsole.Intake;

namespace OpsConsole.Prediction;

/// <summary>What scoring a due shipment came to, ready to be written.</summary>
internal sealed record ScoredShipment
{
    internal required DueShipment Due { get; init; }

    /// <summary>The shipment as of the moment it was scored for.</summary>
    internal required ShipmentAsOf State { get; init; }

    internal required ShipmentHistory History { get; init; }

    internal required Champion Champion { get; init; }

    /// <summary>Null once it has finished.</summary>
    internal ModelScore? Score { get; init; }

    /// <summary>The vector and why; null when nothing is to be stored.</summary>
    internal byte[]? Vector { get; init; }

    internal Explanation? Explanation { get; init; }

    internal bool Flagged { get; init; }

    internal bool Silent { get; init; }

    /// <summary>It is silent because its feed is: that says nothing of the shipment.</summary>
    internal bool FeedDown { get; init; }

    /// <summary>Differs enough from the newest stored prediction to be stored.</summary>
    internal bool Material { get; init; }

    internal DateTimeOffset? NextScoreAt { get; init; }

    /// <summary>Scores of the lead grid to be kept.</summary>
    internal IReadOnlyList<LeadScore> Leads { get; init; } = [];

    /// <summary>Leads whose row is of an earlier grid, or of a moment at which it had finished.</summary>
    internal IReadOnlyList<int> LeadsGone { get; init; } = [];
}
