using CsCheck;
using OpsConsole.Client;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Triage;

namespace OpsConsole.Tests.Triage;

/// <summary>What acting is worth (measurement.md, Money): a worked example, and what holds whatever the settings are.</summary>
public sealed class CaseWorthTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);

    private static readonly Gen<OperationsSettings> AnySettings = Gen.Select(
        Gen.Double[0, 100], Gen.Double[0, 20], Gen.Double[0.1, 30], Gen.Double[0, 60], Gen.Int[1, 240],
        Gen.Select(Gen.Double[0, 20], Gen.Double[0, 1], Gen.Int[0, 2880], (cost, chance, last) => new ActionTerms(cost, chance, last)).Array[5],
        (missed, alarm, minutes, wage, look, terms) => new OperationsSettings
        {
            CostMissedDelay = missed,
            CostFalseAlarm = alarm,
            HandlingMinutes = minutes,
            WagePerHour = wage,
            NextLookMinutes = look,
            Actions = Enum.GetValues<JudgementAction>().Where(a => a != JudgementAction.None).Zip(terms).ToDictionary(p => p.First, p => p.Second),
        });

    private static readonly Gen<(OperationsSettings Settings, double Score, int Minutes)> AnyCase = Gen.Select(AnySettings, Gen.Double[0, 1], Gen.Int[-600, 4000]);

    [Fact]
    public void Worth_WorkedExample_IsByTheEquation()
    {
        var settings = new OperationsSettings
        {
            CostMissedDelay = 20,
            CostFalseAlarm = 2,
            HandlingMinutes = 3,
            WagePerHour = 20,
            NextLookMinutes = 15,
            Actions = new Dictionary<JudgementAction, ActionTerms>
            {
                [JudgementAction.CustomerContacted] = new(0.5, 0.5, 30),
                [JudgementAction.Rerouted] = new(3, 0.8, 240),
            },
        };
        // Ten minutes before rerouting is of no use: .7 × .8 × 20 − 1 − 3 = 7.2 now; then telling: .7 × .5 × 20 − 1 − .5 − .3 × 2 = 4.9.
        var worth = CaseWorth.Of(Row(0.7, 250), settings, Now);
        Assert.Equal(JudgementAction.Rerouted, worth.BestAction);
        Assert.Equal(7.2, worth.ValueOfActing, 9);
        Assert.Equal(2.3, worth.LostByWaiting, 9);
        Assert.Equal(Now.AddMinutes(10), worth.LastUsefulAt);
        Assert.Equal(2.3 / 3, worth.LostPerMinute(settings), 9);
        // At its last useful moment an action still helps; a minute later it doesn't.
        Assert.Equal(JudgementAction.Rerouted, CaseWorth.Of(Row(0.7, 240), settings, Now).BestAction);
        Assert.Equal(JudgementAction.CustomerContacted, CaseWorth.Of(Row(0.7, 239), settings, Now).BestAction);
        Assert.Null(CaseWorth.Of(Row(0.7, 29), settings, Now).BestAction);
    }

    [Fact]
    public void Worth_NoScoreOrFinished_IsNothing()
    {
        var row = Row(0.9, 600);
        row.State = ShipmentState.Delivered;
        Assert.Equal(Worth.None, CaseWorth.Of(row, new OperationsSettings(), Now));
        Assert.Equal(Worth.None, CaseWorth.Of(Row(null, 600), new OperationsSettings(), Now));
    }

    [Fact]
    public void Waiting_Whatever_LosesNothingOrSomething() => AnyCase.Sample(given =>
        CaseWorth.Of(Row(given.Score, given.Minutes), given.Settings, Now).LostByWaiting >= 0);

    [Fact]
    public void Waiting_UntilTheNextLook_LosesExactlyTheDifference() => AnyCase.Sample(given =>
    {
        var row = Row(given.Score, given.Minutes);
        var now = CaseWorth.Of(row, given.Settings, Now);
        var later = CaseWorth.Of(row, given.Settings, Now.AddMinutes(given.Settings.NextLookMinutes));
        return Math.Abs(now.LostByWaiting - (now.ValueOfActing - later.ValueOfActing)) < 1e-9;
    });

    [Fact]
    public void BestAction_Whatever_IsTheOneOfTheHighestValueThatStillHelps() => AnyCase.Sample(given =>
    {
        var row = Row(given.Score, given.Minutes);
        var worth = CaseWorth.Of(row, given.Settings, Now);
        var left = row.PromisedBy - Now;
        var highest = given.Settings.Actions.Keys.Max(a => CaseWorth.ValueOf(a, given.Score, left, given.Settings));
        return worth.ValueOfActing == highest
            && (worth.BestAction is not { } best
                || (CaseWorth.ValueOf(best, given.Score, left, given.Settings) == highest && worth.LastUsefulAt >= Now));
    });

    [Fact]
    public void Value_HigherScore_IsNeverLower() => Gen.Select(AnyCase, Gen.Double[0, 1]).Sample((given, other) =>
    {
        var (low, high) = (Math.Min(given.Score, other), Math.Max(given.Score, other));
        return CaseWorth.Of(Row(low, given.Minutes), given.Settings, Now).ValueOfActing
            <= CaseWorth.Of(Row(high, given.Minutes), given.Settings, Now).ValueOfActing + 1e-9;
    });

    private static BoardRow Row(double? score, int minutesLeft) => new()
    {
        ShipmentId = "S1",
        DestinationArea = "B2",
        Service = "standard",
        Score = score,
        PromisedBy = Now.AddMinutes(minutesLeft),
    };
}
