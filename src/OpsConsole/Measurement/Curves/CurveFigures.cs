using OpsConsole.Client;
using OpsConsole.Numerics.Calibration;
using OpsConsole.Numerics.Curves;
using OpsConsole.Numerics.Statistics;

namespace OpsConsole.Measurement;

/// <summary>What takes the rows themselves: made once for a question, as long as its days stay as they are.</summary>
/// <param name="Rows">What it is made from.</param>
/// <param name="Points">Of both curves.</param>
/// <param name="Roc">Area under the ROC curve.</param>
/// <param name="AveragePrecision">Area under the precision-recall curve.</param>
/// <param name="Calibration">How well scores hold.</param>
/// <param name="Scores">Histogram of scores.</param>
/// <param name="Late">Errors of the minutes of late ones.</param>
/// <param name="Flagged">Of flagged ones.</param>
/// <param name="All">Of all.</param>
internal sealed record CurveFigures(
    CurveRows Rows, IReadOnlyList<ThresholdPoint> Points, AreaFigure? Roc, AreaFigure? AveragePrecision, CalibrationFigures? Calibration,
    IReadOnlyList<ScoreBin> Scores, MinutesError Late, MinutesError Flagged, MinutesError All)
{
    private const int ScoreBins = 40;
    private const int Tenths = 10;

    /// <summary>The figures of a sample.</summary>
    internal static CurveFigures Of(CurveSample sample)
    {
        var rows = sample.Rows;
        var (scores, late, days) = (new double[rows.Count], new bool[rows.Count], new int[rows.Count]);
        for (var i = 0; i < scores.Length; i++)
            (scores[i], late[i], days[i]) = (rows[i].Score, rows[i].Late, rows[i].Day);
        var ranked = new RankedScores(scores, late, days);
        var (roc, precision) = ranked.Areas();
        var (rocInterval, precisionInterval) = ranked.Intervals();
        return new CurveFigures(
            RowsOf(sample, ranked),
            [.. ranked.Points().Select(p => PointOf(p, ranked))],
            AreaOf(roc, rocInterval, rows.Count, ranked.Negatives > 0 ? 0.5 : null),
            AreaOf(precision, precisionInterval, rows.Count, Figures.Divide(ranked.Positives, rows.Count)),
            CalibrationOf(sample, scores, late, days), ScoresOf(sample), ErrorOf(rows, r => r.Late), ErrorOf(rows, r => r.Flagged), ErrorOf(rows, _ => true));
    }

    private static CurveRows RowsOf(CurveSample sample, RankedScores ranked) => new(
        ranked.Positives + ranked.Negatives, ranked.Positives, ranked.Negatives, sample.Days, sample.Missing.Count, sample.WithoutScore,
        sample.Days >= BoardEffectReader.LeastDays ? null
            : FormattableString.Invariant($"too few days to compare: {sample.Days} promise days of {BoardEffectReader.LeastDays}"));

    private static ThresholdPoint PointOf(CurvePoint point, RankedScores of) => new(
        point.Threshold, point.Positives, point.Negatives, Figures.Divide(point.Negatives, of.Negatives), Figures.Divide(point.Positives, of.Positives),
        (double)point.Positives / (point.Positives + point.Negatives));

    private static AreaFigure? AreaOf(double area, Interval? interval, long n, double? rule) =>
        double.IsNaN(area) ? null : new AreaFigure(area, interval?.Low, interval?.High, n, rule);

    private static CalibrationFigures? CalibrationOf(CurveSample sample, double[] scores, bool[] late, int[] days)
    {
        var weights = sample.Weights();
        if (Reliability.Of(scores, late, weights, days) is not { } found)
            return null;
        return new CalibrationFigures
        {
            Weighted = weights.Length > 0,
            HeaviestWeight = weights.DefaultIfEmpty(1).Max(),
            Bins = [.. found.Bins.Select(b => new CalibrationBin(b.From, b.To, b.Rows, b.Weight, b.Said, b.Came, b.Interval.Low, b.Interval.High, b.DesignEffect))],
            Brier = found.Brier,
            BrierLow = found.BrierInterval?.Low,
            BrierHigh = found.BrierInterval?.High,
            Reliability = found.Miscalibration,
            Resolution = found.Resolution,
            Uncertainty = found.Uncertainty,
            WithinBins = found.WithinBins,
            ExpectedCalibrationError = found.ExpectedError,
            ExpectedCalibrationErrorIfCalibrated = found.ExpectedErrorIfCalibrated,
            Missing = MissingOf(sample),
        };
    }

    private static MissingShare[] MissingOf(CurveSample sample)
    {
        if (sample.Missing.Count == 0)
            return [];
        var all = sample.Rows.Concat(sample.Missing).Select(r => r.Score).ToArray();
        var edges = Reliability.Edges(all, Tenths);
        var (n, missing) = (new long[edges.Length + 1], new long[edges.Length + 1]);
        foreach (var score in all)
            n[Reliability.BinOf(edges, score)]++;
        foreach (var row in sample.Missing)
            missing[Reliability.BinOf(edges, row.Score)]++;
        return [.. n.Select((of, bin) => new MissingShare(bin == 0 ? all.Min() : edges[bin - 1], of, missing[bin]))];
    }

    private static ScoreBin[] ScoresOf(CurveSample sample)
    {
        var (late, onTime, touched) = (new long[ScoreBins], new long[ScoreBins], new long[ScoreBins]);
        // Edges are compared as the numbers they are written as: 0.3 is in the bin that starts with it.
        var edges = Enumerable.Range(1, ScoreBins - 1).Select(k => k / (double)ScoreBins).ToArray();
        foreach (var row in sample.Rows)
            (row.Late ? late : onTime)[Reliability.BinOf(edges, row.Score)]++;
        foreach (var row in sample.Missing)
            touched[Reliability.BinOf(edges, row.Score)]++;
        return [.. late.Select((n, k) => new ScoreBin(k / (double)ScoreBins, (k + 1) / (double)ScoreBins, n, onTime[k], touched[k]))];
    }

    private static MinutesError ErrorOf(IReadOnlyList<CurveRow> rows, Func<CurveRow, bool> counts)
    {
        long undelivered = 0, notKept = 0;
        var sum = 0.0;
        List<double> errors = [];
        foreach (var row in rows)
        {
            if (!counts(row))
                continue;
            if (float.IsNaN(row.Delay))
                undelivered++;
            else if (row.Minutes is not { } kept)
                notKept++;
            else
                errors.Add((double)row.Delay - kept.Expected);
        }
        errors.Sort();
        var absolute = errors.ConvertAll(Math.Abs);
        absolute.Sort();
        foreach (var error in absolute)
            sum += error;
        var any = errors.Count > 0;
        return new MinutesError(
            errors.Count, undelivered, notKept, any ? sum / errors.Count : null, any ? ClusterBootstrap.Quantile(absolute, 0.5) : null,
            any ? ClusterBootstrap.Quantile(errors, 0.5) : null);
    }
}
