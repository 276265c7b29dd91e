using OpsConsole.Numerics.Intervals;

namespace OpsConsole.Numerics.Tests.Intervals;

public sealed class SplitConformalTests
{
    [Fact]
    public void Fit_NineResiduals_TakesTheTenthsOfTenRows()
    {
        // n + 1 = 10, a tail of 0.1 on either side: ranks 1 and 9.
        var conformal = SplitConformal.Fit([5, 1, 9, 3, 7, 2, 8, 4, 6]);

        Assert.Equal(new IntervalOffsets(1, 9), conformal.Whole);
    }

    [Fact]
    public void Fit_NineteenResiduals_LeavesOutTheOutermost()
    {
        var conformal = SplitConformal.Fit([.. Enumerable.Range(1, 19).Select(i => (double)i)]);

        Assert.Equal(new IntervalOffsets(2, 18), conformal.Whole);
    }

    [Fact]
    public void Fit_ManySamples_HoldsTheNominalShareOnNewRows()
    {
        // The promise is about the mean over calibration samples, small ones too.
        var random = new Random(11);
        int inside = 0, all = 0;
        for (var sample = 0; sample < 3_000; sample++)
        {
            var conformal = SplitConformal.Fit([.. Enumerable.Range(0, 29).Select(_ => Residual(random))]);
            for (var i = 0; i < 5; i++, all++)
            {
                var truth = Residual(random);
                inside += truth >= conformal.Whole.Low && truth <= conformal.Whole.High ? 1 : 0;
            }
        }

        Assert.InRange((double)inside / all, 0.79, 0.82);
    }

    [Fact]
    public void Fit_Groups_AreDrawnTowardsTheWholeBySize()
    {
        // Group 1 is wide and large, group 2 narrow with few rows.
        double[] residuals = [.. Enumerable.Range(0, 999).Select(i => i - 499.0), .. Enumerable.Range(0, 9).Select(i => (i - 4.0) / 10)];
        int[] groups = [.. Enumerable.Repeat(1, 999), .. Enumerable.Repeat(2, 9)];

        var free = SplitConformal.Fit(residuals, groups, shrinkage: 0);
        var drawn = SplitConformal.Fit(residuals, groups, shrinkage: 9);

        Assert.Equal(new IntervalOffsets(-0.4, 0.4), free.Of(2));
        Assert.Equal((free.Whole.High + 0.4) / 2, drawn.Of(2).High, 1e-9);
        Assert.Equal(drawn.Whole, drawn.Of(3));
        Assert.Equal(-400, free.Of(1).Low);
    }

    [Fact]
    public void Fit_WeightOfTwo_CountsAsTwoRows()
    {
        double[] residuals = [.. Enumerable.Range(1, 50).Select(i => (double)i)];
        double[] twice = [.. residuals, .. residuals];

        Assert.Equal(SplitConformal.Fit(twice).Whole.High, SplitConformal.Fit(residuals, weights: [.. residuals.Select(_ => 2.0)]).Whole.High, 1.0);
        Assert.Equal(SplitConformal.Fit(residuals).Whole, SplitConformal.Fit(residuals, weights: [.. residuals.Select(_ => 0.1)]).Whole);
        Assert.Equal(1, SplitConformal.Fit([1, 2, 3], weights: [1, 0, 0]).Whole.High);
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame_AndCutOffIsInvalidData()
    {
        var conformal = SplitConformal.Fit([1, 2, 3, 4], [7, 7, -1, 7], shrinkage: 1);
        using var stream = new MemoryStream();
        conformal.Write(stream);
        var bytes = stream.ToArray();
        var read = SplitConformal.Read(new MemoryStream(bytes));

        Assert.Equal((conformal.Coverage, conformal.Whole), (read.Coverage, read.Whole));
        Assert.Equal(conformal.Groups, read.Groups);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => SplitConformal.Read(new MemoryStream(bytes, 0, length)));
        }
    }

    [Fact]
    public void Offsets_UpsideDown_AreRefused() => Assert.Throws<ArgumentException>(() => new SplitConformal(0.8, new(2, 1)));

    private static double Residual(Random random) => Math.Pow(random.NextDouble(), 3) * 60 - 10;
}
