using OpsConsole.Client;

namespace OpsConsole.Intake;

/// <summary>What was known of one shipment at one moment: what features are made of.</summary>
public sealed class ShipmentAsOf
{
    internal ShipmentAsOf(
        DateTimeOffset moment, NewShipment content, DateTimeOffset promisedFirst, DateTimeOffset promiseCounted, DateTimeOffset promisedBy, List<TrackingEvent> events)
    {
        (Moment, Content, PromisedFirst, PromiseCounted, PromisedBy) = (moment, content, promisedFirst, promiseCounted, promisedBy);
        events.Sort(static (a, b) => a.OccurredAt != b.OccurredAt
            ? a.OccurredAt.CompareTo(b.OccurredAt)
            : string.CompareOrdinal(a.EventId, b.EventId));
        Events = events;
        foreach (var e in events)
        {
            if (OpsConsole.Intake.Terminal.Is(e.Type, attemptDelivers: false) && (Terminal is null || OpsConsole.Intake.Terminal.Before(e, Terminal)))
                Terminal = e;
            if (e.Type != EventType.PromiseChanged)
                LastScan = e;
            if (e.CarrierEstimate is { } estimate)
                CarrierEstimate = estimate;
        }
    }

    /// <summary>The moment.</summary>
    public DateTimeOffset Moment { get; }

    /// <summary>The version in force.</summary>
    public NewShipment Content { get; }

    /// <summary>The first promise.</summary>
    public DateTimeOffset PromisedFirst { get; }

    /// <summary>The counted promise by what was known then.</summary>
    public DateTimeOffset PromiseCounted { get; }

    /// <summary>The newest promise, shown to people.</summary>
    public DateTimeOffset PromisedBy { get; }

    /// <summary>The events known, by time of occurrence.</summary>
    public IReadOnlyList<TrackingEvent> Events { get; }

    /// <summary>The terminal event that counts; null while open.</summary>
    public TrackingEvent? Terminal { get; }

    /// <summary>The newest scan, promise changes left out; null before the first.</summary>
    public TrackingEvent? LastScan { get; }

    /// <summary>When the carrier itself expects to deliver, as it said last.</summary>
    public DateTimeOffset? CarrierEstimate { get; }

    /// <summary>Open, delivered, returned or cancelled.</summary>
    public ShipmentState State => Terminal?.Type switch
    {
        null => ShipmentState.Open,
        EventType.Delivered => ShipmentState.Delivered,
        EventType.Returned => ShipmentState.Returned,
        _ => ShipmentState.Cancelled,
    };

    /// <summary>The first event of a type, by time of occurrence; null when there is none.</summary>
    public TrackingEvent? First(EventType type)
    {
        foreach (var e in Events)
        {
            if (e.Type == type)
                return e;
        }
        return null;
    }

    /// <summary>How many events of a type are known.</summary>
    public int Count(EventType type)
    {
        var count = 0;
        foreach (var e in Events)
        {
            if (e.Type == type)
                count++;
        }
        return count;
    }
}
