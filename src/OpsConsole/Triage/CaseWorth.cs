using OpsConsole.Client;
using OpsConsole.Live;
using OpsConsole.Operations;

namespace OpsConsole.Triage;

/// <summary>What it is worth to act on a shipment (measurement.md, Money), in the operation's currency.</summary>
/// <param name="BestAction">The action of the highest value among those that can still help; null when none can.</param>
/// <param name="ValueOfActing">Value of the best action now; negative when acting costs more than it saves.</param>
/// <param name="LostByWaiting">Value of acting now less that after the next look: what the queue ranks by.</param>
/// <param name="LastUsefulAt">Until when the best action can help.</param>
public sealed record Worth(JudgementAction? BestAction, double ValueOfActing, double LostByWaiting, DateTimeOffset? LastUsefulAt)
{
    /// <summary>Nothing to act on: no score, or finished.</summary>
    public static Worth None { get; } = new(null, 0, 0, null);

    /// <summary>What the queue is ordered by, highest first: value lost by waiting per minute of handling.</summary>
    public double LostPerMinute(OperationsSettings settings) => LostByWaiting / settings.HandlingMinutes;
}

/// <summary>
/// Value of an action = score × chance × cost of a missed delay − handling − the action's cost − (1 − score) × cost of a false alarm where the
/// customer is told. The chance is 0 after the action's last useful moment.
/// </summary>
public static class CaseWorth
{
    private static readonly JudgementAction[] Actions = [.. Enum.GetValues<JudgementAction>().Where(a => a != JudgementAction.None)];

    /// <summary>The worth of acting on a row of the board at a moment.</summary>
    public static Worth Of(BoardRow row, OperationsSettings settings, DateTimeOffset now)
    {
        if (row.Score is not { } score || row.State != ShipmentState.Open)
            return Worth.None;
        var (best, value) = Best(score, row.PromisedBy - now, settings);
        // The score is held constant: what waiting costs is the time that passes.
        var (_, later) = Best(score, row.PromisedBy - now - TimeSpan.FromMinutes(settings.NextLookMinutes), settings);
        var lastUseful = best is { } action ? row.PromisedBy - TimeSpan.FromMinutes(settings.Terms(action).LastUsefulMinutes) : (DateTimeOffset?)null;
        return new Worth(best, value, value - later, lastUseful);
    }

    /// <summary>The value of one action with that much time left.</summary>
    public static double ValueOf(JudgementAction action, double score, TimeSpan timeLeft, OperationsSettings settings)
    {
        var terms = settings.Terms(action);
        var chance = CanHelp(terms, timeLeft) ? terms.Chance : 0;
        var told = TellsTheCustomer(action) ? (1 - score) * settings.CostFalseAlarm : 0;
        return score * chance * settings.CostMissedDelay - settings.HandlingCost - terms.Cost - told;
    }

    /// <summary>Whether the customer learns of it, and so of a false alarm.</summary>
    public static bool TellsTheCustomer(JudgementAction action) => action is JudgementAction.CustomerContacted or JudgementAction.PromiseChanged;

    private static bool CanHelp(ActionTerms terms, TimeSpan timeLeft) => terms.Chance > 0 && timeLeft >= TimeSpan.FromMinutes(terms.LastUsefulMinutes);

    private static (JudgementAction? Action, double Value) Best(double score, TimeSpan timeLeft, OperationsSettings settings)
    {
        (JudgementAction? Action, double Value) best = (null, double.NegativeInfinity);
        foreach (var action in Actions)
        {
            var value = ValueOf(action, score, timeLeft, settings);
            if (value > best.Value)
                best = (CanHelp(settings.Terms(action), timeLeft) ? action : null, value);
        }
        return best;
    }
}
