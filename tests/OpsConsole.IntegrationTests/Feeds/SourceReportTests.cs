using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Intake.Feeds;
using OpsConsole.IntegrationTests.Intake;

namespace OpsConsole.IntegrationTests.Feeds;

/// <summary>What a source's page counts is what was sent.</summary>
public sealed class SourceReportTests : IAsyncLifetime
{
    private readonly ConsoleFactory _console = new();
    private HttpClient _depot = null!;

    public async Task InitializeAsync() => _depot = _console.ClientWith(await _console.IssueKeyAsync("depot", simulated: false, Scopes.Intake));

    public async Task DisposeAsync()
    {
        _depot.Dispose();
        await _console.DisposeAsync();
    }

    private async Task<SourceReport> ReportAsync()
    {
        await _console.Services.GetRequiredService<WatchFeeds>().RoundAsync();
        return (await _console.Services.GetRequiredService<FeedReader>().ReadAsync("depot"))!;
    }

    [Fact]
    public async Task Report_OfGoodKnownAndBadItems_CountsEach()
    {
        var good = Sent.Shipment();
        await _depot.SendAsync("shipments", good, good, Sent.Shipment().With("weightKg", -1), Sent.Shipment().With("weightKg", -2).With("bookedAt", "yesterday"));
        await _depot.SendAsync("events", Sent.Event());
        using (await _depot.PostAsync("events", "not JSON"))
        {
        }

        var report = await ReportAsync();

        var shipments = Assert.Single(report.Days, d => d.Kind == FeedKind.Shipments);
        Assert.Equal((1, 1, 2), (shipments.Accepted, shipments.Duplicates, shipments.Rejected));
        var events = Assert.Single(report.Days, d => d.Kind == FeedKind.Events);
        Assert.Equal((1, 0, 1), (events.Accepted, events.Duplicates, events.Rejected));
        var weight = Assert.Single(report.Rejections, r => r.Field == "weightKg");
        Assert.Equal(2, weight.Items);
        Assert.Contains("out of range", weight.Reason, StringComparison.Ordinal);
        Assert.NotNull(weight.SampleId);
        Assert.Single(report.Rejections, r => r.Field == "bookedAt");
        Assert.Equal(1, Assert.Single(report.Rejections, r => r.Field == "the whole call").Items);
        Assert.NotNull(report.LastAt);
        Assert.Contains(report.Advice(), a => a.Contains("weightKg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Report_OfACallThatIsOnlyChecked_KnowsNothingOfIt()
    {
        using (await _depot.PostAsync("shipments?validate=true", new JsonArray(Sent.Shipment(), Sent.Shipment().With("weightKg", -1)).ToJsonString()))
        {
        }
        var report = await ReportAsync();
        Assert.Empty(report.Days);
        Assert.Empty(report.Rejections);
    }

    [Fact]
    public async Task Report_OfFieldsAreasAndLag_CountsWhatIsThere()
    {
        var placed = Sent.Shipment().With("carrier", "Northline").With("origin.latitude", 53.8).With("origin.longitude", -1.5);
        await _depot.SendAsync("shipments", placed, Sent.Shipment().With("colour", "red"));
        var shipment = placed["shipmentId"]!.GetValue<string>();
        await _depot.SendAsync(
            "events", Sent.Event(shipmentId: shipment).With("occurredAt", Sent.Time(TimeProvider.System.GetUtcNow().AddMinutes(-3))), Sent.Event(shipmentId: shipment));

        var report = await ReportAsync();

        Assert.Equal((1, 2), Of(report, "carrier"));
        Assert.Equal((1, 2), Of(report, "origin.latitude"));
        Assert.Equal((0, 2), Of(report, "destination.latitude"));
        Assert.Equal("colour", Assert.Single(report.Ignored).Field);
        Assert.Equal((2, 1), (report.Areas, report.Unplaced));
        Assert.Equal("M1", Assert.Single(report.UnplacedMost).AreaCode);
        var lags = report.Lags[FeedKind.Events];
        Assert.Equal((1, 1), (lags[2], lags[^1]));
        Assert.Equal(0, report.Waiting);
    }

    [Fact]
    public async Task Report_OfEventsBeforeTheirShipment_CountsThoseThatStillWait()
    {
        var (early, lost) = (Sent.Id(), Sent.Id());
        await _depot.SendAsync("events", Sent.Event(shipmentId: early), Sent.Event(shipmentId: early), Sent.Event(shipmentId: lost));
        Assert.Equal(3, (await ReportAsync()).Waiting);

        // Whoever registers it.
        await _console.Client.SendAsync("shipments", Sent.Shipment(early));

        var report = await ReportAsync();
        Assert.Equal(1, report.Waiting);
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM shipments s WHERE s.shipment_id = e.shipment_id)"));
    }

    [Fact]
    public async Task Rejections_OfEndlesslyManyFields_StayBounded()
    {
        // Attributes are named by the sender.
        for (var call = 0; call < 5; call++)
        {
            await _depot.SendAsync("shipments", [.. Enumerable.Range(0, 100).Select(i => Sent.Shipment().With($"attributes.a{call}x{i}", new JsonArray()))]);
            await ReportAsync();
        }
        Assert.InRange(_console.Count("SELECT COUNT(*) FROM source_rejections"), 2, 200);
        Assert.Equal(500, _console.Count("SELECT SUM(items) FROM source_rejections"));
        Assert.Equal(500, _console.Count("SELECT SUM(rejected) FROM source_days"));
    }

    private static (long Filled, long Of) Of(SourceReport report, string field)
    {
        var found = Assert.Single(report.Fields, f => f.Kind == FeedKind.Shipments && f.Field == field);
        return (found.Filled, found.Of);
    }
}
