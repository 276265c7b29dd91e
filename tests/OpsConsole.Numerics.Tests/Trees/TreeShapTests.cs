using OpsConsole.Numerics.Trees;

namespace OpsConsole.Numerics.Tests.Trees;

public sealed class TreeShapTests
{
    [Theory]
    [InlineData(1, 3, 8)]
    [InlineData(2, 6, 16)]
    [InlineData(3, 10, 31)]
    [InlineData(4, 2, 24)] // every feature many times on a path
    public void Explain_RandomEnsemble_EqualsShapleyByDefinition(int seed, int features, int leaves)
    {
        // Few rows: some leaves have none, some nodes too.
        var ensemble = Ensembles.Covered(seed, features, trees: 4, maxLeaves: leaves, rows: 40);
        var shap = new TreeShap(ensemble);
        var contributions = new double[features];
        foreach (var row in Ensembles.Rows(seed + 100, 5, features).Chunk(features))
        {
            shap.Explain(row, contributions);

            var expected = ShapleyByDefinition.Of(ensemble, row);
            for (var i = 0; i < features; i++)
            {
                Assert.Equal(expected[i], contributions[i], 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(1, 12, 31)]
    [InlineData(2, 40, 200)] // some paths with more different features than a quadrature of 8 points is exact for
    [InlineData(3, 3, 60)]
    public void Explain_RandomEnsemble_EqualsThePlainWay(int seed, int features, int leaves)
    {
        var ensemble = Ensembles.Covered(seed, features, trees: 20, maxLeaves: leaves, rows: 500);
        var shap = new TreeShap(ensemble);
        var plain = new PlainTreeShap(ensemble);
        double[] contributions = new double[features], expected = new double[features];
        foreach (var row in Ensembles.Rows(seed + 100, 10, features).Chunk(features))
        {
            shap.Explain(row, contributions);
            plain.Explain(row, expected);

            Assert.All(expected.Zip(contributions), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        }

        Assert.Equal(plain.Baseline, shap.Baseline);
    }

    [Fact]
    public void Explain_LongChainOfManyFeatures_SumsToRaw()
    {
        // One node below the other, 30 features in turn, far more than the quadrature's 16.
        var nodes = 300;
        var tree = new RegressionTree(
            [.. Enumerable.Range(0, nodes).Select(i => i % 30)],
            [.. Enumerable.Range(0, nodes).Select(i => i / 300f)],
            [.. Enumerable.Range(0, nodes).Select(i => ~i)],
            [.. Enumerable.Range(0, nodes).Select(i => i == nodes - 1 ? ~nodes : i + 1)],
            [.. Enumerable.Range(0, nodes + 1).Select(i => Math.Sin(i))]);
        var ensemble = new TreeEnsemble(30, [tree]).WithCovers([.. Enumerable.Range(0, 30 * 200).Select(i => (i * 37 % 101) / 100f + 0.5f)]);
        var row = Enumerable.Range(0, 30).Select(i => i == 7 ? 0.4f : 1f).ToArray();
        var contributions = new double[30];

        new TreeShap(ensemble).Explain(row, contributions);

        Assert.Equal(ensemble.Raw(row), ensemble.ExpectedValue() + contributions.Sum(), 1e-9);
    }

    [Fact]
    public void Explain_SeveralThreads_GiveTheSameBits()
    {
        var ensemble = Ensembles.Covered(12, features: 20, trees: 50, maxLeaves: 31);
        var shap = new TreeShap(ensemble);
        var rows = Ensembles.Rows(13, 200, 20);
        double[] one = new double[rows.Length], several = new double[rows.Length];
        for (var i = 0; i < 200; i++)
        {
            shap.Explain(rows.AsSpan(20 * i, 20), one.AsSpan(20 * i, 20));
        }

        Parallel.For(0, 200, i => shap.Explain(rows.AsSpan(20 * i, 20), several.AsSpan(20 * i, 20)));

        Assert.Equal(one, several);
    }

    [Fact]
    public void Explain_AnyRow_SumsToRaw()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var ensemble = Ensembles.Covered(seed, features: 20, trees: 30, maxLeaves: 31);
            var shap = new TreeShap(ensemble);
            var contributions = new double[20];
            foreach (var row in Ensembles.Rows(seed + 100, 20, 20).Chunk(20))
            {
                shap.Explain(row, contributions);

                var raw = ensemble.Raw(row);
                Assert.Equal(raw, shap.Baseline + contributions.Sum(), 1e-9 * Math.Max(1, Math.Abs(raw)));
            }
        }
    }

    [Fact]
    public void Explain_FeatureNoTreeAsksFor_ContributesNothing()
    {
        var ensemble = Ensembles.Covered(9, features: 3);
        var wider = new TreeEnsemble(5, ensemble.Trees, ensemble.Weights, ensemble.Bias);
        double[] contributions = [7, 7, 7, 7, 7];

        new TreeShap(wider).Explain([0.2f, 0.4f, 0.6f, 0.8f, 1f], contributions);

        Assert.Equal(0, contributions[3]);
        Assert.Equal(0, contributions[4]);
        Assert.NotEqual(0, contributions[0]);
    }
}
