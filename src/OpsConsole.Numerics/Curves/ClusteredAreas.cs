namespace OpsConsole.Numerics.Curves;

/// <summary>
/// The areas of <see cref="Areas"/> over clusters (days) that are drawn again and again: rows are sorted once, then each drawn set takes one pass.
/// </summary>
public sealed class ClusteredAreas
{
    private readonly int[] _cluster;
    private readonly bool[] _late;
    private readonly double[] _weight;
    private readonly bool[] _lastOfScore;

    /// <param name="scores">Any increasing measure of risk, without NaN.</param>
    /// <param name="labels">What happened.</param>
    /// <param name="weights">Finite and not negative, one a row.</param>
    /// <param name="clusters">The cluster of each row, from 0.</param>
    public ClusteredAreas(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, ReadOnlySpan<int> clusters)
    {
        RowWeights.Check(scores.Length, labels.Length, weights);
        if (clusters.Length != scores.Length)
            throw new ArgumentException("Each row has one cluster.", nameof(clusters));
        var sorted = scores.ToArray();
        var order = new int[sorted.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = double.IsNaN(sorted[i]) ? throw new ArgumentException("NaN is not a score.", nameof(scores)) : i;
        Array.Sort(sorted, order);
        Array.Reverse(sorted);
        Array.Reverse(order);
        (_cluster, _late, _weight, _lastOfScore) = (new int[order.Length], new bool[order.Length], new double[order.Length], new bool[order.Length]);
        for (var i = 0; i < order.Length; i++)
        {
            (_cluster[i], _late[i]) = (clusters[order[i]], labels[order[i]]);
            _weight[i] = weights.IsEmpty ? 1 : weights[order[i]];
            // Equal scores are one threshold.
            _lastOfScore[i] = i + 1 == order.Length || sorted[i + 1] != sorted[i];
        }
    }

    /// <summary>The area under the ROC curve of a set in which each cluster stands so often; NaN unless both classes have weight.</summary>
    public double Roc(ReadOnlySpan<int> times)
    {
        double above = 0, area = 0, negatives = 0, positive = 0, negative = 0;
        for (var i = 0; i < _weight.Length; i++)
        {
            var weight = _weight[i] * times[_cluster[i]];
            if (_late[i])
                positive += weight;
            else
                negative += weight;
            if (!_lastOfScore[i])
                continue;
            area += negative * (above + positive / 2);
            (above, negatives, positive, negative) = (above + positive, negatives + negative, 0, 0);
        }

        return above > 0 && negatives > 0 ? area / above / negatives : double.NaN;
    }

    /// <summary>The average precision of a set in which each cluster stands so often; NaN unless a positive has weight.</summary>
    public double AveragePrecision(ReadOnlySpan<int> times)
    {
        double positives = 0, rows = 0, sum = 0, positive = 0;
        for (var i = 0; i < _weight.Length; i++)
        {
            var weight = _weight[i] * times[_cluster[i]];
            rows += weight;
            positive += _late[i] ? weight : 0;
            if (!_lastOfScore[i])
                continue;
            positives += positive;
            sum += positive > 0 ? positive * (positives / rows) : 0;
            positive = 0;
        }

        return positives > 0 ? sum / positives : double.NaN;
    }
}
