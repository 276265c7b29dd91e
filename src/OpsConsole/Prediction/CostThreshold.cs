using OpsConsole.Client;
using OpsConsole.Operations;

namespace OpsConsole.Prediction;

/// <summary>
/// The threshold at which acting starts to pay (measurement.md, Money): where the value of the cheapest sensible action,
/// score × chance × cost missed − handling − action − (1 − score) × false alarm, turns positive. What can be said without data; a trained model
/// may have a better one from its validation rows.
/// </summary>
public static class CostThreshold
{
    /// <summary>The threshold the settings imply, a multiple of 0.001 from 0.001 to 0.999.</summary>
    public static double Of(OperationsSettings settings)
    {
        var least = 0.999;
        foreach (var (action, terms) in settings.Actions)
        {
            if (terms.Chance <= 0)
                continue;
            // Only what the customer hears of can alarm them in vain.
            var alarm = action is JudgementAction.CustomerContacted or JudgementAction.PromiseChanged ? settings.CostFalseAlarm : 0;
            var gain = (terms.Chance * settings.CostMissedDelay) + alarm;
            if (gain > 0)
                least = Math.Min(least, (settings.HandlingCost + terms.Cost + alarm) / gain);
        }
        return Round(least);
    }

    /// <summary>Up to the next multiple of 0.001, at least 0.001.</summary>
    public static double Round(double threshold) => Math.Clamp(Math.Ceiling((threshold * 1000) - 1e-9), 1, 999) / 1000;
}
