using OpsConsole.Numerics.Calibration;
using OpsConsole.Numerics.Curves;
using OpsConsole.Operations;
using OpsConsole.Prediction;

namespace OpsConsole.Learning;

/// <summary>The figures of one way of scoring on the hold-out. What has no denominator is null.</summary>
internal sealed record Figures
{
    public double? RocAuc { get; init; }

    public double? PrAuc { get; init; }

    public double? Brier { get; init; }

    public double? LogLoss { get; init; }

    public double? Precision { get; init; }

    public double? Recall { get; init; }

    public double? MaeMinutes { get; init; }

    public double? MaeMinutesLate { get; init; }

    public double? IntervalCoverage { get; init; }

    public double? Expected { get; init; }

    public double? CostPer1000 { get; init; }

    public double Threshold { get; init; }
}

/// <summary>The latest fifth of the rows, by decision: what a model that never saw them is held against.</summary>
internal sealed class HoldOut(TrainingSet set, OperationsSettings settings)
{
    /// <summary>The share of rows held out.</summary>
    internal const double Share = 0.2;

    /// <summary>With fewer late ones than this the cheapest threshold on them is chance; the costs alone decide.</summary>
    private const int LateForThreshold = 100;

    /// <summary>
    /// Splits the rows by time. A shipment with rows on both sides is left out of the earlier one: its end would be known to the model.
    /// </summary>
    internal (int[] Earlier, int[] Latest) Split()
    {
        var order = Enumerable.Range(0, set.Count).OrderBy(set.Moment).ThenBy(row => row).ToArray();
        var cut = set.Moment(order[(int)(order.Length * (1 - Share))]);
        var latest = order.Where(row => set.Moment(row) >= cut).ToArray();
        var shipments = latest.Select(set.Shipment).ToHashSet();
        return ([.. order.Where(row => set.Moment(row) < cut && !shipments.Contains(set.Shipment(row)))], latest);
    }

    /// <summary>The scores of a model on rows.</summary>
    internal Scored Score(ModelFile file, int[] rows)
    {
        var (probabilities, minutes, inside) = (new double[rows.Length], new double[rows.Length], new bool[rows.Length]);
        for (var i = 0; i < rows.Length; i++)
        {
            var slots = set.Row(rows[i]);
            var left = set.Left(rows[i]);
            var need = file.Need.Raw(slots);
            var raw = file.Bias + (file.NeedWeight * need) + (file.ClassifierWeight * (file.Classifier?.Raw(slots) ?? 0)) + (file.TimeWeight * Math.Log(left + file.Offset));
            probabilities[i] = file.Calibration.Probability(raw);
            minutes[i] = (Math.Max(Math.Exp(need + file.NeedShift) - file.Offset, 0) - left) * 60;
            var around = file.Interval.Of(ModelFile.GroupOf(file.Services, set.Service(rows[i]), probabilities[i] >= file.Threshold));
            var needed = Math.Log(set.Needed(rows[i]) + file.Offset) - need - file.NeedShift;
            inside[i] = needed >= around.Low && needed <= around.High;
        }
        return new(probabilities, minutes, inside);
    }

    /// <summary>The scores of the rule on rows.</summary>
    internal Scored Rule(int[] rows) => new(
        [.. rows.Select(row => Logit.ToProbability(set.Rule(row).Raw))], [.. rows.Select(row => set.Rule(row).Minutes)], null);

    /// <summary>Scores drawn at random.</summary>
    internal static Scored Random(int[] rows, int seed)
    {
        var random = new Random(seed);
        return new([.. rows.Select(_ => random.NextDouble())], null, null);
    }

    /// <summary>The figures of scores on rows, at a threshold.</summary>
    internal Figures FiguresOf(int[] rows, Scored scored, double threshold)
    {
        var late = rows.Select(set.Late).ToArray();
        var weights = rows.Select(set.Weight).ToArray();
        var (flags, hits, lates) = Counts(rows, scored.Probabilities, threshold);
        return new Figures
        {
            RocAuc = Known(Areas.Roc(scored.Probabilities, late, weights)),
            PrAuc = Known(Areas.AveragePrecision(scored.Probabilities, late, weights)),
            Brier = Known(Areas.Brier(scored.Probabilities, late, weights)),
            LogLoss = Known(Areas.LogLoss(scored.Probabilities, late, weights)),
            Precision = flags > 0 ? hits / flags : null,
            Recall = lates > 0 ? hits / lates : null,
            MaeMinutes = Error(rows, scored.Minutes, _ => true),
            MaeMinutesLate = Error(rows, scored.Minutes, set.Late),
            IntervalCoverage = Coverage(rows, scored.Inside),
            Expected = Known(rows.Select((row, i) => set.Weight(row) * scored.Probabilities[i]).Sum()),
            CostPer1000 = Known(1000 * Cost(flags, hits, lates) / weights.Sum()),
            Threshold = threshold,
        };
    }

    /// <summary>
    /// The threshold at which these rows would have cost least; where there are too few late ones to say, the one at which acting starts to pay
    /// by the costs alone.
    /// </summary>
    internal double CheapestThreshold(int[] rows, double[] probabilities)
    {
        var byCost = CostThreshold.Of(settings);
        if (rows.Count(set.Late) < LateForThreshold)
            return byCost;
        var best = (Cost: double.MaxValue, Far: 0.0, Threshold: byCost);
        for (var k = 1; k <= 999; k++)
        {
            var threshold = k / 1000.0;
            var (flags, hits, lates) = Counts(rows, probabilities, threshold);
            var candidate = (Cost(flags, hits, lates), Math.Abs(threshold - byCost), threshold);
            if (candidate.CompareTo(best) < 0)
                best = candidate;
        }
        return best.Threshold;
    }

    /// <summary>What each row costs at a threshold.</summary>
    internal double[] CostsOf(int[] rows, double[] probabilities, double threshold) =>
    [
        .. rows.Select((row, i) => (Weight: set.Weight(row), Late: set.Late(row), Flagged: probabilities[i] >= threshold))
            .Select(r => Cost(r.Flagged ? r.Weight : 0, r.Flagged && r.Late ? r.Weight : 0, r.Late ? r.Weight : 0)),
    ];

    // Missed ones, those acted on in vain, false alarms told, and the work (measurement.md, Money), by the action that pays soonest.
    private double Cost(double flags, double hits, double lates)
    {
        var action = settings.Actions.Values.Where(a => a.Chance > 0).MaxBy(a => (a.Chance * settings.CostMissedDelay) - a.Cost);
        var (chance, cost) = (action?.Chance ?? 0, action?.Cost ?? 0);
        return ((lates - hits) * settings.CostMissedDelay) + (hits * (1 - chance) * settings.CostMissedDelay)
            + ((flags - hits) * settings.CostFalseAlarm) + (flags * (settings.HandlingCost + cost));
    }

    private (double Flags, double Hits, double Lates) Counts(int[] rows, double[] probabilities, double threshold)
    {
        var (flags, hits, lates) = (0.0, 0.0, 0.0);
        for (var i = 0; i < rows.Length; i++)
        {
            var weight = set.Weight(rows[i]);
            var flagged = probabilities[i] >= threshold;
            flags += flagged ? weight : 0;
            hits += flagged && set.Late(rows[i]) ? weight : 0;
            lates += set.Late(rows[i]) ? weight : 0;
        }
        return (flags, hits, lates);
    }

    private double? Error(int[] rows, double[]? minutes, Func<int, bool> counts)
    {
        if (minutes is null)
            return null;
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < rows.Length; i++)
        {
            if (double.IsNaN(set.Needed(rows[i])) || !counts(rows[i]))
                continue;
            var delay = (set.Needed(rows[i]) - set.Left(rows[i])) * 60;
            (sum, total) = (sum + (set.Weight(rows[i]) * Math.Abs(minutes[i] - delay)), total + set.Weight(rows[i]));
        }
        return total > 0 ? sum / total : null;
    }

    private double? Coverage(int[] rows, bool[]? inside)
    {
        if (inside is null)
            return null;
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < rows.Length; i++)
        {
            if (!double.IsNaN(set.Needed(rows[i])))
                (sum, total) = (sum + (inside[i] ? set.Weight(rows[i]) : 0), total + set.Weight(rows[i]));
        }
        return total > 0 ? sum / total : null;
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>What something says of rows.</summary>
/// <param name="Probabilities">Of being late.</param>
/// <param name="Minutes">Expected delay; null where it says nothing of minutes.</param>
/// <param name="Inside">Whether the truth lay in the interval.</param>
internal sealed record Scored(double[] Probabilities, double[]? Minutes, bool[]? Inside);
