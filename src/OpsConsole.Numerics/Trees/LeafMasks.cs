using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OpsConsole.Numerics.Trees;

/// <summary>
/// All trees as masks over their leaves, for 32 rows at once: leaves are numbered from left to right; a node that sends a row right rules out
/// the leaves to its left; of those left over, the first is the row's. No branch depends on a row.
/// </summary>
/// <remarks>
/// C. Lucchese et al., "QuickScorer", SIGIR 2015; in bytes, eight leaves a plane and a row a lane, as T. Ye et al., "RapidScorer", KDD 2018.
/// </remarks>
internal sealed unsafe class LeafMasks
{
    /// <summary>Rows a block.</summary>
    public const int Block = 32;

    /// <summary>A byte holds the number of a leaf.</summary>
    public const int MaxLeaves = 256;

    private const int LeavesPerPlane = 8;

    private readonly Test[] _tests;
    private readonly int[] _testsOfPlane;
    private readonly int[] _planesOfTree;
    private readonly double[] _leaves;
    private readonly int[] _leavesOfTree;
    private readonly double _bias;

    /// <summary>Lays out an ensemble.</summary>
    /// <param name="ensemble">No tree of more than <see cref="MaxLeaves"/> leaves.</param>
    /// <param name="ranks">The ranks of its thresholds.</param>
    public LeafMasks(TreeEnsemble ensemble, ThresholdRanks ranks)
    {
        var tests = new List<Test>();
        List<int> testsOfPlane = [0], planesOfTree = [0], leavesOfTree = [];
        var leaves = new List<double>();
        for (var t = 0; t < ensemble.Trees.Count; t++)
        {
            var tree = ensemble.Trees[t];
            var order = LeafOrder.Of(tree);
            for (var first = 0; first < tree.LeafValues.Length; first += LeavesPerPlane)
            {
                AddPlane(tree, order, first, ranks, tests);
                testsOfPlane.Add(tests.Count);
            }

            planesOfTree.Add(testsOfPlane.Count - 1);
            leavesOfTree.Add(leaves.Count);
            foreach (var leaf in order.Leaves)
            {
                leaves.Add(ensemble.Weights[t] * tree.LeafValues[leaf]);
            }
        }

        (_tests, _testsOfPlane, _planesOfTree) = ([.. tests], [.. testsOfPlane], [.. planesOfTree]);
        (_leaves, _leavesOfTree, _bias) = ([.. leaves], [.. leavesOfTree], ensemble.Bias);
    }

    /// <summary>Sums the trees for a block of ranked rows, tree after tree, the bias last.</summary>
    /// <param name="ranks">32 bytes a column.</param>
    /// <param name="sums">Room for 32 sums; overwritten.</param>
    public void Score(byte* ranks, double* sums)
    {
        new Span<double>(sums, Block).Clear();
        var numbers = stackalloc byte[Block];
        fixed (Test* tests = _tests)
        fixed (int* testsOfPlane = _testsOfPlane)
        fixed (double* leaves = _leaves)
        {
            for (var t = 0; t < _leavesOfTree.Length; t++)
            {
                FindLeaves(ranks, tests, testsOfPlane, _planesOfTree[t], _planesOfTree[t + 1]).Store(numbers);
                AddLeaves(leaves + _leavesOfTree[t], numbers, sums);
            }
        }

        for (var row = 0; row < Block; row++)
        {
            sums[row] += _bias;
        }
    }

    /// <summary>The number of each row's leaf: the first bit left in the first plane that has one.</summary>
    private static Vector256<byte> FindLeaves(byte* ranks, Test* tests, int* testsOfPlane, int plane, int endPlane)
    {
        var firstOfLow = Vector256.Create((byte)255, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 255, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0);
        var firstOfHigh = Vector256.Create((byte)255, 4, 5, 4, 6, 4, 5, 4, 7, 4, 5, 4, 6, 4, 5, 4, 255, 4, 5, 4, 6, 4, 5, 4, 7, 4, 5, 4, 6, 4, 5, 4);
        var nibble = Vector256.Create((byte)15);
        var number = Vector256<byte>.AllBitsSet;
        byte firstOfPlane = 0;
        for (; plane < endPlane; plane++)
        {
            var left = Vector256<byte>.AllBitsSet;
            var end = tests + testsOfPlane[plane + 1];
            for (var test = tests + testsOfPlane[plane]; test < end; test++)
            {
                var rank = Vector256.Load(ranks + test->Column);
                var atOrUnder = Vector256.Equals(Vector256.Min(rank, Vector256.Create(test->Rank).AsByte()), rank);
                left &= atOrUnder | Vector256.Create(test->Kept).AsByte();
            }

            // 255 where no bit is left; with the plane's first number over it still 255.
            var first = Vector256.Min(
                Avx2.Shuffle(firstOfLow, left & nibble),
                Avx2.Shuffle(firstOfHigh, Vector256.ShiftRightLogical(left.AsUInt16(), 4).AsByte() & nibble));
            number = Vector256.Min(number, first | Vector256.Create(firstOfPlane));
            firstOfPlane += LeavesPerPlane;
        }

        return number;
    }

    private static void AddLeaves(double* leaves, byte* numbers, double* sums)
    {
        for (var row = 0; row < Block; row += 4)
        {
            var four = Sse41.ConvertToVector128Int32(numbers + row);
            (Vector256.Load(sums + row) + Avx2.GatherVector256(leaves, four, 8)).Store(sums + row);
        }
    }

    /// <summary>The nodes that rule out some of eight leaves.</summary>
    private static void AddPlane(RegressionTree tree, LeafOrder order, int first, ThresholdRanks ranks, List<Test> tests)
    {
        for (var node = 0; node < tree.Features.Length; node++)
        {
            uint kept = 0;
            for (var bit = 0; bit < LeavesPerPlane; bit++)
            {
                kept |= first + bit >= order.First[node] && first + bit < order.Middle[node] ? 0 : 1u << bit;
            }

            if (kept != 255)
            {
                var (column, rank) = ranks.Find(tree.Features[node], tree.Thresholds[node]);
                tests.Add(new Test(column * Block, rank * 0x01010101u, kept * 0x01010101u));
            }
        }
    }

    /// <summary>One node's test for one plane.</summary>
    /// <param name="Column">Where its feature's ranks begin.</param>
    /// <param name="Rank">Rank of its threshold, in each of four bytes: that is what a processor spreads cheapest.</param>
    /// <param name="Kept">The leaves it doesn't rule out, likewise.</param>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Test(int Column, uint Rank, uint Kept);
}
