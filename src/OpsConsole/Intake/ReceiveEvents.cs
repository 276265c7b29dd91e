using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Intake.Feeds;
using OpsConsole.Intake.Reading;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>Takes tracking events in. An event never changes: a known id with other content is refused.</summary>
internal sealed class ReceiveEvents(GroupedWriter writer, InputChanged changed, StoreOptions store) : Receive<NewEvent>(writer, changed)
{
    private const string Columns =
        "(event_id, shipment_id, type, occurred_at, recorded_at, received_at, source_id, content_hash, facility, reason, promised_by, initiated_by, carrier_estimate, details)";

    private static readonly Statement InsertSqlite = new(
        $"INSERT INTO events {Columns} VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13) ON CONFLICT (event_id) DO NOTHING");
    private static readonly Statement InsertServer = new(
        $"""
        INSERT INTO events {Columns} SELECT @p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13
        WHERE NOT EXISTS (SELECT 1 FROM events WITH (UPDLOCK, HOLDLOCK) WHERE event_id = @p0)
        """);
    private static readonly Statement HashOfStored = new("SELECT content_hash FROM events WHERE event_id = @p0");

    private readonly Statement _insert = store.IsSqlite ? InsertSqlite : InsertServer;

    internal override NewEvent? Read(ref Utf8JsonReader json, ItemReader reader) => EventReader.Read(ref json, reader);

    internal override long HashOf(NewEvent content) => ContentHash.Of(content);

    internal override string? TextOf(NewEvent content) => EventDetails.Write(content);

    protected override void Write(WriteSession session, Part<NewEvent> part)
    {
        Dictionary<string, int> touched = new(part.Items.Count, StringComparer.Ordinal);
        foreach (var item in part.Items)
        {
            var e = item.Content;
            if (part.Earlier(e.EventId) is [var earlier, ..])
                Compare(part, item, earlier);
            else if (Insert(session, part, item))
            {
                part.Accept(e.EventId, item);
                touched[e.ShipmentId] = touched.GetValueOrDefault(e.ShipmentId) + 1;
            }
            else
            {
                Compare(part, item, (long)session.Scalar(HashOfStored, e.EventId)!);
            }
        }
        var (early, sample) = (0, (string?)null);
        foreach (var (shipment, events) in touched)
        {
            if (!NoteChanged(session, shipment))
                (early, sample) = (early + events, shipment);
        }
        if (sample is not null)
            EventsWaiting.Add(session, part.Caller.SourceId, early, sample);
    }

    private bool Insert(WriteSession session, Part<NewEvent> part, in ReadItem<NewEvent> item)
    {
        var e = item.Content;
        return session.Execute(
            _insert, e.EventId, e.ShipmentId, (int)e.Type, e.OccurredAt, e.RecordedAt, session.Received, part.Caller.SourceId, item.Hash,
            e.Facility, e.Reason, e.PromisedBy, e.InitiatedBy, e.CarrierEstimate, item.Text) == 1;
    }

    private static void Compare(Part<NewEvent> part, in ReadItem<NewEvent> item, long stored)
    {
        if (stored == item.Hash)
            part.NoteDuplicate();
        else
            part.Refuse(item, item.Content.EventId, "eventId", "is known with other content; allowed is a new id, or the same content again");
    }
}
