using CsCheck;
using OpsConsole.Numerics.Calibration;

namespace OpsConsole.Numerics.Tests.Calibration;

public sealed class CalibrationTableTests
{
    private static readonly Gen<(double Raw, bool Label, double Weight)[]> GenRows =
        Gen.Select(Gen.Double[-6, 6], Gen.Bool, Gen.Double[0, 3]).Array[0, 300];

    [Fact]
    public void Probability_AnyFit_RisesStrictlyWithinZeroAndOne() => GenRows.Sample(
        rows =>
        {
            var table = CalibrationTable.Fit(
                [.. rows.Select(row => row.Raw)], [.. rows.Select(row => row.Label)], [.. rows.Select(row => row.Weight)]);

            // Steps of 1/1000 over far more than a model gives, and the neighbourhood of every knot.
            var before = 0.0;
            var last = double.NegativeInfinity;
            foreach (var raw in Enumerable.Range(-20_000, 40_001).Select(i => i / 1000.0).Concat(table.Raw.ToArray().SelectMany(Around)).Order())
            {
                if (raw - last < 1e-9)
                {
                    continue; // nearer than doubles of probabilities can tell apart, and than models' floats are
                }

                var probability = table.Probability(raw);
                Assert.True(probability > before && probability < 1, $"{before} then {probability} at {raw}");
                (before, last) = (probability, raw);
            }
        },
        iter: 60);

    [Fact]
    public void Fit_ManyRows_FindsACurveNoLineFollows()
    {
        // The truth: the model is over-confident above 0 only.
        var (raw, labels) = Rows(40_000, x => x < 0 ? x : x / 3);
        var table = CalibrationTable.Fit(raw, labels);

        foreach (var x in (double[])[-3, -2, -1, 0.5, 1.5, 3])
        {
            Assert.Equal(Logit.ToProbability(x < 0 ? x : x / 3), table.Probability(x), 0.025);
        }
    }

    [Fact]
    public void Fit_OverconfidentModel_LowersLogLoss()
    {
        var (raw, labels) = Rows(5_000, x => x / 2 - 1);
        var (newRaw, newLabels) = Rows(5_000, x => x / 2 - 1, seed: 2);
        var table = CalibrationTable.Fit(raw, labels);

        var before = newRaw.Zip(newLabels, Logit.Loss).Average();
        var after = newRaw.Zip(newLabels, (x, label) => Logit.Loss(table.ToLogOdds(x), label)).Average();
        var truth = newRaw.Zip(newLabels, (x, label) => Logit.Loss(x / 2 - 1, label)).Average();

        Assert.True(after < before - 0.1);
        Assert.True(after < truth + 0.01);
    }

    [Fact]
    public void Fit_FewPositives_StaysNearThePlattLine()
    {
        var random = new Random(3);
        double[] raw = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble() * 4 - 6)];
        bool[] labels = [.. Enumerable.Range(0, 300).Select(i => i is 20 or 90 or 200)];
        var table = CalibrationTable.Fit(raw, labels);
        var platt = Platt.Fit(raw, labels);

        foreach (var x in (double[])[-6, -5, -4, -3, -2])
        {
            Assert.Equal(Logit.ToProbability(platt.LogOdds(x)), table.Probability(x), 0.01);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_OneClassOnly_IsFiniteAndOnItsSide(bool label)
    {
        double[] raw = [.. Enumerable.Range(0, 200).Select(i => (i - 100) / 50.0)];
        var table = CalibrationTable.Fit(raw, [.. raw.Select(_ => label)]);

        Assert.InRange(table.Probability(0), label ? 0.9 : 1e-6, label ? 1 - 1e-6 : 0.1);
    }

    [Fact]
    public void Fit_NoRows_IsTheIdentity()
    {
        var table = CalibrationTable.Fit([], []);

        Assert.Equal(0.5, table.Probability(0));
        Assert.Equal(1, table.ToLogOdds(1), 0.1); // bent a little towards the bound
    }

    [Fact]
    public void Fit_WeightedRow_CountsAsThatManyRows()
    {
        var (raw, labels) = Rows(200, x => x);
        double[] doubled = [.. raw, .. raw];
        bool[] doubledLabels = [.. labels, .. labels];

        // Integer weights on some rows against the rows repeated; the effective number of rows is then not the same, so near is enough.
        double[] weights = [.. raw.Select((_, i) => i % 2 == 0 ? 3.0 : 1.0)];
        double[] repeated = [.. raw.SelectMany((x, i) => Enumerable.Repeat(x, i % 2 == 0 ? 3 : 1))];
        bool[] repeatedLabels = [.. labels.SelectMany((x, i) => Enumerable.Repeat(x, i % 2 == 0 ? 3 : 1))];

        Assert.Equal(CalibrationTable.Fit(doubled, doubledLabels).Probability(1), CalibrationTable.Fit(doubled, doubledLabels, [.. doubled.Select(_ => 0.25)]).Probability(1), 1e-9);
        Assert.Equal(CalibrationTable.Fit(repeated, repeatedLabels).Probability(1), CalibrationTable.Fit(raw, labels, weights).Probability(1), 0.05);
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var (raw, labels) = Rows(3_000, x => x / 2);
        var table = CalibrationTable.Fit(raw, labels);
        using var stream = new MemoryStream();
        table.Write(stream);
        stream.Position = 0;
        var read = CalibrationTable.Read(stream);

        Assert.Equal(stream.Length, stream.Position);
        Assert.True(table.Raw.Length > 3);
        Assert.All(raw.Append(-9).Append(9), x => Assert.Equal(table.Probability(x), read.Probability(x)));
    }

    [Fact]
    public void Read_Corrupt_IsInvalidData()
    {
        using var stream = new MemoryStream();
        new CalibrationTable([0, 1], [0, 1]).Write(stream);
        var bytes = stream.ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => CalibrationTable.Read(new MemoryStream(bytes, 0, length)));
        }

        bytes[8] = 0xFF;
        Assert.Throws<InvalidDataException>(() => CalibrationTable.Read(new MemoryStream(bytes)));
    }

    [Fact]
    public void Table_NotRising_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new CalibrationTable([0, 0], [0, 1]));
        Assert.Throws<ArgumentException>(() => new CalibrationTable([0, 1], [1, 1]));
        Assert.Throws<ArgumentException>(() => new CalibrationTable([0], [double.NaN]));
        Assert.Throws<ArgumentException>(() => new CalibrationTable([], []));
        Assert.Throws<ArgumentException>(() => new CalibrationTable([0], [0], outerSlope: 0));
    }

    [Fact]
    public void Platt_ManyRows_FindsTheLine()
    {
        var (raw, labels) = Rows(50_000, x => 0.6 * x - 0.8);
        var platt = Platt.Fit(raw, labels);

        Assert.Equal(0.6, platt.Slope, 0.03);
        Assert.Equal(-0.8, platt.Intercept, 0.05);
    }

    [Fact]
    public void Platt_ModelWorseThanChance_KeepsTheOrder()
    {
        var (raw, labels) = Rows(5_000, x => -x);

        Assert.Equal(Platt.MinSlope, Platt.Fit(raw, labels).Slope);
    }

    private static IEnumerable<double> Around(double knot) => [knot - 1e-7, knot, knot + 1e-7];

    private static (double[] Raw, bool[] Labels) Rows(int count, Func<double, double> trueLogOdds, int seed = 1)
    {
        var random = new Random(seed);
        double[] raw = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * 8 - 4)];
        return (raw, [.. raw.Select(x => random.NextDouble() < Logit.ToProbability(trueLogOdds(x)))]);
    }
}
