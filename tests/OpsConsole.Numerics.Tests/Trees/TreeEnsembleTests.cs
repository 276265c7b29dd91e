using OpsConsole.Numerics.Trees;

namespace OpsConsole.Numerics.Tests.Trees;

public sealed class TreeEnsembleTests
{
    [Fact]
    public void Raw_KnownTree_GoesLeftUpToTheThreshold()
    {
        // x0 <= 1 ? 10 : (x1 <= 2 ? 20 : 30)
        var tree = new RegressionTree([0, 1], [1f, 2f], [~0, ~1], [1, ~2], [10, 20, 30]);
        var ensemble = new TreeEnsemble(2, [tree, RegressionTree.Constant(5)], [2, 1], 0.5);

        Assert.Equal(25.5, ensemble.Raw([1f, 9f]));
        Assert.Equal(45.5, ensemble.Raw([float.BitIncrement(1f), 2f]));
        Assert.Equal(65.5, ensemble.Raw([2f, 2.5f]));
    }

    [Fact]
    public void Raw_RandomEnsembles_SumsTreesInOrder()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var ensemble = Ensembles.Random(seed);
            foreach (var row in Ensembles.Rows(seed, 50, ensemble.FeatureCount).Chunk(ensemble.FeatureCount))
            {
                var sum = 0.0;
                for (var t = 0; t < ensemble.Trees.Count; t++)
                {
                    sum += ensemble.Weights[t] * ensemble.Trees[t].LeafValues[ensemble.Trees[t].LeafOf(row)];
                }

                Assert.Equal(sum + ensemble.Bias, ensemble.Raw(row));
                Assert.Equal(sum + ensemble.Bias, ensemble.Raw([.. row.Select(value => (double)value)]));
            }
        }
    }

    [Fact]
    public void Raw_DoubleThatRoundsToTheThreshold_GoesAsTheFloatDoes()
    {
        var ensemble = new TreeEnsemble(1, [new RegressionTree([0], [0.1f], [~0], [~1], [1, 2])]);

        Assert.Equal(1, ensemble.Raw([0.1f]));
        Assert.Equal(1, ensemble.Raw([0.1 + 1e-9]));
    }

    [Fact]
    public void Raw_ShortRow_IsRefused() => Assert.Throws<ArgumentException>(() => Ensembles.Random(1).Raw(new float[5]));

    [Fact]
    public void ExpectedValue_CoveredRows_IsTheMeanOfRaw()
    {
        var ensemble = Ensembles.Random(7);
        var rows = Ensembles.Rows(8, 400, ensemble.FeatureCount);

        var mean = rows.Chunk(ensemble.FeatureCount).Average(row => ensemble.Raw(row));

        Assert.Equal(mean, ensemble.WithCovers(rows).ExpectedValue(), 1e-12);
    }

    [Fact]
    public void ExpectedValue_WithoutCovers_IsRefused() => Assert.Throws<InvalidOperationException>(() => Ensembles.Random(1).ExpectedValue());

    [Theory]
    [InlineData(RegressionTree.MaxDepth, true)]
    [InlineData(RegressionTree.MaxDepth + 1, false)]
    public void Tree_TooDeep_IsRefused(int nodes, bool taken)
    {
        var chain = () => new RegressionTree(
            new int[nodes],
            new float[nodes],
            [.. Enumerable.Range(0, nodes).Select(i => ~i)],
            [.. Enumerable.Range(0, nodes).Select(i => i == nodes - 1 ? ~nodes : i + 1)],
            new double[nodes + 1]);

        if (taken)
        {
            Assert.Equal(nodes, chain().TopDown.Length);
            var contributions = new double[1];
            new PlainTreeShap(new TreeEnsemble(1, [chain()]).WithCovers([0f, 1f])).Explain([1f], contributions);
            Assert.Equal(0, contributions[0]);
        }
        else
        {
            Assert.Throws<ArgumentException>(chain);
        }
    }

    [Fact]
    public void Tree_Inconsistent_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new RegressionTree([0], [1f], [0], [~0], [1, 2])); // its own child
        Assert.Throws<ArgumentException>(() => new RegressionTree([0], [1f], [~0], [~0], [1, 2])); // one leaf twice
        Assert.Throws<ArgumentException>(() => new RegressionTree([0], [1f], [~0], [~2], [1, 2])); // beyond the leaves
        Assert.Throws<ArgumentException>(() => new RegressionTree([0, 0], [1f, 1f], [~0, ~1], [~1, ~2], [1, 2, 3])); // out of reach
        Assert.Throws<ArgumentException>(() => new RegressionTree([0], [float.NaN], [~0], [~1], [1, 2]));
        Assert.Throws<ArgumentException>(() => new RegressionTree([-1], [1f], [~0], [~1], [1, 2]));
        Assert.Throws<ArgumentException>(() => new RegressionTree([0], [1f], [~0], [~1], [1, double.PositiveInfinity]));
        Assert.Throws<ArgumentException>(() => new TreeEnsemble(1, [new RegressionTree([1], [1f], [~0], [~1], [1, 2])]));
    }
}
