using OpsConsole.Numerics.Statistics;

namespace OpsConsole.Numerics.Tests.Statistics;

public sealed class ProportionTests
{
    // Golden numbers: the textbook formula, worked out apart from this code.
    [Theory]
    [InlineData(8, 10, 0.4901625, 0.9433178)]
    [InlineData(0, 20, 0.0, 0.1611252)]
    [InlineData(20, 20, 0.8388748, 1.0)]
    [InlineData(1, 1000, 0.0001765, 0.0056426)]
    [InlineData(450, 1000, 0.4194154, 0.4809673)]
    public void Wilson_KnownCases_AreMet(int hits, int n, double low, double high)
    {
        var interval = Proportion.Wilson(hits, n);
        Assert.Equal(low, interval.Low, 1e-6);
        Assert.Equal(high, interval.High, 1e-6);
    }

    [Fact]
    public void Wilson_WithADesignEffect_IsThatOfAFractionOfTheCount() =>
        Assert.Equal(Proportion.Wilson(25, 100).Low, Proportion.Wilson(100, 400, 4).Low, 12);

    [Fact]
    public void DesignEffect_ClustersThatAgree_IsOne() =>
        Assert.Equal(1, Proportion.DesignEffect([(10, 100), (10, 100), (10, 100)]));

    [Fact]
    public void DesignEffect_ScatteredDays_IsTheRatioOfVariancesAsFarAsFewDaysKnowIt()
    {
        // Rate 0.3; deviations −20, 0, +20: 800 · 3/2 / 300² against 0.21 / 300; t of two degrees of freedom is 4.303.
        var effect = Proportion.DesignEffect([(10, 100), (30, 100), (50, 100), (0, 0)]);
        Assert.Equal(Math.Pow(4.302652730 / Proportion.Z95, 2) * 800 * 1.5 / 90_000 / (0.21 / 300), effect, 9);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 5)]
    public void DesignEffect_RateOfNoneOrAll_IsOne(int hits, int n) =>
        Assert.Equal(1, Proportion.DesignEffect([(hits, n), (hits, n)]));

    [Fact]
    public void Bootstrap_SameSeed_SameIntervalAroundTheMean()
    {
        var days = Enumerable.Range(0, 60).Select(i => (double)(i % 7)).ToList();
        double Mean(IReadOnlyList<double> values, int[] times) => values.Select((v, i) => v * times[i]).Sum() / times.Sum();

        var first = ClusterBootstrap.Of(days, Mean, seed: 7)!.Value;
        var again = ClusterBootstrap.Of(days, Mean, seed: 7)!.Value;
        var other = ClusterBootstrap.Of(days, Mean, seed: 8)!.Value;

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        // Mean 2.9, deviation 2 / √60: 95 % are ±0.51.
        Assert.InRange(first.Low, 2.2, 2.6);
        Assert.InRange(first.High, 3.2, 3.6);
    }

    [Theory]
    [InlineData(2, 12.7062 * 1.414214)]
    [InlineData(6, 2.5706 * 1.095445)]
    [InlineData(28, 2.0518 * 1.018350)]
    [InlineData(400, 1.9659 * 1.001253)]
    public void Tail_OfFewClusters_IsThatOfStudentsT(int clusters, double point)
    {
        // The normal distribution's share beyond, integrated.
        var beyond = Enumerable.Range(0, 200_000).Sum(i => 1e-4 * Math.Exp(-Math.Pow(point + (i + 0.5) * 1e-4, 2) / 2)) / Math.Sqrt(2 * Math.PI);
        Assert.Equal(beyond, ClusterBootstrap.Tail(clusters), 2e-5);
    }

    [Fact]
    public void Bootstrap_OneDay_HasNoInterval() => Assert.Null(ClusterBootstrap.Of([1.0], (_, _) => 1));
}
