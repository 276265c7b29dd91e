using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Learning;

namespace OpsConsole.Tests.Learning;

public sealed class TrainingRowsTests
{
    private static readonly ShipmentHistory History = Network.Shipment(1, new Random(1)).History;

    [Fact]
    public void Moments_DecisionPoint_IsWhenTheFirstEventOfTheTypeWasKnown() =>
        Assert.Equal([History.Events.Single(e => e.Type == EventType.Collected).OccurredAt], TrainingRows.Moments(History, Network.Plan("lightgbm")));

    [Fact]
    public void Moments_LeadGrid_AreThoseAtWhichItWasOpen()
    {
        var plan = Network.Plan("lightgbm", point: null);
        var delivered = History.FinishedAt(Knowledge.Known);

        var moments = TrainingRows.Moments(History, plan).ToList();

        Assert.NotEmpty(moments);
        Assert.All(moments, m => Assert.Contains((int)(History.PromiseCounted - m).TotalMinutes, LeadGrid.Minutes));
        Assert.All(moments, m => Assert.True(m < delivered && m < History.PromiseCounted && m >= History.ExistsSince(Knowledge.Known)));
    }

    [Fact]
    public void Moments_OneLead_IsThatLongBeforeThePromise() =>
        Assert.Equal([History.PromiseCounted.AddHours(-40)], TrainingRows.Moments(History, Network.Plan("lightgbm", point: null) with { DecisionLeadMinutes = 2400 }));

    [Fact]
    public void Moments_AfterAsOf_AreLeftOut() =>
        Assert.Empty(TrainingRows.Moments(History, Network.Plan("lightgbm") with { AsOf = Network.Start }));

    [Fact]
    public void Plan_WrittenAndRead_IsTheSame()
    {
        var plan = Network.Plan("logistic") with { From = Network.Start, To = Network.AsOf, DecisionLeadMinutes = null, IncludeAttributes = false };

        Assert.Equal(plan, TrainingPlan.Read(plan.Write()));
    }

    [Fact]
    public void Progress_ALineOfSomethingElse_IsNone()
    {
        Assert.Null(RunProgress.Read("info: something of the log"));
        Assert.Null(RunProgress.Read("{ not json"));
        Assert.Null(RunProgress.Read("""{"EventId":7001,"LogLevel":"Information","Message":"of the log"}"""));
        Assert.Equal(0.4, RunProgress.Read(new RunProgress(0.4, "Reading").Write())!.Progress);
    }

    [Fact]
    public void Request_EverythingWrong_NamesEveryField()
    {
        var now = Network.AsOf;
        var errors = StartTraining.Check(
            new TrainRequest { Trainer = "forest", From = now, To = now, AsOf = now.AddDays(1), DecisionLeadMinutes = -1, Simulated = "maybe", Seed = -1, Name = "a b" }, now);

        Assert.Equal(["asOf", "decisionLeadMinutes", "name", "seed", "simulated", "to", "trainer"], errors.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("lightgbm", errors["trainer"][0], StringComparison.Ordinal);
    }
}
