using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>
/// Answers how good scores are beyond one threshold: from the tallies kept in memory, exact. What was made of them is kept too until a tally of one of
/// the days changes, so that a page that is opened again, or by someone else, waits for nothing.
/// </summary>
public sealed class CurvesReader(QualityReader quality, BacktestReader backtests, StoreConnections connections, SettingsStore settings, LoopClock clock)
{
    // Days without a settled one among the last, as after a feed that stood still.
    private const int LookBack = 60;
    private const int MostKept = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(QualityAsk Ask, string Of), (long Stamp, object Made)> _kept = [];
    private readonly Queue<(QualityAsk Ask, string Of)> _order = new();

    /// <summary>Of what was served.</summary>
    /// <param name="ask">Which.</param>
    /// <param name="leads">Whether the figures of all leads are asked for too.</param>
    public CurvesAnswer Read(QualityAsk ask, bool leads = true)
    {
        ask = ask with { By = Dimension.None, Bucket = BucketSize.Day };
        var figures = Kept(ask, "curves", () => CurveFigures.Of(Sample(ask)));
        var total = quality.Read(ask);
        return Answer(figures, total) with
        {
            Minutes = new MinutesFigures(figures.Late, figures.Flagged, figures.All, Coverage(ask)),
            Leads = leads && ask is { Threshold: null, ModelVersionId: null, Segment: null } ? LeadsOf(quality.ReadLeads(ask)) : null,
        };
    }

    /// <summary>Of what a version says of past shipments.</summary>
    /// <param name="ask">Which.</param>
    /// <param name="backtest">Of which backtest.</param>
    /// <param name="leads">Whether the figures of all leads are asked for too.</param>
    public CurvesAnswer Read(QualityAsk ask, Backtest backtest, bool leads = true)
    {
        ask = ask with { By = Dimension.None, Bucket = BucketSize.Day };
        var (first, last) = ask.Days(new Buckets(settings.Current.TimeZone));
        // A backtest never changes.
        var figures = Kept(
            ask, backtest.Key.ToString(CultureInfo.InvariantCulture), 0, () => CurveFigures.Of(CurveSample.Of(backtests.Rows(ask, backtest, first, last), ask.Threshold)));
        return Answer(figures, backtests.Read(ask, backtest)) with
        {
            Leads = leads && backtest.DecisionPoint is null && ask is { Threshold: null, Segment: null } ? LeadsOf(backtests.ReadLeads(ask, backtest)) : null,
        };
    }

    private CurvesAnswer Answer(CurveFigures figures, QualityAnswer total) => new()
    {
        Basis = total.Basis,
        TimeZone = total.TimeZone,
        Lead = total.Lead,
        Total = total.Total,
        Backtest = total.Backtest,
        Rows = figures.Rows,
        Points = figures.Points,
        RocAuc = figures.Roc,
        AveragePrecision = figures.AveragePrecision,
        Calibration = figures.Calibration,
        Scores = figures.Scores,
        LastUsefulMoments =
        [
            .. settings.Current.Actions.Where(a => a.Key != JudgementAction.None).OrderByDescending(a => a.Value.LastUsefulMinutes).ThenBy(a => a.Key)
                .Select(a => new UsefulMoment(JsonName(a.Key), a.Value.LastUsefulMinutes)),
        ],
    };

    private static string JsonName(JudgementAction action) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(action.ToString());

    private static LeadFigures[] LeadsOf(IReadOnlyList<QualityAnswer> leads) =>
        [.. leads.Select(l => new LeadFigures(l.Lead ?? 0, l.Total.AtRisk, l.Total.Precision, l.Total.Recall, l.Total.StillOpenRule))];

    private CurveSample Sample(QualityAsk ask)
    {
        var (first, last) = ask.Days(new Buckets(settings.Current.TimeZone));
        return CurveSample.Of(ask.From >= ask.To ? [] : quality.Rows(ask, first, last), ask.Threshold);
    }

    /// <summary>Over the last settled days before the end of the range, which may lie before its start.</summary>
    private IntervalCoverage Coverage(QualityAsk ask)
    {
        var buckets = new Buckets(settings.Current.TimeZone);
        var after = buckets.DayOf(clock.Now) + 1;
        if (ask.To is { } to)
            after = Math.Min(after, buckets.DayOf(to.AddTicks(-1)) + 1);
        var recent = ask with { From = buckets.StartOf(after - LookBack), To = buckets.StartOf(after) };
        var days = quality.Read(recent).Buckets.Where(b => b.Settled).TakeLast(CoverageOf.MostDays).ToList();
        if (days.Count == 0)
            return CoverageOf.Rows([], days);
        var within = recent with { From = days[0].Start, To = days[^1].End };
        var settled = days.Select(d => buckets.DayOf(d.Start!.Value)).ToHashSet();
        var (first, last) = within.Days(buckets);
        return Kept(
            within, $"coverage of {string.Join(' ', settled)}",
            () => CoverageOf.Rows(CurveSample.Of(quality.Rows(within, first, last).Where(r => settled.Contains(r.Day)), within.Threshold).Rows, days));
    }

    private T Kept<T>(QualityAsk ask, string of, Func<T> make)
        where T : class
    {
        var (first, last) = ask.Days(new Buckets(settings.Current.TimeZone));
        // A day's version only ever grows.
        using var connection = connections.OpenReader();
        return Kept(ask, of, TallyBlocks.Days(connection, first, last).Sum(d => d.Version), make);
    }

    private T Kept<T>(QualityAsk ask, string of, long stamp, Func<T> make)
        where T : class
    {
        lock (_lock)
        {
            if (_kept.TryGetValue((ask, of), out var kept) && kept.Stamp == stamp)
                return (T)kept.Made;
        }
        var made = make();
        lock (_lock)
        {
            if (!_kept.ContainsKey((ask, of)))
                _order.Enqueue((ask, of));
            _kept[(ask, of)] = (stamp, made);
            while (_order.Count > MostKept)
                _kept.Remove(_order.Dequeue());
        }
        return made;
    }
}
