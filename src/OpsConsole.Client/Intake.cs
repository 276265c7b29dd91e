using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>A tracking event.</summary>
public sealed record NewEvent
{
    /// <summary>The sender's id of the event, 1 to 128 characters.</summary>
    public required string EventId { get; init; }

    /// <summary>The shipment; may be registered later.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>What happened.</summary>
    public required EventType Type { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>When the sender's system knew it.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>Facility.</summary>
    public string? Facility { get; init; }

    /// <summary>Area of the scan.</summary>
    public string? AreaCode { get; init; }

    /// <summary>Degrees.</summary>
    public double? Latitude { get; init; }

    /// <summary>Degrees.</summary>
    public double? Longitude { get; init; }

    /// <summary>Reason code or text.</summary>
    public string? Reason { get; init; }

    /// <summary>Route.</summary>
    public string? Route { get; init; }

    /// <summary>Vehicle.</summary>
    public string? Vehicle { get; init; }

    /// <summary>The new promise; required with <see cref="EventType.PromiseChanged"/>.</summary>
    public DateTimeOffset? PromisedBy { get; init; }

    /// <summary>Who asked for the new promise; left out: the courier.</summary>
    public PromiseInitiator? InitiatedBy { get; init; }

    /// <summary>When the carrier itself expects to deliver.</summary>
    public DateTimeOffset? CarrierEstimate { get; init; }

    /// <summary>Up to 64 further facts.</summary>
    public IReadOnlyDictionary<string, AttributeValue>? Attributes { get; init; }
}

/// <summary>What a tracking event says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EventType>))]
public enum EventType
{
    /// <summary>Accepted by the courier.</summary>
    [JsonStringEnumMemberName("accepted")] Accepted,

    /// <summary>Handed over to the carrier.</summary>
    [JsonStringEnumMemberName("collected")] Collected,

    /// <summary>Arrived at a facility.</summary>
    [JsonStringEnumMemberName("arrivedAtFacility")] ArrivedAtFacility,

    /// <summary>Left a facility.</summary>
    [JsonStringEnumMemberName("departedFacility")] DepartedFacility,

    /// <summary>On the van.</summary>
    [JsonStringEnumMemberName("outForDelivery")] OutForDelivery,

    /// <summary>Delivery tried in vain.</summary>
    [JsonStringEnumMemberName("deliveryAttempted")] DeliveryAttempted,

    /// <summary>Something went wrong.</summary>
    [JsonStringEnumMemberName("exception")] Exception,

    /// <summary>The promise was moved.</summary>
    [JsonStringEnumMemberName("promiseChanged")] PromiseChanged,

    /// <summary>Delivered.</summary>
    [JsonStringEnumMemberName("delivered")] Delivered,

    /// <summary>Returned to the sender.</summary>
    [JsonStringEnumMemberName("returned")] Returned,

    /// <summary>Cancelled.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>Who moved a promise.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PromiseInitiator>))]
public enum PromiseInitiator
{
    /// <summary>The customer asked for it.</summary>
    [JsonStringEnumMemberName("customer")] Customer,

    /// <summary>The courier; counts in no figure.</summary>
    [JsonStringEnumMemberName("courier")] Courier,

    /// <summary>It had been wrong.</summary>
    [JsonStringEnumMemberName("correction")] Correction,
}

/// <summary>Weather and traffic of an area at a moment.</summary>
public sealed record NewCondition
{
    /// <summary>The area.</summary>
    public required string AreaCode { get; init; }

    /// <summary>The moment it is about; later than <see cref="RecordedAt"/>: a forecast.</summary>
    public required DateTimeOffset ObservedAt { get; init; }

    /// <summary>When the sender's system knew it.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>Millimetres in the hour.</summary>
    public double? PrecipitationMm { get; init; }

    /// <summary>Centimetres.</summary>
    public double? SnowCm { get; init; }

    /// <summary>km/h.</summary>
    public double? WindKph { get; init; }

    /// <summary>°C.</summary>
    public double? TemperatureC { get; init; }

    /// <summary>1 = free flow.</summary>
    public double? TrafficIndex { get; init; }

    /// <summary>Road incidents.</summary>
    public int? Incidents { get; init; }
}

/// <summary>A customer's contact with support.</summary>
public sealed record NewContact
{
    /// <summary>The sender's id of the contact.</summary>
    public required string ContactId { get; init; }

    /// <summary>The shipment.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>When the sender's system knew it.</summary>
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary>Phone, e-mail and the like.</summary>
    public string? Channel { get; init; }

    /// <summary>What it cost, in the operation's currency.</summary>
    public double? Cost { get; init; }
}

/// <summary>The answer to a call of intake: 200 means that all accepted items are on disk.</summary>
public sealed record IntakeReceipt
{
    /// <summary>Items stored by this call.</summary>
    public int Accepted { get; init; }

    /// <summary>Items that were stored before with the same content.</summary>
    public int Duplicates { get; init; }

    /// <summary>Items refused.</summary>
    public int RejectedCount { get; init; }

    /// <summary>The first 1,000 items refused.</summary>
    public IReadOnlyList<RejectedItem> Rejected { get; init => field = value ?? []; } = [];

    /// <summary>Fields that were not known and were ignored, each once.</summary>
    public IReadOnlyList<string> Ignored { get; init => field = value ?? []; } = [];
}

/// <summary>One item refused.</summary>
/// <param name="Index">Its place in the call, from 0.</param>
/// <param name="Id">Its id, as far as it could be read.</param>
/// <param name="Errors">For each field what is wrong and what is allowed.</param>
public sealed record RejectedItem(int Index, string? Id, IReadOnlyDictionary<string, IReadOnlyList<string>> Errors);

/// <summary>Which customer to erase.</summary>
/// <param name="CustomerId">The sender's id of the customer.</param>
public sealed record EraseCustomerRequest(string? CustomerId);
