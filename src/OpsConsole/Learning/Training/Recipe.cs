using OpsConsole.Numerics.Calibration;
using OpsConsole.Numerics.Intervals;
using OpsConsole.Prediction;

namespace OpsConsole.Learning;

/// <summary>
/// How rows become a model, the same for every trainer and every courier. Lateness is first of all a matter of time: how long a parcel of this
/// kind still needs (learnt as ln of hours, so that the odds are about ratios) against what is left; a classifier adds what that leaves open. What
/// decides between them, calibrates them and says how wide the interval is are sums of rows that were not trained on: blocks of time are held
/// out in turn, whole shipments at a time, so that no single crisis decides.
/// </summary>
internal sealed class Recipe(TrainingSet set, ILearner learner, double threshold, Func<string, double, Task> tell)
{
    /// <summary>Blocks of time that are held out in turn.</summary>
    internal const int Blocks = 4;

    /// <summary>More rows than this, thinned evenly, don't make the choice of sizes and weights any surer.</summary>
    private const int MostForBlocks = 150_000;

    // A twentieth of the typical time needed softens the logarithm near zero.
    private const double OffsetShare = 0.05;
    private const double LeastOffset = 1.0 / 60;

    /// <summary>Trains on rows.</summary>
    internal async Task<Fitted> FitAsync(int[] rows, bool keep, CancellationToken cancellation)
    {
        var offset = Math.Max(LeastOffset, OffsetShare * Median(rows.Select(set.Waited)));
        double Target(int row) => Math.Log(set.Waited(row) + offset);
        var (held, needs, classes) = await HoldOutBlocksAsync(rows, Target, cancellation);
        var needSize = Best(needs, (sum, i) => Square(sum - Target(held[i])), held);
        var classSize = Best(classes, (sum, i) => Logit.Loss(sum, set.Late(held[i])), held);
        var (need, lateness) = (needs[needSize], classes[classSize]);
        var weights = held.Select(set.Weight).ToArray();
        var time = held.Select(row => Math.Log(set.Left(row) + offset)).ToArray();
        var stack = Stack.Fit(need, lateness, time, held.Select(set.Late).ToArray(), weights);
        var raw = held.Select((_, i) => stack.Raw(need[i], lateness[i], time[i])).ToArray();
        var calibration = CalibrationTable.Fit(raw, held.Select(set.Late).ToArray(), weights);
        var (shift, interval) = Interval(held, need, raw, calibration, offset);
        await tell("Training on all of these rows", 0.8);
        AdditivePart Kept(AdditivePart part, int size) => keep ? learner.Finish(part, size, set, rows) : learner.Shrink(part, size);
        var part = Kept(learner.Regression(set, rows, Target, cancellation), learner.Sizes[needSize]);
        var classifier = stack.Classifier > 0 ? Kept(learner.Classifier(set, rows, cancellation), learner.Sizes[classSize]) : null;
        var file = new ModelFile
        {
            Trainer = learner is LinearLearner ? TrainingPlan.Logistic : TrainingPlan.LightGbm,
            Schema = set.Schema,
            Need = part,
            Classifier = classifier,
            Bias = stack.Bias,
            NeedWeight = stack.Need,
            ClassifierWeight = stack.Classifier,
            TimeWeight = stack.Time,
            TimeMean = Mean(time, weights),
            Offset = offset,
            Calibration = calibration,
            NeedShift = shift,
            Interval = interval,
            Services = set.Services,
            Threshold = threshold,
        };
        return new(file, learner.Sizes[needSize], stack.Classifier > 0 ? learner.Sizes[classSize] : 0);
    }

    /// <summary>The sums of rows, by blocks of time, of parts that were trained on the other blocks; for each size of training.</summary>
    private async Task<(int[] Rows, double[][] Needs, double[][] Classes)> HoldOutBlocksAsync(int[] rows, Func<int, double> target, CancellationToken cancellation)
    {
        var block = BlocksOf(rows);
        var step = (rows.Length + MostForBlocks - 1) / MostForBlocks;
        // Whole shipments, so that a row's sum is never of a part that saw the shipment's other rows.
        List<int> some = [.. rows.Where(row => step <= 1 || set.Shipment(row) % step == 0)];
        List<int> held = [];
        var needs = learner.Sizes.Select(_ => new List<double>()).ToArray();
        var classes = learner.Sizes.Select(_ => new List<double>()).ToArray();
        for (var b = 0; b < Blocks; b++)
        {
            await tell(FormattableString.Invariant($"Holding out block {b + 1} of {Blocks}"), b * 0.8 / Blocks);
            List<int> rest = [.. some.Where(row => block[set.Shipment(row)] != b)];
            List<int> own = [.. some.Where(row => block[set.Shipment(row)] == b)];
            if (rest.Count == 0 || own.Count == 0)
                continue;
            held.AddRange(own);
            Sum(learner.Regression(set, rest, target, cancellation), own, needs);
            cancellation.ThrowIfCancellationRequested();
            Sum(learner.Classifier(set, rest, cancellation), own, classes);
            cancellation.ThrowIfCancellationRequested();
            (learner as LightGbmLearner)?.Forget();
        }
        return ([.. held], [.. needs.Select(n => n.ToArray())], [.. classes.Select(c => c.ToArray())]);
    }

    private void Sum(AdditivePart part, List<int> rows, List<double>[] sums)
    {
        for (var size = 0; size < sums.Length; size++)
        {
            var smaller = learner.Shrink(part, learner.Sizes[size]);
            foreach (var row in rows)
                sums[size].Add(smaller.Raw(set.Row(row)));
        }
    }

    /// <summary>The block of each shipment: as many shipments each, by their latest moment.</summary>
    private Dictionary<int, int> BlocksOf(int[] rows)
    {
        var latest = new Dictionary<int, long>();
        foreach (var row in rows)
            latest[set.Shipment(row)] = Math.Max(latest.GetValueOrDefault(set.Shipment(row)), set.Moment(row));
        var order = latest.OrderBy(s => s.Value).ThenBy(s => s.Key).Select(s => s.Key).ToList();
        return order.Select((shipment, i) => (shipment, Block: (int)((long)i * Blocks / order.Count))).ToDictionary(s => s.shipment, s => s.Block);
    }

    /// <summary>The smallest size whose loss is next to the best: what is gained beyond is likelier noise.</summary>
    private int Best(double[][] sums, Func<double, int, double> loss, int[] held)
    {
        var losses = sums.Select(of => of.Select((sum, i) => set.Weight(held[i]) * loss(sum, i)).Sum()).ToArray();
        var least = losses.Min();
        return Array.FindIndex(losses, l => l <= least * 1.002);
    }

    /// <summary>What makes the need a median, and the 80 % interval around it, from rows that were not trained on.</summary>
    private (double Shift, SplitConformal Interval) Interval(int[] held, double[] need, double[] raw, CalibrationTable calibration, double offset)
    {
        List<(double Residual, double Weight, int Group)> residuals = [];
        for (var i = 0; i < held.Length; i++)
        {
            if (double.IsNaN(set.Needed(held[i])))
                continue;
            var flagged = calibration.Probability(raw[i]) >= threshold;
            residuals.Add((Math.Log(set.Needed(held[i]) + offset) - need[i], set.Weight(held[i]), ModelFile.GroupOf(set.Services, set.Service(held[i]), flagged)));
        }
        if (residuals.Count == 0)
            throw new TrainingException("No shipment of this window was delivered, so nothing can be said about minutes.");
        var shift = WeightedMedian([.. residuals.Select(r => (r.Residual, r.Weight))]);
        return (shift, SplitConformal.Fit([.. residuals.Select(r => r.Residual - shift)], residuals.Select(r => r.Group).ToArray(), residuals.Select(r => r.Weight).ToArray()));
    }

    private static double WeightedMedian(List<(double Value, double Weight)> values)
    {
        values.Sort();
        var half = values.Sum(v => v.Weight) / 2;
        foreach (var (value, weight) in values)
        {
            half -= weight;
            if (half <= 0)
                return value;
        }
        return values[^1].Value;
    }

    private static double Median(IEnumerable<double> values) => WeightedMedian([.. values.Select(v => (v, 1.0))]);

    private static double Mean(double[] values, double[] weights)
    {
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
            (sum, total) = (sum + (weights[i] * values[i]), total + weights[i]);
        return sum / total;
    }

    private static double Square(double value) => value * value;
}

/// <summary>A model, and what was chosen for it.</summary>
/// <param name="File">The model.</param>
/// <param name="NeedSize">Size of the part that says how long is needed.</param>
/// <param name="ClassifierSize">Size of the classifier; 0: it added nothing.</param>
internal sealed record Fitted(ModelFile File, int NeedSize, int ClassifierSize);
