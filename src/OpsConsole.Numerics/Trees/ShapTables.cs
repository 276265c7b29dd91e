using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OpsConsole.Numerics.Trees;

/// <summary>
/// One tree prepared for <see cref="TreeShap"/>: what doesn't depend on a row, worked out once for every edge. Slot 0 is above the root; slots
/// 2k + 1 and 2k + 2 are the edges that lead left and right from the k-th node, parents first.
/// </summary>
internal sealed unsafe class ShapTables
{
    /// <summary>A quadrature of 8 points is exact up to degree 15, so for paths of this many different features.</summary>
    public const int MaxFeaturesOfAPath = 16;

    /// <summary>Gauss–Legendre points and weights for [0, 1] (Abramowitz and Stegun, table 25.4, n = 8, moved from [−1, 1]).</summary>
    private static readonly Vector512<double> Points = (Vector512.Create(
        -0.960289856497536231684, -0.796666477413626739592, -0.525532409916328985818, -0.183434642495649804939,
        0.183434642495649804939, 0.525532409916328985818, 0.796666477413626739592, 0.960289856497536231684) + Vector512<double>.One) / 2;

    private static readonly Vector512<double> Weights = Vector512.Create(
        0.101228536290376259153, 0.222381034453374470544, 0.313706645877887287338, 0.362683783378361982965,
        0.362683783378361982965, 0.313706645877887287338, 0.222381034453374470544, 0.101228536290376259153) / 2;

    private readonly Node[] _nodes;
    private readonly double[] _memory;
    private readonly Factor* _factors;

    private ShapTables(int nodes)
    {
        _nodes = new Node[nodes];

        // Pinned, so that it can begin where a cache line does: a vector across two lines costs two reads.
        _memory = GC.AllocateArray<double>((2 * nodes + 1) * sizeof(Factor) / sizeof(double) + Vector512<double>.Count, pinned: true);
        _factors = (Factor*)AlignUp((double*)Unsafe.AsPointer(ref _memory[0]));
    }

    /// <summary>How many slots there are.</summary>
    public int Slots => 2 * _nodes.Length + 1;

    /// <summary>(o − z)·weight/(z(1−t) + o·t) for o = 0: the same for every edge, since z cancels out.</summary>
    private static Vector512<double> UnmetTerm { get; } = -Weights / (Vector512<double>.One - Points);

    /// <summary>The first place at or after a pointer where a vector begins on a cache line.</summary>
    public static Vector512<double>* AlignUp(double* memory) => (Vector512<double>*)(((nint)memory + 63) & ~63);

    /// <summary>Prepares a tree; null where a path has too many different features.</summary>
    /// <param name="tree">With covers.</param>
    /// <param name="fractions">Its shares.</param>
    /// <param name="weight">What its values count for.</param>
    public static ShapTables? Of(RegressionTree tree, CoverFractions fractions, double weight)
    {
        var tables = new ShapTables(tree.Features.Length);
        var positions = new int[tree.Features.Length];
        for (var k = 0; k < positions.Length; k++)
        {
            positions[tree.TopDown[k]] = k;
        }

        // Product of the shares of the conditions on the edge's feature, and how many different features lie above it, it included.
        var shares = new double[tables.Slots];
        var depths = new int[tables.Slots];
        var parents = new int[positions.Length];
        shares[0] = 1;
        for (var k = 0; k < positions.Length; k++)
        {
            var node = tree.TopDown[k];
            var earlier = tables.SameFeatureAbove(parents[k], tree.Features[node]);
            var depth = depths[parents[k]] + (earlier == 0 ? 1 : 0);
            if (depth > MaxFeaturesOfAPath)
            {
                return null;
            }

            double left = fractions.Left[node], right = 1 - left;
            var (leftValue, rightValue) = (Value(tree.Left[node]), Value(tree.Right[node]));
            tables._nodes[k] = new Node(tree.Features[node], tree.Thresholds[node], parents[k], earlier, left * leftValue, right * rightValue);
            foreach (var (slot, share, value, child) in new[] { (2 * k + 1, left, leftValue, tree.Left[node]), (2 * k + 2, right, rightValue, tree.Right[node]) })
            {
                shares[slot] = share * shares[earlier];
                depths[slot] = depth;
                tables._factors[slot] = Factor.Of(shares[slot], shares[earlier], value);
                if (child >= 0)
                {
                    parents[positions[child]] = slot;
                }
            }
        }

        return tables;

        double Value(int child) => child >= 0 ? 1 : weight * tree.LeafValues[~child];
    }

    /// <summary>Adds what each feature contributes to the tree's value for a row.</summary>
    /// <param name="row">All features.</param>
    /// <param name="slots">Room for a vector a slot.</param>
    /// <param name="met">Room for a byte a slot.</param>
    /// <param name="sums">A vector a feature, whose elements add up to the feature's contribution.</param>
    public void Add(float* row, Vector512<double>* slots, byte* met, Vector512<double>* sums)
    {
        fixed (Node* nodes = _nodes)
        {
            GoDown(nodes, row, slots, met);
            GoUp(nodes, slots, met, sums);
        }
    }

    /// <summary>Gives each edge the product of its path, times the leaf's value at a leaf, and whether the row meets all conditions on its feature so far.</summary>
    private void GoDown(Node* nodes, float* row, Vector512<double>* slots, byte* met)
    {
        slots[0] = Vector512<double>.One;
        met[0] = 1;
        for (var k = 0; k < _nodes.Length; k++)
        {
            var node = nodes + k;
            var left = 2 * k + 1;
            var above = slots[node->Parent];
            if (met[node->Earlier] != 0)
            {
                // The way taken is a number, not a branch: no predictor knows it.
                var side = row[node->Feature] <= node->Threshold ? 0 : 1;
                slots[left + side] = above * _factors[left + side].Met;
                slots[left + 1 - side] = above * _factors[left + 1 - side].Broken;
                met[left + side] = 1;
                met[left + 1 - side] = 0;
            }
            else
            {
                slots[left] = above * node->LeftShare;
                slots[left + 1] = above * node->RightShare;
                met[left] = met[left + 1] = 0;
            }
        }
    }

    /// <summary>Turns each edge's product into the sum over the leaves below, and adds what it means to the edge's feature.</summary>
    private void GoUp(Node* nodes, Vector512<double>* slots, byte* met, Vector512<double>* sums)
    {
        var unmet = UnmetTerm;
        for (var k = _nodes.Length - 1; k >= 0; k--)
        {
            var node = nodes + k;
            var left = 2 * k + 1;
            var side = 1 - met[left];
            var (way, other) = (slots[left + side], slots[left + 1 - side]);
            slots[node->Parent] = way + other;
            if (met[node->Earlier] != 0)
            {
                // What the edge above on the same feature adds for these leaves is taken back; above the root that is nothing. Where the
                // feature was unmet already, both would be the same.
                sums[node->Feature] += _factors[left + side].MetTerm * way + unmet * other - _factors[node->Earlier].MetTerm * (way + other);
            }
        }
    }

    /// <summary>The nearest edge above that asks for a feature; slot 0 where none does.</summary>
    private int SameFeatureAbove(int slot, int feature)
    {
        while (slot > 0 && _nodes[(slot - 1) / 2].Feature != feature)
        {
            slot = _nodes[(slot - 1) / 2].Parent;
        }

        return slot;
    }

    /// <param name="Feature">What it asks for.</param>
    /// <param name="Threshold">At most: left.</param>
    /// <param name="Parent">The slot that leads here.</param>
    /// <param name="Earlier">The nearest slot above on the same feature; 0 where none.</param>
    /// <param name="LeftShare">Of the training rows here, the part that went left, times the leaf's value if a leaf is there.</param>
    /// <param name="RightShare">Likewise right.</param>
    private readonly record struct Node(int Feature, float Threshold, int Parent, int Earlier, double LeftShare, double RightShare);

    /// <summary>At the points of the quadrature, for an edge of shares z whose feature's shares above are y (1: none above).</summary>
    /// <param name="Met">(z(1−t) + t)/(y(1−t) + t), times the leaf's value at a leaf: when the row still meets the feature's conditions.</param>
    /// <param name="Broken">z(1−t)/(y(1−t) + t), likewise: when this edge is the first that it doesn't meet.</param>
    /// <param name="MetTerm">(1 − z)·weight/(z(1−t) + t).</param>
    private readonly record struct Factor(Vector512<double> Met, Vector512<double> Broken, Vector512<double> MetTerm)
    {
        public static Factor Of(double z, double y, double value)
        {
            var absent = Vector512<double>.One - Points;
            var met = z * absent + Points;
            var above = y * absent + Points;
            return new Factor(value * met / above, value * z * absent / above, (1 - z) * Weights / met);
        }
    }
}
