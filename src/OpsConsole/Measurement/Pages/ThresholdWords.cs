using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Measurement.Thresholds;
using OpsConsole.Operations;
using OpsConsole.Ui;

namespace OpsConsole.Measurement.Pages;

/// <summary>The threshold's figures in words.</summary>
internal static class ThresholdWords
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>A threshold of so many thousandths.</summary>
    internal static string Number(int thousandths) => (thousandths / 1000.0).ToString("0.000", Culture);

    /// <summary>A number of few digits.</summary>
    internal static string Few(double value) => value.ToString(Math.Abs(value) < 10 ? "0.0" : "N0", Culture);

    /// <summary>What the move would do, in a sentence.</summary>
    internal static string Verdict(ThresholdAnswer answer, bool part)
    {
        var (now, then) = (answer.Now, answer.Then);
        var where = part ? "for these shipments " : "";
        if (now.Threshold == then.Threshold)
        {
            return string.Create(
                Culture,
                $"At {now.Threshold:0.###}, as it is, {where}{Few(now.FlagsPerShift)} flags a shift; {Few(now.MissedPerWeek)} late ones a week are missed; errors cost {Money.Words(now.CostPerWeek, answer.Currency)} a week ({Range(now, answer.Currency)}).");
        }
        var flags = then.FlagsPerShift - now.FlagsPerShift;
        var missed = then.MissedPerWeek - now.MissedPerWeek;
        return string.Create(
            Culture,
            $"Threshold to {then.Threshold:0.###}: {where}{Few(Math.Abs(flags))} {(flags < 0 ? "fewer" : "more")} flags a shift, {Few(Math.Abs(missed))} {(missed < 0 ? "fewer" : "more")} missed a week; {Difference(answer)}");
    }

    /// <summary>The difference in money, with what it can be.</summary>
    internal static string Difference(ThresholdAnswer answer)
    {
        var amount = Money.Words(Math.Abs(answer.CostDifference), answer.Currency);
        var less = answer.CostDifference < 0;
        if (answer.CostDifferenceLow is not { } low || answer.CostDifferenceHigh is not { } high)
            return string.Create(Culture, $"about {amount} a week {(less ? "less" : "more")}, from {answer.Days} days: too few days to compare (28 are needed).");
        var range = $"{Money.Words(low, answer.Currency)} to {Money.Words(high, answer.Currency)}";
        return high < 0 ? $"it saves {amount} a week ({range})."
            : low > 0 ? $"it costs {amount} a week more ({range})."
            : $"no difference can be told: {(less ? "−" : "+")}{amount} a week ({range}).";
    }

    /// <summary>What the figures rest on.</summary>
    internal static string Ground(ThresholdAnswer answer) => string.Create(
        Culture,
        $"From {FigureWords.Shipments(answer.Now.AtRisk)} of {answer.Days} promise days, {FigureWords.Number(answer.Now.Tp + answer.Now.Fn)} of them late, as if the threshold had stood there throughout. {FigureWords.Number(answer.Now.AvertedOrFalse + answer.Now.TouchedOnTime)} came on time after somebody acted; amounts are ranges over what would have become of them.");

    /// <summary>An amount's range.</summary>
    internal static string Range(ThresholdFigures figures, string currency) =>
        $"{Money.Words(figures.CostPerWeekLow, currency)} to {Money.Words(figures.CostPerWeekHigh, currency)}";
}

/// <summary>What has come since a threshold was applied, a shift and a week.</summary>
public sealed record WatchedSince
{
    internal WatchedSince(QualityBucket since, double days, OperationsSettings settings)
    {
        Settled = since.AtRisk;
        if (days <= 0 || since.AtRisk == 0)
            return;
        FlagsPerShift = (since.Tp + since.Fp + since.AvertedOrFalse) / (days * 24 / settings.ShiftHours);
        MissedPerWeek = since.Fn / (days / 7);
        CostPerWeek = ErrorCosts.Of(since.Tp, since.Fp, since.Fn, since.AvertedOrFalse, settings) / (days / 7);
    }

    /// <summary>Shipments settled since.</summary>
    internal long Settled { get; }

    /// <summary>Flags a shift since; null while nothing has settled.</summary>
    internal double? FlagsPerShift { get; }

    /// <summary>Late ones missed a week.</summary>
    internal double? MissedPerWeek { get; }

    /// <summary>Cost of errors a week.</summary>
    internal double? CostPerWeek { get; }
}
