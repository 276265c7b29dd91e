using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Intake.Feeds;
using OpsConsole.Intake.Reading;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>Registers shipments, and amends them: each version is kept, the shipment's row follows the version known last.</summary>
internal sealed class ReceiveShipments(
    GroupedWriter writer, InputChanged changed, IntakeKeys keys, SealedCustomers customers, SettingsStore settings, Ids ids) : Receive<NewShipment>(writer, changed)
{
    private static readonly Statement Find = new("""SELECT "key", source_id, history FROM shipments WHERE shipment_id = @p0""");
    private static readonly Statement VersionsOf = new(
        "SELECT received_at, recorded_at, content_hash, content FROM shipment_versions WHERE shipment_id = @p0 ORDER BY id");
    private static readonly Statement InsertVersion = new(
        """
        INSERT INTO shipment_versions (shipment_id, received_at, recorded_at, promised_by, content_hash, content)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5)
        """);
    private static readonly Statement Register = new(
        """
        INSERT INTO shipments ("key", shipment_id, source_id, simulated, loop, registered_at, history, held_out, booked_at, promised_first, promised_by,
          promise_counted, service, carrier, origin_area, destination_area, area_type, deprivation_band, consignment_id, reference,
          input_version, scored_version, settled_version, next_score_at, next_settle_at, state, flagged, silent, hold_out_chance)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p9, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, 1, 0, 0, @p18, 0, 0, 0, 0, @p19)
        """);
    private static readonly Statement Follow = new(
        """
        UPDATE shipments SET booked_at = @p1, service = @p2, carrier = @p3, origin_area = @p4, destination_area = @p5, area_type = @p6,
          deprivation_band = @p7, consignment_id = @p8, reference = @p9
        WHERE "key" = @p0
        """);
    private static readonly Statement SetFirstPromise = new("""UPDATE shipments SET promised_first = @p1 WHERE "key" = @p0""");

    private readonly record struct Registered(long Key, int SourceId, bool History);

    private readonly record struct StoredVersion(DateTimeOffset ReceivedAt, DateTimeOffset? RecordedAt, long Hash, string Content);

    internal override NewShipment? Read(ref Utf8JsonReader json, ItemReader reader) => ShipmentReader.Read(ref json, reader);

    internal override long HashOf(NewShipment content) => ContentHash.Of(content, keys);

    internal override string? TextOf(NewShipment content) =>
        JsonSerializer.Serialize(content.Customer is null ? content : content with { Customer = null }, ContractJson.Requests.NewShipment);

    protected override void Write(WriteSession session, Part<NewShipment> part)
    {
        HashSet<string> amended = new(StringComparer.Ordinal);
        foreach (var item in part.Items)
        {
            var id = item.Content.ShipmentId;
            if (part.Earlier(id).Contains(item.Hash))
            {
                part.NoteDuplicate();
            }
            else if (FindRow(session, id) is not { } row)
            {
                RegisterNew(session, part, item);
                part.Accept(id, item);
            }
            else if (Versions(session, id) is var versions && versions.Exists(v => v.Hash == item.Hash))
            {
                part.NoteDuplicate();
            }
            else if (row.SourceId != part.Caller.SourceId && !part.Caller.IsBootstrap)
            {
                part.Refuse(item, id, "shipmentId", "was registered by another source; allowed is to amend what one's own source registered");
            }
            else
            {
                Amend(session, row, versions, item);
                part.Accept(id, item);
                amended.Add(id);
            }
        }
        foreach (var id in amended)
            NoteChanged(session, id);
    }

    private void RegisterNew(WriteSession session, Part<NewShipment> part, in ReadItem<NewShipment> item)
    {
        var s = item.Content;
        var history = session.Received > s.PromisedBy;
        var current = settings.Current;
        double? chance = !history && current.HoldOutShare > 0 && current.MayHoldOut(s.Service, s.DeclaredValue) ? current.HoldOutShare : null;
        var heldOut = keys.Draw(s.ShipmentId) < chance;
        var key = ids.Next();
        session.Execute(
            Register, key, s.ShipmentId, part.Caller.SourceId, part.Caller.Simulated, session.Loop, session.Received, history, heldOut, s.BookedAt, s.PromisedBy,
            s.Service, s.Carrier, s.Origin.AreaCode, s.Destination.AreaCode, s.Destination.AreaType, s.Destination.DeprivationBand, s.ConsignmentId, s.Reference,
            history ? null : 0L, chance);
        EventsWaiting.Claim(session, s.ShipmentId);
        KeepVersion(session, item);
        if (s.Customer is { } customer)
            customers.Keep(session, key, s.ShipmentId, customer);
    }

    private void Amend(WriteSession session, Registered row, List<StoredVersion> versions, in ReadItem<NewShipment> item)
    {
        var s = item.Content;
        KeepVersion(session, item);
        var known = s.RecordedAt ?? session.Received;
        // The newest received comes last among equals.
        if (versions.TrueForAll(v => KnownAt(v, versions[0], row.History) <= known))
        {
            session.Execute(
                Follow, row.Key, s.BookedAt, s.Service, s.Carrier, s.Origin.AreaCode, s.Destination.AreaCode, s.Destination.AreaType,
                s.Destination.DeprivationBand, s.ConsignmentId, s.Reference);
            if (s.Customer is { } customer)
                customers.Keep(session, row.Key, s.ShipmentId, customer);
            else
                customers.Drop(session, row.Key);
        }
        if (versions.TrueForAll(v => KnownAt(v, versions[0], row.History) > known))
            session.Execute(SetFirstPromise, row.Key, s.PromisedBy);
    }

    private static void KeepVersion(WriteSession session, in ReadItem<NewShipment> item)
    {
        var s = item.Content;
        session.Execute(InsertVersion, s.ShipmentId, session.Received, s.RecordedAt, s.PromisedBy, item.Hash, item.Text);
    }

    // As ShipmentHistory has it.
    private static DateTimeOffset KnownAt(StoredVersion version, StoredVersion first, bool history)
    {
        if (version.RecordedAt is { } recorded)
            return recorded;
        return history && version == first
            ? JsonSerializer.Deserialize(version.Content, ContractJson.Requests.NewShipment)!.BookedAt
            : version.ReceivedAt;
    }

    private static Registered? FindRow(WriteSession session, string id)
    {
        using var row = session.Query(Find, id);
        return row.Read()
            ? new Registered(row.GetInt64(0), row.GetInt32(1), Convert.ToBoolean(row.GetValue(2), System.Globalization.CultureInfo.InvariantCulture))
            : null;
    }

    private static List<StoredVersion> Versions(WriteSession session, string id)
    {
        using var row = session.Query(VersionsOf, id);
        List<StoredVersion> versions = [];
        while (row.Read())
        {
            versions.Add(new StoredVersion(
                new DateTimeOffset(row.GetInt64(0), TimeSpan.Zero),
                row.IsDBNull(1) ? null : new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero),
                row.GetInt64(2),
                row.GetString(3)));
        }
        return versions;
    }
}
