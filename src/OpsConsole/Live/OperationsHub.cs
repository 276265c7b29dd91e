using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.SignalR;
using OpsConsole.Access;
using OpsConsole.Client;

namespace OpsConsole.Live;

/// <summary>What the hub tells its clients (the contract's events).</summary>
public interface IOperationsClient
{
    /// <summary>Shipments that changed, in the order of their sequences.</summary>
    Task ShipmentsChanged(IReadOnlyList<HubChange> changes);

    /// <summary>What was missed is no longer held: read <c>GET /cases</c> anew.</summary>
    Task Resync();
}

/// <summary>Changes of shipments, for systems and screens that listen (contract, Hub).</summary>
public sealed class OperationsHub(HubListeners listeners, OpenConnections connections) : Hub<IOperationsClient>
{
    /// <inheritdoc/>
    public override Task OnConnectedAsync()
    {
        // The connection outlives its request: a revoked key, or a session that ends, must end it too.
        connections.Add(Context);
        return base.OnConnectedAsync();
    }

    /// <summary>
    /// Changes from now on; with <paramref name="lastSeen"/> first what was missed since that sequence, or <c>Resync</c> where it is no longer held.
    /// </summary>
    /// <returns>The current sequence: subscribe first, then read <c>GET /cases</c>.</returns>
    public async Task<long> Subscribe(long? lastSeen)
    {
        var (current, held) = listeners.Add(Context.ConnectionId, lastSeen, Context.ConnectionAborted);
        if (!held)
            await Clients.Caller.Resync();
        return current;
    }

    /// <summary>No more changes.</summary>
    public void Unsubscribe() => listeners.Remove(Context.ConnectionId);

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Remove(Context.ConnectionId);
        listeners.Remove(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}

/// <summary>A row as the hub sends it: written as JSON once, however many listen.</summary>
[JsonConverter(typeof(Converter))]
public sealed class HubChange
{
    private readonly byte[] _json;

    internal HubChange(BoardRow row)
    {
        (ShipmentKey, Sequence) = (row.ShipmentKey, row.Version);
        _json = JsonSerializer.SerializeToUtf8Bytes(
            new ShipmentChange
            {
                Sequence = row.Version,
                ShipmentId = row.ShipmentId,
                State = row.State,
                Score = row.Score,
                Late = row.Late,
                Flagged = row.Flagged,
                ExpectedDelayMinutes = row.ExpectedDelayMinutes,
                PromisedBy = row.PromisedBy,
                DestinationArea = row.DestinationArea,
                ModelVersion = row.ModelVersion,
                CaseState = row.CaseState,
                Assignee = row.Assignee,
            },
            ContractJson.Default.ShipmentChange);
    }

    internal long ShipmentKey { get; }

    internal long Sequence { get; }

    internal sealed class Converter : JsonConverter<HubChange>
    {
        public override HubChange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException("Changes go to clients only.");

        public override void Write(Utf8JsonWriter writer, HubChange value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value._json, skipInputValidation: true);
    }
}
