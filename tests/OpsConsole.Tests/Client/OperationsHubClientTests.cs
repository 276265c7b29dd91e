using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;

namespace OpsConsole.Tests.Client;

public sealed class OperationsHubClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Exchange _exchange = new();
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_exchange);
        builder.Services.AddSignalR();
        _app = builder.Build();
        _app.MapHub<FakeHub>("/hubs/operations");
        await _app.StartAsync();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Start_WithLastSeen_SubscribesWithTheKeyAndGetsChanges()
    {
        await using var client = new OperationsHubClient(new Uri(_app.Urls.First()), "secret");
        var got = new BlockingCollection<ShipmentChange>();
        client.Changed = changes =>
        {
            foreach (var change in changes)
                got.Add(change);
            return Task.CompletedTask;
        };

        Assert.Equal(100, await client.StartAsync(lastSeen: 42));
        await Hub().Clients.All.SendAsync("ShipmentsChanged", new[] { Change(101), Change(102) });

        var second = new[] { Take(got), Take(got) }.Last();
        Assert.Equal((102L, ShipmentState.Open, CaseState.Claimed), (second.Sequence, second.State, second.CaseState));
        Assert.Equal((42L, "secret"), await _exchange.NextAsync());
        await WaitUntilAsync(() => client.LastSeen == 102);
    }

    [Fact]
    public async Task LostConnection_IsMadeAgainAndAsksForWhatWasMissed()
    {
        await using var client = new OperationsHubClient(new Uri(_app.Urls.First()), "secret");
        var resyncs = new BlockingCollection<bool>();
        client.Resync = () =>
        {
            resyncs.Add(true);
            return Task.CompletedTask;
        };
        await client.StartAsync();
        Assert.Equal((null, "secret"), await _exchange.NextAsync());

        await Hub().Clients.All.SendAsync("ShipmentsChanged", new[] { Change(150) });
        await WaitUntilAsync(() => client.LastSeen == 150);
        _exchange.AbortAll();

        // From the overlap's start, not from the newest seen: a lower sequence may still have been waiting its turn.
        Assert.Equal((100L, "secret"), await _exchange.NextAsync());
        await Hub().Clients.All.SendAsync("Resync");
        Assert.True(resyncs.TryTake(out _, Patience));
    }

    private IHubContext<FakeHub> Hub() => _app.Services.GetRequiredService<IHubContext<FakeHub>>();

    private static ShipmentChange Take(BlockingCollection<ShipmentChange> changes)
    {
        Assert.True(changes.TryTake(out var change, Patience));
        return change;
    }

    private static ShipmentChange Change(long sequence) => new()
    {
        Sequence = sequence,
        ShipmentId = $"s{sequence}",
        State = ShipmentState.Open,
        PromisedBy = DateTimeOffset.UnixEpoch,
        DestinationArea = "N1",
        CaseState = CaseState.Claimed,
    };

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
            await timer.WaitForNextTickAsync(timeout.Token);
    }

    internal sealed class Exchange
    {
        private readonly System.Threading.Channels.Channel<(long? LastSeen, string? Key)> _subscriptions =
            System.Threading.Channels.Channel.CreateUnbounded<(long?, string?)>();
        private readonly ConcurrentBag<HubCallerContext> _callers = [];

        internal void Subscribed(HubCallerContext caller, long? lastSeen)
        {
            _callers.Add(caller);
            _subscriptions.Writer.TryWrite((lastSeen, caller.GetHttpContext()!.Request.Headers["X-Api-Key"]));
        }

        internal async Task<(long? LastSeen, string? Key)> NextAsync() => await _subscriptions.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        internal void AbortAll()
        {
            while (_callers.TryTake(out var caller))
                caller.Abort();
        }
    }

    internal sealed class FakeHub(Exchange exchange) : Hub
    {
        public long Subscribe(long? lastSeen)
        {
            exchange.Subscribed(Context, lastSeen);
            return 100;
        }

        public static void Unsubscribe()
        {
        }
    }
}
