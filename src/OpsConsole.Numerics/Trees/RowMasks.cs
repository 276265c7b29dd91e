using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OpsConsole.Numerics.Trees;

/// <summary>
/// The same masks over leaves as <see cref="LeafMasks"/>, laid out for one row: eight trees side by side, 32 leaves a plane. All nodes are
/// tested, where a walk would test a fifth of them, but eight at once and without a branch that could be mispredicted.
/// </summary>
internal sealed unsafe class RowMasks
{
    private const int Lanes = 8;
    private const int LeavesPerPlane = 32;

    private readonly Test[] _tests;
    private readonly int[] _testsOfPlane;
    private readonly int[] _planesOfGroup;
    private readonly double[] _leaves;
    private readonly int[] _leavesOfTree;
    private readonly double _bias;

    /// <summary>Lays out an ensemble.</summary>
    /// <param name="ensemble">No tree of more than <see cref="LeafMasks.MaxLeaves"/> leaves.</param>
    public RowMasks(TreeEnsemble ensemble)
    {
        LeafOrder[] orders = [.. ensemble.Trees.Select(LeafOrder.Of)];
        var tests = new List<Test>();
        List<int> testsOfPlane = [0], planesOfGroup = [0];
        for (var group = 0; group < orders.Length; group += Lanes)
        {
            var lanes = Math.Min(Lanes, orders.Length - group);
            var most = Enumerable.Range(group, lanes).Max(t => orders[t].Leaves.Length);
            for (var first = 0; first < most; first += LeavesPerPlane)
            {
                AddPlane(ensemble, orders, group, lanes, first, tests);
                testsOfPlane.Add(tests.Count);
            }

            planesOfGroup.Add(testsOfPlane.Count - 1);
        }

        var leaves = new List<double>();
        _leavesOfTree = new int[orders.Length];
        for (var t = 0; t < orders.Length; t++)
        {
            _leavesOfTree[t] = leaves.Count;
            leaves.AddRange(orders[t].Leaves.Select(leaf => ensemble.Weights[t] * ensemble.Trees[t].LeafValues[leaf]));
        }

        (_tests, _testsOfPlane, _planesOfGroup, _leaves, _bias) = ([.. tests], [.. testsOfPlane], [.. planesOfGroup], [.. leaves], ensemble.Bias);
    }

    /// <summary>The sum of the trees for a row, tree after tree, the bias last. Needs AVX2.</summary>
    /// <param name="row">All features.</param>
    public double Score(ReadOnlySpan<float> row)
    {
        // A bit a leaf, of eight trees; LeafMasks' bound on leaves bounds the planes.
        var left = stackalloc uint[LeafMasks.MaxLeaves / LeavesPerPlane * Lanes];
        var sum = 0.0;
        fixed (float* values = row)
        fixed (Test* tests = _tests)
        {
            for (int group = 0, tree = 0; tree < _leavesOfTree.Length; group++)
            {
                var planes = 0;
                for (var plane = _planesOfGroup[group]; plane < _planesOfGroup[group + 1]; plane++)
                {
                    RuleOut(values, tests + _testsOfPlane[plane], tests + _testsOfPlane[plane + 1]).Store(left + Lanes * planes++);
                }

                for (var lane = 0; lane < Lanes && tree < _leavesOfTree.Length; lane++)
                {
                    sum += _leaves[_leavesOfTree[tree++] + FirstLeaf(left + lane)];
                }
            }
        }

        return sum + _bias;
    }

    /// <summary>The leaves of a plane that no node rules out, a tree a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RuleOut(float* values, Test* test, Test* end)
    {
        var left = Vector256<uint>.AllBitsSet;
        for (; test < end; test++)
        {
            var atOrUnder = Avx.CompareLessThanOrEqual(Avx2.GatherVector256(values, test->Features, 4), test->Thresholds);
            left &= atOrUnder.AsUInt32() | test->Kept;
        }

        return left;
    }

    /// <summary>The first bit left of a lane; there always is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FirstLeaf(uint* lane)
    {
        var number = 0;
        for (; *lane == 0; lane += Lanes)
        {
            number += LeavesPerPlane;
        }

        return number + BitOperations.TrailingZeroCount(*lane);
    }

    /// <summary>The nodes of eight trees that rule out some of the leaves of a plane, each tree's own in its lane; shorter lanes end in tests that rule out nothing.</summary>
    private static void AddPlane(TreeEnsemble ensemble, LeafOrder[] orders, int group, int lanes, int first, List<Test> tests)
    {
        var nodes = new List<(int Node, uint Kept)>[lanes];
        for (var lane = 0; lane < lanes; lane++)
        {
            nodes[lane] = [.. Enumerable.Range(0, ensemble.Trees[group + lane].Features.Length)
                .Select(node => (Node: node, Kept: Kept(orders[group + lane], node, first)))
                .Where(test => test.Kept != uint.MaxValue)];
        }

        for (var i = 0; i < nodes.Max(lane => lane.Count); i++)
        {
            var features = new int[Lanes];
            var thresholds = new float[Lanes];
            var kept = new uint[Lanes];
            Array.Fill(kept, uint.MaxValue);
            for (var lane = 0; lane < lanes; lane++)
            {
                if (i < nodes[lane].Count)
                {
                    var (node, keeps) = nodes[lane][i];
                    var tree = ensemble.Trees[group + lane];
                    (features[lane], thresholds[lane], kept[lane]) = (tree.Features[node], tree.Thresholds[node], keeps);
                }
            }

            tests.Add(new Test(Vector256.Create(features), Vector256.Create(thresholds), Vector256.Create(kept)));
        }
    }

    private static uint Kept(LeafOrder order, int node, int first)
    {
        var kept = uint.MaxValue;
        for (var bit = 0; bit < LeavesPerPlane; bit++)
        {
            kept &= first + bit >= order.First[node] && first + bit < order.Middle[node] ? ~(1u << bit) : uint.MaxValue;
        }

        return kept;
    }

    /// <summary>A node of each of eight trees: where the value is over the threshold, only some leaves are kept.</summary>
    private readonly record struct Test(Vector256<int> Features, Vector256<float> Thresholds, Vector256<uint> Kept);
}
