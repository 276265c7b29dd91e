using OpsConsole.Numerics.Trees;

namespace OpsConsole.Numerics.Tests.Trees;

/// <summary>Random ensembles and rows, by seed.</summary>
internal static class Ensembles
{
    /// <summary>Thresholds and values come from this grid, so that values often equal thresholds.</summary>
    private const int Grid = 16;

    public static TreeEnsemble Random(int seed, int features = 6, int trees = 12, int maxLeaves = 16, bool weighted = true)
    {
        var random = new Random(seed);
        return new TreeEnsemble(
            features,
            [.. Enumerable.Range(0, trees).Select(_ => Tree(random, features, random.Next(1, maxLeaves + 1)))],
            [.. Enumerable.Range(0, trees).Select(_ => weighted ? random.NextDouble() * 2 - 0.5 : 1)],
            weighted ? random.NextDouble() - 0.5 : 0);
    }

    public static float[] Rows(int seed, int count, int features)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count * features).Select(_ => Value(random))];
    }

    /// <summary>An ensemble with covers of rows of its own.</summary>
    public static TreeEnsemble Covered(int seed, int features = 6, int trees = 12, int maxLeaves = 16, int rows = 300) =>
        Random(seed, features, trees, maxLeaves).WithCovers(Rows(seed + 1, rows, features));

    /// <summary>Grows a tree as a leaf-wise trainer does: a random leaf is split until there are enough.</summary>
    private static RegressionTree Tree(Random random, int features, int leaves)
    {
        int[] feature = new int[leaves - 1], left = new int[leaves - 1], right = new int[leaves - 1];
        var threshold = new float[leaves - 1];
        var parents = new List<(int Node, bool Left)> { (-1, false) };
        for (var node = 0; node < leaves - 1; node++)
        {
            var split = random.Next(parents.Count);
            var (parent, isLeft) = parents[split];
            if (parent >= 0)
            {
                (isLeft ? left : right)[parent] = node;
            }

            (feature[node], threshold[node], left[node], right[node]) = (random.Next(features), Value(random), ~split, ~(node + 1));
            parents[split] = (node, true);
            parents.Add((node, false));
        }

        return new RegressionTree(feature, threshold, left, right, [.. Enumerable.Range(0, leaves).Select(_ => random.NextDouble() * 2 - 1)]);
    }

    private static float Value(Random random) => random.Next(4) == 0 ? (float)random.NextDouble() : random.Next(Grid) / (float)Grid;
}
