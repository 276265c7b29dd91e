using OpsConsole.Client;

namespace OpsConsole.Live;

/// <summary>The columns of a <see cref="BoardRow"/> that Prediction owns.</summary>
public sealed record BoardScore
{
    /// <summary>The shipment.</summary>
    public required long ShipmentKey { get; init; }

    /// <summary>The courier's id.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>Registered by a simulated source.</summary>
    public required bool Simulated { get; init; }

    /// <summary>Drawn into the hold-out.</summary>
    public required bool HeldOut { get; init; }

    /// <summary>Open, delivered, returned, cancelled.</summary>
    public required ShipmentState State { get; init; }

    /// <summary>Newest score.</summary>
    public double? Score { get; init; }

    /// <summary>Threshold it was held against.</summary>
    public double? Threshold { get; init; }

    /// <summary>Score reached the threshold.</summary>
    public bool Late { get; init; }

    /// <summary>Score reached the threshold, before the promise.</summary>
    public bool Flagged { get; init; }

    /// <summary>No scan for longer than usual.</summary>
    public bool Silent { get; init; }

    /// <summary>Silent because its feed is down.</summary>
    public bool FeedDown { get; init; }

    /// <summary>Minutes, signed.</summary>
    public double? ExpectedDelayMinutes { get; init; }

    /// <summary>Lower end of the 80 % interval.</summary>
    public double? DelayLow { get; init; }

    /// <summary>Upper end of the 80 % interval.</summary>
    public double? DelayHigh { get; init; }

    /// <summary>The newest promise.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>When the carrier itself expects to deliver.</summary>
    public DateTimeOffset? CarrierEstimate { get; init; }

    /// <summary>Area of destination.</summary>
    public required string DestinationArea { get; init; }

    /// <summary>Service.</summary>
    public required string Service { get; init; }

    /// <summary>Carrier.</summary>
    public string? Carrier { get; init; }

    /// <summary>Declared value.</summary>
    public double? DeclaredValue { get; init; }

    /// <summary>Name of the version that made the score.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>Newest stored prediction.</summary>
    public long? PredictionKey { get; init; }

    /// <summary>Why, in six words at most.</summary>
    public string? Why { get; init; }

    /// <summary>Time of the newest scan.</summary>
    public DateTimeOffset? LastScanAt { get; init; }

    /// <summary>When the shipment finished (time received); null while it is open.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
