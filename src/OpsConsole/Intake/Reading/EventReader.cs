using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Intake.Reading;

/// <summary>Reads one tracking event.</summary>
internal static class EventReader
{
    private const int EventId = 0, Shipment = 1, Type = 2, OccurredAt = 3, RecordedAt = 4, Facility = 5, AreaCode = 6, Latitude = 7, Longitude = 8,
        Reason = 9, Route = 10, Vehicle = 11, PromisedBy = 12, InitiatedBy = 13, CarrierEstimate = 14, Attributes = 15;

    private static readonly FieldNames Names = new(
        "eventId", "shipmentId", "type", "occurredAt", "recordedAt", "facility", "areaCode", "latitude", "longitude",
        "reason", "route", "vehicle", "promisedBy", "initiatedBy", "carrierEstimate", "attributes");

    /// <summary>The event, the reader standing on its start; null when it is refused.</summary>
    internal static NewEvent? Read(ref Utf8JsonReader json, ItemReader reader)
    {
        string? eventId = null, shipmentId = null, facility = null, areaCode = null, reason = null, route = null, vehicle = null;
        EventType? type = null;
        DateTimeOffset? occurredAt = null, recordedAt = null, promisedBy = null, carrierEstimate = null;
        double? latitude = null, longitude = null;
        PromiseInitiator? initiatedBy = null;
        IReadOnlyDictionary<string, AttributeValue>? attributes = null;
        var members = new Members(Names);
        while (reader.Next(ref json, ref members))
        {
            switch (members.At)
            {
                case EventId: reader.Id = eventId = reader.Text(ref json, members, 128, required: true); break;
                case Shipment: shipmentId = reader.ShipmentId(ref json, members); break;
                case Type: type = reader.Choice<EventType>(ref json, members); break;
                case OccurredAt: occurredAt = reader.PastTime(ref json, members); break;
                case RecordedAt: recordedAt = reader.PastTime(ref json, members); break;
                case Facility: facility = reader.Text(ref json, members, 64); break;
                case AreaCode: areaCode = reader.Text(ref json, members, 32); break;
                case Latitude: latitude = reader.Number(ref json, members, -90, 90); break;
                case Longitude: longitude = reader.Number(ref json, members, -180, 180); break;
                case Reason: reason = reader.Text(ref json, members, 200); break;
                case Route: route = reader.Text(ref json, members, 64); break;
                case Vehicle: vehicle = reader.Text(ref json, members, 64); break;
                case PromisedBy: promisedBy = reader.TimeAhead(ref json, members); break;
                case InitiatedBy: initiatedBy = reader.Choice<PromiseInitiator>(ref json, members); break;
                case CarrierEstimate: carrierEstimate = reader.TimeAhead(ref json, members); break;
                case Attributes: attributes = reader.Attributes(ref json, members); break;
            }
        }
        reader.Require(members, EventId, ItemReader.TextAllowed(128));
        reader.Require(members, Shipment, ItemReader.ShipmentIdAllowed);
        reader.Require(members, Type, Choices<EventType>.Allowed);
        reader.Require(members, OccurredAt, ItemReader.TimeAllowed);
        reader.RequireRecordedAfter(recordedAt, occurredAt, "occurredAt");
        if (type == EventType.PromiseChanged)
        {
            reader.Require(members, PromisedBy, $"{ItemReader.TimeAllowed}, with promiseChanged");
            initiatedBy ??= PromiseInitiator.Courier;
        }
        if (reader.HasErrors)
            return null;
        return new NewEvent
        {
            EventId = eventId!,
            ShipmentId = shipmentId!,
            Type = type!.Value,
            OccurredAt = occurredAt!.Value,
            RecordedAt = recordedAt,
            Facility = facility,
            AreaCode = areaCode,
            Latitude = latitude,
            Longitude = longitude,
            Reason = reason,
            Route = route,
            Vehicle = vehicle,
            PromisedBy = promisedBy,
            InitiatedBy = initiatedBy,
            CarrierEstimate = carrierEstimate,
            Attributes = attributes,
        };
    }
}
