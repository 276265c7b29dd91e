using System.Globalization;
using OpsConsole.Client;

namespace OpsConsole.Measurement.Pages;

/// <summary>Figures in words, the same on every page.</summary>
internal static class FigureWords
{
    internal const int TooFew = 30;

    internal static string Lead(int minutes) => minutes switch
    {
        0 => "at the promise",
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{minutes} min before the promise"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60.0:0.#} h before the promise"),
    };

    internal static string ShortLead(int minutes) => minutes == 0 ? "0" : minutes < 60 ? $"{minutes} min" : $"{minutes / 60} h";

    internal static string Number(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Percent(double? share) => share is { } value
        ? (100 * value).ToString(value is > 0.0005 and < 0.095 or > 0.995 and < 0.9995 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %" : "—";

    internal static string Dimension(Dimension by) => by switch
    {
        Measurement.Dimension.OriginArea => "Area of origin",
        Measurement.Dimension.DestinationArea => "Area of destination",
        Measurement.Dimension.AreaType => "Area type",
        Measurement.Dimension.DeprivationBand => "Deprivation band",
        Measurement.Dimension.Service => "Service",
        Measurement.Dimension.Carrier => "Carrier",
        Measurement.Dimension.PromiseHour => "Hour of the promise",
        Measurement.Dimension.WeatherBand => "Weather",
        Measurement.Dimension.ModelVersion => "Model version",
        _ => "Nothing",
    };

    internal static string Cell(Count cell) => cell switch
    {
        Count.Tp => "Flagged and late",
        Count.Fp => "Flagged, on time",
        Count.Fn => "Missed: late, not flagged",
        Count.Tn => "Not flagged, on time",
        Count.AvertedOrFalse => "Flagged, acted on, on time",
        Count.TouchedOnTime => "Acted on, not flagged, on time",
        Count.Pending => "Pending",
        Count.Unknown => "Never heard of again",
        Count.Excluded => "Returned or cancelled",
        Count.FinishedEarlier => "Finished before the lead",
        Count.RegisteredTooLate => "Registered after the lead",
        Count.Late => "Late",
        Count.OnTime => "On time",
        Count.AtRisk => "Open at the lead",
        Count.Recomputed => "Score computed later",
        _ => "All",
    };

    internal static long Of(QualityBucket bucket, Count cell) => cell switch
    {
        Count.Tp => bucket.Tp,
        Count.Fp => bucket.Fp,
        Count.Fn => bucket.Fn,
        Count.Tn => bucket.Tn,
        Count.AvertedOrFalse => bucket.AvertedOrFalse,
        Count.TouchedOnTime => bucket.TouchedOnTime,
        Count.Pending => bucket.Pending,
        Count.Unknown => bucket.Unknown,
        Count.Excluded => bucket.Excluded,
        Count.FinishedEarlier => bucket.FinishedEarlier,
        Count.RegisteredTooLate => bucket.RegisteredTooLate,
        Count.Late => bucket.Late,
        Count.OnTime => bucket.OnTime,
        Count.AtRisk => bucket.AtRisk,
        Count.Recomputed => bucket.Recomputed,
        _ => bucket.Shipments,
    };

    /// <summary>A count of shipments.</summary>
    internal static string Shipments(long count) => $"{Number(count)} {(count == 1 ? "shipment" : "shipments")}";

    /// <summary>The verdict in two sentences, with its counts.</summary>
    internal static (string What, string Rule) Verdict(QualityBucket total, int lead) => Verdict(total, Lead(lead));

    /// <summary>The verdict in two sentences, with its counts.</summary>
    /// <param name="total">The counts.</param>
    /// <param name="when">When it was decided, in words.</param>
    internal static (string What, string Rule) Verdict(QualityBucket total, string when)
    {
        if (total.AtRisk == 0)
            return ("Nothing can be judged in this range yet.", $"No late or on-time shipment was still open {when}.");
        var flagged = total.Tp + total.Fp + total.AvertedOrFalse;
        var late = total.Tp + total.Fn;
        if (total.Precision is not { } precision)
            return ($"Nothing was flagged {when}: {Number(late)} of {Number(total.AtRisk)} open shipments were late.", "There is no precision without a flag.");
        var found = total.Recall is { } recall ? $", and it found {Percent(recall.Value)} of those that were late" : "";
        var what = $"{Percent(precision.Value)} of what was flagged {when} was late{found}: {Number(flagged)} {(flagged == 1 ? "flag" : "flags")} among {Number(total.AtRisk)} open shipments, {Number(late)} late.";
        var rule = total.StillOpenRule?.Precision;
        var than = $"flagging everything still open, which would be right in {Percent(rule)}";
        return (what, rule is null ? "" : precision.Low > rule ? $"Better than {than}."
            : precision.High < rule ? $"Worse than {than}: no value at this lead." : $"Not shown to be better than {than}.");
    }
}
