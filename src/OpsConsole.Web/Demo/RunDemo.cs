using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.TestHost;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Simulator.Network;
using OpsConsole.Store;

namespace OpsConsole.Web.Demo;

/// <summary>
/// Once the program listens: parcels that are under way are on the board within seconds, then the past fills in behind them while the stream goes on.
/// A later start takes up what an earlier one left: parcels still open get what happened to them meanwhile, told now. Of several instances one does it.
/// </summary>
internal sealed partial class RunDemo(
    LeasedWorkTools tools,
    IServiceProvider services,
    DemoOptions options,
    DemoSource source,
    MakeHistory history,
    KnownShipments known,
    DemoProgress progress,
    LoopClock clock,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<RunDemo> log) : LeasedWork(tools)
{
    private const string Prefix = "LIVE";
    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Near = TimeSpan.FromHours(5);
    private static readonly TimeSpan LooksBack = TimeSpan.FromDays(3.5);

    private readonly TaskCompletionSource _underWay = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the parcels under way have been told.</summary>
    internal Task ParcelsUnderWay => _underWay.Task;

    /// <summary>Done when the history is whole and what happened to its open parcels meanwhile has been told.</summary>
    internal Task HistoryWhole => _whole.Task;

    protected override string Name => "demo";

    // It runs until it is stopped; one that failed isn't begun again.
    protected override TimeSpan Period => Timeout.InfiniteTimeSpan;

    // Shorter than others': who starts a killed program again wants to see parcels.
    protected override TimeSpan Length => base.Length < Shortly ? base.Length : Shortly;

    protected override async Task WorkAsync(HeldLease lease, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(cancellation);
        }
        catch (Exception failure) when (cancellation.IsCancellationRequested && failure is OperationCanceledException or StoreUnavailableException)
        {
            // Stopping; what is missing is made at the next start.
        }
        catch (Exception failure)
        {
            // The product goes on without its demo, and says so.
            LogFailed(log, failure);
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        var (sourceId, key) = await source.OpenAsync(cancellation);
        var now = clock.Now;
        var preparing = options.LivePerDay > 0 ? Task.Run(() => PrepareStream(sourceId, now), cancellation) : null;
        await lifetime.ApplicationStarted.WaitAsync(cancellation);
        using var http = ThisProgram();
        var client = new OpsConsoleClient(http, new OpsConsoleClientOptions { ApiKey = key });
        var stream = new LiveStream(client, since => known.ActionsOf(sourceId, since), time, options.Seed, log);
        if (preparing is not null)
            await StartStreamAsync(stream, client, preparing, cancellation);
        var streaming = stream.RunAsync(cancellation);
        if (options.Days > 0)
            await FillHistoryAsync(stream, client, sourceId, key, cancellation);
        await streaming;
    }

    private async Task FillHistoryAsync(LiveStream stream, OpsConsoleClient client, int sourceId, string key, CancellationToken cancellation)
    {
        try
        {
            await MakeHistoryAsync(stream, client, sourceId, key, cancellation);
            _whole.TrySetResult();
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // The stream goes on without it.
            LogFailed(log, failure);
            progress.End(progress.Share, "The simulated history could not be finished; it goes on at the next start.");
        }
    }

    /// <summary>Makes what is under way: begun before the program listens, so that it is there when it does.</summary>
    private (CourierNetwork Network, IReadOnlyList<Fact> Facts) PrepareStream(int sourceId, DateTimeOffset now)
    {
        var since = now - LooksBack;
        var before = known.Of(sourceId, since);
        var network = new CourierNetwork(new NetworkOptions
        {
            Seed = options.Seed,
            Prefix = Prefix,
            From = since,
            ShipmentsPerDay = options.LivePerDay,
            ChanceOfAction = history.Chances,
            Wanted = shipment => shipment.PromisedBy > now || before.GetValueOrDefault(shipment.ShipmentId),
        });
        return (network, UnderWay.At(network, now, before, known.ActionsOf(sourceId, since)));
    }

    private async Task StartStreamAsync(LiveStream stream, OpsConsoleClient client, Task<(CourierNetwork Network, IReadOnlyList<Fact> Facts)> preparing, CancellationToken cancellation)
    {
        var (network, facts) = await preparing;
        // The nearest promises first: those are what a dispatcher looks at.
        var soon = clock.Now + Near;
        var near = facts.OfType<ShipmentFact>().Where(fact => fact.Shipment.PromisedBy < soon).Select(fact => fact.Shipment.ShipmentId).ToHashSet(StringComparer.Ordinal);
        bool IsNear(Fact fact) => UnderWay.ShipmentOf(fact) is not { } id || near.Contains(id);
        var sent = await client.SendFactsAsync(facts.Where(IsNear).ToList(), eventsFirst: true, cancellation);
        sent += await client.SendFactsAsync(facts.Where(fact => !IsNear(fact)).ToList(), eventsFirst: true, cancellation);
        LogUnderWay(log, facts.OfType<ShipmentFact>().Count(), sent.Accepted, sent.Duplicates, sent.Rejected);
        stream.Join(network);
        _underWay.TrySetResult();
    }

    private async Task MakeHistoryAsync(LiveStream stream, OpsConsoleClient client, int sourceId, string key, CancellationToken cancellation)
    {
        var now = clock.Now;
        var marks = new HistoryMarks(services.GetRequiredService<StoreConnections>(), services.GetRequiredService<GroupedWriter>());
        var span = marks.Read();
        if (span is { Whole: true })
        {
            if (span.Until > now - LooksBack)
                stream.Join(await TakeUpAsync(client, span, sourceId, now, cancellation));
            return;
        }
        if (span is null)
        {
            span = history.SpanFrom(now);
            progress.Report(0, "Simulated history begins");
            await marks.BeginAsync(span, cancellation);
        }
        await using var loop = await HistoryLoop.StartAsync(services, span.Done, key, cancellation);
        stream.Join(await history.RunAsync(loop, span, known.ActionsOf(sourceId, span.From), cancellation));
    }

    /// <summary>What happened to the history's open shipments since the last start is told now.</summary>
    private async Task<CourierNetwork> TakeUpAsync(OpsConsoleClient client, HistorySpan span, int sourceId, DateTimeOffset now, CancellationToken cancellation)
    {
        var network = history.NetworkOf(span);
        await client.SendFactsAsync(UnderWay.At(network, now, known.Of(sourceId, span.From), known.ActionsOf(sourceId, span.From)), eventsFirst: true, cancellation);
        return network;
    }

    /// <summary>Calls this very program, by the address it listens on; in tests in memory.</summary>
    private HttpClient ThisProgram()
    {
        var server = services.GetRequiredService<IServer>();
        if (server is TestServer inMemory)
            return inMemory.CreateClient();
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = addresses.OrderBy(a => a.StartsWith("https:", StringComparison.OrdinalIgnoreCase)).FirstOrDefault()
            ?? throw new InvalidOperationException("The program listens nowhere.");
        var url = new UriBuilder(address.Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//*", "//localhost", StringComparison.Ordinal));
        if (url.Host is "0.0.0.0" or "[::]")
            url.Host = "localhost";
        // Of itself it needs no proof.
        var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        return new HttpClient(handler) { BaseAddress = url.Uri, Timeout = TimeSpan.FromMinutes(2) };
    }

    [LoggerMessage(EventId = 9105, Level = LogLevel.Information, Message = "{Shipments} simulated shipments are under way: {Accepted} items sent, {Duplicates} known before, {Rejected} refused")]
    private static partial void LogUnderWay(ILogger logger, int shipments, int accepted, int duplicates, int rejected);

    [LoggerMessage(EventId = 9106, Level = LogLevel.Error, Message = "The demo stopped")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}

/// <summary>Waiting for a token as for a moment.</summary>
internal static class Tokens
{
    /// <summary>Waits until a token is cancelled, such as that of a host that has started.</summary>
    internal static async Task WaitAsync(this CancellationToken token, CancellationToken cancellation)
    {
        var happened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (token.Register(() => happened.TrySetResult()))
            await happened.Task.WaitAsync(cancellation);
    }
}
