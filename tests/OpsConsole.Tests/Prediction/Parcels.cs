using CsCheck;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Prediction;

namespace OpsConsole.Tests.Prediction;

/// <summary>Shipments to make features of.</summary>
internal static class Parcels
{
    internal static DateTimeOffset Start { get; } = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    internal static NewShipment Content(double windowHours = 24, double? km = 100, IReadOnlyDictionary<string, AttributeValue>? attributes = null) => new()
    {
        ShipmentId = "S1",
        BookedAt = Start,
        PromisedBy = Start.AddHours(windowHours),
        Origin = new Area { AreaCode = "A1", Latitude = 52.5, Longitude = 13.4 },
        Destination = new Area { AreaCode = "B2", AreaType = AreaType.Urban, Latitude = 48.1, Longitude = 11.6 },
        Service = "express",
        DistanceKm = km,
        WeightKg = 2.5,
        Attributes = attributes,
    };

    internal static TrackingEvent Event(EventType type, double hours, double? receivedHours = null, string? id = null) => new()
    {
        EventId = id ?? $"{type}-{hours}",
        ShipmentId = "S1",
        Type = type,
        OccurredAt = Start.AddHours(hours),
        ReceivedAt = Start.AddHours(receivedHours ?? hours),
        Facility = type is EventType.ArrivedAtFacility or EventType.DepartedFacility ? $"F{(int)hours % 3}" : null,
    };

    internal static ShipmentHistory History(NewShipment content, params TrackingEvent[] events) =>
        new([new VersionFact(content, null, Start)], events, history: false, firstScoredAt: null);

    internal static FeatureRow Row(ShipmentHistory history, double hours) =>
        Features.Of(history.AsOf(Start.AddHours(hours), Knowledge.Received)!, ConditionsAsOf.None, TimeZoneInfo.Utc);

    internal static FeatureRow Row(double hours, double windowHours = 24, double? km = 100, params TrackingEvent[] events) =>
        Row(History(Content(windowHours, km), events), hours);

    /// <summary>Any event, received at any time after it happened.</summary>
    internal static Gen<TrackingEvent> AnyEvent { get; } =
        from type in Gen.Enum<EventType>()
        from occurred in Gen.Double[0, 60]
        from after in Gen.Double[0, 40]
        from recorded in Gen.Bool
        from id in Gen.Int[0, 1_000_000]
        from promise in Gen.Double[1, 100]
        from who in Gen.Enum<PromiseInitiator>()
        from estimate in Gen.Double[1, 100]
        select new TrackingEvent
        {
            EventId = $"{id}",
            ShipmentId = "S1",
            Type = type,
            OccurredAt = Start.AddHours(occurred),
            RecordedAt = recorded ? Start.AddHours(occurred + (after / 2)) : null,
            ReceivedAt = Start.AddHours(occurred + after),
            Facility = $"F{id % 5}",
            Reason = id % 3 == 0 ? $"R{id % 4}" : null,
            PromisedBy = type == EventType.PromiseChanged ? Start.AddHours(promise) : null,
            InitiatedBy = type == EventType.PromiseChanged ? who : null,
            CarrierEstimate = id % 2 == 0 ? Start.AddHours(estimate) : null,
            Details = id % 4 == 0 ? $$"""{"attributes":{"seal":"x{{id % 2}}","temp":{{id % 7}} } }""" : null,
        };
}
