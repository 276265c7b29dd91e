using System.Runtime.Intrinsics.X86;
using OpsConsole.Numerics.Trees;

namespace OpsConsole.Numerics.Tests.Trees;

public sealed class PackedEnsembleTests
{
    /// <summary>What values of rows are replaced by here and there.</summary>
    private static readonly float[] Odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 0f, float.MaxValue, float.MinValue, float.Epsilon];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Score_RandomEnsembles_EqualsTheWalkBitByBit(bool useAvx2)
    {
        var vectorised = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var ensemble = Ensembles.Random(seed, features: 1 + seed % 9, trees: seed % 40, maxLeaves: 1 + random.Next(seed % 3 == 0 ? 256 : 40));
            var columns = ensemble.FeatureCount + seed % 3;
            var rows = Ensembles.Rows(seed, random.Next(0, 150), columns);
            for (var i = 0; i < rows.Length / 20; i++)
            {
                rows[random.Next(rows.Length)] = Odd[random.Next(Odd.Length)];
            }

            var packed = new PackedEnsemble(ensemble, useAvx2 && Avx2.IsSupported);
            vectorised += packed.IsVectorised ? 1 : 0;
            AssertEqualBits(packed, ensemble, rows, columns);
        }

        // Not all: some have more thresholds of a feature than a byte holds.
        Assert.InRange(vectorised, useAvx2 && Avx2.IsSupported ? 40 : 0, useAvx2 && Avx2.IsSupported ? 59 : 0);
    }

    [Fact]
    public void Score_ValuesAtAndBesideEveryThreshold_GoTheSameWay()
    {
        var ensemble = Ensembles.Random(5, features: 3, trees: 30, maxLeaves: 31);
        var thresholds = ensemble.Trees.SelectMany(tree => tree.Thresholds.ToArray()).Distinct();
        float[] rows = [.. thresholds.SelectMany(t => new[] { t, float.BitIncrement(t), float.BitDecrement(t) }).SelectMany(x => new[] { x, x, x })];

        AssertEqualBits(new PackedEnsemble(ensemble), ensemble, rows, 3);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Score_ManyThresholdsOfAFeature_EqualsTheWalk(int thresholds, bool fitsAByte)
    {
        // One stump a threshold.
        var ensemble = new TreeEnsemble(1, [.. Enumerable.Range(0, thresholds).Select(i => new RegressionTree([0], [i], [~0], [~1], [i, -i / 3.0]))]);
        var packed = new PackedEnsemble(ensemble);

        Assert.Equal(fitsAByte && Avx2.IsSupported, packed.IsVectorised);
        AssertEqualBits(packed, ensemble, [.. Enumerable.Range(-2, 600).Select(i => i / 2f), float.NaN], 1);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Score_LongChainOfNodes_EqualsTheWalk(int leaves, bool fitsAByte)
    {
        // Leaf i lies between i-1 and i: a chain to the right, as deep as the tree has nodes.
        var nodes = leaves - 1;
        var tree = new RegressionTree(
            [.. Enumerable.Range(0, nodes).Select(i => i % 2)],
            [.. Enumerable.Range(0, nodes).Select(i => (float)i)],
            [.. Enumerable.Range(0, nodes).Select(i => ~i)],
            [.. Enumerable.Range(0, nodes).Select(i => i == nodes - 1 ? ~(leaves - 1) : i + 1)],
            [.. Enumerable.Range(0, leaves).Select(i => (double)i)]);
        var ensemble = new TreeEnsemble(2, [tree]);
        var packed = new PackedEnsemble(ensemble);

        Assert.Equal(fitsAByte && Avx2.IsSupported, packed.IsVectorised);
        AssertEqualBits(packed, ensemble, [.. Enumerable.Range(-1, 300).SelectMany(i => new float[] { i, i })], 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Score_SeveralThreads_GiveTheSameBits(int threads)
    {
        var ensemble = Ensembles.Random(6);
        foreach (var count in (int[])[0, 1, 31, 32, 33, 64, 1_000])
        {
            var rows = Ensembles.Rows(count, count, 6);
            var one = new double[count];
            var several = new double[count];
            new PackedEnsemble(ensemble).Score(rows, 6, one);
            new PackedEnsemble(ensemble).Score(rows, 6, several, threads);

            Assert.Equal(one, several);
        }
    }

    [Fact]
    public void Score_SizesThatDontFit_AreRefused()
    {
        var packed = new PackedEnsemble(Ensembles.Random(1));

        Assert.Throws<ArgumentException>(() => packed.Score(new float[12], 6, new double[3]));
        Assert.Throws<ArgumentException>(() => packed.Score(new float[10], 5, new double[2]));
    }

    private static void AssertEqualBits(PackedEnsemble packed, TreeEnsemble ensemble, float[] rows, int columns)
    {
        var raw = new double[rows.Length / columns];
        packed.Score(rows, columns, raw);
        for (var i = 0; i < raw.Length; i++)
        {
            var row = rows.AsSpan(i * columns, columns);
            Assert.Equal(BitConverter.DoubleToInt64Bits(ensemble.Raw(row)), BitConverter.DoubleToInt64Bits(raw[i]));
            Assert.Equal(BitConverter.DoubleToInt64Bits(raw[i]), BitConverter.DoubleToInt64Bits(packed.Raw(row)));
        }
    }
}
