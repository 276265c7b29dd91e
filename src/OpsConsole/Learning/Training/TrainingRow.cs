using OpsConsole.Prediction;

namespace OpsConsole.Learning;

/// <summary>One row to learn from: a shipment at a decision moment, by what was known then, and how it ended.</summary>
/// <param name="ShipmentId">The shipment.</param>
/// <param name="Moment">The decision moment.</param>
/// <param name="Features">Its features as of the moment.</param>
/// <param name="Late">Late if nobody acts.</param>
/// <param name="HoursLeft">Hours from the moment to the counted promise, positive.</param>
/// <param name="HoursNeeded">Hours from the moment to the delivery; null where it wasn't delivered by then, or never.</param>
/// <param name="HoursWaited">Hours from the moment to the delivery, or for which it is known to have been waited in vain.</param>
/// <param name="Weight">1 over the number of the shipment's rows.</param>
internal readonly record struct TrainingRow(
    string ShipmentId, DateTimeOffset Moment, FeatureRow Features, bool Late, double HoursLeft, double? HoursNeeded, double HoursWaited, double Weight)
{
    /// <summary>Day of the counted promise in the operation's zone.</summary>
    public DateOnly Day { get; init; }

    /// <summary>Somebody did something that can change the outcome.</summary>
    public bool Touched { get; init; }

    /// <summary>On time after somebody acted: nobody knows what would have been. Such a row teaches nothing; it counts in what is missing.</summary>
    public bool Missing { get; init; }

    /// <summary>Drawn into the hold-out, so that nobody could act.</summary>
    public bool HeldOut { get; init; }

    /// <summary>The score that people could see at the moment: the newest kept by then; null where none was served.</summary>
    public double? Served { get; init; }

    /// <summary>Area of destination.</summary>
    public string? Area { get; init; }
}

/// <summary>Shipments of the window that teach nothing, by reason; and rows left out for room.</summary>
internal sealed record LeftOut
{
    /// <summary>Shipments booked in the window, as far as they were known.</summary>
    public int Shipments { get; set; }

    /// <summary>Not resolved by <c>asOf</c>.</summary>
    public int Unresolved { get; set; }

    /// <summary>Never heard of again.</summary>
    public int Unknown { get; set; }

    /// <summary>Returned or cancelled by the promise.</summary>
    public int Excluded { get; set; }

    /// <summary>On time after somebody acted: nobody knows what would have been.</summary>
    public int Touched { get; set; }

    /// <summary>No decision moment at which it existed, was open and had its promise ahead.</summary>
    public int NoDecision { get; set; }

    /// <summary>Left out so that memory stays bounded, drawn by hash.</summary>
    public int Thinned { get; set; }
}
