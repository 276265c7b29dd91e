namespace OpsConsole.Numerics.Statistics;

/// <summary>
/// Scores counted in bins, positives and negatives apart. The edges are 4,096 in log-odds over ±12, where scores crowd, and every k/1000, so
/// that the counts at a threshold that is a multiple of 0.001 are exact, and areas nearly so.
/// </summary>
public sealed class ScoreHistogram
{
    private const int LogOddsEdges = 4096;
    private const double Reach = 12;
    private static readonly double[] Edges = MakeEdges();

    private readonly long[] _positive = new long[Edges.Length + 1];
    private readonly long[] _negative = new long[Edges.Length + 1];

    /// <summary>How many bins there are.</summary>
    public static int Bins => Edges.Length + 1;

    /// <summary>Positives counted.</summary>
    public long Positives { get; private set; }

    /// <summary>Negatives counted.</summary>
    public long Negatives { get; private set; }

    /// <summary>The bin of a score, in order of scores; a score on an edge is in the bin above it.</summary>
    public static int BinOf(double score)
    {
        int low = 0, high = Edges.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Edges[middle] <= score)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>Counts scores in; a negative <paramref name="times"/> takes them out again.</summary>
    public void Add(double score, bool positive, long times = 1) => AddToBin(BinOf(score), positive ? times : 0, positive ? 0 : times);

    /// <summary>Counts a bin in, as it was kept.</summary>
    public void AddToBin(int bin, long positives, long negatives)
    {
        _positive[bin] += positives;
        _negative[bin] += negatives;
        Positives += positives;
        Negatives += negatives;
    }

    /// <summary>Counts all of another in.</summary>
    public void Add(ScoreHistogram other)
    {
        for (var bin = 0; bin < Bins; bin++)
            AddToBin(bin, other._positive[bin], other._negative[bin]);
    }

    /// <summary>The bins that hold something.</summary>
    public IEnumerable<(int Bin, long Positives, long Negatives)> Filled()
    {
        for (var bin = 0; bin < Bins; bin++)
        {
            if (_positive[bin] != 0 || _negative[bin] != 0)
                yield return (bin, _positive[bin], _negative[bin]);
        }
    }

    /// <summary>How many scores reach a threshold; exact for multiples of 0.001.</summary>
    public (long Positives, long Negatives) AtOrAbove(double threshold)
    {
        long positives = 0, negatives = 0;
        for (var bin = BinOf(threshold); bin < Bins; bin++)
        {
            positives += _positive[bin];
            negatives += _negative[bin];
        }
        return (positives, negatives);
    }

    /// <summary>Area under the ROC curve, scores of one bin taken as ties; NaN without both classes.</summary>
    public double RocArea()
    {
        double above = 0, area = 0;
        for (var bin = Bins - 1; bin >= 0; bin--)
        {
            area += _negative[bin] * (above + _positive[bin] / 2.0);
            above += _positive[bin];
        }
        return Positives > 0 && Negatives > 0 ? area / Positives / Negatives : double.NaN;
    }

    /// <summary>
    /// Average precision: precision at each positive, averaged, positives and negatives of one bin taken as evenly mixed; NaN without positives.
    /// </summary>
    public double AveragePrecision()
    {
        double tp = 0, seen = 0, sum = 0;
        for (var bin = Bins - 1; bin >= 0; bin--)
        {
            double positives = _positive[bin], all = positives + _negative[bin];
            if (positives > 0)
                sum += MixedPrecision(tp, seen, positives, all);
            tp += positives;
            seen += all;
        }
        return Positives > 0 ? sum / Positives : double.NaN;
    }

    // The sum of precision at each of the bin's positives, the i-th of which stands at place i·all/positives of the bin.
    private static double MixedPrecision(double tp, double seen, double positives, double all)
    {
        var step = all / positives;
        if (positives <= 64)
        {
            double sum = 0;
            for (var i = 1; i <= positives; i++)
                sum += (tp + i) / (seen + (i - 0.5) * step + 0.5);
            return sum;
        }
        // The same sum as an integral over i from ½ to positives + ½.
        double a = tp, b = seen - 0.5 * step + 0.5;
        double from = 0.5, to = positives + 0.5;
        return (to - from) / step + (a - b / step) / step * Math.Log((b + step * to) / (b + step * from));
    }

    private static double[] MakeEdges()
    {
        var edges = new SortedSet<double>();
        for (var k = 1; k <= 1000; k++)
            edges.Add(k / 1000.0);
        for (var i = 0; i < LogOddsEdges; i++)
            edges.Add(1 / (1 + Math.Exp(Reach - 2 * Reach * i / (LogOddsEdges - 1))));
        return [.. edges];
    }
}
