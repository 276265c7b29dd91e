using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Triage;

/// <summary>When cases open, recede, come back and close, on a clock of the test's own.</summary>
public sealed class CaseTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly ConsoleFactory _console;
    private TriageSeed _seed = null!;

    public CaseTests() => _console = new ConsoleFactory(services => services.AddSingleton(new LoopClock(_time)));

    public Task InitializeAsync()
    {
        _seed = new TriageSeed(_console.Services);
        return Task.CompletedTask;
    }

    async Task IAsyncLifetime.DisposeAsync() => await _console.DisposeAsync();

    [Fact]
    public async Task Case_Flagged_OpensAtOnceAndShowsOnTheBoard()
    {
        var parcel = await _seed.RegisterAsync();
        await _seed.ScoreAsync(parcel, 0.1);
        Assert.Null(await StateAsync(parcel));
        await _seed.ScoreAsync(parcel, 0.7);
        Assert.Equal(CaseState.Open, await StateAsync(parcel));
        Assert.Equal((long)CaseState.Open, _console.Count($"SELECT case_state FROM board_rows WHERE shipment_key = {parcel.Key}"));
    }

    [Fact]
    public async Task Case_FallsUnderTheThresholdUnanswered_RecedesAndComesBackAsTheSame()
    {
        var parcel = await _seed.RegisterAsync();
        await _seed.ScoreAsync(parcel, 0.7);
        var opened = _console.Count("SELECT opened_at FROM cases");
        _time.Advance(TimeSpan.FromMinutes(5));
        await _seed.ScoreAsync(parcel, 0.2);
        Assert.Equal(CaseState.Closed, await StateAsync(parcel));
        Assert.Equal((long)CloseReason.Receded, _console.Count("SELECT closed_because FROM cases"));
        _time.Advance(TimeSpan.FromMinutes(5));
        await _seed.ScoreAsync(parcel, 0.8);
        Assert.Equal(CaseState.Open, await StateAsync(parcel));
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM cases"));
        Assert.Equal(opened, _console.Count("SELECT opened_at FROM cases"));
    }

    [Fact]
    public async Task Case_AnsweredOrHeld_DoesNotRecede()
    {
        var (answered, held) = (await _seed.RegisterAsync(), await _seed.RegisterAsync());
        await _seed.ScoreAsync(answered, 0.7);
        await _seed.ScoreAsync(held, 0.7);
        await JudgeAsync(answered, late: true);
        var claims = _console.Services.GetRequiredService<ClaimCase>();
        await claims.ClaimAsync(held.Key, Person(1));
        await _seed.ScoreAsync(answered, 0.1);
        await _seed.ScoreAsync(held, 0.1);
        Assert.Equal(CaseState.Judged, await StateAsync(answered));
        Assert.Equal(CaseState.Claimed, await StateAsync(held));
        // Let go of, there is nothing left to hold.
        await claims.ReleaseAsync(held.Key, Person(1));
        Assert.Equal(CaseState.Closed, await StateAsync(held));
    }

    [Fact]
    public async Task Case_ShipmentFinishes_ClosesByOutcomeAndStaysClosed()
    {
        var parcel = await _seed.RegisterAsync();
        await _seed.ScoreAsync(parcel, 0.7);
        await JudgeAsync(parcel, late: true);
        await _seed.ScoreAsync(parcel, 0.7, ShipmentState.Delivered);
        Assert.Equal(CaseState.Closed, await StateAsync(parcel));
        Assert.Equal((long)CloseReason.Outcome, _console.Count("SELECT closed_because FROM cases"));
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM cases WHERE judged_at IS NOT NULL"));
        await _seed.ScoreAsync(parcel, 0.9);
        Assert.Equal(CaseState.Closed, await StateAsync(parcel));
    }

    [Fact]
    public async Task Case_OutcomeBecomesKnown_ClosesInThatTransaction()
    {
        var parcel = await _seed.RegisterAsync();
        await _seed.ScoreAsync(parcel, 0.7);
        var book = _console.Services.GetRequiredService<CaseBook>();
        await _console.Services.GetRequiredService<GroupedWriter>().WriteAsync(session => book.CloseByOutcome(session, parcel.Key, session.Received));
        Assert.Equal(CaseState.Closed, await StateAsync(parcel));
        Assert.Equal((long)CaseState.Closed, _console.Count($"SELECT case_state FROM board_rows WHERE shipment_key = {parcel.Key}"));
    }

    [Fact]
    public async Task Case_PromisePassesWhileTheScoreStands_DoesNotRecede()
    {
        var parcel = await _seed.RegisterAsync(promisedIn: TimeSpan.FromHours(1));
        await _seed.ScoreAsync(parcel, 0.7);
        _time.Advance(TimeSpan.FromHours(2));
        await _seed.ScoreAsync(parcel, 0.99);
        Assert.Equal(CaseState.Open, await StateAsync(parcel));
    }

    [Fact]
    public async Task HoldBack_FlagStandsLongEnough_OpensWithNothingElseHappening()
    {
        await HoldBackAsync(30);
        var (stands, goes) = (await _seed.RegisterAsync(), await _seed.RegisterAsync());
        await _seed.ScoreAsync(stands, 0.7);
        await _seed.ScoreAsync(goes, 0.7);
        Assert.Null(await StateAsync(stands));
        _time.Advance(TimeSpan.FromMinutes(20));
        await _seed.ScoreAsync(goes, 0.1);
        await SweepAsync();
        Assert.Null(await StateAsync(stands));
        _time.Advance(TimeSpan.FromMinutes(11));
        await SweepAsync();
        Assert.Equal(CaseState.Open, await StateAsync(stands));
        Assert.Null(await StateAsync(goes));
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM held_flags"));
        // It counts from the first flag, which stood without a break.
        Assert.Equal(TimeSpan.FromMinutes(31).Ticks, _console.Count("SELECT opened_at - flagged_since FROM cases"), TimeSpan.FromSeconds(1).Ticks);
    }

    [Fact]
    public async Task HoldBack_FlagBreaksOff_CountsAnew()
    {
        await HoldBackAsync(30);
        var parcel = await _seed.RegisterAsync();
        await _seed.ScoreAsync(parcel, 0.7);
        _time.Advance(TimeSpan.FromMinutes(20));
        await _seed.ScoreAsync(parcel, 0.1);
        await _seed.ScoreAsync(parcel, 0.7);
        _time.Advance(TimeSpan.FromMinutes(20));
        await _seed.ScoreAsync(parcel, 0.8);
        Assert.Null(await StateAsync(parcel));
        _time.Advance(TimeSpan.FromMinutes(11));
        await _seed.ScoreAsync(parcel, 0.8);
        Assert.Equal(CaseState.Open, await StateAsync(parcel));
    }

    [Fact]
    public async Task HeldOutAndHistory_Flagged_AreBeforeNobody()
    {
        var heldOut = await _seed.RegisterAsync(heldOut: true);
        var history = await _seed.RegisterAsync(history: true);
        await _seed.ScoreAsync(heldOut, 0.9);
        await _seed.ScoreAsync(history, 0.9);
        Assert.Null(await StateAsync(heldOut));
        Assert.Null(await StateAsync(history));
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM board_rows"));
        Assert.Empty(_console.Services.GetRequiredService<BoardFeed>().Rows);
        var panel = await _console.Services.GetRequiredService<ShipmentPanelQuery>().ReadAsync(heldOut.Id);
        Assert.Null(panel!.Prediction);
        Assert.Null(panel.Case);
        // Somebody who knows of it may say what they think; it comes before nobody by that.
        await JudgeAsync(heldOut, late: true);
        Assert.Null(await StateAsync(heldOut));
    }

    [Fact]
    public async Task Claim_Lapses_UnlessRenewed()
    {
        var parcel = await _seed.RegisterAsync();
        await _seed.ScoreAsync(parcel, 0.7);
        var claims = _console.Services.GetRequiredService<ClaimCase>();
        await claims.ClaimAsync(parcel.Key, Person(1));
        _time.Advance(TimeSpan.FromMinutes(1.5));
        await claims.ClaimAsync(parcel.Key, Person(2));
        Assert.Equal("person 1", (await QueueAsync(parcel))!.Assignee);
        await claims.ClaimAsync(parcel.Key, Person(1));
        _time.Advance(TimeSpan.FromMinutes(1.5));
        Assert.Equal(CaseState.Claimed, await StateAsync(parcel));
        _time.Advance(TimeSpan.FromMinutes(1));
        // By itself on read; written down by the sweep.
        Assert.Equal(CaseState.Open, (await QueueAsync(parcel))!.State);
        Assert.Null((await QueueAsync(parcel))!.Assignee);
        await SweepAsync();
        Assert.Equal((long)CaseState.Open, _console.Count($"SELECT case_state FROM board_rows WHERE shipment_key = {parcel.Key}"));
        await claims.ClaimAsync(parcel.Key, Person(2));
        Assert.Equal("person 2", (await QueueAsync(parcel))!.Assignee);
    }

    [Fact]
    public async Task Case_OlderThanItsRow_IsShownWithTheFirstScore()
    {
        var parcel = await _seed.RegisterAsync();
        await JudgeAsync(parcel, late: true);
        await _seed.ScoreAsync(parcel, 0.1);
        Assert.Equal((long)CaseState.Judged, _console.Count($"SELECT case_state FROM board_rows WHERE shipment_key = {parcel.Key}"));
    }

    private async Task HoldBackAsync(int minutes)
    {
        var settings = _console.Services.GetRequiredService<SettingsStore>();
        var (current, version) = settings.Read();
        await settings.ChangeAsync(current with { HoldBackMinutes = minutes }, version);
    }

    private Task SweepAsync() => _console.Services.GetRequiredService<SweepCases>().SweepAsync(CancellationToken.None);

    private async Task JudgeAsync(TriageSeed.Parcel parcel, bool late) => Assert.IsType<JudgeResult.Stored>(
        await _console.Services.GetRequiredService<JudgeShipment>().HandleAsync(parcel.Id, new JudgementRequest { Late = late }, Person(1)));

    private async Task<CaseState?> StateAsync(TriageSeed.Parcel parcel) => (await QueueAsync(parcel))?.State;

    private async Task<CaseAnswer?> QueueAsync(TriageSeed.Parcel parcel)
    {
        var json = await _console.Client.GetStringAsync(new Uri($"/api/v1/cases?q={parcel.Id}", UriKind.Relative));
        return System.Text.Json.JsonSerializer.Deserialize(json, ContractJson.Default.CasePage)!.Items.SingleOrDefault();
    }

    private static Caller Person(long id) => new(id, null, $"person {id}", 1, "console", false, false);
}
