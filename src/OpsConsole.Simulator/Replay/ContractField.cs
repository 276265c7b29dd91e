namespace OpsConsole.Simulator.Replay;

/// <summary>What kind of value a field takes.</summary>
internal enum FieldKind
{
    Text,
    Number,
    Whole,
    Time,
}

/// <summary>A field of the contract that a mapping can fill; a dot leads into an object.</summary>
internal sealed record ContractField(string Name, FieldKind Kind)
{
    private static IEnumerable<ContractField> Place(string name) =>
    [
        new($"{name}.areaCode", FieldKind.Text), new($"{name}.areaType", FieldKind.Text), new($"{name}.deprivationBand", FieldKind.Whole),
        new($"{name}.latitude", FieldKind.Number), new($"{name}.longitude", FieldKind.Number),
    ];

    /// <summary>Fields of a shipment; of customers a replay sends nothing.</summary>
    internal static IReadOnlyList<ContractField> OfShipment { get; } =
    [
        new("shipmentId", FieldKind.Text), new("bookedAt", FieldKind.Time), new("promisedBy", FieldKind.Time), new("promisedFrom", FieldKind.Time),
        .. Place("origin"), .. Place("destination"),
        new("service", FieldKind.Text), new("carrier", FieldKind.Text), new("weightKg", FieldKind.Number), new("volumeDm3", FieldKind.Number),
        new("pieces", FieldKind.Whole), new("declaredValue", FieldKind.Number), new("distanceKm", FieldKind.Number), new("route", FieldKind.Text),
        new("vehicle", FieldKind.Text), new("stop", FieldKind.Whole), new("consignmentId", FieldKind.Text), new("reference", FieldKind.Text),
        new("priority", FieldKind.Whole), new("recordedAt", FieldKind.Time),
    ];

    /// <summary>Fields of an event.</summary>
    internal static IReadOnlyList<ContractField> OfEvent { get; } =
    [
        new("type", FieldKind.Text), new("at", FieldKind.Time), new("recordedAt", FieldKind.Time), new("eventId", FieldKind.Text),
        new("facility", FieldKind.Text), new("areaCode", FieldKind.Text), new("latitude", FieldKind.Number), new("longitude", FieldKind.Number),
        new("reason", FieldKind.Text), new("route", FieldKind.Text), new("vehicle", FieldKind.Text), new("promisedBy", FieldKind.Time),
        new("initiatedBy", FieldKind.Text), new("carrierEstimate", FieldKind.Time),
    ];

    /// <summary>What a shipment can't be without.</summary>
    internal static IReadOnlyList<string> NeededOfShipment { get; } = ["shipmentId", "bookedAt", "promisedBy", "origin.areaCode", "destination.areaCode", "service"];

    /// <summary>What an event can't be without.</summary>
    internal static IReadOnlyList<string> NeededOfEvent { get; } = ["type", "at"];
}
