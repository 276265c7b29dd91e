using OpsConsole.Numerics.Linear;

namespace OpsConsole.Numerics.Tests.Linear;

public sealed class RidgeFitTests
{
    [Fact]
    public void Of_LinearTargets_FindsTheForm()
    {
        var (rows, targets) = Rows(400);
        var model = RidgeFit.Of(rows, 3, targets, l2: 1e-6);

        for (var i = 0; i < targets.Length; i++)
        {
            Assert.Equal(targets[i], model.Raw(rows.AsSpan(3 * i, 3)), 1e-4);
        }
    }

    [Fact]
    public void Of_WithPenalty_HasNoGradientLeft()
    {
        var (rows, targets) = Rows(50);
        double[] weights = [.. targets.Select((_, i) => 0.5 + i % 3)];
        const double L2 = 7;
        var model = RidgeFit.Of(rows, 3, targets, weights, L2);

        var scale = weights.Sum() / weights.Sum(w => w * w);
        for (var j = 0; j < 2; j++)
        {
            var gradient = L2 * model.Weights[j];
            for (var i = 0; i < targets.Length; i++)
            {
                gradient += scale * weights[i] * (model.Raw(rows.AsSpan(3 * i, 3)) - targets[i]) * (rows[3 * i + j] - model.Means[j]) / model.Scales[j];
            }

            Assert.Equal(0, gradient, 1e-4);
        }
    }

    [Fact]
    public void Of_ASlotThatNeverVaries_AddsNothing()
    {
        var (rows, targets) = Rows(50);

        Assert.Equal(0, RidgeFit.Of(rows, 3, targets).Weights[2]);
    }

    private static (float[] Rows, double[] Targets) Rows(int count)
    {
        var random = new Random(5);
        var rows = new float[3 * count];
        var targets = new double[count];
        for (var i = 0; i < count; i++)
        {
            (rows[3 * i], rows[3 * i + 1], rows[3 * i + 2]) = ((float)random.NextDouble(), (float)(100 * random.NextDouble()), 4);
            targets[i] = 3 + 2 * rows[3 * i] - 0.1 * rows[3 * i + 1];
        }

        return (rows, targets);
    }
}
