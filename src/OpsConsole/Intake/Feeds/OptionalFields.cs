using OpsConsole.Client;

namespace OpsConsole.Intake.Feeds;

/// <summary>The optional fields of what is sent, whose completeness a source's page tells; and what each kind of item is worth knowing of.</summary>
internal static class OptionalFields
{
    private static readonly (string Name, Func<NewShipment, bool> Filled)[] Shipment =
    [
        ("origin.latitude", s => s.Origin.Latitude is not null && s.Origin.Longitude is not null),
        ("destination.latitude", s => s.Destination.Latitude is not null && s.Destination.Longitude is not null),
        ("destination.areaType", s => s.Destination.AreaType is not null), ("carrier", s => s.Carrier is not null),
        ("weightKg", s => s.WeightKg is not null), ("volumeDm3", s => s.VolumeDm3 is not null), ("pieces", s => s.Pieces is not null),
        ("declaredValue", s => s.DeclaredValue is not null), ("distanceKm", s => s.DistanceKm is not null), ("promisedFrom", s => s.PromisedFrom is not null),
        ("route", s => s.Route is not null), ("stop", s => s.Stop is not null), ("priority", s => s.Priority is not null),
        ("attributes", s => s.Attributes is { Count: > 0 }), ("recordedAt", s => s.RecordedAt is not null), ("customer", s => s.Customer is not null),
    ];

    private static readonly (string Name, Func<NewEvent, bool> Filled)[] Event =
    [
        ("recordedAt", e => e.RecordedAt is not null), ("facility", e => e.Facility is not null), ("areaCode", e => e.AreaCode is not null),
        ("latitude", e => e.Latitude is not null && e.Longitude is not null), ("reason", e => e.Reason is not null), ("route", e => e.Route is not null),
        ("vehicle", e => e.Vehicle is not null), ("carrierEstimate", e => e.CarrierEstimate is not null), ("attributes", e => e.Attributes is { Count: > 0 }),
    ];

    private static readonly (string Name, Func<NewCondition, bool> Filled)[] Condition =
    [
        ("recordedAt", c => c.RecordedAt is not null), ("precipitationMm", c => c.PrecipitationMm is not null), ("snowCm", c => c.SnowCm is not null),
        ("windKph", c => c.WindKph is not null), ("temperatureC", c => c.TemperatureC is not null), ("trafficIndex", c => c.TrafficIndex is not null),
        ("incidents", c => c.Incidents is not null),
    ];

    private static readonly (string Name, Func<NewContact, bool> Filled)[] Contact =
        [("recordedAt", c => c.RecordedAt is not null), ("channel", c => c.Channel is not null), ("cost", c => c.Cost is not null)];

    /// <summary>The names, by kind.</summary>
    internal static IReadOnlyList<string[]> Names { get; } =
        [[.. Shipment.Select(f => f.Name)], [.. Event.Select(f => f.Name)], [.. Condition.Select(f => f.Name)], [.. Contact.Select(f => f.Name)]];

    /// <summary>The kind of an item.</summary>
    internal static FeedKind KindOf<T>() => typeof(T) == typeof(NewShipment) ? FeedKind.Shipments
        : typeof(T) == typeof(NewEvent) ? FeedKind.Events
        : typeof(T) == typeof(NewCondition) ? FeedKind.Conditions
        : FeedKind.Contacts;

    /// <summary>Adds one to each field that an item has.</summary>
    internal static void Count(object? item, long[] filled)
    {
        switch (item)
        {
            case NewShipment shipment: Count(Shipment, shipment, filled); break;
            case NewEvent e: Count(Event, e, filled); break;
            case NewCondition condition: Count(Condition, condition, filled); break;
            case NewContact contact: Count(Contact, contact, filled); break;
        }
    }

    /// <summary>When the sender knew of an item, or it happened; null where neither says anything of the sender's speed.</summary>
    internal static DateTimeOffset? Known(object? item) => item switch
    {
        NewShipment shipment => shipment.RecordedAt,
        NewEvent e => e.RecordedAt ?? e.OccurredAt,
        NewContact contact => contact.RecordedAt ?? contact.OccurredAt,
        NewCondition condition => condition.RecordedAt,
        _ => null,
    };

    private static void Count<T>((string Name, Func<T, bool> Filled)[] fields, T item, long[] filled)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Filled(item))
                filled[i]++;
        }
    }
}
