namespace OpsConsole.Numerics.Calibration;

/// <summary>
/// A calibration by two numbers: log-odds = intercept + slope · raw (J. Platt, "Probabilistic outputs for support vector machines", 1999).
/// </summary>
/// <param name="Intercept">Calibrated log-odds where the raw value is 0.</param>
/// <param name="Slope">Positive: calibration never reverses an order.</param>
public sealed record Platt(double Intercept, double Slope)
{
    /// <summary>The least slope a fit gives: a model that is worse than chance is told apart by its figures, not by reversing its order here.</summary>
    public const double MinSlope = 0.01;

    // How firmly the slope is held at 1 and the intercept at 0, in units of Fisher information: about that of 20 and of 0.4 even rows.
    private const double SlopeHold = 5;
    private const double InterceptHold = 0.1;
    private const int MaxSteps = 100;

    /// <summary>The identity: raw values are taken for log-odds.</summary>
    public static Platt Identity { get; } = new(0, 1);

    /// <summary>The calibrated log-odds of a raw value.</summary>
    /// <param name="raw">The model's raw log-odds.</param>
    public double LogOdds(double raw) => Intercept + Slope * raw;

    /// <summary>
    /// The most likely line, by Newton steps, with the slope held weakly at 1 and the intercept at 0, so that few rows, or rows of one class,
    /// give a sane line instead of an infinite one.
    /// </summary>
    /// <param name="raw">Raw log-odds of rows the model has not been fitted on.</param>
    /// <param name="labels">What happened.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    public static Platt Fit(ReadOnlySpan<double> raw, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights = default)
    {
        var scale = RowWeights.Scale(raw.Length, labels.Length, weights);
        double a = 0, b = 1;
        var loss = Loss(raw, labels, weights, scale, a, b);
        for (var step = 0; step < MaxSteps; step++)
        {
            var (da, db) = NewtonStep(raw, labels, weights, scale, a, b);

            // Halved until it helps: a full step can overshoot where the rows are far out on the flat parts.
            var next = Loss(raw, labels, weights, scale, a + da, b + db);
            for (var half = 0; next > loss && half < 40; half++)
            {
                (da, db) = (da / 2, db / 2);
                next = Loss(raw, labels, weights, scale, a + da, b + db);
            }

            if (!(next < loss))
            {
                break;
            }

            (a, b, loss) = (a + da, b + db, next);
            if (Math.Abs(da) + Math.Abs(db) < 1e-10)
            {
                break;
            }
        }

        return new Platt(a, Math.Max(MinSlope, b));
    }

    private static (double A, double B) NewtonStep(ReadOnlySpan<double> raw, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, double scale, double a, double b)
    {
        double ga = InterceptHold * a, gb = SlopeHold * (b - 1), haa = InterceptHold, hab = 0, hbb = SlopeHold;
        for (var i = 0; i < raw.Length; i++)
        {
            var w = scale * (weights.IsEmpty ? 1 : weights[i]);
            var p = Logit.ToProbability(a + b * raw[i]);
            var gradient = w * (p - (labels[i] ? 1 : 0));
            var curvature = w * p * (1 - p);
            ga += gradient;
            gb += gradient * raw[i];
            haa += curvature;
            hab += curvature * raw[i];
            hbb += curvature * raw[i] * raw[i];
        }

        var determinant = haa * hbb - hab * hab;
        return ((hab * gb - hbb * ga) / determinant, (hab * ga - haa * gb) / determinant);
    }

    private static double Loss(ReadOnlySpan<double> raw, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, double scale, double a, double b)
    {
        var loss = (InterceptHold * a * a + SlopeHold * (b - 1) * (b - 1)) / 2;
        for (var i = 0; i < raw.Length; i++)
        {
            loss += scale * (weights.IsEmpty ? 1 : weights[i]) * Logit.Loss(a + b * raw[i], labels[i]);
        }

        return loss;
    }
}
