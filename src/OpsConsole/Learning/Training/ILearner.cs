using OpsConsole.Numerics.Linear;
using OpsConsole.Prediction;

namespace OpsConsole.Learning;

/// <summary>Learns the two sums a model is made of: how much time a parcel needs, and lateness directly.</summary>
internal interface ILearner
{
    /// <summary>Amounts of training to choose among on rows not trained on, least first; for trees their number.</summary>
    IReadOnlyList<int> Sizes { get; }

    /// <summary>Learns a number of a row, with the largest size.</summary>
    AdditivePart Regression(TrainingSet set, IReadOnlyList<int> rows, Func<int, double> target, CancellationToken cancellation);

    /// <summary>Learns the log-odds of being late, with the largest size.</summary>
    AdditivePart Classifier(TrainingSet set, IReadOnlyList<int> rows, CancellationToken cancellation);

    /// <summary>The same part with less training.</summary>
    AdditivePart Shrink(AdditivePart part, int size);

    /// <summary>Finishes a part that will be kept: checks it against its trainer, takes it down to a size, and counts what explaining needs.</summary>
    AdditivePart Finish(AdditivePart part, int size, TrainingSet set, IReadOnlyList<int> rows);
}

/// <summary>Linear forms over standardised slots: to be read by eye, and hard to fool with few rows.</summary>
internal sealed class LinearLearner : ILearner
{
    // In rows: a slot that few rows speak for stays near nothing.
    private const double Hold = 20;

    public IReadOnlyList<int> Sizes { get; } = [1];

    public AdditivePart Regression(TrainingSet set, IReadOnlyList<int> rows, Func<int, double> target, CancellationToken cancellation)
    {
        var (values, weights) = Gather(set, rows);
        return new(RidgeFit.Of(values, set.Slots, [.. rows.Select(target)], weights, Hold));
    }

    public AdditivePart Classifier(TrainingSet set, IReadOnlyList<int> rows, CancellationToken cancellation)
    {
        var (values, weights) = Gather(set, rows);
        return new(LogisticModel.Fit(values, set.Slots, rows.Select(set.Late).ToArray(), weights, Hold));
    }

    public AdditivePart Shrink(AdditivePart part, int size) => part;

    public AdditivePart Finish(AdditivePart part, int size, TrainingSet set, IReadOnlyList<int> rows) => part;

    private static (float[] Values, double[] Weights) Gather(TrainingSet set, IReadOnlyList<int> rows)
    {
        var values = new float[(long)rows.Count * set.Slots];
        for (var i = 0; i < rows.Count; i++)
            set.Row(rows[i]).CopyTo(values.AsSpan(i * set.Slots));
        return (values, [.. rows.Select(set.Weight)]);
    }
}
