using CsCheck;
using OpsConsole.Numerics.Curves;

namespace OpsConsole.Numerics.Tests.Curves;

public sealed class AreasTests
{
    /// <summary>Few different scores, so that ties are common.</summary>
    private static readonly Gen<(double Score, bool Label, double Weight)[]> GenRows =
        Gen.Select(Gen.Int[0, 8], Gen.Bool, Gen.Int[0, 4], (score, label, weight) => (score / 8.0, label, weight / 2.0)).Array[1, 60];

    [Fact]
    public void Roc_AnyRows_IsTheShareOfPairsInOrder() => GenRows.Sample(rows =>
    {
        double pairs = 0, won = 0;
        foreach (var p in rows.Where(row => row.Label))
        {
            foreach (var n in rows.Where(row => !row.Label))
            {
                pairs += p.Weight * n.Weight;
                won += p.Weight * n.Weight * (p.Score > n.Score ? 1 : p.Score == n.Score ? 0.5 : 0);
            }
        }

        var area = Areas.Roc(Scores(rows), Labels(rows), Weights(rows));
        Assert.True(pairs == 0 ? double.IsNaN(area) : Math.Abs(won / pairs - area) < 1e-12);
    });

    [Fact]
    public void AveragePrecision_AnyRows_IsTheMeanPrecisionAtThePositives() => GenRows.Sample(rows =>
    {
        var positives = rows.Where(row => row.Label).Sum(row => row.Weight);
        var expected = rows.Where(row => row.Label && row.Weight > 0).Sum(row =>
            row.Weight * rows.Where(other => other.Label && other.Score >= row.Score).Sum(other => other.Weight)
            / rows.Where(other => other.Score >= row.Score).Sum(other => other.Weight)) / positives;

        var area = Areas.AveragePrecision(Scores(rows), Labels(rows), Weights(rows));
        Assert.True(positives == 0 ? double.IsNaN(area) : Math.Abs(expected - area) < 1e-12);
    });

    [Fact]
    public void Areas_ScikitLearnsExample_AreItsAnswers()
    {
        // sklearn.metrics: roc_auc_score 0.75, average_precision_score 0.8333…
        double[] scores = [0.1, 0.4, 0.35, 0.8];
        bool[] labels = [false, false, true, true];

        Assert.Equal(0.75, Areas.Roc(scores, labels));
        Assert.Equal(5.0 / 6, Areas.AveragePrecision(scores, labels), 1e-15);
    }

    [Fact]
    public void BrierAndLogLoss_ByHand()
    {
        double[] probabilities = [0.9, 0.2];
        bool[] labels = [true, false];

        Assert.Equal((0.01 + 0.04) / 2, Areas.Brier(probabilities, labels), 1e-15);
        Assert.Equal((3 * 0.01 + 0.04) / 4, Areas.Brier(probabilities, labels, [3, 1]), 1e-15);
        Assert.Equal(-(Math.Log(0.9) + Math.Log(0.8)) / 2, Areas.LogLoss(probabilities, labels), 1e-15);
        Assert.True(double.IsFinite(Areas.LogLoss([0], [true])));
    }

    [Fact]
    public void Roc_NotANumber_IsRefused() => Assert.Throws<ArgumentException>(() => Areas.Roc([double.NaN], [true]));

    private static double[] Scores((double Score, bool Label, double Weight)[] rows) => [.. rows.Select(row => row.Score)];

    private static bool[] Labels((double Score, bool Label, double Weight)[] rows) => [.. rows.Select(row => row.Label)];

    private static double[] Weights((double Score, bool Label, double Weight)[] rows) => [.. rows.Select(row => row.Weight)];
}
