using OpsConsole.Client;
using OpsConsole.Numerics.Statistics;
using OpsConsole.Operations;

namespace OpsConsole.Measurement.Verdicts;

/// <summary>Reads the verdict of a range, and the two figures it rests on over time.</summary>
public sealed class VerdictReader(
    QualityReader quality, KpiReader kpis, BoardEffectReader effects, BriefStore briefs, ChartMarks marks, SettingsStore settings, LoopClock clock)
{
    /// <summary>With fewer promise days what is drawn again says nothing.</summary>
    internal const int LeastDays = 28;

    /// <summary>The verdict, with the figures over time by the buckets asked for, and what happened meanwhile.</summary>
    public async Task<VerdictOfRange> ReadAsync(QualityAsk ask, CancellationToken cancellation)
    {
        var (written, _) = await briefs.ReadAsync(cancellation);
        var current = settings.Current;
        var brief = written ?? Brief.Draft(current);
        var (verdict, points) = await Task.Run(
            () => Read(ask with { Lead = current.DefaultLeadMinutes, Threshold = null, By = Dimension.None }, brief, written is null, current), cancellation);
        return new VerdictOfRange(verdict, points, await marks.ReadAsync(ask.From ?? (points.Count > 0 ? points[0].Start : null), ask.To, cancellation));
    }

    private (Verdict Verdict, List<PairedPoint> Points) Read(QualityAsk ask, Brief brief, bool draft, OperationsSettings current)
    {
        var effect = effects.Read(ask);
        var (days, kpiDays) = (quality.Read(ask with { Bucket = BucketSize.Day }), kpis.Read(ask with { Bucket = BucketSize.Day }, effect));
        var weeks = Points(ask with { Bucket = BucketSize.Week }, effect, brief, current);
        var points = ask.Bucket == BucketSize.Week ? weeks : Points(ask, effect, brief, current);
        var verdict = new Verdict(brief, draft, Model(brief, days.Total, days.Buckets), Business(brief, kpiDays.Total, kpiDays.Buckets), null, current.DefaultLeadMinutes);
        return (verdict with { Since = Since(verdict, weeks) }, points);
    }

    private List<PairedPoint> Points(QualityAsk ask, BoardEffect? effect, Brief brief, OperationsSettings current)
    {
        var over = new SortedDictionary<DateTimeOffset, (QualityBucket? Quality, KpiBucket? Kpi)>();
        foreach (var bucket in quality.Read(ask).Buckets)
            over[bucket.Start!.Value] = (bucket, null);
        foreach (var bucket in kpis.Read(ask, effect).Buckets)
            over[bucket.Start!.Value] = (over.GetValueOrDefault(bucket.Start.Value).Quality, bucket);
        var late = TimeSpan.FromMinutes(current.GraceMinutes + current.ReportingLagMinutes);
        return
        [
            .. over.Select(o => new PairedPoint(
                o.Key, o.Value.Quality?.End ?? o.Value.Kpi!.End!.Value,
                Model(brief, o.Value.Quality ?? new QualityBucket(), []), Business(brief, o.Value.Kpi ?? new KpiBucket(), []),
                // What has no served shipment is settled by its time alone.
                o.Value.Quality?.Settled ?? (clock.Now >= o.Value.Kpi!.End + late))),
        ];
    }

    private static AgainstLine Model(Brief brief, QualityBucket total, IReadOnlyList<QualityBucket> days)
    {
        var line = brief.ModelLine / 100;
        AgainstLine Rate(RateFigure? rate) => new(rate?.Value, rate?.Low, rate?.High, rate?.N ?? 0, line, true);
        AgainstLine Drawn(double? value, long n, Func<double, double, double, double, double?> figure)
        {
            var interval = days.Count < LeastDays ? null : ClusterBootstrap.Of(days, (all, times) =>
                figure(Sum(all, times, d => d.Tp), Sum(all, times, d => d.Fp), Sum(all, times, d => d.Fn), Sum(all, times, d => d.Tn)) ?? double.NaN);
            return new AgainstLine(value, interval?.Low, interval?.High, n, line, true);
        }
        return brief.ModelMetric switch
        {
            ModelMetric.Precision => Rate(total.Precision),
            ModelMetric.Recall => Rate(total.Recall),
            ModelMetric.F1 => Drawn(total.F1, total.Tp + total.Fp + total.Fn, (tp, fp, fn, _) => Figures.Divide(2 * tp, 2 * tp + fp + fn)),
            _ => Drawn(total.WeightedF1, total.Tp + total.Fp + total.Fn + total.Tn, Figures.WeightedF1),
        };
    }

    private static AgainstLine Business(Brief brief, KpiBucket total, IReadOnlyList<KpiBucket> days)
    {
        AgainstLine Share(ShareFigure? share) => new(share?.Value, share?.Low, share?.High, share?.N ?? 0, brief.BusinessLine / 100, true);
        AgainstLine PerThousand(Func<KpiBucket, double?> of)
        {
            var interval = days.Count < LeastDays ? null : ClusterBootstrap.Of(days, (all, times) =>
                Figures.Divide(1000 * Sum(all, times, d => of(d) ?? 0), Sum(all, times, d => d.Shipments)) ?? double.NaN);
            return new AgainstLine(Figures.Divide(1000 * (of(total) ?? 0), total.Shipments), interval?.Low, interval?.High, total.Shipments, brief.BusinessLine, false);
        }
        return brief.BusinessMetric switch
        {
            BusinessMetric.OnTimeShare => Share(total.OnTimeShare),
            BusinessMetric.RaisedInTimeShare => Share(total.RaisedInTimeShare),
            BusinessMetric.ContactsPer1000 => PerThousand(d => d.ContactsPer1000 * d.Shipments / 1000),
            _ => PerThousand(d => d.ErrorCost),
        };
    }

    private static double Sum<T>(IReadOnlyList<T> all, int[] times, Func<T, double> of)
    {
        var sum = 0.0;
        for (var i = 0; i < times.Length; i++)
        {
            if (times[i] > 0)
                sum += times[i] * of(all[i]);
        }
        return sum;
    }

    // Back from the newest settled week, as long as both figures stand on the side where they stand over the range.
    private static DateTimeOffset? Since(Verdict verdict, IReadOnlyList<PairedPoint> weeks)
    {
        DateTimeOffset? since = null;
        foreach (var week in weeks.Where(w => w.Settled).Reverse())
        {
            if (week.Model.Stands is null || week.Model.Stands != verdict.Model.Stands || week.Business.Stands is null || week.Business.Stands != verdict.Business.Stands)
                break;
            since = week.Start;
        }
        return since;
    }
}

/// <summary>The verdict of a range.</summary>
/// <param name="Verdict">Good enough or not.</param>
/// <param name="Points">Both figures over time.</param>
/// <param name="Marks">What happened.</param>
public sealed record VerdictOfRange(Verdict Verdict, IReadOnlyList<PairedPoint> Points, IReadOnlyList<ChartMark> Marks);

/// <summary>The two figures of a stretch of time.</summary>
/// <param name="Start">Its start.</param>
/// <param name="End">Its end.</param>
/// <param name="Model">The model's.</param>
/// <param name="Business">The business's.</param>
/// <param name="Settled">Nothing in it can change any more but by a correction.</param>
public sealed record PairedPoint(DateTimeOffset Start, DateTimeOffset End, AgainstLine Model, AgainstLine Business, bool Settled);
