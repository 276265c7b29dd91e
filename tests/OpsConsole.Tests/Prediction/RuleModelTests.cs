using CsCheck;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Prediction;

namespace OpsConsole.Tests.Prediction;

public sealed class RuleModelTests
{
    private static readonly IModel Rule = new RuleModel("rule-1");

    private static ModelScore Score(IModel model, FeatureRow row)
    {
        var scores = new ModelScore[1];
        model.Score([row], scores);
        return scores[0];
    }

    [Fact]
    public void Rule_AtHandOverInASlowNetwork_OrdersAsTheReferenceRule()
    {
        var parcels = (from km in new double[] { 10, 300, 800, 2500 } from days in new double[] { 6, 9, 15, 30 } select (Km: km, Days: days)).ToList();
        var byRule = parcels.OrderBy(p => Score(Rule, Parcels.Row(40, p.Days * 24, p.Km, Parcels.Event(EventType.Collected, 40))).RawLogOdds);
        var byReference = parcels.OrderBy(p => 48 + (0.15 * p.Km) - ((p.Days * 24) - 40));
        Assert.Equal(byReference, byRule);
    }

    [Theory]
    [InlineData(10, 15)] // same day, across a town
    [InlineData(26, 120)] // next day
    [InlineData(480, 600)] // weeks
    public void Rule_InAnyNetwork_OnPlanIsUnlikelyLate_StandingStillIsLikely(double windowHours, double km)
    {
        var collected = Parcels.Event(EventType.Collected, 0.05 * windowHours);
        var onPlan = Score(Rule, Parcels.Row(0.1 * windowHours, windowHours, km, collected));
        var atTheDoor = Score(Rule, Parcels.Row(0.6 * windowHours, windowHours, km, collected, Parcels.Event(EventType.OutForDelivery, 0.55 * windowHours)));
        var silent = Score(Rule, Parcels.Row(0.9 * windowHours, windowHours, km, collected));
        Assert.True(onPlan.Score < 0.25, $"on plan {onPlan.Score}");
        Assert.True(atTheDoor.Score < 0.25, $"out for delivery {atTheDoor.Score}");
        Assert.True(silent.Score > 0.5, $"silent {silent.Score}");
        Assert.InRange(onPlan.ExpectedDelayMinutes, onPlan.DelayLow, onPlan.DelayHigh);
    }

    [Theory]
    [InlineData("rule")]
    [InlineData("random")]
    public void Explanation_OfAnyRow_AddsUp(string which)
    {
        IModel model = which == "rule" ? Rule : new RandomModel("random-1");
        Parcels.AnyEvent.Array[0, 8].Select(Gen.Double[0, 120], Gen.Double[1, 900]).Sample((events, hours, window) =>
        {
            var row = Parcels.Row(Parcels.History(Parcels.Content(window), events), hours);
            var explanation = model.Explain(row);
            Assert.Equal(explanation.RawLogOdds, explanation.Baseline + explanation.Contributions.Sum(c => c.Amount), 1e-4);
            Assert.Equal(BitConverter.DoubleToInt64Bits(Score(model, row).RawLogOdds), BitConverter.DoubleToInt64Bits(explanation.RawLogOdds));
        }, iter: 300);
    }

    [Fact]
    public void Threshold_OfTheDefaultCosts_IsWhereTellingTheCustomerPays()
    {
        var settings = new OperationsSettings();
        // (0.9 handling + 0.4 action + 1.5 alarm) / (0.5 × 12 missed + 1.5 alarm) = 0.3733…
        Assert.Equal(0.374, CostThreshold.Of(settings));
        Assert.Equal(0.999, CostThreshold.Of(settings with { CostMissedDelay = 0, CostFalseAlarm = 0 }));
    }
}
