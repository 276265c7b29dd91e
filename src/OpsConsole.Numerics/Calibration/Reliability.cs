using OpsConsole.Numerics.Statistics;

namespace OpsConsole.Numerics.Calibration;

/// <summary>A bin of scores: what was said, and what came.</summary>
/// <param name="From">Its lowest score.</param>
/// <param name="To">Its highest score.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Weight">What they weigh together.</param>
/// <param name="Said">Mean score.</param>
/// <param name="Came">Share that had it.</param>
/// <param name="Interval">Of that share, 95 %, by Wilson with n divided by the design effect.</param>
/// <param name="DesignEffect">What n was divided by.</param>
public sealed record ReliabilityBin(double From, double To, int Rows, double Weight, double Said, double Came, Interval Interval, double DesignEffect);

/// <summary>
/// How well probabilities hold (measurement.md, Calibration): bins of equal count, never parting equal scores; the Brier score and its parts with the
/// terms within bins (D. Stephenson, C. Coelho, I. Jolliffe, "Two extra components in the Brier score decomposition", Weather and Forecasting 23, 2008):
/// Brier = reliability − resolution + uncertainty + within; the expected calibration error beside what a perfectly calibrated model would show.
/// </summary>
public sealed record Reliability
{
    /// <summary>The bins, lowest first.</summary>
    public required IReadOnlyList<ReliabilityBin> Bins { get; init; }

    /// <summary>Mean square of score − what happened.</summary>
    public required double Brier { get; init; }

    /// <summary>Its interval over clusters drawn with replacement; null with fewer than two.</summary>
    public required Interval? BrierInterval { get; init; }

    /// <summary>Σ weight · (said − came)²; 0 is best.</summary>
    public required double Miscalibration { get; init; }

    /// <summary>Σ weight · (came − share of all)²; more is better.</summary>
    public required double Resolution { get; init; }

    /// <summary>Share of all · (1 − share of all): what saying that share always would score.</summary>
    public required double Uncertainty { get; init; }

    /// <summary>Variance of scores within bins − 2 · their covariance with what happened.</summary>
    public required double WithinBins { get; init; }

    /// <summary>Σ weight · |said − came|.</summary>
    public required double ExpectedError { get; init; }

    /// <summary>
    /// What of that a perfectly calibrated model would show by chance: in each bin √(2/π) standard errors of what comes of these scores, n divided by the
    /// bin's design effect.
    /// </summary>
    public required double ExpectedErrorIfCalibrated { get; init; }

    /// <summary>Of probabilities in clusters (days). Null without weight.</summary>
    /// <param name="scores">In [0, 1].</param>
    /// <param name="labels">What happened.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    /// <param name="clusters">The cluster of each row, from 0.</param>
    /// <param name="bins">How many bins, at most.</param>
    /// <param name="seed">Of the drawn sets.</param>
    public static Reliability? Of(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, ReadOnlySpan<int> clusters, int bins = 10, ulong seed = 1)
    {
        RowWeights.Check(scores.Length, labels.Length, weights);
        if (clusters.Length != scores.Length)
            throw new ArgumentException("Each row has one cluster.", nameof(clusters));
        var edges = Edges(scores, bins);
        var days = 0;
        foreach (var cluster in clusters)
            days = Math.Max(days, cluster + 1);
        var sums = new Sums[edges.Length + 1];
        for (var i = 0; i < sums.Length; i++)
            sums[i] = new Sums(days);
        var (square, weight) = (new double[days], new double[days]);
        for (var i = 0; i < scores.Length; i++)
        {
            var w = weights.IsEmpty ? 1 : weights[i];
            sums[BinOf(edges, scores[i])].Add(scores[i], labels[i], w, clusters[i]);
            var error = scores[i] - (labels[i] ? 1 : 0);
            square[clusters[i]] += w * error * error;
            weight[clusters[i]] += w;
        }
        var total = weight.Sum();
        return total > 0 ? Of([.. sums.Where(s => s.Weight > 0)], total, square, weight, seed) : null;
    }

    private static Reliability Of(List<Sums> sums, double total, double[] square, double[] weight, ulong seed)
    {
        var rate = sums.Sum(s => s.Late) / total;
        double miscalibration = 0, resolution = 0, within = 0, error = 0, chance = 0;
        List<ReliabilityBin> bins = [];
        foreach (var sum in sums)
        {
            var bin = sum.Bin();
            bins.Add(bin);
            var share = sum.Weight / total;
            miscalibration += share * (bin.Said - bin.Came) * (bin.Said - bin.Came);
            resolution += share * (bin.Came - rate) * (bin.Came - rate);
            within += share * sum.Within(bin);
            error += share * Math.Abs(bin.Said - bin.Came);
            chance += share * Math.Sqrt(2 / Math.PI * sum.VarianceIfCalibrated(bin.DesignEffect));
        }
        return new Reliability
        {
            Bins = bins,
            Brier = square.Sum() / total,
            BrierInterval = ClusterBootstrap.Of(square.Length, 1, (times, into) => into[0] = Ratio(times, square, weight), seed: seed)[0],
            Miscalibration = miscalibration,
            Resolution = resolution,
            Uncertainty = rate * (1 - rate),
            WithinBins = within,
            ExpectedError = error,
            ExpectedErrorIfCalibrated = chance,
        };
    }

    private static double Ratio(ReadOnlySpan<int> times, double[] of, double[] by)
    {
        double sum = 0, total = 0;
        for (var i = 0; i < times.Length; i++)
            (sum, total) = (sum + times[i] * of[i], total + times[i] * by[i]);
        return total > 0 ? sum / total : double.NaN;
    }

    /// <summary>The lowest scores of all bins but the first: equal counts, as far as equal scores allow.</summary>
    public static double[] Edges(ReadOnlySpan<double> scores, int bins)
    {
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        List<double> edges = [];
        for (var k = 1; k < bins && sorted.Length > 0; k++)
        {
            var edge = sorted[(int)((long)k * sorted.Length / bins)];
            if (edge > (edges.Count > 0 ? edges[^1] : sorted[0]))
                edges.Add(edge);
        }
        return [.. edges];
    }

    /// <summary>The bin of a score, from 0; a score on an edge is in the bin above it.</summary>
    public static int BinOf(double[] edges, double score) => Array.BinarySearch(edges, score) is var at && at >= 0 ? at + 1 : ~at;

    private sealed class Sums(int days)
    {
        private readonly double[] _late = new double[days];
        private readonly double[] _all = new double[days];
        private double _from = double.PositiveInfinity;
        private double _to = double.NegativeInfinity;
        private double _said;
        private double _saidSquared;
        private double _saidLate;
        private double _chance;
        private int _rows;

        internal double Weight { get; private set; }

        internal double Late { get; private set; }

        internal void Add(double score, bool late, double weight, int day)
        {
            (_from, _to) = (Math.Min(_from, score), Math.Max(_to, score));
            _rows++;
            Weight += weight;
            _said += weight * score;
            _saidSquared += weight * score * score;
            _chance += weight * score * (1 - score);
            _all[day] += weight;
            if (!late)
                return;
            Late += weight;
            _late[day] += weight;
            _saidLate += weight * score;
        }

        // Weights count as parts of the rows there are; how unevenly they lie shows in how the days scatter.
        internal ReliabilityBin Bin()
        {
            var scale = _rows / Weight;
            var effect = Proportion.DesignEffect(_late.Select((late, day) => (late * scale, _all[day] * scale)));
            var interval = Proportion.Wilson(Math.Min(Late * scale, _rows), _rows, effect);
            return new ReliabilityBin(_from, _to, _rows, Weight, _said / Weight, Late / Weight, interval, effect);
        }

        internal double Within(ReliabilityBin bin) =>
            _saidSquared / Weight - bin.Said * bin.Said - 2 * (_saidLate / Weight - bin.Said * bin.Came);

        internal double VarianceIfCalibrated(double effect) => effect * _chance / Weight / _rows;
    }
}
