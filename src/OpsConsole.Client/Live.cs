namespace OpsConsole.Client;

/// <summary>A change of a shipment, as the hub sends it.</summary>
public sealed record ShipmentChange
{
    /// <summary>Grows across all instances in commit order.</summary>
    public required long Sequence { get; init; }

    /// <summary>The shipment.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>Its state.</summary>
    public required ShipmentState State { get; init; }

    /// <summary>Newest score.</summary>
    public double? Score { get; init; }

    /// <summary>Score ≥ threshold.</summary>
    public bool Late { get; init; }

    /// <summary>Score ≥ threshold, before the promise.</summary>
    public bool Flagged { get; init; }

    /// <summary>Minutes, signed.</summary>
    public double? ExpectedDelayMinutes { get; init; }

    /// <summary>Newest promise.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>Area of destination.</summary>
    public required string DestinationArea { get; init; }

    /// <summary>Version of the newest score.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>State of its case; null without one.</summary>
    public CaseState? CaseState { get; init; }

    /// <summary>Who holds the case.</summary>
    public string? Assignee { get; init; }
}
