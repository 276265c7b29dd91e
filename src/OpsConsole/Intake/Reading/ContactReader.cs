using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Intake.Reading;

/// <summary>Reads one support contact.</summary>
internal static class ContactReader
{
    private const int ContactId = 0, Shipment = 1, OccurredAt = 2, RecordedAt = 3, Channel = 4, Cost = 5;

    private static readonly FieldNames Names = new("contactId", "shipmentId", "occurredAt", "recordedAt", "channel", "cost");

    /// <summary>The contact, the reader standing on its start; null when it is refused.</summary>
    internal static NewContact? Read(ref Utf8JsonReader json, ItemReader reader)
    {
        string? contactId = null, shipmentId = null, channel = null;
        DateTimeOffset? occurredAt = null, recordedAt = null;
        double? cost = null;
        var members = new Members(Names);
        while (reader.Next(ref json, ref members))
        {
            switch (members.At)
            {
                case ContactId: reader.Id = contactId = reader.Text(ref json, members, 128, required: true); break;
                case Shipment: shipmentId = reader.ShipmentId(ref json, members); break;
                case OccurredAt: occurredAt = reader.PastTime(ref json, members); break;
                case RecordedAt: recordedAt = reader.PastTime(ref json, members); break;
                case Channel: channel = reader.Text(ref json, members, 32); break;
                case Cost: cost = reader.Number(ref json, members, 0, 1e6); break;
            }
        }
        reader.Require(members, ContactId, ItemReader.TextAllowed(128));
        reader.Require(members, Shipment, ItemReader.ShipmentIdAllowed);
        reader.Require(members, OccurredAt, ItemReader.TimeAllowed);
        reader.RequireRecordedAfter(recordedAt, occurredAt, "occurredAt");
        if (reader.HasErrors)
            return null;
        return new NewContact
        {
            ContactId = contactId!,
            ShipmentId = shipmentId!,
            OccurredAt = occurredAt!.Value,
            RecordedAt = recordedAt,
            Channel = channel,
            Cost = cost,
        };
    }
}
