using System.Numerics;
using System.Runtime.InteropServices;
using OpsConsole.Numerics.Calibration;

namespace OpsConsole.Numerics.Linear;

/// <summary>
/// The weights of greatest likelihood under an L2 penalty, by Newton's method (iteratively reweighted least squares; Hastie, Tibshirani,
/// Friedman, The Elements of Statistical Learning, 4.4.1), each step solved by Cholesky and halved until it helps. Runs on one thread in a
/// fixed order.
/// </summary>
internal sealed class LogisticFit
{
    private const int MaxSteps = 50;
    private const double Done = 1e-9;

    private readonly double[] _means;
    private readonly double[] _scales;
    private readonly int _slots;
    private readonly double _l2;
    private readonly double _weightScale;

    private LogisticFit(ReadOnlySpan<float> rows, int slots, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, double l2)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slots);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(l2);
        if (rows.Length != (long)slots * labels.Length)
        {
            throw new ArgumentException($"{labels.Length} rows of {slots} slots are {(long)slots * labels.Length} values; given are {rows.Length}.", nameof(rows));
        }

        _slots = slots;
        _l2 = l2;
        _weightScale = RowWeights.Scale(labels.Length, labels.Length, weights);
        (_means, _scales) = Standardise(rows, slots, labels.Length, weights);
    }

    public static LogisticModel Of(ReadOnlySpan<float> rows, int slots, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, double l2)
    {
        var fit = new LogisticFit(rows, slots, labels, weights, l2);
        var coefficients = fit.Solve(rows, labels, weights);
        return new LogisticModel(coefficients[slots], coefficients.AsSpan(0, slots), fit._means, fit._scales);
    }

    private double[] Solve(ReadOnlySpan<float> rows, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights)
    {
        // The intercept is the last coefficient. It is held a little too, so that rows of one class give a finite one.
        var size = _slots + 1;
        var coefficients = new double[size];
        double[] gradient = new double[size], next = new double[size];
        var hessian = new double[size * size];
        var loss = Loss(rows, labels, weights, coefficients);
        for (var step = 0; step < MaxSteps; step++)
        {
            Derive(rows, labels, weights, coefficients, gradient, hessian);
            Cholesky.Solve(hessian, gradient);
            var share = 1.0;
            double nextLoss;
            do
            {
                for (var j = 0; j < size; j++)
                {
                    next[j] = coefficients[j] - share * gradient[j];
                }

                nextLoss = Loss(rows, labels, weights, next);
                share /= 2;
            }
            while (nextLoss > loss && share > 1e-9);

            if (!(nextLoss < loss))
            {
                break;
            }

            next.CopyTo(coefficients, 0);
            var gained = loss - nextLoss;
            loss = nextLoss;
            if (gained < Done * Math.Max(1, loss))
            {
                break;
            }
        }

        return coefficients;
    }

    private double Loss(ReadOnlySpan<float> rows, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, double[] coefficients)
    {
        var row = new double[_slots + 1];
        var loss = 0.0;
        for (var j = 0; j <= _slots; j++)
        {
            loss += Hold(j) * coefficients[j] * coefficients[j] / 2;
        }

        for (var i = 0; i < labels.Length; i++)
        {
            Standardised(rows, i, row);
            loss += Weight(weights, i) * Logit.Loss(Dot(row, coefficients), labels[i]);
        }

        return loss;
    }

    private void Derive(ReadOnlySpan<float> rows, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, double[] coefficients, double[] gradient, double[] hessian)
    {
        var size = _slots + 1;
        Array.Clear(hessian);
        for (var j = 0; j < size; j++)
        {
            gradient[j] = Hold(j) * coefficients[j];
            hessian[j * size + j] = Hold(j);
        }

        var row = new double[size];
        for (var i = 0; i < labels.Length; i++)
        {
            Standardised(rows, i, row);
            var p = Logit.ToProbability(Dot(row, coefficients));
            AddTo(gradient, Weight(weights, i) * (p - (labels[i] ? 1 : 0)), row);
            var curvature = Weight(weights, i) * p * (1 - p);
            for (var j = 0; j < size; j++)
            {
                // The lower triangle is all that Cholesky reads.
                AddTo(hessian.AsSpan(j * size, j + 1), curvature * row[j], row.AsSpan(0, j + 1));
            }
        }
    }

    private void Standardised(ReadOnlySpan<float> rows, int index, double[] row)
    {
        var values = rows.Slice(index * _slots, _slots);
        for (var j = 0; j < values.Length; j++)
        {
            row[j] = (values[j] - _means[j]) / _scales[j];
        }

        row[_slots] = 1;
    }

    private double Hold(int slot) => slot < _slots ? _l2 : 1e-3;

    private double Weight(ReadOnlySpan<double> weights, int row) => _weightScale * (weights.IsEmpty ? 1 : weights[row]);

    private static (double[] Means, double[] Scales) Standardise(ReadOnlySpan<float> rows, int slots, int count, ReadOnlySpan<double> weights)
    {
        double[] means = new double[slots], scales = new double[slots];
        var total = 0.0;
        for (var i = 0; i < count; i++)
        {
            // Welford's update, weighted (D. West, 1979): no difference of large sums.
            var weight = weights.IsEmpty ? 1 : weights[i];
            total += weight;
            for (var j = 0; j < slots && weight > 0; j++)
            {
                var delta = rows[i * slots + j] - means[j];
                means[j] += delta * weight / total;
                scales[j] += weight * delta * (rows[i * slots + j] - means[j]);
            }
        }

        for (var j = 0; j < slots; j++)
        {
            var deviation = total > 0 ? Math.Sqrt(scales[j] / total) : 0;

            // A slot that never varied tells nothing: its standardised value is zero in every training row, and stays small elsewhere.
            scales[j] = deviation > 1e-9 * Math.Max(1, Math.Abs(means[j])) ? deviation : Math.Max(1, Math.Abs(means[j]));
        }

        return (means, scales);
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var wideA = MemoryMarshal.Cast<double, Vector<double>>(a);
        var wideB = MemoryMarshal.Cast<double, Vector<double>>(b);
        var sums = Vector<double>.Zero;
        for (var i = 0; i < wideA.Length; i++)
        {
            sums += wideA[i] * wideB[i];
        }

        var sum = Vector.Sum(sums);
        for (var i = wideA.Length * Vector<double>.Count; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static void AddTo(Span<double> target, double factor, ReadOnlySpan<double> source)
    {
        var wideTarget = MemoryMarshal.Cast<double, Vector<double>>(target);
        var wideSource = MemoryMarshal.Cast<double, Vector<double>>(source);
        var factors = new Vector<double>(factor);
        for (var i = 0; i < wideTarget.Length; i++)
        {
            wideTarget[i] += factors * wideSource[i];
        }

        for (var i = wideTarget.Length * Vector<double>.Count; i < target.Length; i++)
        {
            target[i] += factor * source[i];
        }
    }
}
