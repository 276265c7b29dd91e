using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Prediction;

namespace OpsConsole.Triage.Pages;

/// <summary>One reason for a score, in words.</summary>
/// <param name="Words">What it is.</param>
/// <param name="Amount">Log-odds, signed: what it adds to the raw sum.</param>
/// <param name="Features">The features it is made of, for who wants to know.</param>
public sealed record Reason(string Words, double Amount, IReadOnlyList<string> Features)
{
    /// <summary>Tenths of log-odds, whole: ten points are 2.7 times the odds.</summary>
    public int Points => (int)Math.Round(10 * Amount, MidpointRounding.AwayFromZero);
}

/// <summary>
/// Contributions of features as reasons a dispatcher would give. Features that say the same thing in other ways (hours left, share of the time
/// gone, kilometres for each hour left) are one reason, their amounts added up, told by the strongest of them.
/// </summary>
public static class ReasonWords
{
    private const string TimeLeft = "time left", Scans = "scans", Progress = "progress", Estimate = "estimate", Promise = "promise", Freight = "freight", Place = "place", Hour = "hour";

    private static readonly Dictionary<string, (string Group, Func<AttributeValue, string> Say)> Words = new(StringComparer.Ordinal)
    {
        ["hoursLeft"] = (TimeLeft, v => Left(v, "promise")),
        ["hoursLeftCounted"] = (TimeLeft, v => Left(v, "first promise")),
        ["windowShare"] = (TimeLeft, v => $"{Percent(v)} of its time has gone"),
        ["kmPerHourLeft"] = (TimeLeft, v => $"{Number(v)} km for each hour left"),
        ["windowHours"] = ("window", v => $"{Hours(v)} from booking to promise"),
        ["hoursSinceBooked"] = (Progress, v => $"Booked {Hours(v)} ago"),
        ["hoursSinceAccepted"] = (Progress, v => $"Accepted {Hours(v)} ago"),
        ["hoursSinceCollected"] = (Progress, v => $"Collected {Hours(v)} ago"),
        ["hoursSinceLastScan"] = (Scans, v => $"Last scan {Hours(v)} ago"),
        ["hoursInStage"] = (Scans, v => $"At this stage for {Hours(v)}"),
        ["promiseMovedHours"] = (Promise, v => (v.Number ?? 0) == 0 ? "Promise not moved" : $"Promise moved by {Hours(v)}"),
        ["promiseMoves"] = (Promise, v => (v.Number ?? 0) == 0 ? "Promise not moved" : $"Promise moved {Times(v)}"),
        ["hoursToWindow"] = (TimeLeft, v => (v.Number ?? 0) < 0 ? "The promised window has begun" : $"{Hours(v)} to the promised window"),
        ["promisedWindowHours"] = ("window", v => $"Promised window of {Hours(v)}"),
        ["estimateMinusPromiseHours"] = (Estimate, v => (v.Number ?? 0) > 0 ? $"Carrier expects it {Hours(v)} late" : $"Carrier expects it {Hours(v)} early"),
        ["hoursToEstimate"] = (Estimate, v => (v.Number ?? 0) < 0 ? "Carrier's own estimate has passed" : $"Carrier expects it in {Hours(v)}"),
        ["stage"] = (Progress, v => (v.Number ?? 0) switch { < 0.5 => "Booked only", < 1.5 => "Accepted, not collected", < 2.5 => "Collected, at no facility yet", < 3.5 => "Still between facilities", _ => "Out for delivery" }),
        ["scans"] = (Progress, v => (v.Number ?? 0) == 0 ? "No scan yet" : $"{Counted(v, "scan")} so far"),
        ["arrivals"] = (Progress, v => $"{Counted(v, "facility", "facilities")} reached"),
        ["departures"] = (Progress, v => $"{Counted(v, "facility", "facilities")} left behind"),
        ["facilities"] = (Progress, v => $"Seen at {Counted(v, "facility", "facilities")}"),
        ["outForDelivery"] = (Progress, v => (v.Number ?? 0) == 0 ? "Not out for delivery" : $"Out for delivery {Times(v)}"),
        ["attempts"] = ("attempts", v => (v.Number ?? 0) == 0 ? "No attempt in vain" : $"{Counted(v, "delivery attempt")} in vain"),
        ["exceptions"] = ("exceptions", v => (v.Number ?? 0) == 0 ? "No exception reported" : $"{Counted(v, "exception")} reported"),
        ["lastEvent"] = (Progress, v => Enum.TryParse<EventType>(v.Text, ignoreCase: true, out var type) ? $"Newest scan: {FeatureWords.Spaced(type.ToString())}" : $"Newest scan: {v}"),
        ["lastFacility"] = ("facility", v => $"Last seen at {v}"),
        ["lastReason"] = ("reason", v => $"Carrier's word: {FeatureWords.Spaced(v.ToString())}"),
        ["distanceKm"] = ("distance", v => $"{Number(v)} km from origin to destination"),
        ["weightKg"] = (Freight, v => $"Weighs {Number(v)} kg"),
        ["volumeDm3"] = (Freight, v => $"Takes {Number(v)} litres"),
        ["pieces"] = (Freight, v => Counted(v, "piece")),
        ["declaredValue"] = (Freight, v => $"Declared value {Number(v)}"),
        ["priority"] = ("priority", v => $"Priority {Number(v)}"),
        ["stop"] = ("route", v => $"Stop {Number(v)} of its round"),
        ["route"] = ("route", v => $"Route {v}"),
        ["service"] = ("service", v => $"Service {v}"),
        ["carrier"] = ("carrier", v => $"Carrier {v}"),
        ["hourOfDay"] = (Hour, v => $"It is {Clock(v)}"),
        ["weekday"] = (Hour, v => $"It is {Day(v)}"),
        ["promiseHour"] = ("promise hour", v => $"Promised for {Clock(v)}"),
        ["promiseWeekday"] = ("promise hour", v => $"Promised for {Day(v)}"),
        ["originArea"] = ("origin", v => $"Comes from {v}"),
        ["destinationArea"] = (Place, v => $"Goes to {v}"),
        ["areaPair"] = (Place, v => $"From {v.ToString().Replace(">", " to ", StringComparison.Ordinal)}"),
        ["originAreaType"] = ("origin", v => $"{v} origin"),
        ["destinationAreaType"] = (Place, v => $"{v} destination"),
    };

    private static readonly (string Prefix, string Where)[] Areas = [("destination", "there"), ("forecast", "forecast there"), ("origin", "where it comes from")];

    private static readonly (string Suffix, string Group, Func<AttributeValue, string, string> Say)[] Conditions =
    [
        ("PrecipitationMm", "rain", (v, where) => (v.Number ?? 0) == 0 ? $"No rain {where}" : $"{Number(v)} mm of rain {where}"),
        ("SnowCm", "snow", (v, where) => (v.Number ?? 0) == 0 ? $"No snow {where}" : $"{Number(v)} cm of snow {where}"),
        ("WindKph", "wind", (v, where) => $"Wind of {Number(v)} km/h {where}"),
        ("TemperatureC", "temperature", (v, where) => $"{Number(v)} °C {where}"),
        ("TrafficIndex", "traffic", (v, where) => (v.Number ?? 1) < 1.15 ? $"Roads free {where}" : $"Traffic {Number(v)} times as slow {where}"),
        ("Incidents", "traffic", (v, where) => (v.Number ?? 0) == 0 ? $"No road incidents {where}" : $"{Counted(v, "road incident")} {where}"),
    ];

    /// <summary>The strongest reasons, for and against, largest first; those that round to no point are left out.</summary>
    public static IReadOnlyList<Reason> Of(IReadOnlyList<Contribution> contributions, int most = 5) =>
        [.. contributions.GroupBy(c => Group(c.Feature), StringComparer.Ordinal)
            .Select(group => new Reason(Say(group.MaxBy(c => Math.Abs(c.Amount))!), group.Sum(c => c.Amount), [.. group.OrderByDescending(c => Math.Abs(c.Amount)).Select(c => c.Feature)]))
            .Where(reason => reason.Points != 0)
            .OrderByDescending(reason => Math.Abs(reason.Amount))
            .Take(most)
            .OrderBy(reason => reason.Features[0] == PredictionAnswers.Rest)];

    /// <summary>One contribution in words.</summary>
    public static string Say(Contribution contribution)
    {
        var (feature, value) = (contribution.Feature, contribution.Value);
        if (feature == PredictionAnswers.Rest)
            return "Many small things together";
        if (value is null && FeatureWords.Missing(feature) is { } missing)
            return missing;
        if (Words.TryGetValue(feature, out var known))
            return value is { } told ? known.Say(told) : $"{Name(feature)} not known";
        if (Condition(feature) is { } condition)
            return value is { } told ? condition.Say(told) : $"{Name(feature)} not known";
        return value is { } given ? $"{Name(feature)}: {(given.Number is null ? given.ToString() : Number(given))}" : $"{Name(feature)} not known";
    }

    private static string Group(string feature) => Words.TryGetValue(feature, out var known) ? known.Group : Condition(feature)?.Group ?? feature;

    private static (string Group, Func<AttributeValue, string> Say)? Condition(string feature)
    {
        foreach (var (prefix, where) in Areas)
        {
            foreach (var (suffix, group, say) in Conditions)
            {
                if (feature.Length == prefix.Length + suffix.Length && feature.StartsWith(prefix, StringComparison.Ordinal) && feature.EndsWith(suffix, StringComparison.Ordinal))
                    return (group, v => say(v, where));
            }
        }
        return null;
    }

    // "attr.doorCode" → "Door code".
    private static string Name(string feature)
    {
        var name = feature[(feature.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var words = string.Concat(name.Select((c, i) => c is '_' or '-' ? " " : char.IsAsciiLetterUpper(c) && i > 0 && char.IsAsciiLetterLower(name[i - 1]) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));
        return words.Length == 0 ? feature : char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static string Left(AttributeValue hours, string promise) => (hours.Number ?? 0) < 0 ? $"The {promise} passed {Hours(hours)} ago" : $"{Hours(hours)} left to the {promise}";

    private static string Hours(AttributeValue hours) => BoardWords.Length(Math.Abs(60 * (hours.Number ?? 0)));

    private static string Counted(AttributeValue count, string one, string? many = null) => $"{Number(count)} {(count.Number == 1 ? one : many ?? one + "s")}";

    private static string Times(AttributeValue count) => (count.Number ?? 0) switch { 1 => "once", 2 => "twice", var n => $"{n.ToString("0", CultureInfo.InvariantCulture)} times" };

    private static string Percent(AttributeValue share) => (100 * (share.Number ?? 0)).ToString("0", CultureInfo.InvariantCulture) + " %";

    private static string Clock(AttributeValue hour) => TimeOnly.MinValue.AddHours(Math.Clamp(hour.Number ?? 0, 0, 23.99)).ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string Day(AttributeValue day) => CultureInfo.InvariantCulture.DateTimeFormat.GetDayName((DayOfWeek)(((int)(day.Number ?? 0) + 1) % 7));

    private static string Number(AttributeValue value) => (value.Number ?? 0).ToString(Math.Abs(value.Number ?? 0) < 10 ? "0.#" : "#,0", CultureInfo.InvariantCulture);
}
