using OpsConsole.Numerics.Curves;
using OpsConsole.Numerics.Statistics;

namespace OpsConsole.Learning;

/// <summary>A difference, the version's less the champion's, so that more is better.</summary>
/// <param name="Mine">The version's figure.</param>
/// <param name="Theirs">The champion's.</param>
/// <param name="Value">By how much it is better.</param>
/// <param name="Low">Lower end of the 95 % interval; null where there is none.</param>
/// <param name="High">Upper end.</param>
internal sealed record Difference(double? Mine, double? Theirs, double? Value, double? Low, double? High);

/// <summary>A version against the champion of its time on the same rows of the hold-out.</summary>
/// <param name="Champion">The champion.</param>
/// <param name="Trained">Whether it was trained, and is no rule.</param>
/// <param name="Days">Promise days of the rows.</param>
/// <param name="Rows">Rows.</param>
/// <param name="RocAuc">Area under the ROC curve.</param>
/// <param name="PrAuc">Average precision: the primary figure.</param>
/// <param name="Cost">Cost of errors; the value is a share of the champion's.</param>
/// <param name="Brier">Brier score; the value is how much lower it is.</param>
internal sealed record ChampionComparison(
    string Champion, bool Trained, int Days, int Rows, Difference RocAuc, Difference PrAuc, Difference Cost, Difference Brier);

/// <summary>Whether the late ones expected came.</summary>
/// <param name="Expected">Late ones by the probabilities.</param>
/// <param name="Late">Late ones that came.</param>
/// <param name="Low">Lower end of the 95 % interval of expected over late, over whole promise days; null where there is none.</param>
/// <param name="High">Upper end.</param>
/// <param name="Error">Expected calibration error in ten bins of equal count.</param>
/// <param name="ErrorIfPerfect">What a perfectly calibrated model would show on as many rows.</param>
/// <param name="Champion">Expected over late, by the champion.</param>
/// <param name="Bins">The ten bins.</param>
internal sealed record CalibrationResult(
    double Expected, double Late, double? Low, double? High, double Error, double ErrorIfPerfect, double? Champion, IReadOnlyList<CalibrationBin> Bins);

/// <summary>One tenth of the rows by score.</summary>
/// <param name="Expected">Mean probability.</param>
/// <param name="Late">Share that was late.</param>
/// <param name="Rows">Rows.</param>
internal sealed record CalibrationBin(double Expected, double Late, int Rows);

/// <summary>Holds two ways of scoring the same rows against each other, by whole promise days (measurement.md, Intervals).</summary>
internal sealed class Comparison
{
    /// <summary>With fewer promise days than this nothing is compared.</summary>
    internal const int LeastDays = 28;

    private const int Bins = 10;
    private const int Trials = 50;

    private readonly TrainingSet _set;
    private readonly int[] _rows;
    private readonly int[] _cluster;
    private readonly int _days;
    private readonly bool[] _late;
    private readonly double[] _weights;

    internal Comparison(TrainingSet set, int[] rows)
    {
        (_set, _rows) = (set, rows);
        var days = rows.Select(set.Day).Distinct().Order().Select((day, i) => (day, i)).ToDictionary(d => d.day, d => d.i);
        (_days, _cluster) = (days.Count, [.. rows.Select(row => days[set.Day(row)])]);
        (_late, _weights) = ([.. rows.Select(set.Late)], [.. rows.Select(set.Weight)]);
    }

    /// <summary>Compares.</summary>
    /// <param name="mine">The version's scores.</param>
    /// <param name="theirs">The champion's scores.</param>
    /// <param name="champion">Its name, and whether it was trained.</param>
    /// <param name="myCosts">The version's cost of each row at its threshold.</param>
    /// <param name="theirCosts">The champion's.</param>
    internal ChampionComparison Of(double[] mine, double[] theirs, (string Name, bool Trained) champion, double[] myCosts, double[] theirCosts)
    {
        var (me, they) = (new ClusteredAreas(mine, _late, _weights, _cluster), new ClusteredAreas(theirs, _late, _weights, _cluster));
        var (myDays, theirDays) = (ByDay(myCosts), ByDay(theirCosts));
        var (myBrier, theirBrier) = (ByDay(Squares(mine)), ByDay(Squares(theirs)));
        var weightDays = ByDay(_weights);
        return new ChampionComparison(
            champion.Name, champion.Trained, _days, _rows.Length,
            Between(times => me.Roc(times), times => they.Roc(times), (a, b) => a - b),
            Between(times => me.AveragePrecision(times), times => they.AveragePrecision(times), (a, b) => a - b),
            Between(times => Sum(myDays, times), times => Sum(theirDays, times), (a, b) => (b - a) / b),
            Between(times => Sum(myBrier, times) / Sum(weightDays, times), times => Sum(theirBrier, times) / Sum(weightDays, times), (a, b) => b - a));
    }

    /// <summary>How the probabilities stand to what came.</summary>
    internal CalibrationResult CalibrationOf(double[] mine, double[] theirs, int seed)
    {
        var (expected, late, other) = (ByDay(Times(mine)), ByDay(Times([.. _late.Select(l => l ? 1.0 : 0)])), ByDay(Times(theirs)));
        var ratio = Interval(times => Sum(expected, times) / Sum(late, times));
        var (bins, error) = Binned(mine, _late);
        var random = new Random(seed);
        var drawn = new bool[mine.Length];
        var perfect = 0.0;
        for (var trial = 0; trial < Trials; trial++)
        {
            for (var i = 0; i < drawn.Length; i++)
                drawn[i] = random.NextDouble() < mine[i];
            perfect += Binned(mine, drawn).Error / Trials;
        }
        return new CalibrationResult(
            expected.Sum(), late.Sum(), ratio?.Low, ratio?.High, error, perfect, late.Sum() > 0 ? other.Sum() / late.Sum() : null, bins);
    }

    private Difference Between(Func<int[], double> mine, Func<int[], double> theirs, Func<double, double, double> better)
    {
        int[] once = [.. Enumerable.Repeat(1, _days)];
        var (a, b) = (mine(once), theirs(once));
        var interval = Interval(times => better(mine(times), theirs(times)));
        return new Difference(Known(a), Known(b), Known(better(a, b)), interval?.Low, interval?.High);
    }

    private Interval? Interval(Func<int[], double> figure) =>
        _days < LeastDays ? null : ClusterBootstrap.Of(new int[_days], (_, times) => figure(times));

    private double[] Squares(double[] scores) => Times([.. scores.Select((p, i) => (p - (_late[i] ? 1 : 0)) * (p - (_late[i] ? 1 : 0)))]);

    private double[] Times(double[] values) => [.. values.Select((value, i) => value * _weights[i])];

    private double[] ByDay(double[] values)
    {
        var sums = new double[_days];
        for (var i = 0; i < values.Length; i++)
            sums[_cluster[i]] += values[i];
        return sums;
    }

    private static double Sum(double[] days, int[] times)
    {
        var sum = 0.0;
        for (var i = 0; i < days.Length; i++)
            sum += days[i] * times[i];
        return sum;
    }

    private (IReadOnlyList<CalibrationBin> Bins, double Error) Binned(double[] scores, bool[] late)
    {
        var order = _order ??= Sorted(scores);
        List<CalibrationBin> bins = [];
        var (error, total) = (0.0, 0.0);
        for (var bin = 0; bin < Bins; bin++)
        {
            var (from, to) = (bin * order.Length / Bins, (bin + 1) * order.Length / Bins);
            var (weight, expected, came) = (0.0, 0.0, 0.0);
            for (var k = from; k < to; k++)
            {
                var i = order[k];
                (weight, expected, came) = (weight + _weights[i], expected + (_weights[i] * scores[i]), came + (late[i] ? _weights[i] : 0));
            }
            if (weight <= 0)
                continue;
            (error, total) = (error + Math.Abs(expected - came), total + weight);
            bins.Add(new(expected / weight, came / weight, to - from));
        }
        return (bins, total > 0 ? error / total : 0);
    }

    private int[]? _order;

    private static int[] Sorted(double[] scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort([.. scores], order);
        return order;
    }

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}
