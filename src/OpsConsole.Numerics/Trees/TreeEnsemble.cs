namespace OpsConsole.Numerics.Trees;

/// <summary>
/// A weighted sum of regression trees and a bias, immutable: the raw score in log-odds of a boosted classifier, or the minutes of a regressor.
/// </summary>
/// <remarks>
/// Sums run in doubles over the trees in their order, starting from zero, the bias last. ML.NET sums the same way
/// (<c>InternalTreeEnsemble.GetOutput</c>, without weights and bias, which its LightGBM models leave at 1 and 0) and rounds the result to
/// float, so that <c>(float)Raw(row)</c> is bit-equal to its Score. Every other path over the same ensemble
/// (<see cref="PackedEnsemble"/>) keeps this order and is bit-equal to <see cref="Raw(ReadOnlySpan{float})"/>.
/// </remarks>
public sealed class TreeEnsemble
{
    private readonly RegressionTree[] _trees;
    private readonly double[] _weights;
    private readonly Node[] _nodes;
    private readonly double[] _leaves;
    private readonly int[] _roots;

    /// <summary>Puts trees together.</summary>
    /// <param name="featureCount">How many values a row has; the trees ask for no feature beyond.</param>
    /// <param name="trees">The trees, in the order of their sum.</param>
    /// <param name="weights">One finite weight a tree; empty: all 1.</param>
    /// <param name="bias">What is added last.</param>
    /// <exception cref="ArgumentException">A tree asks for a feature that rows don't have, or a number is not finite.</exception>
    public TreeEnsemble(int featureCount, IReadOnlyList<RegressionTree> trees, IReadOnlyList<double>? weights = null, double bias = 0)
    {
        ArgumentNullException.ThrowIfNull(trees);
        ArgumentOutOfRangeException.ThrowIfNegative(featureCount);
        _weights = weights is null or { Count: 0 } ? [.. Enumerable.Repeat(1.0, trees.Count)] : [.. weights];
        if (_weights.Length != trees.Count || !_weights.All(double.IsFinite) || !double.IsFinite(bias))
        {
            throw new ArgumentException("There must be one finite weight a tree, and a finite bias.", nameof(weights));
        }

        _trees = [.. trees];
        FeatureCount = featureCount;
        Bias = bias;
        _nodes = new Node[_trees.Sum(tree => tree.Features.Length)];
        _leaves = new double[_trees.Sum(tree => tree.LeafValues.Length)];
        _roots = new int[_trees.Length];
        Flatten();
        HasCovers = _trees.All(tree => tree.LeafCovers.Length > 0);
    }

    /// <summary>How many values a row has.</summary>
    public int FeatureCount { get; }

    /// <summary>What is added after the trees.</summary>
    public double Bias { get; }

    /// <summary>The trees, in the order of their sum.</summary>
    public IReadOnlyList<RegressionTree> Trees => _trees;

    /// <summary>The weight of each tree.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>Whether the training rows in every leaf were counted, as explaining needs.</summary>
    public bool HasCovers { get; }

    /// <summary>The sum of the trees for a row.</summary>
    /// <param name="row">At least <see cref="FeatureCount"/> values.</param>
    public double Raw(ReadOnlySpan<float> row)
    {
        Check(row.Length);
        var sum = 0.0;
        foreach (var root in _roots)
        {
            var at = root;
            while (at >= 0)
            {
                ref readonly var node = ref _nodes[at];
                at = row[node.Feature] <= node.Threshold ? node.Left : node.Right;
            }

            sum += _leaves[~at];
        }

        return sum + Bias;
    }

    /// <summary>The sum of the trees for a row of doubles, each rounded to float first: trees are grown on floats, and all paths must go the same way.</summary>
    /// <param name="row">At least <see cref="FeatureCount"/> values.</param>
    public double Raw(ReadOnlySpan<double> row)
    {
        Check(row.Length);
        var sum = 0.0;
        foreach (var root in _roots)
        {
            var at = root;
            while (at >= 0)
            {
                ref readonly var node = ref _nodes[at];
                at = (float)row[node.Feature] <= node.Threshold ? node.Left : node.Right;
            }

            sum += _leaves[~at];
        }

        return sum + Bias;
    }

    /// <summary>The mean of <see cref="Raw(ReadOnlySpan{float})"/> over the rows that were counted: the baseline of an explanation.</summary>
    public double ExpectedValue()
    {
        var sum = 0.0;
        for (var t = 0; t < _trees.Length; t++)
        {
            sum += _weights[t] * CoverFractions.Of(_trees[t]).ExpectedValue;
        }

        return sum + Bias;
    }

    /// <summary>The same ensemble with covers counted over the given rows.</summary>
    /// <param name="rows">The training rows, one after another.</param>
    /// <param name="weights">One weight a row; empty: all 1.</param>
    public TreeEnsemble WithCovers(ReadOnlySpan<float> rows, ReadOnlySpan<double> weights = default)
    {
        var counter = new CoverCounter(this);
        for (int i = 0, at = 0; at < rows.Length; i++, at += FeatureCount)
        {
            counter.Add(rows.Slice(at, FeatureCount), weights.IsEmpty ? 1 : weights[i]);
        }

        return counter.ToEnsemble();
    }

    /// <summary>Writes the ensemble, in a format that <see cref="Read"/> of this version and later understands.</summary>
    /// <param name="stream">Left open.</param>
    public void Write(Stream stream) => TreeEnsembleFormat.Write(this, stream);

    /// <summary>Reads an ensemble; reads no byte beyond it.</summary>
    /// <param name="stream">Left open.</param>
    /// <exception cref="InvalidDataException">It is not an ensemble, of a later version, cut off, or not consistent.</exception>
    public static TreeEnsemble Read(Stream stream) => TreeEnsembleFormat.Read(stream);

    private void Flatten()
    {
        int nodeBase = 0, leafBase = 0;
        for (var t = 0; t < _trees.Length; t++)
        {
            var tree = _trees[t];
            for (var n = 0; n < tree.Features.Length; n++)
            {
                if (tree.Features[n] >= FeatureCount)
                {
                    throw new ArgumentException($"Tree {t} asks for feature {tree.Features[n]} of {FeatureCount}.", nameof(Trees));
                }

                _nodes[nodeBase + n] = new Node(tree.Features[n], tree.Thresholds[n], Child(tree.Left[n]), Child(tree.Right[n]));
            }

            for (var leaf = 0; leaf < tree.LeafValues.Length; leaf++)
            {
                _leaves[leafBase + leaf] = _weights[t] * tree.LeafValues[leaf];
            }

            _roots[t] = tree.Features.Length == 0 ? ~leafBase : nodeBase;
            nodeBase += tree.Features.Length;
            leafBase += tree.LeafValues.Length;
        }

        int Child(int child) => child >= 0 ? nodeBase + child : ~(leafBase + ~child);
    }

    private void Check(int length)
    {
        if (length < FeatureCount)
        {
            throw new ArgumentException($"A row has {FeatureCount} values; given are {length}.", nameof(length));
        }
    }

    private readonly record struct Node(int Feature, float Threshold, int Left, int Right);
}
