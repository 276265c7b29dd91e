using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>A shipment to register or amend.</summary>
public sealed record NewShipment
{
    /// <summary>1 to 64 of ASCII letters, digits, <c>._:-</c>.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>When it was booked.</summary>
    public required DateTimeOffset BookedAt { get; init; }

    /// <summary>When it is promised to be delivered by; after <see cref="BookedAt"/>.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>Where it comes from.</summary>
    public required Area Origin { get; init; }

    /// <summary>Where it goes.</summary>
    public required Area Destination { get; init; }

    /// <summary>Service, 1 to 32 characters.</summary>
    public required string Service { get; init; }

    /// <summary>Carrier.</summary>
    public string? Carrier { get; init; }

    /// <summary>Weight, kg.</summary>
    public double? WeightKg { get; init; }

    /// <summary>Volume, litres.</summary>
    public double? VolumeDm3 { get; init; }

    /// <summary>Number of pieces.</summary>
    public int? Pieces { get; init; }

    /// <summary>Declared value, in the operation's currency.</summary>
    public double? DeclaredValue { get; init; }

    /// <summary>Distance, km; left out: great circle.</summary>
    public double? DistanceKm { get; init; }

    /// <summary>Start of the promised window.</summary>
    public DateTimeOffset? PromisedFrom { get; init; }

    /// <summary>Route.</summary>
    public string? Route { get; init; }

    /// <summary>Vehicle.</summary>
    public string? Vehicle { get; init; }

    /// <summary>Position on the route.</summary>
    public int? Stop { get; init; }

    /// <summary>Pieces of one order share it: one case, one message.</summary>
    public string? ConsignmentId { get; init; }

    /// <summary>The sender's reference.</summary>
    public string? Reference { get; init; }

    /// <summary>Priority, the higher the more urgent.</summary>
    public int? Priority { get; init; }

    /// <summary>Up to 64 further facts; each becomes a feature.</summary>
    public IReadOnlyDictionary<string, AttributeValue>? Attributes { get; init; }

    /// <summary>When the sender's system knew this version.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>Whom to warn; encrypted at rest.</summary>
    public Customer? Customer { get; init; }
}

/// <summary>A place, by area.</summary>
public sealed record Area
{
    /// <summary>1 to 32 characters.</summary>
    public required string AreaCode { get; init; }

    /// <summary>Urban, suburban or rural.</summary>
    public AreaType? AreaType { get; init; }

    /// <summary>1 (most deprived) to 10.</summary>
    public int? DeprivationBand { get; init; }

    /// <summary>Degrees, −90 to 90.</summary>
    public double? Latitude { get; init; }

    /// <summary>Degrees, −180 to 180.</summary>
    public double? Longitude { get; init; }
}

/// <summary>Kind of area.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AreaType>))]
public enum AreaType
{
    /// <summary>Town.</summary>
    [JsonStringEnumMemberName("urban")] Urban,

    /// <summary>Outskirts.</summary>
    [JsonStringEnumMemberName("suburban")] Suburban,

    /// <summary>Country.</summary>
    [JsonStringEnumMemberName("rural")] Rural,
}

/// <summary>What a warning needs of a customer, and no more.</summary>
public sealed record Customer
{
    /// <summary>The sender's id of the customer.</summary>
    public string? CustomerId { get; init; }

    /// <summary>Preferred channel.</summary>
    public ContactChannel? Channel { get; init; }

    /// <summary>Address on that channel.</summary>
    public string? Address { get; init; }

    /// <summary>Consent, for all channels or each.</summary>
    public Consent? Consent { get; init; }

    /// <summary>Language, such as <c>en-GB</c>.</summary>
    public string? Locale { get; init; }

    /// <summary>IANA time zone, for quiet hours.</summary>
    public string? TimeZone { get; init; }
}

/// <summary>How a customer is reached.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ContactChannel>))]
public enum ContactChannel
{
    /// <summary>Not at all.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>E-mail.</summary>
    [JsonStringEnumMemberName("email")] Email,

    /// <summary>SMS.</summary>
    [JsonStringEnumMemberName("sms")] Sms,

    /// <summary>App or webhook.</summary>
    [JsonStringEnumMemberName("app")] App,
}
