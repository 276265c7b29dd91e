namespace OpsConsole.Numerics.Trees;

/// <summary>The share of the training rows at a node that went each way, and what follows from them.</summary>
/// <param name="Left">Share that went left, by node.</param>
/// <param name="ExpectedValue">Mean of the tree's values over the rows that were counted.</param>
internal sealed record CoverFractions(double[] Left, double ExpectedValue)
{
    /// <summary>
    /// The shares of a tree. At a node that no row passed both sides are as likely as the other: a share is needed there, as a row to be
    /// explained may come by, and nothing is known.
    /// </summary>
    public static CoverFractions Of(RegressionTree tree)
    {
        var covers = tree.NodeCovers();
        var left = new double[covers.Length];
        var value = new double[covers.Length];
        for (var i = tree.TopDown.Length - 1; i >= 0; i--)
        {
            var node = tree.TopDown[i];
            int l = tree.Left[node], r = tree.Right[node];
            left[node] = covers[node] > 0 ? (l >= 0 ? covers[l] : tree.LeafCovers[~l]) / covers[node] : 0.5;
            value[node] = left[node] * Value(l) + (1 - left[node]) * Value(r);
        }

        return new CoverFractions(left, Value(covers.Length == 0 ? ~0 : 0));

        double Value(int child) => child >= 0 ? value[child] : tree.LeafValues[~child];
    }
}
