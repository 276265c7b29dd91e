using System.Data.Common;
using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>Reads all that was ever received of single shipments, for the fold. Bound to one connection; not for several threads.</summary>
public sealed class HistoryReader : IDisposable
{
    private static readonly Statement OfShipment = new(
        """SELECT shipment_id, history, first_scored_at FROM shipments WHERE "key" = @p0""");
    private static readonly Statement VersionsOf = new(
        "SELECT received_at, recorded_at, content FROM shipment_versions WHERE shipment_id = @p0 AND received_at <= @p1 ORDER BY id");
    private static readonly Statement EventsOf = new(
        """
        SELECT id, event_id, type, occurred_at, recorded_at, received_at, source_id, content_hash, facility, reason, promised_by, initiated_by,
               carrier_estimate, details
        FROM events WHERE shipment_id = @p0 AND received_at <= @p1 ORDER BY id
        """);

    private readonly DbCommand _shipment;
    private readonly DbCommand _versions;
    private readonly DbCommand _events;

    /// <param name="connection">An open connection, of <see cref="StoreConnections.OpenReader"/> as a rule.</param>
    /// <param name="transaction">The transaction to read in, if any.</param>
    /// <param name="receivedBy">Nothing received later is read; by default all.</param>
    public HistoryReader(DbConnection connection, DbTransaction? transaction = null, DateTimeOffset? receivedBy = null)
    {
        (_shipment, _versions, _events) = (OfShipment.Prepare(connection), VersionsOf.Prepare(connection), EventsOf.Prepare(connection));
        _shipment.Transaction = _versions.Transaction = _events.Transaction = transaction;
        _versions.Parameters[1].Value = _events.Parameters[1].Value = (receivedBy ?? DateTimeOffset.MaxValue).UtcTicks;
    }

    /// <summary>The history of a shipment; null when there is no such shipment.</summary>
    public ShipmentHistory? Read(long key)
    {
        _shipment.Parameters[0].Value = key;
        string id;
        bool history;
        DateTimeOffset? firstScored;
        using (var row = _shipment.ExecuteReader())
        {
            if (!row.Read())
                return null;
            id = row.GetString(0);
            history = Convert.ToBoolean(row.GetValue(1), System.Globalization.CultureInfo.InvariantCulture);
            firstScored = Time(row, 2);
        }
        return Read(id, history, firstScored);
    }

    /// <summary>The history of a shipment whose row the caller has read already.</summary>
    /// <param name="shipmentId">Its id.</param>
    /// <param name="history">Registered after its promise had passed (<see cref="Shipment.History"/>).</param>
    /// <param name="firstScoredAt"><see cref="Shipment.FirstScoredAt"/>.</param>
    public ShipmentHistory Read(string shipmentId, bool history, DateTimeOffset? firstScoredAt) =>
        new(Versions(shipmentId), Events(shipmentId), history, firstScoredAt);

    private List<VersionFact> Versions(string id)
    {
        _versions.Parameters[0].Value = id;
        using var row = _versions.ExecuteReader();
        List<VersionFact> versions = [];
        while (row.Read())
        {
            var content = JsonSerializer.Deserialize(row.GetString(2), ContractJson.Requests.NewShipment)!;
            versions.Add(new VersionFact(content, Time(row, 1), Time(row, 0)!.Value));
        }
        return versions;
    }

    private List<TrackingEvent> Events(string id)
    {
        _events.Parameters[0].Value = id;
        using var row = _events.ExecuteReader();
        List<TrackingEvent> events = [];
        while (row.Read())
        {
            events.Add(new TrackingEvent
            {
                Id = row.GetInt64(0),
                EventId = row.GetString(1),
                ShipmentId = id,
                Type = (EventType)row.GetInt32(2),
                OccurredAt = Time(row, 3)!.Value,
                RecordedAt = Time(row, 4),
                ReceivedAt = Time(row, 5)!.Value,
                SourceId = row.GetInt32(6),
                ContentHash = row.GetInt64(7),
                Facility = Text(row, 8),
                Reason = Text(row, 9),
                PromisedBy = Time(row, 10),
                InitiatedBy = row.IsDBNull(11) ? null : (PromiseInitiator)row.GetInt32(11),
                CarrierEstimate = Time(row, 12),
                Details = Text(row, 13),
            });
        }
        return events;
    }

    private static DateTimeOffset? Time(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetInt64(column), TimeSpan.Zero);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <inheritdoc/>
    public void Dispose()
    {
        _shipment.Dispose();
        _versions.Dispose();
        _events.Dispose();
    }
}
