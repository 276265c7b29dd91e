using OpsConsole.Numerics.Calibration;
using OpsConsole.Numerics.Linear;

namespace OpsConsole.Numerics.Tests.Linear;

public sealed class LogisticModelTests
{
    [Fact]
    public void Fit_ManyRows_FindsTheCoefficients()
    {
        var (rows, labels) = Rows(30_000);
        var model = LogisticModel.Fit(rows, 3, labels);

        // On raw values: log-odds = -1 + 0.8 x0 - 0.05 x1 + 0 x2.
        Assert.Equal(0.8, model.Weights[0] / model.Scales[0], 0.05);
        Assert.Equal(-0.05, model.Weights[1] / model.Scales[1], 0.005);
        Assert.Equal(0, model.Weights[2] / model.Scales[2], 0.2);
        Assert.Equal(-1, model.Raw([0.0, 0.0, 0.0]), 0.2);
    }

    [Fact]
    public void Fit_WithPenalty_HasNoGradientLeft()
    {
        var (rows, labels) = Rows(500);
        double[] weights = [.. labels.Select((_, i) => 0.5 + i % 3)];
        const double L2 = 4;
        var model = LogisticModel.Fit(rows, 3, labels, weights, L2);

        // The penalised likelihood's gradient, worked out apart from the fit; weights are scaled to the effective number of rows.
        var scale = weights.Sum() / weights.Sum(w => w * w);
        for (var j = 0; j < 3; j++)
        {
            var gradient = L2 * model.Weights[j];
            for (var i = 0; i < labels.Length; i++)
            {
                var error = Logit.ToProbability(model.Raw(rows.AsSpan(3 * i, 3))) - (labels[i] ? 1 : 0);
                gradient += scale * weights[i] * error * (rows[3 * i + j] - model.Means[j]) / model.Scales[j];
            }

            Assert.Equal(0, gradient, 1e-3);
        }
    }

    [Fact]
    public void Fit_SameRowsTwice_IsTheSameModelBitByBit()
    {
        var (rows, labels) = Rows(2_000);

        Assert.Equal(Bytes(LogisticModel.Fit(rows, 3, labels)), Bytes(LogisticModel.Fit(rows, 3, labels)));
    }

    [Fact]
    public void Fit_SeparableRowsAndConstantSlot_StaysFinite()
    {
        float[] rows = [.. Enumerable.Range(0, 40).SelectMany(i => new[] { i < 20 ? -1f : 1f, 7f })];
        var model = LogisticModel.Fit(rows, 2, [.. Enumerable.Range(0, 40).Select(i => i >= 20)]);

        Assert.InRange(model.Weights[0], 1, 10);
        Assert.Equal(0, model.Weights[1], 1e-9);
    }

    [Fact]
    public void Fit_OneClassOnly_StaysFinite()
    {
        var (rows, labels) = Rows(200);
        var model = LogisticModel.Fit(rows, 3, [.. labels.Select(_ => false)]);

        Assert.InRange(Logit.ToProbability(model.Raw([0.0, 0.0, 0.0])), 1e-9, 0.05);
    }

    [Fact]
    public void Explain_AnyRow_SumsToRaw()
    {
        var (rows, labels) = Rows(1_000);
        var model = LogisticModel.Fit(rows, 3, labels);
        var contributions = new double[3];
        double[] row = [1.5, -20, 3];
        model.Explain(row, contributions);

        Assert.Equal(model.Raw(row), model.Intercept + contributions.Sum(), 1e-12);
        Assert.Equal(model.Weights[1] * (row[1] - model.Means[1]) / model.Scales[1], contributions[1], 1e-12);
        Assert.Equal(model.Raw(row), model.Raw([.. row.Select(value => (float)value)]));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame_AndCutOffIsInvalidData()
    {
        var bytes = Bytes(new LogisticModel(0.5, [1, 2], [3, 4], [5, 6]));

        Assert.Equal(bytes, Bytes(LogisticModel.Read(new MemoryStream(bytes))));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => LogisticModel.Read(new MemoryStream(bytes, 0, length)));
        }
    }

    [Fact]
    public void Model_ScaleOfZero_IsRefused() => Assert.Throws<ArgumentException>(() => new LogisticModel(0, [1], [0], [0]));

    private static byte[] Bytes(LogisticModel model)
    {
        using var stream = new MemoryStream();
        model.Write(stream);
        return stream.ToArray();
    }

    private static (float[] Rows, bool[] Labels) Rows(int count)
    {
        var random = new Random(5);
        float[] rows = [.. Enumerable.Range(0, count).SelectMany(_ => new[] { random.NextSingle() * 4 - 2, random.NextSingle() * 60, random.NextSingle() })];
        return (rows, [.. Enumerable.Range(0, count).Select(i => random.NextDouble() < Logit.ToProbability(-1 + 0.8 * rows[3 * i] - 0.05 * rows[3 * i + 1]))]);
    }
}
