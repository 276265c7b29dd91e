namespace OpsConsole.Numerics;

/// <summary>Checks of rows, labels and weights that come side by side.</summary>
internal static class RowWeights
{
    /// <summary>
    /// What to multiply weights with so that they add up to the number of equally weighted rows worth as much (L. Kish, Survey Sampling,
    /// 1965): (Σw)²/Σw². So a prior counted in rows means the same whatever the scale of the weights.
    /// </summary>
    public static double Scale(int rows, int labels, ReadOnlySpan<double> weights)
    {
        Check(rows, labels, weights);
        if (weights.IsEmpty)
        {
            return 1;
        }

        double sum = 0, squares = 0;
        foreach (var weight in weights)
        {
            sum += weight;
            squares += weight * weight;
        }

        return squares > 0 ? sum / squares : 1;
    }

    /// <summary>Throws unless there is a label and a usable weight for each row.</summary>
    public static void Check(int rows, int labels, ReadOnlySpan<double> weights)
    {
        if (labels != rows || (!weights.IsEmpty && weights.Length != rows))
        {
            throw new ArgumentException($"There must be a label and a weight (or no weights at all) for each of {rows} rows.");
        }

        foreach (var weight in weights)
        {
            if (!double.IsFinite(weight) || weight < 0)
            {
                throw new ArgumentException("Weights must be finite and not negative.");
            }
        }
    }
}
