using OpsConsole.Client;
using OpsConsole.Operations;

namespace OpsConsole.Measurement;

/// <summary>
/// What errors cost at the default lead (measurement.md, Money): FN × missed + TP × (1 − chance) × missed + FP × false alarm + flags × (handling +
/// action). The action is the one that is worth most among those still useful at the lead.
/// </summary>
internal static class ErrorCosts
{
    /// <summary>The action that flags are answered with, for the costs.</summary>
    internal static (JudgementAction Action, ActionTerms Terms) ActionAt(int lead, OperationsSettings settings) => settings.Actions
        .Where(a => a.Key != JudgementAction.None && a.Value.LastUsefulMinutes <= lead)
        .OrderByDescending(a => a.Value.Chance * settings.CostMissedDelay - a.Value.Cost).ThenBy(a => a.Key)
        .Select(a => (a.Key, a.Value)).FirstOrDefault((JudgementAction.None, new ActionTerms(0, 0, 0)));

    /// <summary>The cost of flagging so.</summary>
    /// <param name="tp">Late and flagged.</param>
    /// <param name="fp">On time, untouched, flagged.</param>
    /// <param name="fn">Late, not flagged.</param>
    /// <param name="averted">On time, touched, flagged.</param>
    /// <param name="settings">What things cost.</param>
    /// <param name="measured">The chance that an action helps, where a hold-out measured it; else the settings' is assumed.</param>
    internal static double Of(double tp, double fp, double fn, double averted, OperationsSettings settings, double? measured = null)
    {
        var (_, terms) = ActionAt(settings.DefaultLeadMinutes, settings);
        return fn * settings.CostMissedDelay + tp * (1 - (measured ?? terms.Chance)) * settings.CostMissedDelay + fp * settings.CostFalseAlarm
            + (tp + fp + averted) * (settings.HandlingCost + terms.Cost);
    }
}
