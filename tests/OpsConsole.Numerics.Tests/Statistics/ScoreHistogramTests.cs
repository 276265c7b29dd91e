using CsCheck;
using OpsConsole.Numerics.Statistics;

namespace OpsConsole.Numerics.Tests.Statistics;

public sealed class ScoreHistogramTests
{
    [Fact]
    public void AtOrAbove_EveryThresholdOfAThousand_IsExact()
    {
        // On the edge, just under it, just over it.
        var scores = Enumerable.Range(0, 1001).Select(k => k / 1000.0).SelectMany(s => new[] { s, Math.BitDecrement(s), Math.BitIncrement(s) })
            .Where(s => s is >= 0 and <= 1).ToList();
        var histogram = new ScoreHistogram();
        for (var i = 0; i < scores.Count; i++)
            histogram.Add(scores[i], i % 3 == 0);
        for (var k = 0; k <= 1000; k++)
        {
            var threshold = k / 1000.0;
            var (positives, negatives) = histogram.AtOrAbove(threshold);
            Assert.Equal(scores.Where((s, i) => i % 3 == 0 && s >= threshold).Count(), positives);
            Assert.Equal(scores.Where((s, i) => i % 3 != 0 && s >= threshold).Count(), negatives);
        }
    }

    [Fact]
    public void BinOf_HigherScore_IsNeverLower() => Gen.Double.Unit.Array[2].Sample(pair =>
        ScoreHistogram.BinOf(Math.Min(pair[0], pair[1])) <= ScoreHistogram.BinOf(Math.Max(pair[0], pair[1])));

    [Theory]
    [InlineData(1, 0.02)]
    [InlineData(2, 0.10)]
    [InlineData(3, 0.40)]
    public void Areas_FromBins_AreThoseFromRows(int seed, double share)
    {
        var random = new Random(seed);
        var rows = Enumerable.Range(0, 300_000).Select(_ =>
        {
            var late = random.NextDouble() < share;
            var logOdds = Math.Log(share / (1 - share)) + Normal(random) * 1.3 + (late ? 1.6 : 0);
            return (Score: 1 / (1 + Math.Exp(-logOdds)), Late: late);
        }).ToList();
        var histogram = new ScoreHistogram();
        foreach (var (score, late) in rows)
            histogram.Add(score, late);
        var (roc, precision) = Exact(rows);
        Assert.InRange(Math.Abs(histogram.RocArea() - roc), 0, 1e-5);
        Assert.InRange(Math.Abs(histogram.AveragePrecision() - precision), 0, 1e-4);
    }

    [Fact]
    public void Areas_OneClassOnly_HaveNoValue()
    {
        var histogram = new ScoreHistogram();
        histogram.Add(0.4, false);
        Assert.True(double.IsNaN(histogram.RocArea()));
        Assert.True(double.IsNaN(histogram.AveragePrecision()));
    }

    [Fact]
    public void Add_ThenTakenOut_LeavesNothing()
    {
        var histogram = new ScoreHistogram();
        histogram.Add(0.1234, true);
        histogram.Add(0.9, false);
        var other = new ScoreHistogram();
        other.Add(histogram);
        other.Add(0.1234, true, -1);
        other.Add(0.9, false, -1);
        Assert.Empty(other.Filled());
        Assert.Equal(0, other.Positives + other.Negatives);
        Assert.Equal(2, histogram.Filled().Count());
    }

    private static (double Roc, double Precision) Exact(List<(double Score, bool Late)> rows)
    {
        double tp = 0, fp = 0, area = 0, sum = 0;
        foreach (var group in rows.GroupBy(r => r.Score).OrderByDescending(g => g.Key))
        {
            double late = group.Count(r => r.Late), onTime = group.Count() - late;
            area += onTime * (tp + late / 2);
            tp += late;
            fp += onTime;
            sum += late * tp / (tp + fp);
        }
        return (area / tp / fp, sum / tp);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
