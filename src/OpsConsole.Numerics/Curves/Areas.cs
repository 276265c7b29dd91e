namespace OpsConsole.Numerics.Curves;

/// <summary>Exact figures of scores against what happened, with weights; equal scores are one threshold, so that no order of rows matters.</summary>
public static class Areas
{
    /// <summary>
    /// The area under the ROC curve: the chance that a positive scores above a negative, ties counting half (J. Hanley, B. McNeil, "The meaning and
    /// use of the area under a ROC curve", Radiology 143, 1982). NaN unless both classes have weight.
    /// </summary>
    /// <param name="scores">Any increasing measure of risk, without NaN.</param>
    /// <param name="labels">What happened.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    public static double Roc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights = default)
    {
        double above = 0, area = 0, negatives = 0;
        foreach (var step in Steps(scores, labels, weights))
        {
            area += step.Negative * (above + step.Positive / 2);
            above += step.Positive;
            negatives += step.Negative;
        }

        return above > 0 && negatives > 0 ? area / above / negatives : double.NaN;
    }

    /// <summary>
    /// The area under the precision-recall curve as average precision: Σ (recall step) · precision, without interpolation, which would flatter
    /// (J. Davis, M. Goadrich, ICML 2006). NaN unless a positive has weight.
    /// </summary>
    /// <param name="scores">Any increasing measure of risk, without NaN.</param>
    /// <param name="labels">What happened.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights = default)
    {
        double positives = 0, rows = 0, sum = 0;
        foreach (var step in Steps(scores, labels, weights))
        {
            positives += step.Positive;
            rows += step.Positive + step.Negative;
            sum += step.Positive > 0 ? step.Positive * (positives / rows) : 0;
        }

        return positives > 0 ? sum / positives : double.NaN;
    }

    /// <summary>The weighted mean square of probability − what happened (G. Brier, 1950). NaN without weight.</summary>
    /// <param name="probabilities">In [0, 1].</param>
    /// <param name="labels">What happened.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    public static double Brier(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights = default)
    {
        RowWeights.Check(probabilities.Length, labels.Length, weights);
        double sum = 0, total = 0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            var error = probabilities[i] - (labels[i] ? 1 : 0);
            sum += weight * error * error;
            total += weight;
        }

        return sum / total;
    }

    /// <summary>The weighted mean of −ln of the probability given to what happened. NaN without weight.</summary>
    /// <param name="probabilities">In [0, 1]; what comes nearer to 0 or 1 than 1e-15 counts as that, so that one certain error doesn't make it infinite.</param>
    /// <param name="labels">What happened.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    public static double LogLoss(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights = default)
    {
        RowWeights.Check(probabilities.Length, labels.Length, weights);
        double sum = 0, total = 0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            var p = Math.Clamp(probabilities[i], 1e-15, 1 - 1e-15);
            sum += weight * Math.Log(labels[i] ? p : 1 - p);
            total += weight;
        }

        return -sum / total;
    }

    /// <summary>The weight of positives and negatives at each score, highest first.</summary>
    private static List<(double Positive, double Negative)> Steps(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights)
    {
        RowWeights.Check(scores.Length, labels.Length, weights);
        var sorted = scores.ToArray();
        var order = new int[sorted.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = double.IsNaN(sorted[i]) ? throw new ArgumentException("NaN is not a score.", nameof(scores)) : i;
        }

        Array.Sort(sorted, order);
        var steps = new List<(double Positive, double Negative)>();
        for (var i = sorted.Length - 1; i >= 0;)
        {
            var score = sorted[i];
            double positive = 0, negative = 0;
            for (; i >= 0 && sorted[i] == score; i--)
            {
                var weight = weights.IsEmpty ? 1 : weights[order[i]];
                positive += labels[order[i]] ? weight : 0;
                negative += labels[order[i]] ? 0 : weight;
            }

            steps.Add((positive, negative));
        }

        return steps;
    }
}
