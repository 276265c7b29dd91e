using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpsConsole.Numerics.Statistics;

namespace OpsConsole.Numerics.Curves;

/// <summary>The counts of scores that reach a threshold.</summary>
/// <param name="Threshold">The score.</param>
/// <param name="Positives">Positives at or above it.</param>
/// <param name="Negatives">Negatives at or above it.</param>
public readonly record struct CurvePoint(double Threshold, long Positives, long Negatives);

/// <summary>
/// Scores against what happened, sorted once, in clusters (days): both curves, their exact areas, and intervals by drawing whole clusters. Equal
/// scores are one threshold.
/// </summary>
public sealed class RankedScores
{
    /// <summary>Into how many groups of scores the drawn sets are cut; what that blurs is taken out again, and is far under an interval's width.</summary>
    private const int Groups = 128;

    private readonly double[] _scores;
    private readonly bool[] _labels;
    private readonly int[] _clusters;
    private readonly int _clusterCount;

    /// <param name="scores">Any increasing measure of risk, without NaN.</param>
    /// <param name="labels">What happened.</param>
    /// <param name="clusters">The cluster of each row, from 0.</param>
    public RankedScores(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, ReadOnlySpan<int> clusters)
    {
        if (labels.Length != scores.Length || clusters.Length != scores.Length)
            throw new ArgumentException("Each row has a label and a cluster.", nameof(scores));
        _scores = scores.ToArray();
        var order = new int[_scores.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = double.IsNaN(_scores[i]) ? throw new ArgumentException("NaN is not a score.", nameof(scores)) : i;
        Array.Sort(_scores, order);
        (_labels, _clusters) = (new bool[order.Length], new int[order.Length]);
        for (var i = 0; i < order.Length; i++)
        {
            (_labels[i], _clusters[i]) = (labels[order[i]], clusters[order[i]]);
            _clusterCount = Math.Max(_clusterCount, _clusters[i] + 1);
            Positives += _labels[i] ? 1 : 0;
        }
    }

    /// <summary>Rows that had it.</summary>
    public long Positives { get; }

    /// <summary>Rows that hadn't.</summary>
    public long Negatives => _scores.Length - Positives;

    /// <summary>Area under the ROC curve and average precision (<see cref="Areas"/>); NaN where there is none.</summary>
    public (double Roc, double AveragePrecision) Areas()
    {
        double area = 0, sum = 0;
        long above = 0, seen = 0;
        foreach (var (_, positives, negatives) in Steps())
        {
            area += negatives * (above + positives / 2.0);
            above += positives;
            seen += positives + negatives;
            sum += positives * ((double)above / seen);
        }
        return (Positives > 0 && Negatives > 0 ? area / Positives / Negatives : double.NaN, Positives > 0 ? sum / Positives : double.NaN);
    }

    /// <summary>
    /// Points of both curves, highest threshold first: the last one holds all. Between two neighbours neither share moves by more than
    /// 1/<paramref name="most"/>, unless equal scores make it.
    /// </summary>
    public IReadOnlyList<CurvePoint> Points(int most = 200)
    {
        List<CurvePoint> points = [];
        var (last, at) = (default(CurvePoint), default(CurvePoint));
        foreach (var (threshold, positives, negatives) in Steps())
        {
            var next = new CurvePoint(threshold, at.Positives + positives, at.Negatives + negatives);
            if (at.Positives + at.Negatives > 0 && (Far(next.Positives - last.Positives, Positives, most) || Far(next.Negatives - last.Negatives, Negatives, most)))
                points.Add(last = at);
            at = next;
        }
        if (_scores.Length > 0)
            points.Add(at);
        return points;
    }

    private static bool Far(long moved, long of, int most) => moved * most > of;

    /// <summary>The 95 % intervals of both areas over clusters drawn with replacement; null where there is none.</summary>
    /// <param name="draws">How many sets are drawn.</param>
    /// <param name="seed">Seed.</param>
    public (Interval? Roc, Interval? AveragePrecision) Intervals(int draws = 1000, ulong seed = 1)
    {
        if (_clusterCount < 2)
            return (null, null);
        var (positives, negatives) = Grouped();
        var padded = Padded(_clusterCount);
        var drawn = new int[padded];

        // A question is asked too seldom for the compiler to find out by itself that this is where its time goes.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Fill(ReadOnlySpan<int> times, Span<double> areas)
        {
            times.CopyTo(drawn);
            var of = MemoryMarshal.Cast<int, Vector<int>>(drawn);
            double area = 0, sum = 0, above = 0, below = 0;
            for (var at = 0; at < positives.Length; at += padded)
            {
                double late = Dot(of, positives.AsSpan(at, padded)), others = Dot(of, negatives.AsSpan(at, padded));
                area += others * (above + late / 2);
                // The precision in the middle of the group, for each of its positives.
                if (late > 0)
                    sum += late * (above + (late + 1) / 2) / (above + below + (late + others + 1) / 2);
                (above, below) = (above + late, below + others);
            }
            (areas[0], areas[1]) = (above > 0 && below > 0 ? area / above / below : double.NaN, above > 0 ? sum / above : double.NaN);
        }
        var whole = new double[2];
        var once = new int[_clusterCount];
        Array.Fill(once, 1);
        Fill(once, whole);
        var found = ClusterBootstrap.Of(_clusterCount, 2, Fill, draws, seed);
        var (roc, precision) = Areas();
        return (Moved(found[0], roc - whole[0]), Moved(found[1], precision - whole[1]));
    }

    private static Interval? Moved(Interval? interval, double by) =>
        interval is { } found ? new Interval(Math.Clamp(found.Low + by, 0, 1), Math.Clamp(found.High + by, 0, 1)) : null;

    /// <summary>Counts by group of scores, highest first, and cluster.</summary>
    private (int[] Positives, int[] Negatives) Grouped()
    {
        List<int> starts = [];
        long p = 0, n = 0;
        var row = _scores.Length - 1;
        foreach (var (_, positives, negatives) in Steps())
        {
            if (starts.Count == 0 || Far(p + positives, Positives, Groups) || Far(n + negatives, Negatives, Groups))
            {
                starts.Add(row);
                (p, n) = (0, 0);
            }
            (p, n, row) = (p + positives, n + negatives, row - (int)(positives + negatives));
        }
        var padded = Padded(_clusterCount);
        var (late, others) = (new int[starts.Count * padded], new int[starts.Count * padded]);
        for (var group = 0; group < starts.Count; group++)
        {
            var end = group + 1 < starts.Count ? starts[group + 1] : -1;
            for (var i = starts[group]; i > end; i--)
                (_labels[i] ? late : others)[group * padded + _clusters[i]]++;
        }
        return (late, others);
    }

    // As many clusters as fill whole vectors; those beyond the last are never drawn.
    private static int Padded(int clusters) => (clusters + Vector<int>.Count - 1) / Vector<int>.Count * Vector<int>.Count;

    private static int Dot(ReadOnlySpan<Vector<int>> times, ReadOnlySpan<int> counts)
    {
        var vectors = MemoryMarshal.Cast<int, Vector<int>>(counts);
        var sum = Vector<int>.Zero;
        for (var i = 0; i < vectors.Length; i++)
            sum += vectors[i] * times[i];
        return Vector.Sum(sum);
    }

    /// <summary>Positives and negatives of each score, highest first.</summary>
    private IEnumerable<(double Score, long Positives, long Negatives)> Steps()
    {
        for (var i = _scores.Length - 1; i >= 0;)
        {
            var score = _scores[i];
            long positives = 0, negatives = 0;
            for (; i >= 0 && _scores[i] == score; i--)
            {
                positives += _labels[i] ? 1 : 0;
                negatives += _labels[i] ? 0 : 1;
            }
            yield return (score, positives, negatives);
        }
    }
}
