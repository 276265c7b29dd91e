using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.Bench;

/// <summary>
/// From an event posted to a change at the hub's clients, through the whole loop: parse, durable commit, score, durable commit of the board's row,
/// feed, hub. Open loop: an event's time runs from when it was due to be sent. Clients and product share the machine's cores; both are run warm first.
/// </summary>
internal sealed class FanOutBench : IBenchPath
{
    private const string Key = "bench-bootstrap-key-0123456789-0123456789";
    private const int Measuring = 4;
    private const int EventsACall = 10;

    public string Name => "fanout";

    public async Task RunAsync(Bench bench)
    {
        foreach (var rate in bench.Quick ? [200] : new[] { 500, 1_000 })
            await RunAsync(bench, rate);
    }

    private static async Task RunAsync(Bench bench, int rate)
    {
        var (clients, seconds) = (bench.Size(200, 50), bench.Size(15, 5));
        var folder = Directory.CreateTempSubdirectory("opsconsole-bench-").FullName;
        await using (var app = Build(folder))
        {
            await app.Services.GetRequiredService<Migrator>().StartAsync(CancellationToken.None);
            await app.StartAsync();
            var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            await MeasureAsync(bench, app.Services, address, clients, rate, seconds);
            await app.StopAsync();
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task MeasureAsync(Bench bench, IServiceProvider services, Uri address, int clients, int rate, int seconds)
    {
        using var http = new HttpClient { BaseAddress = address };
        var api = new OpsConsoleClient(http, new OpsConsoleClientOptions { ApiKey = Key });
        var shipments = rate * seconds;
        // Until the hot code is compiled in its last form, figures are the compiler's: on a slow machine it takes half of a core for half a minute.
        var warming = rate * bench.Size(30, 10);
        await RegisterAsync(api, shipments + warming);
        var feed = services.GetRequiredService<BoardFeed>();
        while (feed.Rows.Count < shipments + warming)
            await Task.Delay(100);

        var sent = new long[shipments + warming];
        var seen = new ConcurrentBag<double>();
        var hubs = new List<IAsyncDisposable>();
        using var stop = new CancellationTokenSource();
        var waiting = (long)(shipments + warming) * Measuring;
        for (var i = 0; i < Measuring; i++)
            hubs.Add(await ListenAsync(address, sent, shipments, seen, () => Interlocked.Decrement(ref waiting)));
        var drained = Enumerable.Range(0, clients - Measuring).Select(_ => DrainAsync(address, stop.Token)).ToList();
        while (services.GetRequiredService<HubListeners>().Count < clients)
            await Task.Delay(20);

        await SendAsync(api, sent, shipments, warming, rate);
        await ArrivedAsync((long)shipments * Measuring);
        await SendAsync(api, sent, 0, shipments, rate);
        await ArrivedAsync(0);
        await stop.CancelAsync();
        await Task.WhenAll(drained);
        foreach (var hub in hubs)
            await hub.DisposeAsync();

        bench.Check("fan-out, every change arrived", Interlocked.Read(ref waiting) == 0, FormattableString.Invariant($"{waiting} of {shipments * Measuring} missing"));
        double[] times = [.. seen.Order()];
        if (times.Length == 0)
            return;
        var what = FormattableString.Invariant($"event to {clients} hub clients at {rate} events/s");
        Console.WriteLine(FormattableString.Invariant($"  {what}: p50 {times[times.Length / 2]:0} ms, p90 {times[(int)(times.Length * 0.9)]:0} ms, p99 {times[(int)(times.Length * 0.99)]:0} ms"));
        bench.AtMost($"{what}, p99", "ms", times[(int)(times.Length * 0.99)], 150);

        async Task ArrivedAsync(long left)
        {
            var start = Stopwatch.GetTimestamp();
            while (Interlocked.Read(ref waiting) > left && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60))
                await Task.Delay(20);
        }
    }

    private static WebApplication Build(string folder)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = folder });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStore(new StoreOptions { ConnectionString = $"Data Source={Path.Combine(folder, "bench.db")}", DataDirectory = folder });
        builder.Services.AddOperations(new OperationsSettings());
        builder.Services.AddAccess(new AccessOptions { BootstrapKeyHash = ApiKeyFormat.Hash(Key) });
        builder.Services.AddLive();
        builder.Services.AddIntake();
        builder.Services.AddPrediction();
        builder.Services.AddTriage();
        var app = builder.Build();
        app.UseAccess();
        app.MapIntake();
        app.MapLive();
        return app;
    }

    private static async Task RegisterAsync(OpsConsoleClient api, int shipments)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var chunk in Enumerable.Range(0, shipments).Chunk(1_000))
        {
            await api.SendShipmentsAsync([.. chunk.Select(i => new NewShipment
            {
                ShipmentId = Id(i),
                BookedAt = now.AddHours(-1),
                PromisedBy = now.AddHours(30),
                Origin = new Area { AreaCode = "LS1" },
                Destination = new Area { AreaCode = "M1" },
                Service = "next-day",
            })]);
        }
    }

    private static async Task SendAsync(OpsConsoleClient api, long[] sent, int from, int count, int rate)
    {
        var start = Stopwatch.GetTimestamp();
        List<Task> calls = [];
        foreach (var chunk in Enumerable.Range(from, count).Chunk(EventsACall))
        {
            var due = start + (chunk[0] - from) * Stopwatch.Frequency / rate;
            while (Stopwatch.GetTimestamp() < due)
                await Task.Delay(1);
            foreach (var i in chunk)
                Volatile.Write(ref sent[i], due);
            var now = TimeProvider.System.GetUtcNow();
            calls.Add(api.SendEventsAsync([.. chunk.Select(i => new NewEvent
            {
                EventId = $"E{i}",
                ShipmentId = Id(i),
                Type = EventType.ArrivedAtFacility,
                OccurredAt = now,
                Facility = "hub-1",
            })]));
        }
        await Task.WhenAll(calls);
    }

    /// <summary>A client as integrators have it, that notes when each shipment's change came.</summary>
    private static async Task<OperationsHubClient> ListenAsync(Uri address, long[] sent, int measured, ConcurrentBag<double> seen, Action arrived)
    {
        var first = new bool[sent.Length];
        var hub = new OperationsHubClient(address, Key)
        {
            Changed = changes =>
            {
                var now = Stopwatch.GetTimestamp();
                foreach (var change in changes)
                {
                    var i = int.Parse(change.ShipmentId.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
                    if (Volatile.Read(ref sent[i]) is var at and > 0 && !first[i])
                    {
                        first[i] = true;
                        if (i < measured)
                            seen.Add(Stopwatch.GetElapsedTime(at, now).TotalMilliseconds);
                        arrived();
                    }
                }
                return Task.CompletedTask;
            },
        };
        await hub.StartAsync();
        return hub;
    }

    /// <summary>A client that reads what comes and does nothing with it, so that the cores are the product's.</summary>
    private static async Task DrainAsync(Uri address, CancellationToken stop)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-Api-Key", Key);
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/hubs/operations" }.Uri, CancellationToken.None);
        await SayAsync("{\"protocol\":\"json\",\"version\":1}\u001e");
        await SayAsync("{\"type\":1,\"invocationId\":\"1\",\"target\":\"Subscribe\",\"arguments\":[null]}\u001e");
        var buffer = new byte[65536];
        try
        {
            while (!stop.IsCancellationRequested)
                await socket.ReceiveAsync(buffer.AsMemory(), stop);
        }
        catch (OperationCanceledException)
        {
            // Measured.
        }

        Task SayAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);
    }

    private static string Id(int i) => FormattableString.Invariant($"S{i:D6}");
}
