using System.Collections.Concurrent;
using System.Diagnostics;
using OpsConsole.Client;

namespace OpsConsole.FaultTests;

/// <summary>A hub client that writes down every change it hears, and when.</summary>
internal sealed class HubEar : IAsyncDisposable
{
    private readonly OperationsHubClient _client;
    private readonly ConcurrentQueue<(ShipmentChange Change, long At)> _heard = new();

    private HubEar(RunningProgram at)
    {
        _client = new OperationsHubClient(at.Client.BaseAddress!, PublishedProgram.Key)
        {
            Changed = changes =>
            {
                var now = Stopwatch.GetTimestamp();
                foreach (var change in changes)
                    _heard.Enqueue((change, now));
                return Task.CompletedTask;
            },
            Resync = () =>
            {
                Resyncs++;
                return Task.CompletedTask;
            },
        };
    }

    /// <summary>How often it was told to read everything anew.</summary>
    internal int Resyncs { get; private set; }

    /// <summary>The highest sequence it has heard.</summary>
    internal long LastSeen => _client.LastSeen;

    internal IReadOnlyCollection<(ShipmentChange Change, long At)> Heard => _heard;

    internal static async Task<HubEar> StartAsync(RunningProgram at, long? lastSeen = null)
    {
        var ear = new HubEar(at);
        await ear._client.StartAsync(lastSeen);
        return ear;
    }

    /// <summary>The shipments it has heard of.</summary>
    internal HashSet<string> Shipments() => _heard.Select(h => h.Change.ShipmentId).ToHashSet(StringComparer.Ordinal);

    /// <summary>When it first heard of a shipment; null: not yet.</summary>
    internal long? HeardOf(string shipmentId) => _heard.FirstOrDefault(h => h.Change.ShipmentId == shipmentId) is { Change: not null } found ? found.At : null;

    /// <summary>Changes that came more than once.</summary>
    internal List<string> Twice() =>
        [.. _heard.GroupBy(h => (h.Change.ShipmentId, h.Change.Sequence)).Where(g => g.Count() > 1).Select(g => $"{g.Key.ShipmentId} at {g.Key.Sequence}")];

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
