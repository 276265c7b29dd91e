using OpsConsole.Numerics.Trees;

namespace OpsConsole.Numerics.Tests.Trees;

/// <summary>Shapley values straight from their definition, over all 2^n coalitions: for few features only.</summary>
internal static class ShapleyByDefinition
{
    public static double[] Of(TreeEnsemble ensemble, float[] row)
    {
        var n = ensemble.FeatureCount;
        var worth = new double[1 << n];
        for (var coalition = 0; coalition < worth.Length; coalition++)
        {
            worth[coalition] = ensemble.Trees.Select((tree, t) => ensemble.Weights[t] * Worth(tree, tree.Features.Length == 0 ? ~0 : 0, row, coalition)).Sum();
        }

        var values = new double[n];
        for (var i = 0; i < n; i++)
        {
            for (var coalition = 0; coalition < worth.Length; coalition++)
            {
                if ((coalition & (1 << i)) == 0)
                {
                    var size = int.PopCount(coalition);
                    values[i] += Factorial(size) * Factorial(n - 1 - size) / Factorial(n) * (worth[coalition | (1 << i)] - worth[coalition]);
                }
            }
        }

        return values;
    }

    /// <summary>Expected value below a place in the tree when only the coalition's features are known.</summary>
    private static double Worth(RegressionTree tree, int at, float[] row, int coalition)
    {
        if (at < 0)
        {
            return tree.LeafValues[~at];
        }

        if ((coalition & (1 << tree.Features[at])) != 0)
        {
            return Worth(tree, row[tree.Features[at]] <= tree.Thresholds[at] ? tree.Left[at] : tree.Right[at], row, coalition);
        }

        double left = Cover(tree, tree.Left[at]), right = Cover(tree, tree.Right[at]);
        var share = left + right > 0 ? left / (left + right) : 0.5;
        return share * Worth(tree, tree.Left[at], row, coalition) + (1 - share) * Worth(tree, tree.Right[at], row, coalition);
    }

    private static double Cover(RegressionTree tree, int at) =>
        at < 0 ? tree.LeafCovers[~at] : Cover(tree, tree.Left[at]) + Cover(tree, tree.Right[at]);

    private static double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);
}
