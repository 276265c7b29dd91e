using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>How good scores are at one lead beyond one threshold: ranking, calibration, minutes (measurement.md, Model figures to Minutes).</summary>
public sealed record CurvesAnswer
{
    /// <summary><c>served</c> or <c>backtest</c>.</summary>
    public required string Basis { get; init; }

    /// <summary>Zone of the days.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Minutes before the counted promise; null for the backtest of a model with a decision point.</summary>
    public int? Lead { get; init; }

    /// <summary>All counts of the range, the confusion at the threshold kept (or asked for) among them.</summary>
    public required QualityBucket Total { get; init; }

    /// <summary>What the curves are drawn from.</summary>
    public required CurveRows Rows { get; init; }

    /// <summary>
    /// Points of both curves, highest threshold first; the last one holds all rows, and is the rule "everything still open". Where scores of fewer than
    /// about two hundred thresholds are shown, each is one; else those between which neither axis moves by more than half a percent.
    /// </summary>
    public required IReadOnlyList<ThresholdPoint> Points { get; init; }

    /// <summary>Area under the ROC curve; null without both late and on-time rows.</summary>
    public AreaFigure? RocAuc { get; init; }

    /// <summary>Average precision, which is the area under the precision-recall curve without interpolation; null without late rows.</summary>
    public AreaFigure? AveragePrecision { get; init; }

    /// <summary>How well the scores hold as probabilities; null without rows.</summary>
    public CalibrationFigures? Calibration { get; init; }

    /// <summary>Scores in 40 bins of equal width; empty ones too.</summary>
    public required IReadOnlyList<ScoreBin> Scores { get; init; }

    /// <summary>The minutes; null where none were kept, as in a backtest.</summary>
    public MinutesFigures? Minutes { get; init; }

    /// <summary>The counts of the range at each lead of the grid, longest first; null with a threshold, a model, or where the basis has no grid.</summary>
    public IReadOnlyList<LeadFigures>? Leads { get; init; }

    /// <summary>Until when each action can help, in minutes before the promise, as set.</summary>
    public required IReadOnlyList<UsefulMoment> LastUsefulMoments { get; init; }

    /// <summary>With <c>basis=backtest</c>: what was evaluated, and when.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BacktestAbout? Backtest { get; init; }
}

/// <summary>Which rows the curves are drawn from: at risk at the lead, with a score and a truth. What was touched and on time has none.</summary>
/// <param name="N">Late + on time.</param>
/// <param name="Late">Late, touched or not.</param>
/// <param name="OnTime">On time, untouched.</param>
/// <param name="Days">Promise days they lie on.</param>
/// <param name="TouchedOnTime">Left out: touched and on time.</param>
/// <param name="WithoutScore">Left out: no score was kept.</param>
/// <param name="TooFew">Why nothing should be compared by these; null: enough days.</param>
public sealed record CurveRows(long N, long Late, long OnTime, int Days, long TouchedOnTime, long WithoutScore, string? TooFew);

/// <summary>The counts of rows whose score reaches a threshold, and the shares they give.</summary>
/// <param name="Threshold">The score.</param>
/// <param name="Tp">Late rows at or above it.</param>
/// <param name="Fp">On-time, untouched rows at or above it.</param>
/// <param name="FalsePositiveRate">FP / on-time rows; null without any.</param>
/// <param name="Recall">TP / late rows; null without any.</param>
/// <param name="Precision">TP / (TP + FP).</param>
public sealed record ThresholdPoint(double Threshold, long Tp, long Fp, double? FalsePositiveRate, double? Recall, double Precision);

/// <summary>An area with its interval.</summary>
/// <param name="Value">Exact, from rows.</param>
/// <param name="Low">Lower end, 95 %, by bootstrap of whole promise days; null with fewer than two of them.</param>
/// <param name="High">Upper end.</param>
/// <param name="N">Rows.</param>
/// <param name="StillOpenRule">The same of the rule "everything still open", which ranks nothing.</param>
public sealed record AreaFigure(double Value, double? Low, double? High, long N, double? StillOpenRule);

/// <summary>How well scores hold as probabilities of "late if nobody acts".</summary>
public sealed record CalibrationFigures
{
    /// <summary>Whether untouched rows were weighted, since rows like them were touched and have no truth.</summary>
    public required bool Weighted { get; init; }

    /// <summary>The heaviest weight of a row, at most 20.</summary>
    public required double HeaviestWeight { get; init; }

    /// <summary>Ten bins of equal count, lowest first; fewer where equal scores would be parted.</summary>
    public required IReadOnlyList<CalibrationBin> Bins { get; init; }

    /// <summary>Mean square of score − what happened = reliability − resolution + uncertainty + withinBins.</summary>
    public required double Brier { get; init; }

    /// <summary>Lower end, 95 %, by bootstrap of whole promise days.</summary>
    public double? BrierLow { get; init; }

    /// <summary>Upper end.</summary>
    public double? BrierHigh { get; init; }

    /// <summary>Mean square of said − came over the bins; 0 is best.</summary>
    public required double Reliability { get; init; }

    /// <summary>Mean square of came − share of all; more is better.</summary>
    public required double Resolution { get; init; }

    /// <summary>The Brier score of saying the share of all, always.</summary>
    public required double Uncertainty { get; init; }

    /// <summary>Variance of scores within bins − 2 · their covariance with what happened.</summary>
    public required double WithinBins { get; init; }

    /// <summary>Mean of |said − came| over the bins.</summary>
    public required double ExpectedCalibrationError { get; init; }

    /// <summary>What a perfectly calibrated model of this n would show.</summary>
    public required double ExpectedCalibrationErrorIfCalibrated { get; init; }

    /// <summary>The share of missing labels (touched and on time) in each tenth of all scores at risk, lowest first.</summary>
    public required IReadOnlyList<MissingShare> Missing { get; init; }
}

/// <summary>What was said and what came in a bin of scores.</summary>
/// <param name="From">Lowest score.</param>
/// <param name="To">Highest score.</param>
/// <param name="N">Rows.</param>
/// <param name="Weight">What they weigh.</param>
/// <param name="Said">Mean score.</param>
/// <param name="Came">Share that was late.</param>
/// <param name="Low">Lower end of that share, 95 %.</param>
/// <param name="High">Upper end.</param>
/// <param name="DesignEffect">What n is divided by for the interval.</param>
public sealed record CalibrationBin(double From, double To, long N, double Weight, double Said, double Came, double Low, double High, double DesignEffect);

/// <summary>How many labels acting took away among some scores.</summary>
/// <param name="From">Lowest score.</param>
/// <param name="N">At risk, with a score.</param>
/// <param name="Missing">Of those touched and on time.</param>
public sealed record MissingShare(double From, long N, long Missing);

/// <summary>Scores between two edges.</summary>
/// <param name="From">Lower edge, inclusive.</param>
/// <param name="To">Upper edge, exclusive (but 1).</param>
/// <param name="Late">Late.</param>
/// <param name="OnTime">On time, untouched.</param>
/// <param name="TouchedOnTime">On time, touched: no truth.</param>
public sealed record ScoreBin(double From, double To, long Late, long OnTime, long TouchedOnTime);

/// <summary>The figures of a lead.</summary>
/// <param name="Lead">Minutes before the counted promise.</param>
/// <param name="AtRisk">Open and registered then.</param>
/// <param name="Precision">TP / (TP + FP).</param>
/// <param name="Recall">TP / (TP + FN).</param>
/// <param name="StillOpenRule">The rule "everything still open".</param>
public sealed record LeadFigures(int Lead, long AtRisk, RateFigure? Precision, RateFigure? Recall, StillOpenRule? StillOpenRule);

/// <summary>Until when an action can help.</summary>
/// <param name="Action">The action.</param>
/// <param name="Minutes">Before the promise.</param>
public sealed record UsefulMoment(string Action, int Minutes);

/// <summary>Errors of the expected minutes, and whether their interval holds; of rows with a truth that were delivered.</summary>
/// <param name="Late">Of late ones.</param>
/// <param name="Flagged">Of flagged ones.</param>
/// <param name="All">Of all.</param>
/// <param name="Coverage">Of the 80 % interval.</param>
public sealed record MinutesFigures(MinutesError Late, MinutesError Flagged, MinutesError All, IntervalCoverage Coverage);

/// <summary>Expected minutes against what came (delivered − promised).</summary>
/// <param name="N">Delivered, with expected minutes kept.</param>
/// <param name="Undelivered">Still undelivered: in none of the errors.</param>
/// <param name="NotKept">Delivered, but no minutes were kept.</param>
/// <param name="MeanAbsoluteError">Mean of |came − expected|; null without any.</param>
/// <param name="MedianAbsoluteError">Median of |came − expected|.</param>
/// <param name="MedianError">Median of came − expected: above 0, more came than was said.</param>
public sealed record MinutesError(long N, long Undelivered, long NotKept, double? MeanAbsoluteError, double? MedianAbsoluteError, double? MedianError);

/// <summary>How often the interval of the minutes held what came, over the last settled days before the end of the range.</summary>
/// <param name="Nominal">What it says: 0.8.</param>
/// <param name="Days">Settled days counted, at most 28.</param>
/// <param name="From">First of them.</param>
/// <param name="To">End of the last.</param>
/// <param name="All">Of all.</param>
/// <param name="Flagged">Of flagged ones.</param>
/// <param name="Late">Of late ones.</param>
public sealed record IntervalCoverage(double Nominal, int Days, DateTimeOffset? From, DateTimeOffset? To, CoverageFigure? All, CoverageFigure? Flagged, CoverageFigure? Late);

/// <summary>A share with its interval and what n was divided by.</summary>
/// <param name="Value">The share.</param>
/// <param name="Low">Lower end, 95 %.</param>
/// <param name="High">Upper end.</param>
/// <param name="N">Its denominator.</param>
/// <param name="DesignEffect">What n is divided by for the interval.</param>
public sealed record CoverageFigure(double Value, double Low, double High, long N, double DesignEffect);
