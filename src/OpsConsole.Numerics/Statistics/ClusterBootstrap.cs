namespace OpsConsole.Numerics.Statistics;

/// <summary>Intervals of figures that are no plain rates (differences, areas, F1): whole clusters, such as days, are drawn again.</summary>
public static class ClusterBootstrap
{
    /// <summary>
    /// The 95 % percentile interval of a figure over clusters drawn with replacement. The same seed gives the same interval on every machine.
    /// </summary>
    /// <param name="clusters">One item a cluster.</param>
    /// <param name="figure">The figure of a drawn set, given as how often each cluster was drawn; NaN where it has no value.</param>
    /// <param name="draws">How many sets are drawn.</param>
    /// <param name="seed">Seed.</param>
    /// <returns>Null with fewer than two clusters, or when under half of the sets give a value.</returns>
    public static Interval? Of<T>(IReadOnlyList<T> clusters, Func<IReadOnlyList<T>, int[], double> figure, int draws = 1000, ulong seed = 1)
    {
        if (clusters.Count < 2)
            return null;
        var random = new SplitMix(seed);
        var times = new int[clusters.Count];
        var values = new List<double>(draws);
        for (var i = 0; i < draws; i++)
        {
            Array.Clear(times);
            for (var j = 0; j < times.Length; j++)
                times[random.Below(times.Length)]++;
            if (figure(clusters, times) is var value && double.IsFinite(value))
                values.Add(value);
        }
        if (values.Count * 2 < draws)
            return null;
        values.Sort();
        return new Interval(Quantile(values, 0.025), Quantile(values, 0.975));
    }

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
