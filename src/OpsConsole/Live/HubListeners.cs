using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Live;

/// <summary>Who listens at the hub: hands the feed's changes to the pump of each connection.</summary>
public sealed partial class HubListeners(
    BoardFeed feed, IHubContext<OperationsHub, IOperationsClient> hub, TimeProvider time, ILogger<HubListeners> log) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<string, HubPump> _pumps = new(StringComparer.Ordinal);
    private IDisposable? _subscription;

    /// <summary>How many listen.</summary>
    public int Count => _pumps.Count;

    /// <summary>Starts to send to a connection, instead of what it was sent before.</summary>
    /// <returns>The current sequence, and whether everything after <paramref name="lastSeen"/> is still held.</returns>
    internal (long Current, bool Held) Add(string connectionId, long? lastSeen, CancellationToken aborted)
    {
        var pump = new HubPump(hub.Clients.Client(connectionId), time, failure => LogFailed(log, connectionId, failure));
        _pumps.AddOrUpdate(connectionId, pump, (_, before) =>
        {
            before.Dispose();
            return pump;
        });
        // Another instance may have told it what this one hasn't read yet.
        if (lastSeen > feed.Version)
            feed.CatchUp();
        // From here on it gets every change; what is read now is at least as new as what it didn't get.
        var current = feed.Version;
        var held = lastSeen is not { } seen || (seen >= feed.RemovedVersion && seen <= current);
        if (held && lastSeen < current)
            pump.Offer([.. feed.Rows.Where(row => row.Version > lastSeen).Select(row => new HubChange(row))]);
        pump.Start(aborted);
        return (current, held);
    }

    internal void Remove(string connectionId)
    {
        if (_pumps.TryRemove(connectionId, out var pump))
            pump.Dispose();
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken)
    {
        _subscription = feed.Subscribe(Send);
        return Task.CompletedTask;
    }

    Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _subscription?.Dispose();
        foreach (var (connection, _) in _pumps)
            Remove(connection);
    }

    // A row that left the board has been sent with its final state a day before.
    private void Send(BoardChanges changes)
    {
        if (_pumps.IsEmpty || changes.Changed.Count == 0)
            return;
        var written = new HubChange[changes.Changed.Count];
        for (var i = 0; i < written.Length; i++)
            written[i] = new HubChange(changes.Changed[i]);
        foreach (var (_, pump) in _pumps)
            pump.Offer(written);
    }

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning, Message = "Nothing more can be sent to the hub's connection {Connection}")]
    private static partial void LogFailed(ILogger logger, string connection, Exception failure);
}
