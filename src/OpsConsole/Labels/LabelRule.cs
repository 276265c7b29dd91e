using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Triage;

namespace OpsConsole.Labels;

/// <summary>Why a shipment teaches nothing.</summary>
public enum LabelExclusion
{
    /// <summary>On time after an action that can change the outcome: nobody knows what would have been.</summary>
    Touched,

    /// <summary>Never heard of again.</summary>
    Unknown,

    /// <summary>Returned or cancelled by the promise.</summary>
    Excluded,

    /// <summary>Not known yet.</summary>
    Pending,
}

/// <summary>What a shipment teaches (measurement.md, Label).</summary>
/// <param name="Late">Late if nobody acts; null where that can't be known.</param>
/// <param name="Exclusion">Why it is null; null where it isn't.</param>
/// <param name="Touched">Whether somebody did something that can change the outcome.</param>
public readonly record struct Label(bool? Late, LabelExclusion? Exclusion, bool Touched);

/// <summary>From outcome, judgements and interventions to one label. Filled by an outcome only; a judgement is never the truth.</summary>
public static class LabelRule
{
    /// <summary>The label of a shipment.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="judgements">All of its judgements.</param>
    /// <param name="rules">Grace.</param>
    /// <param name="settings">Which actions touch.</param>
    /// <param name="asOf">What had been received by then; by default all.</param>
    public static Label Of(Outcome outcome, IReadOnlyList<Judgement> judgements, OutcomeRules rules, OperationsSettings settings, DateTimeOffset? asOf = null)
    {
        var touched = IsTouched(outcome, judgements, rules, settings, asOf);
        return outcome.Class switch
        {
            OutcomeClass.Pending => new(null, LabelExclusion.Pending, touched),
            OutcomeClass.Unknown => new(null, LabelExclusion.Unknown, touched),
            OutcomeClass.Excluded => new(null, LabelExclusion.Excluded, touched),
            OutcomeClass.Late => new(true, null, touched),
            _ => touched ? new(null, LabelExclusion.Touched, true) : new(false, null, false),
        };
    }

    /// <summary>
    /// Whether an action that can change the outcome was said by a standing judgement received before the outcome was known here: a terminal
    /// event received, or promise plus grace passed (measurement.md, Touched).
    /// </summary>
    public static bool IsTouched(Outcome outcome, IReadOnlyList<Judgement> judgements, OutcomeRules rules, OperationsSettings settings, DateTimeOffset? asOf = null)
    {
        var due = outcome.PromiseCounted + rules.Grace;
        var known = outcome.TerminalReceivedAt is { } received && received < due ? received : due;
        foreach (var judgement in Standing.Of(judgements, asOf))
        {
            if (!judgement.Hindsight && judgement.CreatedAt < known && settings.TouchingActions.Contains(judgement.Action))
                return true;
        }
        return false;
    }
}
