using OpsConsole.Numerics.Curves;

namespace OpsConsole.Numerics.Tests.Curves;

public sealed class RankedScoresTests
{
    [Theory]
    [InlineData(40, 7)]
    [InlineData(3000, 50)]
    [InlineData(3000, 1_000_000)]
    public void Areas_OfAnyRows_AreTheExactOnes(int count, int different)
    {
        var (scores, labels, days) = Rows(count, different);
        var (roc, precision) = new RankedScores(scores, labels, days).Areas();
        Assert.Equal(OpsConsole.Numerics.Curves.Areas.Roc(scores, labels), roc, 1e-12);
        Assert.Equal(OpsConsole.Numerics.Curves.Areas.AveragePrecision(scores, labels), precision, 1e-12);
    }

    [Theory]
    [InlineData(60, 1_000_000)]
    [InlineData(5000, 30)]
    [InlineData(5000, 1_000_000)]
    public void Points_OfAnyRows_CountExactlyAndAreCloseEnoughToDraw(int count, int different)
    {
        var (scores, labels, days) = Rows(count, different);
        var ranked = new RankedScores(scores, labels, days);
        var points = ranked.Points(100);
        Assert.True(points.Count <= 202);
        Assert.Equal((ranked.Positives, ranked.Negatives), (points[^1].Positives, points[^1].Negatives));
        var steps = scores.Distinct().Count();
        Assert.True(points.Count == steps || steps > 100);
        foreach (var point in points)
        {
            var reach = scores.Zip(labels).Where(r => r.First >= point.Threshold).ToList();
            Assert.Equal((reach.Count(r => r.Second), reach.Count(r => !r.Second)), ((int)point.Positives, (int)point.Negatives));
        }
    }

    [Fact]
    public void Intervals_OfManyRows_AreThoseOfDrawingTheRowsThemselves()
    {
        var (scores, labels, days) = Rows(4000, 1_000_000);
        var (roc, precision) = new RankedScores(scores, labels, days).Intervals(400);
        var rows = new ClusteredAreas(scores, labels, [], days);
        var exactRoc = OpsConsole.Numerics.Statistics.ClusterBootstrap.Of(Enumerable.Range(0, 30).ToList(), (_, times) => rows.Roc(times), 400)!.Value;
        var exactPrecision = OpsConsole.Numerics.Statistics.ClusterBootstrap.Of(Enumerable.Range(0, 30).ToList(), (_, times) => rows.AveragePrecision(times), 400)!.Value;
        Assert.Equal(exactRoc.Low, roc!.Value.Low, 5e-4);
        Assert.Equal(exactRoc.High, roc.Value.High, 5e-4);
        Assert.Equal(exactPrecision.Low, precision!.Value.Low, 2e-3);
        Assert.Equal(exactPrecision.High, precision.Value.High, 2e-3);
    }

    [Fact]
    public void Curves_OfNothingOrOneClass_HaveNoValue()
    {
        var nothing = new RankedScores([], [], []);
        Assert.Empty(nothing.Points());
        Assert.Equal((double.NaN, double.NaN), nothing.Areas());
        Assert.Equal((null, null), nothing.Intervals());
        var late = new RankedScores([0.2, 0.4], [true, true], [0, 1]);
        Assert.Equal((double.NaN, 1), late.Areas());
        Assert.Null(late.Intervals().Roc);
    }

    private static (double[] Scores, bool[] Labels, int[] Days) Rows(int count, int different)
    {
        var random = new Random(3);
        var scores = Enumerable.Range(0, count).Select(_ => Math.Pow(random.Next(different) / (double)different, 3)).ToArray();
        return (scores, [.. scores.Select(s => random.NextDouble() < s)], [.. scores.Select(_ => random.Next(30))]);
    }
}
