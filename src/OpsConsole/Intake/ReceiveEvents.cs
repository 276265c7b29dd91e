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

    private const string Values = "@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13";

    private static readonly Statement InsertSqlite = new($"INSERT INTO events {Columns} VALUES ({Values}) ON CONFLICT (event_id) DO NOTHING");
    private static readonly Statement InsertNew = new($"INSERT INTO events {Columns} VALUES ({Values})");
    private static readonly Statement InsertServer = new(
        $"""
        INSERT INTO events {Columns} SELECT {Values}
        WHERE NOT EXISTS (SELECT 1 FROM events WITH (UPDLOCK, HOLDLOCK) WHERE event_id = @p0)
        """);
    private static readonly Statement HashOfStored = new("SELECT content_hash FROM events WHERE event_id = @p0");
    private static readonly ManyRows HashesOfStored = new(
        new Statement("SELECT @p0, content_hash FROM events WHERE event_id = @p0"), "known_events", "events", "event_id");

    private readonly Statement _insert = store.IsSqlite ? InsertSqlite : InsertServer;

    internal override NewEvent? Read(ref Utf8JsonReader json, ItemReader reader) => EventReader.Read(ref json, reader);

    internal override long HashOf(NewEvent content) => ContentHash.Of(content);

    internal override string? TextOf(NewEvent content) => EventDetails.Write(content);

    protected override void Write(WriteSession session, Part<NewEvent> part)
    {
        Dictionary<string, int> touched = new(part.Items.Count, StringComparer.Ordinal);
        var known = session.Together(part.Items.Count) ? Known(session, part) : null;
        var together = known is null ? null : new InsertsTogether(session);
        foreach (var item in part.Items)
        {
            var e = item.Content;
            if (part.Earlier(e.EventId) is [var earlier, ..])
                Compare(part, item, earlier);
            else if (known is null ? Insert(session, part, item, null) : known.TryAdd(AsServer(e.EventId), item.Hash) && Insert(session, part, item, together))
            {
                part.Accept(e.EventId, item);
                touched[e.ShipmentId] = touched.GetValueOrDefault(e.ShipmentId) + 1;
            }
            else
            {
                Compare(part, item, known is null ? (long)session.Scalar(HashOfStored, e.EventId)! : known[AsServer(e.EventId)]);
            }
        }
        together?.Send();
        Note(session, part, touched);
    }

    private static void Note(WriteSession session, Part<NewEvent> part, Dictionary<string, int> touched)
    {
        var registered = session.Together(touched.Count) ? NoteAllChanged(session, touched.Keys) : null;
        var (early, sample) = (0, (string?)null);
        foreach (var (shipment, events) in touched)
        {
            if (registered is null ? !NoteChanged(session, shipment) : !registered.Contains(shipment))
                (early, sample) = (early + events, shipment);
        }
        if (sample is not null)
            EventsWaiting.Add(session, part.Caller.SourceId, early, sample);
    }

    // Nobody else brings an event of this loop in meanwhile: the writers of all instances go one after the other.
    private static Dictionary<string, long> Known(WriteSession session, Part<NewEvent> part)
    {
        Dictionary<string, long> known = new(part.Items.Count, StringComparer.Ordinal);
        session.QueryAll(
            HashesOfStored, [.. part.Items.Select(i => AsServer(i.Content.EventId)).Distinct(StringComparer.Ordinal).Select(id => new object?[] { id })],
            row => known[row.GetString(0)] = row.GetInt64(1));
        return known;
    }

    // To SQL Server a text with spaces at its end is the same as without.
    private static string AsServer(string id) => id.TrimEnd(' ');

    private bool Insert(WriteSession session, Part<NewEvent> part, in ReadItem<NewEvent> item, InsertsTogether? together)
    {
        var e = item.Content;
        ReadOnlySpan<object?> values =
        [
            e.EventId, e.ShipmentId, (int)e.Type, e.OccurredAt, e.RecordedAt, session.Received, part.Caller.SourceId, item.Hash,
            e.Facility, e.Reason, e.PromisedBy, e.InitiatedBy, e.CarrierEstimate, item.Text,
        ];
        if (together is null)
            return session.Execute(_insert, values) == 1;
        together.Add(InsertNew, values);
        return true;
    }

    private static void Compare(Part<NewEvent> part, in ReadItem<NewEvent> item, long stored)
    {
        if (stored == item.Hash)
            part.NoteDuplicate();
        else
            part.Refuse(item, item.Content.EventId, "eventId", "is known with other content; allowed is a new id, or the same content again");
    }
}
