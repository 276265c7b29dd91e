using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OpsConsole.Numerics.Trees;

/// <summary>
/// Values as ranks: how many of the thresholds that trees ask a feature for the value is not at or under. <c>value &lt;= thresholds[k]</c> is then
/// <c>rank &lt;= k</c>, exactly, in one byte instead of a float. NaN, which is at or under nothing, has a rank above every threshold's.
/// </summary>
internal sealed unsafe class ThresholdRanks
{
    /// <summary>A byte holds the ranks among this many thresholds; LightGBM makes at most 254 a feature.</summary>
    public const int MaxThresholds = 255;

    private readonly float[] _thresholds;
    private readonly Column[] _columns;
    private readonly Dictionary<int, int> _columnOf = [];

    private ThresholdRanks(List<float> thresholds, List<Column> columns)
    {
        _thresholds = [.. thresholds];
        _columns = [.. columns];
        for (var i = 0; i < _columns.Length; i++)
        {
            _columnOf[_columns[i].Feature] = i;
        }
    }

    /// <summary>How many features the trees ask for at all; only those are ranked.</summary>
    public int Columns => _columns.Length;

    /// <summary>The ranks of an ensemble's thresholds; null where a feature has too many for a byte.</summary>
    public static ThresholdRanks? Of(TreeEnsemble ensemble)
    {
        var byFeature = new SortedDictionary<int, SortedSet<float>>();
        foreach (var tree in ensemble.Trees)
        {
            for (var n = 0; n < tree.Features.Length; n++)
            {
                if (!byFeature.TryGetValue(tree.Features[n], out var known))
                {
                    byFeature[tree.Features[n]] = known = [];
                }

                known.Add(tree.Thresholds[n]);
            }
        }

        var thresholds = new List<float>();
        var columns = new List<Column>();
        foreach (var (feature, known) in byFeature)
        {
            if (known.Count > MaxThresholds)
            {
                return null;
            }

            // Filled up to a power of two with what nothing but NaN is above, so that the search needs no bounds.
            var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)known.Count + 1);
            columns.Add(new Column(feature, thresholds.Count, size / 2, known.Count));
            thresholds.AddRange(known);
            thresholds.AddRange(Enumerable.Repeat(float.PositiveInfinity, size - known.Count));
        }

        return new ThresholdRanks(thresholds, columns);
    }

    /// <summary>The column of a feature, and the rank of one of its thresholds.</summary>
    public (int Column, byte Rank) Find(int feature, float threshold)
    {
        var index = _columnOf[feature];
        var column = _columns[index];
        return (index, (byte)(Array.BinarySearch(_thresholds, column.Start, column.Count, threshold) - column.Start));
    }

    /// <summary>Ranks a block of 32 rows, column after column: 32 bytes each. Needs AVX2.</summary>
    /// <param name="rows">32 rows.</param>
    /// <param name="stride">Values a row.</param>
    /// <param name="ranks">Room for 32 bytes a column.</param>
    public void RankBlock(float* rows, int stride, byte* ranks)
    {
        fixed (float* thresholds = _thresholds)
        {
            var eightRows = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7) * stride;
            foreach (ref readonly var column in _columns.AsSpan())
            {
                var values = rows + column.Feature;
                var table = thresholds + column.Start;
                var a = RankEight(Avx2.GatherVector256(values, eightRows, 4), table, column.Half);
                var b = RankEight(Avx2.GatherVector256(values + 8L * stride, eightRows, 4), table, column.Half);
                var c = RankEight(Avx2.GatherVector256(values + 16L * stride, eightRows, 4), table, column.Half);
                var d = RankEight(Avx2.GatherVector256(values + 24L * stride, eightRows, 4), table, column.Half);
                Vector256.Narrow(Vector256.Narrow(a, b), Vector256.Narrow(c, d)).Store(ranks);
                ranks += 32;
            }
        }
    }

    /// <summary>A binary search of eight values at once, in as many steps whatever they are.</summary>
    private static Vector256<uint> RankEight(Vector256<float> values, float* table, int half)
    {
        var rank = Vector256<int>.Zero;
        for (; half > 0; half >>= 1)
        {
            var thresholds = Avx2.GatherVector256(table + half - 1, rank, 4);
            rank += Avx.CompareNotLessThanOrEqual(values, thresholds).AsInt32() & Vector256.Create(half);
        }

        return rank.AsUInt32();
    }

    private readonly record struct Column(int Feature, int Start, int Half, int Count);
}
