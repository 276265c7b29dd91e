using OpsConsole.Numerics.Linear;

namespace OpsConsole.Learning;

/// <summary>How the sums are put together: raw = bias + need weight · need + classifier weight · classifier + time weight · ln(hours left + offset).</summary>
/// <param name="Bias">Constant.</param>
/// <param name="Need">Not negative: who needs longer is later.</param>
/// <param name="Classifier">Not negative.</param>
/// <param name="Time">Not positive: who has more time is less late.</param>
internal sealed record Stack(double Bias, double Need, double Classifier, double Time)
{
    // In rows; weak, since there are three weights and many rows.
    private const double Hold = 1;

    /// <summary>
    /// Fits the weights by logistic regression on sums of rows the parts were not trained on (stacking: D. Wolpert, Neural Networks 5, 1992). A
    /// weight of the wrong sign is dropped and the rest fitted anew: it would only fit noise, and reverse what people know to be true.
    /// </summary>
    internal static Stack Fit(double[] need, double[] classifier, double[] time, bool[] late, double[] weights)
    {
        double[][] columns = [need, classifier, time];
        double[] signs = [1, 1, -1];
        List<int> used = [0, 1, 2];
        while (true)
        {
            var coefficients = new double[3];
            var bias = Regress([.. used.Select(c => columns[c])], late, weights, out var found);
            for (var i = 0; i < used.Count; i++)
                coefficients[used[i]] = found[i];
            var wrong = used.Where(c => coefficients[c] * signs[c] < 0).OrderBy(c => coefficients[c] * signs[c]).ToList();
            if (wrong.Count == 0)
                return new(bias, coefficients[0], coefficients[1], coefficients[2]);
            // The classifier goes first: the other two say together whether the time suffices.
            used.Remove(wrong.Contains(1) ? 1 : wrong[0]);
        }
    }

    /// <summary>The raw log-odds.</summary>
    internal double Raw(double need, double classifier, double time) => Bias + (Need * need) + (Classifier * classifier) + (Time * time);

    private static double Regress(double[][] columns, bool[] late, double[] weights, out double[] coefficients)
    {
        var rows = new float[late.Length * columns.Length];
        for (var i = 0; i < late.Length; i++)
        {
            for (var c = 0; c < columns.Length; c++)
                rows[(i * columns.Length) + c] = (float)columns[c][i];
        }
        var model = LogisticModel.Fit(rows, columns.Length, late, weights, Hold);
        coefficients = new double[columns.Length];
        var bias = model.Intercept;
        for (var c = 0; c < columns.Length; c++)
        {
            coefficients[c] = model.Weights[c] / model.Scales[c];
            bias -= coefficients[c] * model.Means[c];
        }
        return bias;
    }
}
