using System.Globalization;
using OpsConsole.Client;

namespace OpsConsole.Operations;

/// <summary>The one figure by which the model is judged.</summary>
public enum ModelMetric
{
    /// <summary>Of those flagged, the share that is late.</summary>
    Precision,

    /// <summary>Of those late, the share that is flagged.</summary>
    Recall,

    /// <summary>The harmonic mean of both.</summary>
    F1,

    /// <summary>The mean of both classes' F1, weighted by their counts.</summary>
    WeightedF1,
}

/// <summary>The one figure by which the business is judged.</summary>
public enum BusinessMetric
{
    /// <summary>Share of shipments delivered by their promise.</summary>
    OnTimeShare,

    /// <summary>Of the late ones, the share that was flagged while an action could still help.</summary>
    RaisedInTimeShare,

    /// <summary>Support contacts for each 1,000 shipments.</summary>
    ContactsPer1000,

    /// <summary>What missed delays and false alarms cost, for each 1,000 shipments.</summary>
    ErrorCostPer1000,
}

/// <summary>What the operation wants of the console, on one page: everybody reads it, administrators and managers write it.</summary>
public sealed record Brief
{
    /// <summary>The longest text of a field.</summary>
    public const int Longest = 4_000;

    /// <summary>What is wrong today.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Why it is worth mending.</summary>
    public string Motivation { get; init; } = "";

    /// <summary>By which figure the model is judged.</summary>
    public ModelMetric ModelMetric { get; init; }

    /// <summary>What that figure must reach, in percent.</summary>
    public double ModelLine { get; init; }

    /// <summary>By which figure the business is judged.</summary>
    public BusinessMetric BusinessMetric { get; init; }

    /// <summary>What that figure must reach, or stay under where less is better: percent, a number, or an amount.</summary>
    public double BusinessLine { get; init; }

    /// <summary>What is taken for granted.</summary>
    public string Assumptions { get; init; } = "";

    /// <summary>What to expect, and when.</summary>
    public string Expectations { get; init; } = "";

    /// <summary>What is wrong with it, in words; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        foreach (var (name, text) in new[] { ("The problem", Problem), ("The motivation", Motivation), ("The assumptions", Assumptions), ("The expectations", Expectations) })
        {
            if (text.Trim().Length is 0 or > Longest)
                problems.Add($"{name}: a text of 1 to 4,000 characters.");
        }
        if (!(ModelLine is > 0 and <= 100))
            problems.Add("The model's line: above 0 and up to 100 %.");
        var most = BusinessMetric is BusinessMetric.OnTimeShare or BusinessMetric.RaisedInTimeShare ? 100 : 1e7;
        if (!(BusinessLine > 0 && BusinessLine <= most))
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"The business line: above 0 and up to {most:N0}."));
        return problems;
    }

    /// <summary>A draft from what is set: nothing in it is measured yet, and it says so.</summary>
    public static Brief Draft(OperationsSettings settings)
    {
        var (action, breakEven) = BreakEven(settings);
        string Amount(double amount) => string.Create(CultureInfo.InvariantCulture, $"{amount:0.00} {settings.Currency}");
        var lead = Hours(settings.DefaultLeadMinutes);
        return new Brief
        {
            Problem = "A late parcel is noticed when it is late: by the customer, or by the scan that never comes. Nobody can watch every open shipment, "
                + "so dispatchers act on those that somebody complains about.",
            Motivation = $"A delay that nobody acted on costs {Amount(settings.CostMissedDelay)}, a false alarm that a customer was told of {Amount(settings.CostFalseAlarm)}. "
                + $"Looking at a case takes {settings.HandlingMinutes:0.#} minutes, {Amount(settings.HandlingCost)}. Known early enough, part of the delays can still be averted, "
                + "and the rest told before the customer asks.",
            ModelMetric = ModelMetric.Precision,
            ModelLine = Math.Clamp(Math.Ceiling(100 * breakEven), 1, 100),
            BusinessMetric = BusinessMetric.RaisedInTimeShare,
            BusinessLine = 50,
            Assumptions = string.Join('\n',
            [
                string.Create(CultureInfo.InvariantCulture, $"Late is later than the promise plus {settings.GraceMinutes} minutes; days are those of {settings.TimeZone.Id}."),
                $"Figures are read {lead} before the promise, the default lead.",
                string.Create(CultureInfo.InvariantCulture, $"“{SettingsForm.Words(action)}” saves {100 * settings.Terms(action).Chance:0.#} % of late shipments when done in time; at that, acting pays from a chance of {100 * breakEven:0} % of being late."),
                settings.HoldOutShare > 0
                    ? string.Create(CultureInfo.InvariantCulture, $"{100 * settings.HoldOutShare:0.#} % of shipments are held out, so that the effect of acting is measured.")
                    : "No shipment is held out: the effect of acting is assumed, and not measured.",
                string.Create(CultureInfo.InvariantCulture, $"Outcomes are reported within {settings.ReportingLagMinutes} minutes."),
            ]),
            Expectations = string.Join('\n',
            [
                "From the first shipment: a rule flags what runs out of time or has fallen silent, and says why.",
                "After some weeks of outcomes: a model trained on the operation's own shipments, promoted only where it does better on the same ones.",
                "Every figure stands with its count and range, and is provisional until its shipments have settled.",
            ]),
        };
    }

    /// <summary>"At least 60 %", "at most 40".</summary>
    public string BusinessLineWords(string currency) => BusinessMetric switch
    {
        BusinessMetric.OnTimeShare or BusinessMetric.RaisedInTimeShare => string.Create(CultureInfo.InvariantCulture, $"at least {BusinessLine:0.##} %"),
        BusinessMetric.ContactsPer1000 => string.Create(CultureInfo.InvariantCulture, $"at most {BusinessLine:0.##}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"at most {BusinessLine:0.##} {currency}"),
    };

    /// <summary>The name of a figure.</summary>
    public static string Words(ModelMetric metric) => metric switch
    {
        ModelMetric.Precision => "Precision: of those flagged, the share that is late",
        ModelMetric.Recall => "Recall: of those late, the share that is flagged",
        ModelMetric.F1 => "F1 of precision and recall",
        _ => "Weighted F1 of both classes",
    };

    /// <summary>The name of a figure.</summary>
    public static string Words(BusinessMetric metric) => metric switch
    {
        BusinessMetric.OnTimeShare => "Shipments delivered by their promise",
        BusinessMetric.RaisedInTimeShare => "Late shipments that were raised in time to act",
        BusinessMetric.ContactsPer1000 => "Support contacts for each 1,000 shipments",
        _ => "Cost of errors for each 1,000 shipments",
    };

    // The chance of being late from which the best of the actions saves more than it costs.
    private static (JudgementAction Action, double Chance) BreakEven(OperationsSettings settings)
    {
        var best = (Action: JudgementAction.CustomerContacted, Chance: 1.0);
        foreach (var (action, terms) in settings.Actions)
        {
            var saved = terms.Chance * settings.CostMissedDelay;
            var chance = saved > 0 ? Math.Min(1, (settings.HandlingCost + terms.Cost) / saved) : 1;
            if (action != JudgementAction.None && chance < best.Chance)
                best = (action, chance);
        }
        return best;
    }

    private static string Hours(int minutes) => minutes % 60 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 60} h") : string.Create(CultureInfo.InvariantCulture, $"{minutes} min");
}
