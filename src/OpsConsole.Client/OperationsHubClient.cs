using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace OpsConsole.Client;

/// <summary>
/// Listens to changes of shipments. After a lost connection it connects again for as long as it takes, and asks for what was missed: changes may
/// come twice, none is left out; where the product no longer holds them it says <see cref="Resync"/>, and the listener reads <c>GET /cases</c> anew.
/// </summary>
public sealed class OperationsHubClient : IAsyncDisposable
{
    /// <summary>
    /// Changes are coalesced per shipment and sent as their turn comes, so that a low sequence may come somewhat after a higher one.
    /// What is asked for again therefore starts this much earlier than the newest seen; repeats are allowed, gaps are not.
    /// </summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);

    private readonly HubConnection _connection;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Queue<(long Stamp, long Sequence)> _recent = new();
    private readonly CancellationTokenSource _closing = new();
    private volatile bool _subscribed;
    private long _lastSeen;
    private long _resumeFrom;

    /// <param name="url">The product's address.</param>
    /// <param name="apiKey">A key with scope <c>read</c>.</param>
    /// <param name="time">What waiting goes by; left out: the system's.</param>
    /// <param name="handler">How HTTP is sent, for tests; left out: as usual.</param>
    public OperationsHubClient(Uri url, string apiKey, TimeProvider? time = null, HttpMessageHandler? handler = null)
    {
        _time = time ?? TimeProvider.System;
        var builder = new HubConnectionBuilder().WithUrl(new Uri(url, "/hubs/operations"), options =>
        {
            options.Headers["X-Api-Key"] = apiKey;
            if (handler is not null)
            {
                options.HttpMessageHandlerFactory = _ => handler;
                options.Transports = Microsoft.AspNetCore.Http.Connections.HttpTransportType.LongPolling;
            }
        });
        builder.AddJsonProtocol(options => options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ContractJson.Default));
        _connection = builder.Build();
        _connection.On<ShipmentChange[]>("ShipmentsChanged", ReceiveAsync);
        _connection.On("Resync", () => Resync?.Invoke() ?? Task.CompletedTask);
        // Not WithAutomaticReconnect: it gives up when the server closes the connection on purpose, as it may to one that reads too slowly.
        _connection.Closed += ConnectAgainAsync;
    }

    /// <summary>Called with each batch, one after another. Set before <see cref="StartAsync"/>.</summary>
    public Func<IReadOnlyList<ShipmentChange>, Task>? Changed { get; set; }

    /// <summary>Called when changes were missed that are no longer held. Set before <see cref="StartAsync"/>.</summary>
    public Func<Task>? Resync { get; set; }

    /// <summary>Called when the connection is lost, and after each attempt to make it again that failed; null: the server closed it in order.</summary>
    public Action<Exception?>? ConnectionLost { get; set; }

    /// <summary>The highest sequence seen so far.</summary>
    public long LastSeen => Interlocked.Read(ref _lastSeen);

    /// <summary>Whether changes arrive at present.</summary>
    public HubConnectionState State => _connection.State;

    /// <summary>Connects and subscribes. A first connection that fails throws.</summary>
    /// <param name="lastSeen">Sequence after which changes are wanted; null: from now on.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The current sequence: subscribe first, then read <c>GET /cases</c>.</returns>
    public async Task<long> StartAsync(long? lastSeen = null, CancellationToken cancellation = default)
    {
        if (_connection.State == HubConnectionState.Disconnected)
            await _connection.StartAsync(cancellation);
        var current = await _connection.InvokeAsync<long>("Subscribe", lastSeen, cancellation);
        _subscribed = true;
        lock (_lock)
        {
            _resumeFrom = Math.Max(_resumeFrom, lastSeen ?? current);
            _lastSeen = Math.Max(_lastSeen, _resumeFrom);
        }
        return current;
    }

    /// <summary>No more changes, but the connection stays.</summary>
    public Task UnsubscribeAsync(CancellationToken cancellation = default)
    {
        _subscribed = false;
        return _connection.InvokeAsync("Unsubscribe", cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _connection.DisposeAsync();
        _closing.Dispose();
    }

    private async Task ReceiveAsync(ShipmentChange[] changes)
    {
        if (Changed is { } handler)
            await handler(changes);
        if (changes.Length == 0)
            return;
        // Only what was handled counts as seen.
        lock (_lock)
        {
            _lastSeen = Math.Max(_lastSeen, changes.Max(c => c.Sequence));
            var now = _time.GetTimestamp();
            _recent.Enqueue((now, _lastSeen));
            while (_recent.TryPeek(out var oldest) && _time.GetElapsedTime(oldest.Stamp, now) >= Overlap)
                _resumeFrom = _recent.Dequeue().Sequence;
        }
    }

    private async Task ConnectAgainAsync(Exception? lost)
    {
        if (!_closing.IsCancellationRequested)
            ConnectionLost?.Invoke(lost);
        for (var attempt = 0; !_closing.IsCancellationRequested; attempt++)
        {
            try
            {
                await Task.Delay(DelayOf(attempt), _time, _closing.Token);
                if (_connection.State == HubConnectionState.Disconnected)
                    await _connection.StartAsync(_closing.Token);
                if (_subscribed)
                    await _connection.InvokeAsync<long>("Subscribe", (long?)ResumeFrom(), _closing.Token);
                return;
            }
            catch (Exception failure) when (!_closing.IsCancellationRequested)
            {
                // Whatever it is (no network, still starting, closed again): the listener wants changes, so the next attempt follows.
                ConnectionLost?.Invoke(failure);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private long ResumeFrom()
    {
        lock (_lock)
            return _resumeFrom;
    }

    private static TimeSpan DelayOf(int attempt) => TimeSpan.FromSeconds(Math.Min(15, 0.2 * Math.Pow(2, Math.Min(attempt, 10))));
}
