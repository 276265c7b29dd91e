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

    private static readonly ManyRows HashesOfMany = new(
        new Statement("SELECT @p0, content_hash FROM shipment_versions WHERE shipment_id = @p0"), "known_shipments", "shipments", "shipment_id");

    private readonly record struct Registered(long Key, int SourceId, bool History);

    private readonly record struct StoredVersion(DateTimeOffset ReceivedAt, DateTimeOffset? RecordedAt, long Hash, string Content);

    internal override NewShipment? Read(ref Utf8JsonReader json, ItemReader reader) => ShipmentReader.Read(ref json, reader);

    internal override long HashOf(NewShipment content) => ContentHash.Of(content, keys);

    internal override string? TextOf(NewShipment content) =>
        JsonSerializer.Serialize(content.Customer is null ? content : content with { Customer = null }, ContractJson.Requests.NewShipment);

    protected override void Write(WriteSession session, Part<NewShipment> part)
    {
        HashSet<string> amended = new(StringComparer.Ordinal);
        var batch = session.Together(part.Items.Count) ? Batch.Of(session, part) : null;
        foreach (var item in part.Items)
        {
            var id = item.Content.ShipmentId;
            if (part.Earlier(id).Contains(item.Hash) || batch?.Has(id, item.Hash) == true)
            {
                part.NoteDuplicate();
            }
            else if (FindRow(session, id, batch) is not { } row)
            {
                RegisterNew(session, part, item, batch);
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
        batch?.Send();
        if (session.Together(amended.Count))
            NoteAllChanged(session, amended);
        else
        {
            foreach (var id in amended)
                NoteChanged(session, id);
        }
    }

    /// <summary>
    /// What is known of the shipments of a part, asked for once, and the new ones, which are registered together. Only what amends another goes
    /// row by row.
    /// </summary>
    private sealed class Batch(WriteSession session)
    {
        private readonly Dictionary<string, HashSet<long>> _hashes = new(StringComparer.Ordinal);
        private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);

        internal InsertsTogether Inserts => field ??= new InsertsTogether(session);

        // Nobody else registers a shipment of this loop meanwhile: the writers of all instances go one after the other.
        internal static Batch Of(WriteSession session, Part<NewShipment> part)
        {
            var batch = new Batch(session);
            session.QueryAll(
                HashesOfMany, [.. part.Items.Select(i => i.Content.ShipmentId).Distinct(StringComparer.Ordinal).Select(id => new object?[] { id })],
                row => batch.Keep(row.GetString(0), row.GetInt64(1)));
            return batch;
        }

        internal bool Has(string id, long hash) => _hashes.TryGetValue(id, out var hashes) && hashes.Contains(hash);

        internal bool IsNew(string id) => !_hashes.ContainsKey(id);

        internal void Register(string id, long hash)
        {
            _waiting.Add(id);
            Keep(id, hash);
        }

        /// <summary>Before a shipment is read: it may be one of those that wait.</summary>
        internal void SendIfWaiting(string id)
        {
            if (_waiting.Contains(id))
                Send();
        }

        internal void Send()
        {
            if (_waiting.Count == 0)
                return;
            EventsWaiting.ClaimAll(session, _waiting);
            Inserts.Send();
            _waiting.Clear();
        }

        private void Keep(string id, long hash)
        {
            if (!_hashes.TryGetValue(id, out var hashes))
                _hashes[id] = hashes = [];
            hashes.Add(hash);
        }
    }

    private void RegisterNew(WriteSession session, Part<NewShipment> part, in ReadItem<NewShipment> item, Batch? batch)
    {
        var s = item.Content;
        var history = session.Received > s.PromisedBy;
        var current = settings.Current;
        double? chance = !history && current.HoldOutShare > 0 && current.MayHoldOut(s.Service, s.DeclaredValue) ? current.HoldOutShare : null;
        var heldOut = keys.Draw(s.ShipmentId) < chance;
        var key = ids.Next();
        ReadOnlySpan<object?> values =
        [
            key, s.ShipmentId, part.Caller.SourceId, part.Caller.Simulated, session.Loop, session.Received, history, heldOut, s.BookedAt, s.PromisedBy,
            s.Service, s.Carrier, s.Origin.AreaCode, s.Destination.AreaCode, s.Destination.AreaType, s.Destination.DeprivationBand, s.ConsignmentId, s.Reference,
            history ? null : 0L, chance,
        ];
        if (batch is null)
        {
            session.Execute(Register, values);
            EventsWaiting.Claim(session, s.ShipmentId);
        }
        else
        {
            batch.Register(s.ShipmentId, item.Hash);
            batch.Inserts.Add(Register, values);
        }
        KeepVersion(session, item, batch);
        if (s.Customer is { } customer)
            customers.Keep(session, key, s.ShipmentId, customer, batch?.Inserts);
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

    private static void KeepVersion(WriteSession session, in ReadItem<NewShipment> item, Batch? batch = null)
    {
        var s = item.Content;
        ReadOnlySpan<object?> values = [s.ShipmentId, session.Received, s.RecordedAt, s.PromisedBy, item.Hash, item.Text];
        if (batch is null)
            session.Execute(InsertVersion, values);
        else
            batch.Inserts.Add(InsertVersion, values);
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

    private static Registered? FindRow(WriteSession session, string id, Batch? batch)
    {
        if (batch?.IsNew(id) == true)
            return null;
        batch?.SendIfWaiting(id);
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
