using System.Globalization;
using OpsConsole.Client;

namespace OpsConsole.Triage.Pages;

/// <summary>What the board says in words: chances, delays, actions, events.</summary>
public static class BoardWords
{
    // Chances people say. "7 in 8" or "11 in 20" would be exact and would stop nobody's eye.
    private static readonly (double Share, string Words)[] Odds =
    [
        (0.01, "1 in 100"), (0.02, "1 in 50"), (0.05, "1 in 20"), (0.1, "1 in 10"), (0.2, "1 in 5"), (0.25, "1 in 4"), (1 / 3.0, "1 in 3"), (0.5, "1 in 2"),
        (2 / 3.0, "2 in 3"), (0.75, "3 in 4"), (0.8, "4 in 5"), (0.9, "9 in 10"), (0.95, "19 in 20"), (0.99, "99 in 100"),
    ];

    /// <summary>The actions in the order of their keys 1 to 6.</summary>
    public static IReadOnlyList<JudgementAction> Actions { get; } =
        [JudgementAction.None, JudgementAction.CustomerContacted, JudgementAction.Rerouted, JudgementAction.Reprioritised, JudgementAction.PromiseChanged, JudgementAction.Other];

    /// <summary>A probability as "1 in 3".</summary>
    public static string Chance(double score) => score switch
    {
        < 0.006 => "hardly any",
        > 0.994 => "nearly sure",
        _ => Odds.MinBy(o => Math.Abs(LogOdds(o.Share) - LogOdds(score))).Words,
    };

    /// <summary>A probability as a percentage; never 0 or 100, which no model can know.</summary>
    public static string Percent(double score) => score switch
    {
        < 0.005 => "under 1 %",
        >= 0.995 => "over 99 %",
        _ => (100 * score).ToString("0", CultureInfo.InvariantCulture) + " %",
    };

    /// <summary>An action, as a person says what they did.</summary>
    public static string Action(JudgementAction action) => action switch
    {
        JudgementAction.None => "Nothing",
        JudgementAction.CustomerContacted => "Told customer",
        JudgementAction.Rerouted => "Rerouted",
        JudgementAction.Reprioritised => "Gave priority",
        JudgementAction.PromiseChanged => "Moved promise",
        _ => "Other",
    };

    /// <summary>A list's name.</summary>
    public static string Section(BoardSection section) => section == BoardSection.TooLate ? "Too late" : section.ToString();

    /// <summary>What a list holds, in a few words.</summary>
    public static string About(BoardSection section) => section switch
    {
        BoardSection.Answer => "Flagged, and there is still time to act; worth most first",
        BoardSection.Silent => "No scan for longer than usual",
        BoardSection.Watch => "Open, with no flag to answer; likeliest to be late first, late already last",
        BoardSection.Answered => "Answered by somebody; newest first",
        _ => "Flagged and unanswered, when nothing could help any more",
    };

    /// <summary>The sentence on top of the panel.</summary>
    public static string Sentence(ShipmentState state, DateTimeOffset promisedBy, DateTimeOffset? finishedAt, bool late, double? low, double? high, DateTimeOffset now)
    {
        if (state != ShipmentState.Open)
            return Finished(state, promisedBy, finishedAt);
        if (now > promisedBy)
            return $"Late already, by {Length((now - promisedBy).TotalMinutes)}";
        if (low is not { } from || high is not { } to)
            return "Nothing is known of its arrival yet";
        if (late)
        {
            return from > 0 ? $"Probably late by {Range(from, to)}" : to > 0 ? $"May be late, by up to {Length(to)}" : "May be late, though little speaks of how much";
        }
        return to <= 0 ? $"Should make it with {Range(-to, -from)} to spare" : from < 0 ? $"Should make it; at worst {Length(to)} late" : $"More likely on time than not; else {Range(from, to)} late";
    }

    /// <summary>Two lengths of time, such as "2–4 h" or "20–50 min".</summary>
    public static string Range(double low, double high)
    {
        var (unit, name) = Unit(high);
        var (from, to) = (Rounded(low, unit), Rounded(high, unit));
        if (from == "0" && low >= 1)
            return $"{Length(low)} to {Length(high)}";
        return from == to ? $"about {to} {name}" : $"{from}–{to} {name}";
    }

    /// <summary>A length of time, such as "25 min", "3.5 h", "2 d".</summary>
    public static string Length(double minutes)
    {
        var (unit, name) = Unit(minutes);
        return $"{Rounded(minutes, unit)} {name}";
    }

    /// <summary>A tracking event's name.</summary>
    public static string Event(EventType type) => type switch
    {
        EventType.Accepted => "Accepted",
        EventType.Collected => "Collected",
        EventType.ArrivedAtFacility => "Arrived at",
        EventType.DepartedFacility => "Left",
        EventType.OutForDelivery => "Out for delivery",
        EventType.DeliveryAttempted => "Delivery attempted",
        EventType.Exception => "Exception",
        EventType.PromiseChanged => "Promise moved",
        EventType.Delivered => "Delivered",
        EventType.Returned => "Returned",
        EventType.Cancelled => "Cancelled",
        _ => type.ToString(),
    };

    /// <summary>How a shipment ended, in a word.</summary>
    public static string Ended(ShipmentState state) => state.ToString().ToLowerInvariant();

    /// <summary>A name's first letters.</summary>
    public static string Initials(string name) =>
        string.Concat(name.Split([' ', '@', '.'], StringSplitOptions.RemoveEmptyEntries).Take(2).Select(part => char.ToUpperInvariant(part[0])));

    /// <summary>A count, written with thousands.</summary>
    public static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Finished(ShipmentState state, DateTimeOffset promisedBy, DateTimeOffset? at) => (state, at) switch
    {
        (ShipmentState.Returned, _) => "Returned to its sender",
        (ShipmentState.Cancelled, _) => "Cancelled",
        (_, { } moment) when moment > promisedBy => $"Delivered, {Length((moment - promisedBy).TotalMinutes)} late",
        (_, not null) => "Delivered in time",
        _ => "Delivered",
    };

    private static (double Unit, string Name) Unit(double minutes) => Math.Abs(minutes) switch
    {
        < 90 => (1, "min"),
        < 36 * 60 => (60, "h"),
        _ => (1440, "d"),
    };

    private static string Rounded(double minutes, double unit)
    {
        var amount = Math.Abs(minutes) / unit;
        // Minutes to fives once there are more than ten: the interval is no better than that.
        var rounded = unit == 1 ? (amount < 10 ? Math.Round(amount) : 5 * Math.Round(amount / 5)) : amount < 10 ? Math.Round(2 * amount) / 2 : Math.Round(amount);
        return (minutes < 0 && rounded != 0 ? "−" : "") + rounded.ToString("0.#", CultureInfo.InvariantCulture);
    }

    private static double LogOdds(double share) => Math.Log(share / (1 - share));
}
