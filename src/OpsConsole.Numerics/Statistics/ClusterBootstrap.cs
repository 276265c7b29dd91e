namespace OpsConsole.Numerics.Statistics;

/// <summary>Intervals of figures that are no plain rates (differences, areas, F1): whole clusters, such as days, are drawn again.</summary>
public static class ClusterBootstrap
{
    /// <summary>Fills the figures of a drawn set, given as how often each cluster was drawn; NaN where one has no value.</summary>
    /// <param name="times">How often each cluster was drawn.</param>
    /// <param name="figures">To be filled.</param>
    public delegate void Fill(ReadOnlySpan<int> times, Span<double> figures);

    /// <summary>
    /// The 95 % percentile interval of a figure over clusters drawn with replacement. The same seed gives the same interval on every machine.
    /// </summary>
    /// <param name="clusters">One item a cluster.</param>
    /// <param name="figure">The figure of a drawn set, given as how often each cluster was drawn; NaN where it has no value.</param>
    /// <param name="draws">How many sets are drawn.</param>
    /// <param name="seed">Seed.</param>
    /// <returns>Null with fewer than two clusters, or when under half of the sets give a value.</returns>
    public static Interval? Of<T>(IReadOnlyList<T> clusters, Func<IReadOnlyList<T>, int[], double> figure, int draws = 1000, ulong seed = 1) =>
        Of(clusters.Count, 1, (times, into) => into[0] = figure(clusters, times.ToArray()), draws, seed)[0];

    /// <summary>The same of several figures over the same drawn sets.</summary>
    /// <param name="clusters">How many clusters there are.</param>
    /// <param name="figures">How many figures.</param>
    /// <param name="fill">Fills the figures of a drawn set.</param>
    /// <param name="draws">How many sets are drawn.</param>
    /// <param name="seed">Seed.</param>
    public static Interval?[] Of(int clusters, int figures, Fill fill, int draws = 1000, ulong seed = 1)
    {
        var intervals = new Interval?[figures];
        if (clusters < 2)
            return intervals;
        var random = new SplitMix(seed);
        var times = new int[clusters];
        var drawn = new double[figures];
        var values = new List<double>[figures];
        for (var i = 0; i < figures; i++)
            values[i] = new(draws);
        for (var i = 0; i < draws; i++)
        {
            Array.Clear(times);
            for (var j = 0; j < times.Length; j++)
                times[random.Below(times.Length)]++;
            fill(times, drawn);
            for (var j = 0; j < figures; j++)
            {
                if (double.IsFinite(drawn[j]))
                    values[j].Add(drawn[j]);
            }
        }
        var tail = Tail(clusters);
        for (var i = 0; i < figures; i++)
        {
            if (values[i].Count * 2 < draws)
                continue;
            values[i].Sort();
            intervals[i] = new Interval(Quantile(values[i], tail), Quantile(values[i], 1 - tail));
        }
        return intervals;
    }

    /// <summary>
    /// The share left out on each side. Drawn sets of few clusters scatter too little, by √((n − 1)/n), and the normal distribution takes that scatter for
    /// certain: the plain 2.5 % held the truth in 92 % of networks of 28 days. So it is that of Student's t instead (T. Hesterberg, "What teachers should
    /// know about the bootstrap", The American Statistician 69, 2015: the expanded percentile interval).
    /// </summary>
    /// <param name="clusters">How many there are, at least two.</param>
    public static double Tail(int clusters) => Student.NormalTail(Math.Sqrt(clusters / (clusters - 1.0)) * Student.T95(clusters - 1));

    /// <summary>The quantile of sorted values, between neighbours in proportion.</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double share)
    {
        var place = share * (sorted.Count - 1);
        var below = (int)Math.Floor(place);
        return below + 1 >= sorted.Count ? sorted[^1] : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
    }

    /// <summary>SplitMix64: small, the same everywhere, good enough to draw days.</summary>
    private struct SplitMix(ulong seed)
    {
        private ulong _state = seed;

        internal int Below(int bound)
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)Math.BigMul(z ^ (z >> 31), (ulong)bound, out _);
        }
    }
}
