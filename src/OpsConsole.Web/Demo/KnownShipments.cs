using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Simulator.Network;
using OpsConsole.Store;

namespace OpsConsole.Web.Demo;

/// <summary>What an earlier start of the demo left in the store.</summary>
internal sealed class KnownShipments(StoreConnections connections)
{
    /// <summary>Ids of a source's shipments booked since a moment, each with whether it is still open.</summary>
    internal Dictionary<string, bool> Of(int sourceId, DateTimeOffset since)
    {
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture, $"SELECT shipment_id, state FROM shipments WHERE source_id = {sourceId} AND booked_at >= {since.UtcTicks}");
        using var row = command.ExecuteReader();
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        while (row.Read())
            known[row.GetString(0)] = (ShipmentState)Convert.ToInt32(row.GetValue(1), CultureInfo.InvariantCulture) == ShipmentState.Open;
        return known;
    }

    /// <summary>The actions taken about a source's shipments after a moment and not taken back, oldest first.</summary>
    internal List<PastAction> ActionsOf(int sourceId, DateTimeOffset since)
    {
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT s.shipment_id, j.action, j.created_at FROM judgements j JOIN shipments s ON s."key" = j.shipment_key
            WHERE s.source_id = {sourceId} AND j.created_at > {since.UtcTicks} AND j.action <> 0 AND j.withdrawn_at IS NULL ORDER BY j.created_at, j."key"
            """);
        using var row = command.ExecuteReader();
        List<PastAction> actions = [];
        while (row.Read())
        {
            actions.Add(new PastAction(
                row.GetString(0), (JudgementAction)Convert.ToInt32(row.GetValue(1), CultureInfo.InvariantCulture), new DateTimeOffset(row.GetInt64(2), TimeSpan.Zero)));
        }
        return actions;
    }
}
