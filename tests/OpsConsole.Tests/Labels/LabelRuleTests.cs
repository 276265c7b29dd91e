using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Labels;
using OpsConsole.Operations;
using OpsConsole.Triage;

namespace OpsConsole.Tests.Labels;

public sealed class LabelRuleTests
{
    private static readonly DateTimeOffset Promise = new(2026, 3, 2, 18, 0, 0, TimeSpan.Zero);
    private static readonly OutcomeRules Rules = OutcomeRules.Default;
    private static readonly OperationsSettings Settings = new();

    private static Outcome Ended(OutcomeClass how, TimeSpan? received = null) =>
        new(how, how, null, Promise, Promise, received is { } late ? Promise + late : null, null);

    private static Judgement Said(
        JudgementAction action, TimeSpan before, string judge = "user:1", bool late = true, bool hindsight = false, DateTimeOffset? withdrawn = null, long key = 1) => new()
        {
            Key = key,
            JudgeId = judge,
            JudgeName = judge,
            Late = late,
            Action = action,
            CreatedAt = Promise - before,
            Hindsight = hindsight,
            WithdrawnAt = withdrawn,
        };

    [Theory]
    [InlineData(OutcomeClass.Late, true, null)]
    [InlineData(OutcomeClass.OnTime, false, null)]
    [InlineData(OutcomeClass.Unknown, null, LabelExclusion.Unknown)]
    [InlineData(OutcomeClass.Excluded, null, LabelExclusion.Excluded)]
    [InlineData(OutcomeClass.Pending, null, LabelExclusion.Pending)]
    public void Of_NobodyActed_FollowsTheOutcome(OutcomeClass how, bool? late, LabelExclusion? why)
    {
        var label = LabelRule.Of(Ended(how), [Said(JudgementAction.None, TimeSpan.FromHours(2))], Rules, Settings);
        Assert.Equal(new Label(late, why, Touched: false), label);
    }

    [Fact]
    public void Of_ActedOnAndOnTime_HasNoTruth() =>
        Assert.Equal(
            new Label(null, LabelExclusion.Touched, true),
            LabelRule.Of(Ended(OutcomeClass.OnTime), [Said(JudgementAction.Rerouted, TimeSpan.FromHours(2))], Rules, Settings));

    [Fact]
    public void Of_ActedOnAndStillLate_IsLate() =>
        Assert.Equal(new Label(true, null, true), LabelRule.Of(Ended(OutcomeClass.Late), [Said(JudgementAction.Rerouted, TimeSpan.FromHours(2))], Rules, Settings));

    [Fact]
    public void IsTouched_SaidAfterTheDeliveryWasReceived_IsNot()
    {
        var delivered = Ended(OutcomeClass.OnTime, received: TimeSpan.FromHours(-3));
        Assert.False(LabelRule.IsTouched(delivered, [Said(JudgementAction.Rerouted, TimeSpan.FromHours(2))], Rules, Settings));
        Assert.True(LabelRule.IsTouched(delivered, [Said(JudgementAction.Rerouted, TimeSpan.FromHours(4))], Rules, Settings));
    }

    [Fact]
    public void IsTouched_SaidAfterThePromisePassed_IsNot() =>
        Assert.False(LabelRule.IsTouched(Ended(OutcomeClass.Late, received: TimeSpan.FromHours(5)), [Said(JudgementAction.Rerouted, TimeSpan.FromHours(-1))], Rules, Settings));

    [Fact]
    public void IsTouched_WithdrawnSupersededOrInHindsight_IsNot()
    {
        var outcome = Ended(OutcomeClass.OnTime);
        Assert.False(LabelRule.IsTouched(outcome, [Said(JudgementAction.Rerouted, TimeSpan.FromHours(2), withdrawn: Promise.AddHours(-1))], Rules, Settings));
        Assert.False(LabelRule.IsTouched(outcome, [Said(JudgementAction.Rerouted, TimeSpan.FromHours(2), hindsight: true)], Rules, Settings));
        Assert.False(LabelRule.IsTouched(
            outcome, [Said(JudgementAction.Rerouted, TimeSpan.FromHours(2)), Said(JudgementAction.None, TimeSpan.FromHours(1), key: 2)], Rules, Settings));
    }

    [Fact]
    public void IsTouched_SomebodyElseDidNothing_StillIs() =>
        Assert.True(LabelRule.IsTouched(
            Ended(OutcomeClass.OnTime),
            [Said(JudgementAction.Rerouted, TimeSpan.FromHours(2)), Said(JudgementAction.None, TimeSpan.FromHours(1), judge: "user:2", key: 2)],
            Rules, Settings));

    [Fact]
    public void IsTouched_ActionThatTheSettingsSayChangesNothing_IsNot() =>
        Assert.False(LabelRule.IsTouched(
            Ended(OutcomeClass.OnTime), [Said(JudgementAction.CustomerContacted, TimeSpan.FromHours(2))], Rules, Settings with { TouchingActions = [JudgementAction.Rerouted] }));

    [Fact]
    public void Judged_Tie_SaysNothingWithAgreementOfOneHalf()
    {
        var summary = JudgedSummary.Of(
            [Said(JudgementAction.None, TimeSpan.FromHours(2)), Said(JudgementAction.Rerouted, TimeSpan.FromHours(1), judge: "user:2", late: false, key: 2)], Promise);
        Assert.Equal(new JudgedSummary(null, 2, 0.5, null, JudgementAction.Rerouted), summary);
    }

    [Fact]
    public void Judged_Majority_CountsOnlyWhatStands()
    {
        Judgement[] all =
        [
            Said(JudgementAction.None, TimeSpan.FromHours(5), late: false),
            Said(JudgementAction.None, TimeSpan.FromHours(4), key: 2),
            Said(JudgementAction.None, TimeSpan.FromHours(3), judge: "user:2", key: 3),
            Said(JudgementAction.None, TimeSpan.FromHours(2), judge: "user:3", late: false, key: 4),
            Said(JudgementAction.Other, TimeSpan.FromHours(-1), judge: "user:4", late: false, hindsight: true, key: 5),
        ];
        var summary = JudgedSummary.Of(all, Promise.AddDays(1));
        Assert.True(summary.Late);
        Assert.Equal(3, summary.Count);
        Assert.Equal(2.0 / 3, summary.Agreement!.Value, 12);
    }

    [Fact]
    public void Judged_Nobody_IsEmpty() => Assert.Equal(new JudgedSummary(null, 0, null, null, null), JudgedSummary.Of([], Promise));
}
