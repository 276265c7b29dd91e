namespace OpsConsole.Numerics.Linear;

/// <summary>
/// Least squares under an L2 penalty (A. Hoerl, R. Kennard, "Ridge regression", Technometrics 12, 1970), solved by Cholesky over standardised
/// slots. Runs on one thread in a fixed order: the same rows give the same form, bit by bit.
/// </summary>
public static class RidgeFit
{
    /// <summary>Fits intercept + Σ weight · (slot − mean)/scale to targets.</summary>
    /// <param name="rows">Finite values, row after row.</param>
    /// <param name="slots">Values a row.</param>
    /// <param name="targets">Finite, one a row; at least one.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    /// <param name="l2">How firmly each standardised weight is held at zero, in rows: positive.</param>
    public static LogisticModel Of(ReadOnlySpan<float> rows, int slots, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights = default, double l2 = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(l2);
        if (targets.IsEmpty || rows.Length != (long)slots * targets.Length)
        {
            throw new ArgumentException($"{targets.Length} rows of {slots} slots are {(long)slots * targets.Length} values; given are {rows.Length}.", nameof(rows));
        }

        var scale = RowWeights.Scale(targets.Length, targets.Length, weights);
        var (means, scales, mean) = Moments(rows, slots, targets, weights);
        var matrix = new double[slots * slots];
        var right = new double[slots];
        var row = new double[slots];
        for (var j = 0; j < slots; j++)
        {
            matrix[j * slots + j] = l2;
        }

        for (var i = 0; i < targets.Length; i++)
        {
            var weight = scale * (weights.IsEmpty ? 1 : weights[i]);
            for (var j = 0; j < slots; j++)
            {
                row[j] = (rows[i * slots + j] - means[j]) / scales[j];
                right[j] += weight * row[j] * (targets[i] - mean);
                for (var k = 0; k <= j; k++)
                {
                    matrix[j * slots + k] += weight * row[j] * row[k];
                }
            }
        }

        Cholesky.Solve(matrix, right);
        return new LogisticModel(mean, right, means, scales);
    }

    private static (double[] Means, double[] Scales, double Mean) Moments(ReadOnlySpan<float> rows, int slots, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights)
    {
        double[] means = new double[slots], scales = new double[slots];
        double total = 0, mean = 0;
        for (var i = 0; i < targets.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            if (weight <= 0)
            {
                continue;
            }

            total += weight;
            mean += (targets[i] - mean) * weight / total;
            for (var j = 0; j < slots; j++)
            {
                var delta = rows[i * slots + j] - means[j];
                means[j] += delta * weight / total;
                scales[j] += weight * delta * (rows[i * slots + j] - means[j]);
            }
        }

        for (var j = 0; j < slots; j++)
        {
            // A slot that never varied tells nothing: any scale does.
            var deviation = total > 0 ? Math.Sqrt(scales[j] / total) : 0;
            scales[j] = deviation > 1e-9 * Math.Max(1, Math.Abs(means[j])) ? deviation : Math.Max(1, Math.Abs(means[j]));
        }

        return (means, scales, mean);
    }
}
