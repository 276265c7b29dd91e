namespace OpsConsole.Prediction;

/// <summary>What a model says of one shipment at one moment.</summary>
/// <param name="RawLogOdds">The model's raw sum in log-odds, before calibration.</param>
/// <param name="Score">Calibrated probability of being late if nobody acts.</param>
/// <param name="ExpectedDelayMinutes">Conditional median of delivered − promised, minutes, signed.</param>
/// <param name="DelayLow">Lower end of the 80 % interval of the minutes.</param>
/// <param name="DelayHigh">Upper end of the 80 % interval of the minutes.</param>
public readonly record struct ModelScore(double RawLogOdds, double Score, double ExpectedDelayMinutes, double DelayLow, double DelayHigh)
{
    /// <summary>
    /// What every model's answer passes through, in one place. Once the counted promise has passed the truth is known: the score moves next to 1,
    /// and keeps its order. And nothing is delivered before the moment, so no delay is less than what has passed.
    /// </summary>
    internal static ModelScore Of(FeatureRow row, double rawLogOdds, double score, double median, double low, double high)
    {
        var left = row.Number("hoursLeftCounted") * 60 ?? double.MaxValue;
        var least = -left;
        return new(rawLogOdds, left < 0 ? 1 - ((1 - score) * 1e-3) : score, Math.Max(median, least), Math.Max(low, least), Math.Max(high, least));
    }
}

/// <summary>What one feature adds to the raw sum.</summary>
/// <param name="Feature">The source feature; what its slots add is summed.</param>
/// <param name="Value">Its value.</param>
/// <param name="Amount">Log-odds, signed.</param>
public readonly record struct FeatureContribution(string Feature, FeatureValue Value, double Amount);

/// <summary>Why a model says what it says: the baseline plus all contributions is the raw sum, within 1e-4.</summary>
/// <param name="Baseline">The raw sum of a shipment of which nothing is known.</param>
/// <param name="Contributions">One a feature that adds something, largest amount first.</param>
/// <param name="RawLogOdds">The raw sum.</param>
public sealed record Explanation(double Baseline, IReadOnlyList<FeatureContribution> Contributions, double RawLogOdds)
{
    /// <summary>Sorts by size of the amount and leaves out what adds nothing.</summary>
    internal static Explanation Of(double baseline, IEnumerable<FeatureContribution> contributions, double rawLogOdds) =>
        new(baseline, [.. contributions.Where(c => c.Amount != 0).OrderByDescending(c => Math.Abs(c.Amount)).ThenBy(c => c.Feature, StringComparer.Ordinal)], rawLogOdds);
}

/// <summary>One model (design 8). Pure: the same row gives the same bits, alone or in any batch, here and after a restart. For any thread.</summary>
public interface IModel
{
    /// <summary>Its version's name.</summary>
    string Version { get; }

    /// <summary>The features it reads; what is stored with a prediction.</summary>
    ModelSchema Schema { get; }

    /// <summary>Scores rows into a span of the same length.</summary>
    void Score(ReadOnlySpan<FeatureRow> rows, Span<ModelScore> scores);

    /// <summary>Why the model says what it says of a row.</summary>
    Explanation Explain(FeatureRow row);
}
