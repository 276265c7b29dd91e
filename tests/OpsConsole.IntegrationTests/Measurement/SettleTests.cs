using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Measurement;

/// <summary>Each case of measurement.md, settled through the store.</summary>
public sealed class SettleTests
{
    private static readonly DateTimeOffset Promise = MeasuredWorld.Noon;
    private static readonly DateTimeOffset Over = Promise.AddHours(1);
    private static readonly int Lead240 = LeadGrid.IndexOf(240);

    private static async Task<MeasuredWorld> WithAsync(double score = 0.2, DateTimeOffset? registered = null)
    {
        var world = await MeasuredWorld.StartAsync();
        await world.ShipAsync("S", Promise, registered);
        await world.ScoreAsync("S", Promise, score);
        return world;
    }

    [Fact]
    public async Task Settle_OfWhatWasStampedATickAfterTheClock_CountsIt()
    {
        await using var world = await WithAsync();
        await world.SettleAsync(Over);
        Assert.Equal(OutcomeClass.Late, (await world.TallyAsync("S")).Class);
        // The clock stands, and the writer's stamps go on.
        await world.EventAsync("S", EventType.Delivered, Promise.AddHours(-1), Over.AddTicks(3));
        await world.SettleAsync();
        Assert.Equal(OutcomeClass.OnTime, (await world.TallyAsync("S")).Class);
    }

    [Fact]
    public async Task Settle_BeforeTheLagHasPassed_IsPendingWhateverIsKnown()
    {
        await using var world = await WithAsync();
        await world.EventAsync("S", EventType.Delivered, Promise.AddHours(-6));
        await world.SettleAsync(Promise.AddMinutes(14));
        Assert.Equal(OutcomeClass.Pending, (await world.TallyAsync("S")).Class);
        Assert.Equal(1, world.Store.Count("SELECT pending FROM quality_counts WHERE dimension = 0 AND lead = -1"));
        Assert.Equal(1, world.Store.Count("SELECT COUNT(*) FROM outcomes"));

        await world.SettleAsync(Promise.AddMinutes(15));
        Assert.Equal(OutcomeClass.OnTime, (await world.TallyAsync("S")).Class);
        Assert.Equal(0, world.Store.Count("SELECT pending FROM quality_counts WHERE dimension = 0 AND lead = -1"));
        Assert.Equal(1, world.Store.Count("SELECT on_time FROM quality_counts WHERE dimension = 0 AND lead = -1"));
        Assert.Equal(1, world.Store.Count("SELECT COUNT(*) FROM outcomes"));
    }

    [Fact]
    public async Task Settle_NotDelivered_IsLateByTimeAlone()
    {
        await using var world = await WithAsync(score: 0.7);
        await world.SettleAsync(Promise.AddHours(-1));
        await world.SettleAsync(Over);
        var tally = await world.TallyAsync("S");
        Assert.Equal((OutcomeClass.Late, LeadStanding.AtRisk), (tally.Class, tally.Lead(Lead240).Standing));
        Assert.Equal(13, world.Store.Count("SELECT SUM(tp) FROM quality_counts WHERE dimension = 0"));
    }

    [Fact]
    public async Task Settle_ScanThatComesLater_TurnsItOnTimeAsARevision()
    {
        await using var world = await WithAsync(score: 0.7);
        await world.SettleAsync(Over);
        await world.EventAsync("S", EventType.Delivered, Promise.AddMinutes(-5), received: Promise.AddDays(2));
        await world.SettleAsync(Promise.AddDays(2));
        var tally = await world.TallyAsync("S");
        Assert.Equal((OutcomeClass.OnTime, -5d), (tally.Class, tally.DelayMinutes));
        // Not known at any lead: at risk all the way.
        Assert.Equal(13, world.Store.Count("SELECT SUM(fp) FROM quality_counts WHERE dimension = 0"));
        Assert.Equal(0, world.Store.Count("SELECT SUM(tp) FROM quality_counts WHERE dimension = 0"));
        Assert.Equal(2, world.Store.Count("SELECT COUNT(*) FROM outcomes"));
        Assert.Equal(1, world.Store.Count("SELECT SUM(shipments) FROM quality_counts WHERE dimension = 0 AND lead = -1"));
    }

    [Theory]
    [InlineData(EventType.Returned, -10, OutcomeClass.Excluded)]
    [InlineData(EventType.Cancelled, 0, OutcomeClass.Excluded)]
    [InlineData(EventType.Cancelled, 10, OutcomeClass.Late)]
    [InlineData(EventType.Delivered, 0, OutcomeClass.OnTime)]
    [InlineData(EventType.Delivered, 1, OutcomeClass.Late)]
    public async Task Settle_TerminalEvent_HasItsClass(EventType type, int minutes, OutcomeClass expected)
    {
        await using var world = await WithAsync();
        await world.EventAsync("S", type, Promise.AddMinutes(minutes));
        await world.SettleAsync(Over);
        Assert.Equal(expected, (await world.TallyAsync("S")).Class);
    }

    [Fact]
    public async Task Settle_NeverHeardOfAgain_IsUnknownAfterFourteenDaysUntilHeardOf()
    {
        await using var world = await WithAsync();
        await world.SettleAsync(Over);
        Assert.Equal(OutcomeClass.Late, (await world.TallyAsync("S")).Class);
        await world.SettleAsync(Promise.AddDays(14));
        Assert.Equal(OutcomeClass.Late, (await world.TallyAsync("S")).Class);
        await world.SettleAsync(Promise.AddDays(14).AddTicks(1));
        Assert.Equal(OutcomeClass.Unknown, (await world.TallyAsync("S")).Class);
        Assert.Equal(0, world.Store.Count("SELECT SUM(at_risk) FROM quality_counts"));
        await world.EventAsync("S", EventType.ArrivedAtFacility, Promise.AddDays(3), received: Promise.AddDays(15));
        await world.SettleAsync(Promise.AddDays(15));
        Assert.Equal(OutcomeClass.Late, (await world.TallyAsync("S")).Class);
    }

    [Fact]
    public async Task Settle_CustomersChange_MovesItToItsNewDay()
    {
        await using var world = await WithAsync();
        await world.SettleAsync(Promise.AddHours(-30));
        await world.EventAsync("S", EventType.PromiseChanged, Promise.AddHours(-20), promise: Promise.AddDays(2), by: PromiseInitiator.Customer);
        await world.SettleAsync(Promise.AddHours(-20));
        var tally = await world.TallyAsync("S");
        Assert.Equal((Promise.AddDays(2), OutcomeClass.Pending), (tally.Promise, tally.Class));
        Assert.Equal(1, world.Store.Count($"SELECT SUM(pending) FROM quality_counts WHERE dimension = 0 AND day = {tally.Day}"));
        Assert.Equal(0, world.Store.Count($"SELECT SUM(pending) FROM quality_counts WHERE dimension = 0 AND day = {tally.Day - 2}"));
    }

    [Theory]
    [InlineData(JudgementAction.Rerouted, 0.7, "averted_or_false")]
    [InlineData(JudgementAction.Rerouted, 0.2, "touched_on_time")]
    [InlineData(JudgementAction.None, 0.7, "fp")]
    [InlineData(JudgementAction.None, 0.2, "tn")]
    public async Task Settle_OnTime_IsInItsCell(JudgementAction action, double score, string cell)
    {
        await using var world = await WithAsync(score);
        await world.JudgeAsync("S", Promise.AddHours(-2), action);
        await world.EventAsync("S", EventType.Delivered, Promise.AddMinutes(-5));
        await world.SettleAsync(Over);
        Assert.Equal(1, world.Store.Count($"SELECT {cell} FROM quality_counts WHERE dimension = 0 AND lead = 240"));
    }

    [Fact]
    public async Task Settle_JudgementWithdrawn_IsTouchedNoMore()
    {
        await using var world = await WithAsync(score: 0.7);
        var said = await world.JudgeAsync("S", Promise.AddHours(-2), JudgementAction.Rerouted);
        await world.EventAsync("S", EventType.Delivered, Promise.AddMinutes(-5));
        await world.SettleAsync(Over);
        Assert.Equal(1, world.Store.Count("SELECT averted_or_false FROM quality_counts WHERE dimension = 0 AND lead = 240"));
        await world.WithdrawAsync("S", said, Over);
        await world.SettleAsync(Over);
        Assert.Equal(0, world.Store.Count("SELECT averted_or_false FROM quality_counts WHERE dimension = 0 AND lead = 240"));
        Assert.Equal(1, world.Store.Count("SELECT fp FROM quality_counts WHERE dimension = 0 AND lead = 240"));
    }

    [Fact]
    public async Task Settle_TouchedAndLate_StaysInItsCell()
    {
        await using var world = await WithAsync(score: 0.7);
        await world.JudgeAsync("S", Promise.AddHours(-2), JudgementAction.Rerouted);
        await world.SettleAsync(Over);
        Assert.Equal(1, world.Store.Count("SELECT tp FROM quality_counts WHERE dimension = 0 AND lead = 240"));
    }

    [Fact]
    public async Task Settle_AtEachLead_CountsTooLateEarlierOrAtRisk()
    {
        await using var world = await WithAsync(registered: Promise.AddMinutes(-240));
        await world.EventAsync("S", EventType.Delivered, Promise.AddMinutes(-90), received: Promise.AddMinutes(-60));
        await world.SettleAsync(Over);
        var tally = await world.TallyAsync("S");
        LeadStanding At(int lead) => tally.Lead(LeadGrid.IndexOf(lead)).Standing;
        Assert.Equal(LeadStanding.RegisteredTooLate, At(360));
        // Registered and received exactly then: both count as then.
        Assert.Equal(LeadStanding.AtRisk, At(240));
        Assert.Equal(LeadStanding.AtRisk, At(120));
        Assert.Equal(LeadStanding.FinishedEarlier, At(60));
        Assert.Equal(LeadStanding.FinishedEarlier, At(0));
    }

    [Fact]
    public async Task Settle_History_IsInNoServedFigure()
    {
        await using var world = await MeasuredWorld.StartAsync();
        await world.ShipAsync("H", Promise.AddDays(-10), registered: Promise, history: true);
        await world.EventAsync("H", EventType.Delivered, Promise.AddDays(-9), received: Promise);
        await world.SettleAsync(Over);
        Assert.Equal(OutcomeClass.Late, (await world.TallyAsync("H")).Class);
        Assert.Equal(0, world.Store.Count("SELECT COUNT(*) FROM quality_counts"));
        Assert.Equal(1, world.Store.Count("SELECT late FROM kpi_counts"));
        Assert.Equal((long)ShipmentState.Delivered, world.Store.Count("SELECT state FROM shipments"));
    }

    [Fact]
    public async Task Settle_ScorerStillBehind_Waits()
    {
        await using var world = await WithAsync();
        await world.AddAsync("S");
        await world.Store.Writer.WriteAsync(session => session.Execute(Behind, world.Key("S")));
        await world.SettleAsync(Over);
        Assert.Equal(0, world.Store.Count("SELECT COUNT(*) FROM tallies"));
        Assert.Equal(1, world.Store.Count("SELECT COUNT(*) FROM shipments WHERE next_settle_at = 0"));
        await world.Store.Writer.WriteAsync(session => session.Execute(Done, world.Key("S")));
        await world.SettleAsync(Over);
        Assert.Equal(1, world.Store.Count("SELECT COUNT(*) FROM tallies"));
    }

    private static readonly OpsConsole.Store.Statement Behind = new("UPDATE shipments SET next_score_at = 0 WHERE \"key\" = @p0");
    private static readonly OpsConsole.Store.Statement Done = new("UPDATE shipments SET next_score_at = NULL WHERE \"key\" = @p0");

    [Fact]
    public async Task Settle_TwoInstancesAtOnce_CountOnce()
    {
        await using var world = await MeasuredWorld.StartAsync();
        const int Many = 150;
        for (var i = 0; i < Many; i++)
        {
            await world.ShipAsync($"S{i}", Promise.AddMinutes(i));
            await world.ScoreAsync($"S{i}", Promise.AddMinutes(i), 0.7, leads: 240);
        }
        world.Time.SetUtcNow(Promise.AddDays(1));
        var other = Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<SettleWhatIsBehind>(world.Store.Services);
        await Task.WhenAll(
            Task.Run(() => other.DrainAsync(CancellationToken.None)), Task.Run(() => world.SettleAsync()), Task.Run(() => other.DrainAsync(CancellationToken.None)));
        Assert.Equal(Many, world.Store.Count("SELECT SUM(shipments) FROM quality_counts WHERE dimension = 0 AND lead = -1"));
        Assert.Equal(Many, world.Store.Count("SELECT SUM(tp) FROM quality_counts WHERE dimension = 0 AND lead = 240"));
        Assert.Equal(Many, world.Store.Count("SELECT SUM(late) FROM score_histograms WHERE lead = 240"));
        Assert.Equal(Many, world.Store.Count("SELECT SUM(shipments) FROM kpi_counts"));
    }

    [Fact]
    public async Task Settle_SourceWithItsOwnLag_WaitsForIt()
    {
        await using var world = await MeasuredWorld.StartAsync();
        await world.ShipAsync("S", Promise, source: 7);
        await world.AddAsync("S", new OpsConsole.Access.Source { Id = 7, Name = "slow", ReportingLagMinutes = 120, CreatedAt = Promise });
        await world.SettleAsync(Over);
        Assert.Equal(OutcomeClass.Pending, (await world.TallyAsync("S")).Class);
        await world.SettleAsync(Promise.AddHours(2));
        Assert.Equal(OutcomeClass.Late, (await world.TallyAsync("S")).Class);
    }

    [Fact]
    public async Task Settle_CaseAndContacts_AreInTheBusinessCounts()
    {
        await using var world = await WithAsync(score: 0.7);
        await world.EventAsync("S", EventType.OutForDelivery, Promise.AddHours(-5), estimate: Promise.AddHours(1));
        await world.AddAsync(
            "S",
            new Case { ShipmentKey = world.Key("S"), State = CaseState.Judged, OpenedAt = Promise.AddHours(-3) },
            new SupportContact { ContactId = "c1", ShipmentId = "S", OccurredAt = Promise, ReceivedAt = Promise, SourceId = 1, Cost = 2.5 },
            new SupportContact { ContactId = "c2", ShipmentId = "S", OccurredAt = Promise, ReceivedAt = Promise, SourceId = 1 });
        await world.JudgeAsync("S", Promise.AddHours(-3).AddMinutes(12), JudgementAction.None);
        await world.SettleAsync(Over);
        var tally = await world.TallyAsync("S");
        Assert.Equal((true, 12d, 2, 25_000L, true), (tally.RaisedInTime, tally.AnswerMinutes, tally.Contacts, tally.ContactCost, tally.CarrierSaidLate));
        Assert.Equal(1, world.Store.Count("SELECT carrier_tp FROM kpi_counts"));
        Assert.Equal(1, world.Store.Count("SELECT raised_in_time FROM kpi_counts"));
    }

    [Fact]
    public async Task Rebuild_OtherZone_MovesEveryTally()
    {
        await using var world = await MeasuredWorld.StartAsync(new OperationsSettings { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo") });
        await world.ShipAsync("S", new DateTimeOffset(2026, 3, 10, 1, 30, 0, TimeSpan.Zero));
        await world.SettleAsync();
        Assert.Equal((new DateOnly(2026, 3, 9).DayNumber, 22), ((await world.TallyAsync("S")).Day, (await world.TallyAsync("S")).PromiseHour));
    }
}
