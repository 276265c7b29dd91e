using System.Collections.Frozen;

namespace OpsConsole.Prediction;

/// <summary>Features in people's words, and why a score is high in six words at most.</summary>
public static class FeatureWords
{
    private static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["hoursLeft"] = "hours to the promise",
        ["hoursLeftCounted"] = "hours to the promise",
        ["windowHours"] = "hours from booking to promise",
        ["windowShare"] = "share of the time used",
        ["hoursSinceBooked"] = "hours since booking",
        ["hoursSinceAccepted"] = "hours since acceptance",
        ["hoursSinceCollected"] = "hours since collection",
        ["hoursSinceLastScan"] = "hours since the last scan",
        ["promiseMovedHours"] = "hours the promise was moved",
        ["hoursToWindow"] = "hours to the promised window",
        ["promisedWindowHours"] = "length of the promised window",
        ["estimateMinusPromiseHours"] = "carrier's estimate after the promise, hours",
        ["hoursToEstimate"] = "hours to the carrier's estimate",
        ["stage"] = "how far it has come",
        ["hoursInStage"] = "hours in its stage",
        ["scans"] = "number of scans",
        ["arrivals"] = "arrivals at facilities",
        ["departures"] = "departures from facilities",
        ["outForDelivery"] = "times out for delivery",
        ["attempts"] = "delivery attempts",
        ["exceptions"] = "exceptions",
        ["promiseMoves"] = "times the promise was moved",
        ["facilities"] = "facilities passed",
        ["lastEvent"] = "last scan",
        ["lastFacility"] = "last facility",
        ["lastReason"] = "last reason given",
        ["distanceKm"] = "distance, km",
        ["kmPerHourLeft"] = "km for each hour left",
        ["weightKg"] = "weight, kg",
        ["volumeDm3"] = "volume, litres",
        ["pieces"] = "pieces",
        ["declaredValue"] = "declared value",
        ["priority"] = "priority",
        ["stop"] = "stop on the route",
        ["service"] = "service",
        ["carrier"] = "carrier",
        ["route"] = "route",
        ["hourOfDay"] = "hour of the day",
        ["weekday"] = "weekday",
        ["promiseHour"] = "hour of the promise",
        ["promiseWeekday"] = "weekday of the promise",
        ["originArea"] = "origin",
        ["destinationArea"] = "destination",
        ["areaPair"] = "origin and destination",
        ["originAreaType"] = "kind of origin",
        ["destinationAreaType"] = "kind of destination",
        ["originLatitude"] = "origin, north or south",
        ["originLongitude"] = "origin, east or west",
        ["destinationLatitude"] = "destination, north or south",
        ["destinationLongitude"] = "destination, east or west",
        ["destinationPrecipitationMm"] = "rain at the destination, mm",
        ["destinationSnowCm"] = "snow at the destination, cm",
        ["destinationWindKph"] = "wind at the destination, km/h",
        ["destinationTemperatureC"] = "temperature at the destination, °C",
        ["destinationTrafficIndex"] = "traffic at the destination",
        ["destinationIncidents"] = "road incidents at the destination",
        ["forecastPrecipitationMm"] = "rain forecast, mm",
        ["forecastSnowCm"] = "snow forecast, cm",
        ["forecastWindKph"] = "wind forecast, km/h",
        ["originPrecipitationMm"] = "rain at the origin, mm",
        ["originSnowCm"] = "snow at the origin, cm",
        ["originWindKph"] = "wind at the origin, km/h",
        ["originTemperatureC"] = "temperature at the origin, °C",
        ["originTrafficIndex"] = "traffic at the origin",
        ["originIncidents"] = "road incidents at the origin",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Reasons = new Dictionary<string, string>
    {
        ["hoursLeft"] = "Little time left",
        ["hoursLeftCounted"] = "Little time left",
        ["windowHours"] = "Tight promise",
        ["windowShare"] = "Most of the time used",
        ["hoursSinceBooked"] = "Booked long ago",
        ["hoursSinceAccepted"] = "Accepted long ago",
        ["hoursSinceCollected"] = "Collected long ago",
        ["hoursSinceLastScan"] = "No scan for long",
        ["hoursInStage"] = "Waiting for long",
        ["estimateMinusPromiseHours"] = "Carrier expects it late",
        ["hoursToEstimate"] = "Carrier expects it later",
        ["scans"] = "Few scans so far",
        ["attempts"] = "Delivery failed before",
        ["exceptions"] = "Exception reported",
        ["promiseMoves"] = "Promise moved before",
        ["promiseMovedHours"] = "Promise moved before",
        ["distanceKm"] = "Far to go",
        ["kmPerHourLeft"] = "Far to go, little time",
        ["destinationPrecipitationMm"] = "Rain at the destination",
        ["destinationSnowCm"] = "Snow at the destination",
        ["destinationWindKph"] = "Wind at the destination",
        ["destinationTrafficIndex"] = "Traffic at the destination",
        ["destinationIncidents"] = "Road incidents at the destination",
        ["forecastPrecipitationMm"] = "Rain forecast",
        ["forecastSnowCm"] = "Snow forecast",
        ["forecastWindKph"] = "Wind forecast",
        ["originPrecipitationMm"] = "Rain at the origin",
        ["originSnowCm"] = "Snow at the origin",
        ["originTrafficIndex"] = "Traffic at the origin",
        ["originIncidents"] = "Road incidents at the origin",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // That something isn't there is another thing than that it is long ago.
    private static readonly FrozenDictionary<string, string> NotThere = new Dictionary<string, string>
    {
        ["hoursSinceAccepted"] = "Not accepted yet",
        ["hoursSinceCollected"] = "Not collected yet",
        ["hoursSinceLastScan"] = "No scan yet",
        ["hoursInStage"] = "No scan yet",
        ["estimateMinusPromiseHours"] = "No estimate from the carrier",
        ["hoursToEstimate"] = "No estimate from the carrier",
        ["lastEvent"] = "No scan yet",
        ["distanceKm"] = "Distance not known",
        ["kmPerHourLeft"] = "Distance not known",
        ["weightKg"] = "Weight not known",
        ["volumeDm3"] = "Volume not known",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Log-odds from which a reason is worth telling before "little time left": a fifth more odds.</summary>
    private const double TellingAmount = 0.2;

    private static readonly FrozenSet<string> TimeLeft = FrozenSet.Create(StringComparer.Ordinal, "hoursLeft", "hoursLeftCounted", "windowShare", "kmPerHourLeft", "hoursSinceBooked");

    private static readonly string[] ByStage =
        ["Not handed over yet", "Accepted, not collected yet", "Only collected so far", "Still between facilities", "Out for delivery only now"];

    // Where time runs out, what people want to know is how far it has come.
    private static readonly string[] ShortByStage =
    [
        "Not handed over, little time left", "Not collected yet, little time left", "Only collected, little time left",
        "Still at a facility, time short", "Out for delivery, little time left",
    ];

    /// <summary>A feature's name in words; a courier's own by the name the courier gave it.</summary>
    public static string Of(string feature) => Words.TryGetValue(feature, out var words) ? words : Own(feature);

    /// <summary>What is said where a feature has no value; null where its name and "not known" say it.</summary>
    public static string? Missing(string feature) => NotThere.GetValueOrDefault(feature);

    /// <summary>
    /// Why the score is high: the strongest contribution that raises it, in six words at most; null when none does. That little time is left is said
    /// only where nothing else speaks for late: every list shows the time left beside it.
    /// </summary>
    public static string? Why(Explanation explanation)
    {
        var raising = explanation.Contributions.Where(c => c.Amount > 0).ToList();
        if (raising.Count == 0)
            return null;
        if (raising.FindIndex(c => c.Amount >= TellingAmount && !TimeLeft.Contains(c.Feature)) is var telling && telling >= 0)
            return Shorten(Why(raising[telling]));
        return Shorten(TimeLeft.Contains(raising[0].Feature) ? Short(explanation) : Why(raising[0]));
    }

    private static string Short(Explanation explanation)
    {
        foreach (var contribution in explanation.Contributions)
        {
            if (contribution is { Feature: "stage", Value.Number: { } stage })
                return ShortByStage[Math.Clamp((int)stage, 0, ShortByStage.Length - 1)];
        }
        return Reasons["hoursLeftCounted"];
    }

    private static string Why(FeatureContribution contribution)
    {
        var (feature, value) = (contribution.Feature, contribution.Value);
        if (feature == "stage" && value.Number is { } stage)
            return ByStage[Math.Clamp((int)stage, 0, ByStage.Length - 1)];
        if (value.IsMissing && Missing(feature) is { } missing)
            return missing;
        if (!value.IsMissing && Reasons.TryGetValue(feature, out var words))
            return words;
        if (feature == "lastEvent" && value.Text is { Length: > 0 } scan)
            return $"Last scan: {Spaced(scan)}";
        if (feature == PredictionAnswers.Rest)
            return "Many small things together";
        var name = Words.TryGetValue(feature, out var known) ? known : Own(feature);
        name = Spaced(name);
        name = string.Concat(name[..1].ToUpperInvariant(), name.AsSpan(1));
        var text = value.Number is { } number ? number.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) : value.Text;
        // Without the unit, or it would be cut before it says what it says.
        return text is null ? $"{name.Split(',')[0]} unknown" : $"{name}: {text}";
    }

    /// <summary>A code as words: "customerAbsent" is "customer absent". What is no such code stays as it is.</summary>
    public static string Spaced(string code) => code.All(char.IsAsciiLetter) && code.Any(char.IsAsciiLetterLower)
        ? string.Concat(code.Select((c, i) => char.IsAsciiLetterUpper(c) ? $"{(i == 0 ? "" : " ")}{char.ToLowerInvariant(c)}" : c.ToString()))
        : code;

    private static string Own(string feature) => feature switch
    {
        _ when feature.StartsWith(FeatureRow.AttributePrefix, StringComparison.Ordinal) && feature.Length > FeatureRow.AttributePrefix.Length =>
            feature[FeatureRow.AttributePrefix.Length..],
        _ when feature.StartsWith(FeatureRow.ScanPrefix, StringComparison.Ordinal) && feature.Length > FeatureRow.ScanPrefix.Length =>
            feature[FeatureRow.ScanPrefix.Length..],
        _ => feature,
    };

    private static string Shorten(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var six = string.Join(' ', words.Take(6));
        return six.Length <= 64 ? six : string.Concat(six.AsSpan(0, 63), "…");
    }
}
