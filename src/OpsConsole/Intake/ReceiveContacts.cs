using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Intake.Reading;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>Takes support contacts in. A contact never changes: a known id with other content is refused.</summary>
internal sealed class ReceiveContacts(GroupedWriter writer, InputChanged changed) : Receive<NewContact>(writer, changed)
{
    private static readonly Statement Insert = new(
        """
        INSERT INTO contacts (contact_id, shipment_id, occurred_at, recorded_at, received_at, source_id, content_hash, channel, cost)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)
        """);
    private static readonly Statement HashOfStored = new("SELECT content_hash FROM contacts WHERE contact_id = @p0");

    internal override NewContact? Read(ref Utf8JsonReader json, ItemReader reader) => ContactReader.Read(ref json, reader);

    internal override long HashOf(NewContact content) => ContentHash.Of(content);

    protected override void Write(WriteSession session, Part<NewContact> part)
    {
        HashSet<string> touched = new(StringComparer.Ordinal);
        foreach (var item in part.Items)
        {
            var contact = item.Content;
            var stored = part.Earlier(contact.ContactId) is [var earlier, ..] ? earlier : (long?)session.Scalar(HashOfStored, contact.ContactId);
            if (stored is null)
            {
                session.Execute(
                    Insert, contact.ContactId, contact.ShipmentId, contact.OccurredAt, contact.RecordedAt, session.Received, part.Caller.SourceId,
                    item.Hash, contact.Channel, contact.Cost);
                part.Accept(contact.ContactId, item);
                touched.Add(contact.ShipmentId);
            }
            else if (stored == item.Hash)
            {
                part.NoteDuplicate();
            }
            else
            {
                part.Refuse(item, contact.ContactId, "contactId", "is known with other content; allowed is a new id, or the same content again");
            }
        }
        foreach (var id in touched)
            NoteChanged(session, id);
    }
}
