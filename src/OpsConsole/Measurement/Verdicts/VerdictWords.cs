using System.Globalization;
using OpsConsole.Measurement.Pages;
using OpsConsole.Operations;
using OpsConsole.Ui;

namespace OpsConsole.Measurement.Verdicts;

/// <summary>The verdict as a sentence: good enough or not, both figures with interval, count and line, since when.</summary>
internal static class VerdictWords
{
    internal static string Sentence(Verdict verdict, string currency, TimeZoneInfo zone)
    {
        var good = verdict.Good switch
        {
            true => "Good enough",
            false => "Not good enough",
            null => verdict.Model.Value is null && verdict.Business.Value is null ? "Nothing can be said yet" : "Not shown to be good enough",
        };
        return $"{good}: {Part(Name(verdict.Brief.ModelMetric), verdict.Model, true, currency)}; {Part(Name(verdict.Brief.BusinessMetric), verdict.Business, IsShare(verdict.Brief.BusinessMetric), currency)}{Since(verdict, zone)}.";
    }

    /// <summary>What stands behind it.</summary>
    internal static string Ground(Verdict verdict) =>
        $"The model's figure is read {FigureWords.Lead(verdict.Lead)}; brackets hold 95 % of what chance could have made of it. "
        + (verdict.Draft ? "The lines are a draft: write the brief to set them." : "The lines stand in the brief.")
        + " Moving together is not proof.";

    private static string Part(string name, AgainstLine figure, bool share, string currency)
    {
        string Amount(double value) => share ? FigureWords.Percent(value) : value.ToString("N0", CultureInfo.InvariantCulture);
        var line = $"{(figure.MoreIsBetter ? "at least" : "at most")} {Amount(figure.Line)} asked";
        if (figure.Value is not { } value)
            return $"{name} can't be known yet ({line})";
        var range = figure.Low is { } low && figure.High is { } high ? $"{Amount(low)} to {Amount(high)}" : "too few days for a range";
        return $"{name} {Amount(value)} ({range}, n = {FigureWords.Number(figure.N)}; {line})";
    }

    private static string Since(Verdict verdict, TimeZoneInfo zone) => verdict.Since is { } since
        ? $", and so since the week of {TimeZoneInfo.ConvertTime(since, zone).ToString("d MMM", CultureInfo.InvariantCulture)}" : "";

    internal static bool IsShare(BusinessMetric metric) => metric is BusinessMetric.OnTimeShare or BusinessMetric.RaisedInTimeShare;

    internal static string Name(ModelMetric metric) => metric switch
    {
        ModelMetric.Precision => "precision",
        ModelMetric.Recall => "recall",
        ModelMetric.F1 => "F1",
        _ => "weighted F1",
    };

    internal static string Name(BusinessMetric metric) => metric switch
    {
        BusinessMetric.OnTimeShare => "on time",
        BusinessMetric.RaisedInTimeShare => "late ones raised in time",
        BusinessMetric.ContactsPer1000 => "contacts per 1,000 shipments",
        _ => "cost of errors per 1,000 shipments",
    };

    internal static ChipKind Kind(Verdict verdict) => verdict.Good switch
    {
        true => ChipKind.Good,
        false => ChipKind.Bad,
        null => ChipKind.Provisional,
    };
}
