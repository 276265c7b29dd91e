using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Prediction;

/// <summary>How far a shipment has come: the furthest its scans say.</summary>
public enum Stage
{
    /// <summary>Announced, not seen.</summary>
    Booked,

    /// <summary>Accepted by the courier.</summary>
    Accepted,

    /// <summary>Handed over to the carrier.</summary>
    Collected,

    /// <summary>Seen at a facility.</summary>
    InNetwork,

    /// <summary>On the van.</summary>
    OutForDelivery,
}

/// <summary>Reads the stage off a shipment's scans.</summary>
public static class Stages
{
    /// <summary>The stage a shipment has reached, and since when; since booking while it was not seen.</summary>
    public static (Stage Stage, DateTimeOffset Since) Of(ShipmentAsOf shipment)
    {
        var (stage, since) = (Stage.Booked, shipment.Content.BookedAt);
        foreach (var e in shipment.Events)
        {
            if (Of(e.Type) is { } reached && reached > stage)
                (stage, since) = (reached, e.OccurredAt);
        }
        return (stage, since);
    }

    private static Stage? Of(EventType type) => type switch
    {
        EventType.Accepted => Stage.Accepted,
        EventType.Collected => Stage.Collected,
        EventType.ArrivedAtFacility or EventType.DepartedFacility => Stage.InNetwork,
        EventType.OutForDelivery or EventType.DeliveryAttempted => Stage.OutForDelivery,
        _ => null,
    };
}
