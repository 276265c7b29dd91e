using System.Globalization;
using OpsConsole.Store;

namespace OpsConsole.Intake.Feeds;

/// <summary>Counts events that wait for their shipment, in the transaction of the event and of the registration.</summary>
internal static class EventsWaiting
{
    private static readonly Statement More = new("UPDATE source_waiting SET events = events + @p1, sample_id = @p2 WHERE source_id = @p0");
    private static readonly Statement First = new("INSERT INTO source_waiting (source_id, events, sample_id) VALUES (@p0, @p1, @p2)");
    private static readonly Statement Less = new("UPDATE source_waiting SET events = events - @p1 WHERE source_id = @p0");
    private static readonly Statement OfShipment = new("SELECT source_id, COUNT(*) FROM events WHERE shipment_id = @p0 GROUP BY source_id");
    private static readonly ManyRows OfShipments = new(OfShipment, "registered_shipments", "shipments", "shipment_id");

    /// <summary>Events came whose shipment isn't registered.</summary>
    internal static void Add(WriteSession session, int sourceId, int events, string shipmentId)
    {
        if (session.Execute(More, sourceId, events, shipmentId) == 0)
            session.Execute(First, sourceId, events, shipmentId);
    }

    /// <summary>A shipment is being registered: its events wait no longer.</summary>
    internal static void Claim(WriteSession session, string shipmentId)
    {
        List<(int Source, long Events)>? claimed = null;
        using (var row = session.Query(OfShipment, shipmentId))
        {
            while (row.Read())
                (claimed ??= []).Add((row.GetInt32(0), Convert.ToInt64(row.GetValue(1), CultureInfo.InvariantCulture)));
        }
        foreach (var (source, events) in claimed ?? [])
            session.Execute(Less, source, events);
    }

    /// <summary>Many shipments are being registered.</summary>
    internal static void ClaimAll(WriteSession session, IReadOnlyCollection<string> shipmentIds)
    {
        Dictionary<int, long> claimed = [];
        session.QueryAll(OfShipments, [.. shipmentIds.Select(id => new object?[] { id })], row =>
        {
            var source = row.GetInt32(0);
            claimed[source] = claimed.GetValueOrDefault(source) + Convert.ToInt64(row.GetValue(1), CultureInfo.InvariantCulture);
        });
        foreach (var (source, events) in claimed)
            session.Execute(Less, source, events);
    }
}
