using OpsConsole.Numerics.Curves;

namespace OpsConsole.Tests.Learning;

/// <summary>Areas over clusters drawn again are those of the rows written out as often.</summary>
public sealed class ClusteredAreasTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Areas_OfClustersDrawnSoOften_AreThoseOfTheRowsRepeated(int seed)
    {
        var random = new Random(seed);
        var n = 300;
        // Few different scores: most are ties.
        var scores = Enumerable.Range(0, n).Select(_ => random.Next(12) / 12.0).ToArray();
        var late = scores.Select(s => random.NextDouble() < (s + 0.2) / 2).ToArray();
        var weights = scores.Select(_ => random.NextDouble()).ToArray();
        var clusters = scores.Select(_ => random.Next(9)).ToArray();
        var times = Enumerable.Range(0, 9).Select(_ => random.Next(4)).ToArray();
        var areas = new ClusteredAreas(scores, late, weights, clusters);
        var repeated = Enumerable.Range(0, n).SelectMany(i => Enumerable.Repeat(i, times[clusters[i]])).ToArray();

        Assert.Equal(Areas.Roc(Of(scores), Of(late), Of(weights)), areas.Roc(times), 1e-12);
        Assert.Equal(Areas.AveragePrecision(Of(scores), Of(late), Of(weights)), areas.AveragePrecision(times), 1e-12);

        T[] Of<T>(T[] values) => [.. repeated.Select(i => values[i])];
    }
}
