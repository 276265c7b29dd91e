namespace OpsConsole.Simulator.Network;

/// <summary>
/// Chance that is the same every time for the same seed and the same name (SplitMix64). Each thing of the network throws its own dice, named by
/// what it is, so that nothing depends on the order in which things are asked for.
/// </summary>
internal sealed class Dice
{
    private ulong _state;

    private Dice(ulong state) => _state = state;

    /// <summary>The dice of one thing.</summary>
    /// <param name="seed">The network's seed.</param>
    /// <param name="name">What the thing is: its kind, then its numbers.</param>
    internal static Dice Of(int seed, params ReadOnlySpan<long> name)
    {
        var state = Mix((ulong)seed + 0x9E3779B97F4A7C15UL);
        foreach (var part in name)
            state = Mix(state ^ Mix((ulong)part + 0x9E3779B97F4A7C15UL));
        return new Dice(state);
    }

    /// <summary>A number that stands for a text, the same in every process.</summary>
    internal static long Number(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in text)
            hash = (hash ^ character) * 1099511628211UL;
        return (long)hash;
    }

    /// <summary>0 ≤ x &lt; 1.</summary>
    internal double Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>True as often as that.</summary>
    internal bool Chance(double probability) => Next() < probability;

    /// <summary>0 to <paramref name="count"/> − 1.</summary>
    internal int Below(int count) => (int)(Next() * count);

    /// <summary>Between two numbers.</summary>
    internal double Between(double low, double high) => low + Next() * (high - low);

    /// <summary>Normal with mean 0 and deviation 1.</summary>
    internal double Normal() => Math.Sqrt(-2 * Math.Log(1 - Next())) * Math.Cos(2 * Math.PI * Next());

    /// <summary>Log-normal with that median.</summary>
    internal double Around(double median, double spread) => median * Math.Exp(spread * Normal());

    /// <summary>An item, with the weight it has.</summary>
    internal T Pick<T>(IReadOnlyList<T> items, Func<T, double> weight)
    {
        var at = Next() * items.Sum(weight);
        foreach (var item in items)
        {
            at -= weight(item);
            if (at < 0)
                return item;
        }
        return items[^1];
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
