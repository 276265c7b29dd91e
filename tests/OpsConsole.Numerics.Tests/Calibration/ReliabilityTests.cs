using OpsConsole.Numerics.Calibration;
using OpsConsole.Numerics.Curves;

namespace OpsConsole.Numerics.Tests.Calibration;

public sealed class ReliabilityTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Brier_OfAnyRows_IsTheSumOfItsParts(bool weighted)
    {
        var (scores, labels, days) = Rows(2000, s => s * s);
        double[] weights = weighted ? [.. scores.Select((_, i) => 1 + i % 4)] : [];
        var found = Reliability.Of(scores, labels, weights, days)!;
        Assert.Equal(Areas.Brier(scores, labels, weights), found.Brier, 1e-12);
        Assert.Equal(found.Brier, found.Miscalibration - found.Resolution + found.Uncertainty + found.WithinBins, 1e-12);
        Assert.Equal(10, found.Bins.Count);
        Assert.All(found.Bins, b => Assert.Equal(200, b.Rows));
        Assert.True(found.ExpectedError > 3 * found.ExpectedErrorIfCalibrated);
        Assert.True(found.BrierInterval!.Value.Low < found.Brier && found.Brier < found.BrierInterval.Value.High);
    }

    [Fact]
    public void ExpectedError_OfACalibratedModel_IsWhatChanceShows()
    {
        double shown = 0, expected = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var (scores, labels, days) = Rows(1000, s => s, seed);
            var found = Reliability.Of(scores, labels, [], days)!;
            (shown, expected) = (shown + found.ExpectedError, expected + found.ExpectedErrorIfCalibrated);
        }
        Assert.InRange(shown / expected, 0.9, 1.05);
    }

    [Fact]
    public void Bins_WhereScoresAreEqual_AreNotParted()
    {
        var found = Reliability.Of([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.7, 0.8, 0.8], [.. Enumerable.Range(0, 10).Select(i => i > 7)], [], new int[10])!;
        Assert.Equal([(0.1, 0.1, 7), (0.7, 0.7, 1), (0.8, 0.8, 2)], found.Bins.Select(b => (b.From, b.To, b.Rows)));
        Assert.Equal([0, 0, 1], found.Bins.Select(b => b.Came));
        Assert.Null(found.BrierInterval);
        Assert.Null(Reliability.Of([], [], [], []));
    }

    private static (double[] Scores, bool[] Labels, int[] Days) Rows(int count, Func<double, double> rate, int seed = 3)
    {
        var random = new Random(seed);
        var scores = Enumerable.Range(0, count).Select(_ => random.NextDouble()).ToArray();
        return (scores, [.. scores.Select(s => random.NextDouble() < rate(s))], [.. scores.Select(_ => random.Next(30))]);
    }
}
