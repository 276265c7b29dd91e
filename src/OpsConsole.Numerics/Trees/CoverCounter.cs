namespace OpsConsole.Numerics.Trees;

/// <summary>Counts the training rows that fall into each leaf, one row at a time, since training rows stream; not for several threads.</summary>
/// <param name="ensemble">The ensemble whose leaves are counted.</param>
public sealed class CoverCounter(TreeEnsemble ensemble)
{
    private readonly double[][] _covers = [.. ensemble.Trees.Select(tree => new double[tree.LeafValues.Length])];

    /// <summary>Counts a row.</summary>
    /// <param name="row">The values of the features, in order.</param>
    /// <param name="weight">Finite and not negative.</param>
    public void Add(ReadOnlySpan<float> row, double weight = 1)
    {
        for (var t = 0; t < _covers.Length; t++)
        {
            _covers[t][ensemble.Trees[t].LeafOf(row)] += weight;
        }
    }

    /// <summary>The ensemble with what was counted.</summary>
    public TreeEnsemble ToEnsemble() => new(
        ensemble.FeatureCount,
        [.. ensemble.Trees.Select((tree, t) => tree.WithCovers(_covers[t]))],
        ensemble.Weights,
        ensemble.Bias);
}
