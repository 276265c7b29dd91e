using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake.Feeds;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Operations.Alerts;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Feeds;

/// <summary>A feed that falls silent says so, and its parcels' silence opens no case while that lasts.</summary>
public sealed class SilentFeedTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Start);
    private readonly ConsoleFactory _console;
    private HttpClient _depot = null!;
    private Source _source = null!;

    public SilentFeedTests() => _console = new ConsoleFactory(services => services.AddSingleton(new LoopClock(_time)));

    public async Task InitializeAsync()
    {
        _depot = _console.ClientWith(await _console.IssueKeyAsync("depot", simulated: false, Scopes.Intake));
        _source = (await _console.Services.GetRequiredService<Sources>().ListAsync()).Single(s => s.Name == "depot");
        await RoundAsync();
    }

    public async Task DisposeAsync()
    {
        _depot.Dispose();
        await _console.DisposeAsync();
    }

    private SilentFeeds Silent => _console.Services.GetRequiredService<SilentFeeds>();

    private long Cases => _console.Count("SELECT COUNT(*) FROM cases");

    private long CasesOf(string shipment) =>
        _console.Count($"SELECT COUNT(*) FROM cases c JOIN shipments s ON s.\"key\" = c.shipment_key WHERE s.shipment_id = '{shipment}'");

    private async Task RoundAsync()
    {
        await _console.Services.GetRequiredService<WatchFeeds>().RoundAsync();
        await _console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
        await _console.Services.GetRequiredService<SweepCases>().SweepAsync(CancellationToken.None);
    }

    private async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _time.Advance(step);
            await RoundAsync();
        }
    }

    private Task SetAsync(int? minutes) => _console.Services.GetRequiredService<Sources>().SetSilentAfterAsync(_source.Id, minutes, Caller.System);

    private async Task<string> RegisterAsync(HttpClient client)
    {
        var now = _time.GetUtcNow();
        var item = Sent.Shipment().With("bookedAt", Sent.Time(now)).With("promisedBy", Sent.Time(now.AddHours(30))).With("distanceKm", 120);
        Assert.Equal(1, (await client.SendAsync("shipments", item)).Accepted);
        return item["shipmentId"]!.GetValue<string>();
    }

    private async Task ScanAsync(HttpClient client, string shipment, string facility = "Hub North") =>
        Assert.Equal(1, (await client.SendAsync(
            "events", Sent.Event(shipmentId: shipment).With("occurredAt", Sent.Time(_time.GetUtcNow())).With("facility", facility))).Accepted);

    [Fact]
    public async Task Feed_SilentBeyondWhatIsSet_HoldsBackWhatOnlyItsSilenceRaises()
    {
        await SetAsync(60);
        var waiting = await RegisterAsync(_depot);
        var other = await RegisterAsync(_console.Client);
        await ScanAsync(_depot, waiting);
        await ScanAsync(_console.Client, other);
        await RoundAsync();
        Assert.Empty(Silent.Current);

        // Long enough for both to be overdue, and flagged.
        await PassAsync(TimeSpan.FromHours(29), TimeSpan.FromMinutes(30));

        var down = Assert.Single(Silent.Current);
        Assert.Equal(("depot", "", Start.Ticks / TimeSpan.TicksPerMinute), (down.Source, down.Facility, down.Since.Ticks / TimeSpan.TicksPerMinute));
        Assert.Equal(2, _console.Count("SELECT COUNT(*) FROM shipments WHERE silent = 1 AND flagged = 1"));
        Assert.Equal(1, _console.Count($"SELECT COUNT(*) FROM board_rows WHERE feed_down = 1 AND shipment_id = '{waiting}' AND case_state IS NULL"));
        Assert.Equal(1, CasesOf(other));
        Assert.Equal(1, Cases);
    }

    [Fact]
    public async Task Feed_BackAgain_OpensTheCaseOfWhatIsStillSilentOnceTheRestIsIn()
    {
        await SetAsync(60);
        var (lost, found) = (await RegisterAsync(_depot), await RegisterAsync(_depot));
        await ScanAsync(_depot, lost);
        await ScanAsync(_depot, found);
        await PassAsync(TimeSpan.FromHours(29), TimeSpan.FromMinutes(30));
        Assert.Equal(0, Cases);

        await ScanAsync(_depot, found);
        await RoundAsync();
        Assert.NotNull(Assert.Single(Silent.Current).BackAt);
        // The one that was scanned is no longer silent: its flag is its own.
        Assert.Equal(0, CasesOf(lost));
        await PassAsync(WatchFeeds.Settles + TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

        Assert.Empty(Silent.Current);
        Assert.Equal(1, CasesOf(lost));
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM board_rows WHERE feed_down = 1"));
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM feed_silences WHERE ended_at IS NOT NULL"));
    }

    [Fact]
    public async Task Feed_Learnt_FallsSilentByItsOwnRhythm()
    {
        var shipment = await RegisterAsync(_depot);
        // Four working days, something each ten minutes, day and night: six minutes of each hour.
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromDays(4); passed += TimeSpan.FromMinutes(10))
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            await ScanAsync(_depot, shipment);
            await _console.Services.GetRequiredService<FeedBook>().FlushAsync();
        }
        await RoundAsync();
        // A jump of the clock may find a transaction open that was stamped before it, so that a scan counts for the minute before.
        Assert.InRange(_console.Count("SELECT SUM(minutes) FROM feed_hours WHERE facility = ''"), 550, 577);

        await PassAsync(TimeSpan.FromMinutes(90), TimeSpan.FromMinutes(10));
        Assert.Empty(Silent.Current);
        await PassAsync(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10));

        Assert.Equal("", Assert.Single(Silent.Current).Facility);
    }

    [Fact]
    public async Task Facility_Silent_IsToldApartFromItsSource()
    {
        var (north, south) = (await RegisterAsync(_depot), await RegisterAsync(_depot));
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromDays(4); passed += TimeSpan.FromMinutes(10))
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            await ScanAsync(_depot, north, "Hub North");
            await ScanAsync(_depot, south, "Hub South");
            await _console.Services.GetRequiredService<FeedBook>().FlushAsync();
        }
        await RoundAsync();
        for (var i = 0; i < 13; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            await ScanAsync(_depot, south, "Hub South");
            await RoundAsync();
        }

        Assert.Equal("Hub North of depot", Assert.Single(Silent.Current).Name);
        Assert.True(Silent.IsDown(_source.Id, "Hub North"));
        Assert.False(Silent.IsDown(_source.Id, "Hub South"));
        Assert.False(Silent.IsDown(_source.Id, null));
    }

    [Fact]
    public async Task Feed_Down_MakesBucketsProvisionalAndRaisesTheAlertAndLeavesHealthAlone()
    {
        await SetAsync(60);
        var shipment = await RegisterAsync(_depot);
        await _depot.SendAsync("events", Sent.Event(shipmentId: shipment).With("type", "delivered").With("occurredAt", Sent.Time(_time.GetUtcNow())));
        await PassAsync(TimeSpan.FromDays(3), TimeSpan.FromHours(6));
        await _console.Services.GetRequiredService<SettleWhatIsBehind>().DrainAsync(CancellationToken.None);
        Assert.Single(Silent.Current);

        var reader = _console.Services.GetRequiredService<QualityReader>();
        var ask = new QualityAsk { Bucket = BucketSize.Day, Lead = 240 };
        Assert.False(Assert.Single(reader.Read(ask).Buckets).Settled);
        var rule = _console.Services.GetServices<IAlertRule>().Single(r => r.Code == "feedSilent");
        var reading = Assert.Single(await rule.ReadAsync(CancellationToken.None), r => r.Subject == "depot");
        Assert.Equal(3 * 24 * 60, reading.Value, 1.0);
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM shipments WHERE next_score_at = 0 AND history = 0"));

        await _depot.SendAsync("conditions", Sent.Condition().With("observedAt", Sent.Time(_time.GetUtcNow())));
        await RoundAsync();
        await PassAsync(2 * WatchFeeds.Settles, WatchFeeds.Settles);

        Assert.True(Assert.Single(reader.Read(ask).Buckets).Settled);
        Assert.Equal(0, Assert.Single(await rule.ReadAsync(CancellationToken.None), r => r.Subject == "depot").Value);
    }
}
