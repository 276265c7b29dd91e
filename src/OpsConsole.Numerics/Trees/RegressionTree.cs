namespace OpsConsole.Numerics.Trees;

/// <summary>
/// One binary regression tree, immutable. Node 0 is the root; a child of <c>c &gt;= 0</c> is a node, <c>c &lt; 0</c> is the leaf <c>~c</c>.
/// A row goes left at a node where its value is at most the threshold, as in LightGBM and ML.NET; a missing value (NaN) goes right.
/// </summary>
public sealed class RegressionTree
{
    /// <summary>More leaves than this are refused: no trainer makes them, and a corrupt file must not ask for the memory.</summary>
    public const int MaxLeaves = 1 << 16;

    /// <summary>Deeper trees are refused, so that a walk by recursion is safe; trainers stay far under it.</summary>
    public const int MaxDepth = 1000;

    private readonly int[] _features;
    private readonly float[] _thresholds;
    private readonly int[] _left;
    private readonly int[] _right;
    private readonly double[] _leafValues;
    private readonly double[] _leafCovers;
    private readonly int[] _topDown;

    /// <summary>Checks and copies the parts of a tree.</summary>
    /// <param name="features">Index of the feature each node asks for.</param>
    /// <param name="thresholds">Threshold of each node, finite.</param>
    /// <param name="left">Child of each node where the value is at most the threshold.</param>
    /// <param name="right">Child of each node otherwise.</param>
    /// <param name="leafValues">Value of each leaf, finite; one more than there are nodes.</param>
    /// <param name="leafCovers">Weight of the training rows that fell into each leaf; empty when not counted.</param>
    /// <exception cref="ArgumentException">The parts don't make a tree.</exception>
    public RegressionTree(
        ReadOnlySpan<int> features,
        ReadOnlySpan<float> thresholds,
        ReadOnlySpan<int> left,
        ReadOnlySpan<int> right,
        ReadOnlySpan<double> leafValues,
        ReadOnlySpan<double> leafCovers = default)
    {
        var nodes = features.Length;
        if (leafValues.Length != nodes + 1 || leafValues.Length > MaxLeaves)
        {
            throw new ArgumentException($"A tree of {nodes} nodes has {nodes + 1} leaves, at most {MaxLeaves}; given are {leafValues.Length}.", nameof(leafValues));
        }

        if (thresholds.Length != nodes || left.Length != nodes || right.Length != nodes)
        {
            throw new ArgumentException("Thresholds and children must be as many as the nodes.", nameof(thresholds));
        }

        if (leafCovers.Length != 0 && leafCovers.Length != leafValues.Length)
        {
            throw new ArgumentException("Covers must be as many as the leaves, or none.", nameof(leafCovers));
        }

        CheckNumbers(features, thresholds, leafValues, leafCovers);
        _features = features.ToArray();
        _thresholds = thresholds.ToArray();
        _left = left.ToArray();
        _right = right.ToArray();
        _leafValues = leafValues.ToArray();
        _leafCovers = leafCovers.ToArray();
        _topDown = OrderTopDown(_left, _right, _leafValues.Length);
    }

    /// <summary>Index of the feature each node asks for.</summary>
    public ReadOnlySpan<int> Features => _features;

    /// <summary>Threshold of each node.</summary>
    public ReadOnlySpan<float> Thresholds => _thresholds;

    /// <summary>Child of each node where the value is at most the threshold.</summary>
    public ReadOnlySpan<int> Left => _left;

    /// <summary>Child of each node where it is not.</summary>
    public ReadOnlySpan<int> Right => _right;

    /// <summary>Value of each leaf.</summary>
    public ReadOnlySpan<double> LeafValues => _leafValues;

    /// <summary>Weight of the training rows in each leaf; empty when not counted.</summary>
    public ReadOnlySpan<double> LeafCovers => _leafCovers;

    /// <summary>The nodes in an order in which parents come before their children.</summary>
    public ReadOnlySpan<int> TopDown => _topDown;

    /// <summary>A tree of one leaf.</summary>
    /// <param name="value">What it answers, whatever the row.</param>
    public static RegressionTree Constant(double value) => new([], [], [], [], [value]);

    /// <summary>The same tree with the training weight that fell into each leaf.</summary>
    /// <param name="leafCovers">Finite and not negative, one a leaf.</param>
    public RegressionTree WithCovers(ReadOnlySpan<double> leafCovers) => new(_features, _thresholds, _left, _right, _leafValues, leafCovers);

    /// <summary>The leaf a row falls into.</summary>
    /// <param name="row">The values of the features, in order.</param>
    public int LeafOf(ReadOnlySpan<float> row)
    {
        var node = _features.Length == 0 ? ~0 : 0;
        while (node >= 0)
        {
            node = row[_features[node]] <= _thresholds[node] ? _left[node] : _right[node];
        }

        return ~node;
    }

    /// <summary>Weight of the training rows that passed each node: the sum over the leaves below it.</summary>
    public double[] NodeCovers()
    {
        if (_leafCovers.Length == 0)
        {
            throw new InvalidOperationException("The covers of this tree were not counted.");
        }

        var covers = new double[_features.Length];
        for (var i = _topDown.Length - 1; i >= 0; i--)
        {
            var node = _topDown[i];
            covers[node] = Cover(_left[node]) + Cover(_right[node]);
        }

        return covers;

        double Cover(int child) => child >= 0 ? covers[child] : _leafCovers[~child];
    }

    private static void CheckNumbers(ReadOnlySpan<int> features, ReadOnlySpan<float> thresholds, ReadOnlySpan<double> leafValues, ReadOnlySpan<double> leafCovers)
    {
        foreach (var feature in features)
        {
            if (feature < 0)
            {
                throw new ArgumentException("A feature's index is not negative.", nameof(features));
            }
        }

        foreach (var threshold in thresholds)
        {
            if (!float.IsFinite(threshold))
            {
                throw new ArgumentException("Thresholds must be finite.", nameof(thresholds));
            }
        }

        foreach (var value in leafValues)
        {
            if (!double.IsFinite(value))
            {
                throw new ArgumentException("Values of leaves must be finite.", nameof(leafValues));
            }
        }

        foreach (var cover in leafCovers)
        {
            if (!double.IsFinite(cover) || cover < 0)
            {
                throw new ArgumentException("Covers must be finite and not negative.", nameof(leafCovers));
            }
        }
    }

    /// <summary>Walks from the root and insists that every node and leaf is met exactly once, so that no walk can run in a circle.</summary>
    private static int[] OrderTopDown(int[] left, int[] right, int leaves)
    {
        if (left.Length == 0)
        {
            return [];
        }

        var order = new int[left.Length];
        var depths = new int[left.Length];
        var seenNode = new bool[left.Length];
        var seenLeaf = new bool[leaves];
        seenNode[0] = true;
        var known = 1;
        for (var i = 0; i < known; i++)
        {
            Meet(left[order[i]], depths[order[i]] + 1);
            Meet(right[order[i]], depths[order[i]] + 1);
        }

        // Every node met has two children met for the first time, so n nodes meet n + 1 leaves: counting the nodes is enough.
        return known == left.Length ? order : throw new ArgumentException("Some nodes can't be reached from the root.", nameof(left));

        void Meet(int child, int depth)
        {
            if (depth > MaxDepth)
            {
                throw new ArgumentException($"A tree is at most {MaxDepth} deep.", nameof(left));
            }

            var seen = child >= 0 ? seenNode : seenLeaf;
            var index = child >= 0 ? child : ~child;
            if (index >= seen.Length || seen[index])
            {
                throw new ArgumentException("A child is out of range, or has two parents.", nameof(left));
            }

            seen[index] = true;
            if (child >= 0)
            {
                order[known++] = child;
                depths[child] = depth;
            }
        }
    }
}
