using System.Data.Common;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Numerics.Statistics;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>
/// Business figures over time: whole days from the roll-ups, what a range or an hour cuts from the tallies. History counts in what happened
/// (on time, contacts), never in what was served.
/// </summary>
public sealed class KpiReader(StoreConnections connections, SettingsStore settings, BoardEffectReader effects)
{
    private static readonly Statement RollUp = new(
        """
        SELECT day, simulated, shipments, late, on_time, served_late, raised_in_time, contacts, contact_cost, estimated, carrier_tp, carrier_fp,
            carrier_averted
        FROM kpi_counts WHERE day >= @p0 AND day <= @p1
        """);
    private static readonly Statement Cells = new(
        """
        SELECT day, simulated, shipments, late, on_time, unknown, excluded, pending, at_risk, finished_earlier, registered_too_late, tp, fp, fn, tn,
            averted_or_false, touched_on_time, recomputed
        FROM quality_counts WHERE dimension = 0 AND lead = @p0 AND day >= @p1 AND day <= @p2
        """);
    private static readonly Statement Tallies = new(
        $"SELECT {TallyColumns.List}, shipment_key FROM tallies WHERE day >= @p0 AND day <= @p1");
    private static readonly Statement Answers = new(
        "SELECT day, promise, simulated, answer_minutes FROM tallies WHERE day >= @p0 AND day <= @p1 AND answer_minutes IS NOT NULL");

    /// <summary>What a bucket's figures are made of.</summary>
    private sealed class Parts
    {
        internal long[] Sums { get; } = new long[KpiSums.Width];

        internal Counts Cells { get; } = new();

        internal List<double> Answers { get; } = [];

        internal Dictionary<int, long[]> Days { get; } = [];

        internal void Add(int day, ReadOnlySpan<long> sums)
        {
            if (!Days.TryGetValue(day, out var of))
                Days[day] = of = new long[KpiSums.Width];
            for (var i = 0; i < KpiSums.Width; i++)
            {
                of[i] += sums[i];
                Sums[i] += sums[i];
            }
        }
    }

    /// <summary>The figures; only range, bucket, split and simulated of the question count.</summary>
    public KpiAnswer Read(QualityAsk ask) => Read(ask, effects.Read(ask));

    /// <summary>The figures, where what the board changes in the range has been read already: it goes tally by tally.</summary>
    internal KpiAnswer Read(QualityAsk ask, BoardEffect? effect)
    {
        var current = settings.Current;
        var buckets = new Buckets(current.TimeZone);
        var over = new SortedDictionary<DateTimeOffset, (DateTimeOffset End, Parts Parts)>();
        var total = new Parts();
        var segments = new Dictionary<string, Parts>(StringComparer.Ordinal);
        Parts Bucket((DateTimeOffset Start, DateTimeOffset End) of)
        {
            if (!over.TryGetValue(of.Start, out var found))
                over[of.Start] = found = (of.End, new Parts());
            return found.Parts;
        }
        Gather(ask, buckets, current, total, Bucket, segment =>
        {
            if (!segments.TryGetValue(segment, out var parts))
                segments[segment] = parts = new Parts();
            return parts;
        });
        // Over the whole range: a single day says nothing of how days scatter.
        var designs = Effects(total);
        var chance = effect?.ChanceOfHelping;
        List<KpiBucket> answered = [];
        foreach (var (start, (end, parts)) in over)
        {
            if (parts.Sums[KpiSums.Shipments] > 0)
                answered.Add(Figures(parts, ask.From > start ? ask.From : start, ask.To < end ? ask.To : end, designs, current, chance));
        }
        var (from, to) = (ask.From ?? answered.FirstOrDefault()?.Start, ask.To ?? answered.LastOrDefault()?.End);
        return new KpiAnswer(current.TimeZone.Id, answered, Figures(total, from, to, designs, current, chance))
        {
            BoardEffect = effect,
            Segments = ask.By == Dimension.None ? null
                : [.. segments.OrderBy(s => s.Key, SegmentOrder.Instance).Select(s => Figures(s.Value, from, to, Effects(s.Value), current, chance) with { Segment = s.Key })],
        };
    }

    private void Gather(
        QualityAsk ask, Buckets buckets, OperationsSettings current, Parts total, Func<(DateTimeOffset, DateTimeOffset), Parts> bucket, Func<string, Parts> segment)
    {
        if (ask.From >= ask.To)
            return;
        var (first, last) = (ask.From is { } from ? buckets.DayOf(from) : 0, ask.To is { } to ? buckets.DayOf(to.AddTicks(-1)) : DateOnly.MaxValue.DayNumber);
        using var connection = connections.OpenReader();
        ReadAnswers(connection, ask, buckets, first, last, total, bucket);
        if (ask.Bucket == BucketSize.Hour || ask.By != Dimension.None)
        {
            Scan(connection, ask, buckets, first, last, total, bucket, segment);
            return;
        }
        var wholeFirst = ask.From is { } start && buckets.StartOf(first) != start ? first + 1 : first;
        var wholeLast = ask.To is { } end && buckets.StartOf(last + 1) != end ? last - 1 : last;
        if (wholeFirst > first)
            Scan(connection, ask, buckets, first, first, total, bucket, segment);
        if (wholeLast < last && (last > first || wholeFirst == first))
            Scan(connection, ask, buckets, last, last, total, bucket, segment);
        if (wholeFirst <= wholeLast)
            RollUps(connection, ask, buckets, wholeFirst, wholeLast, current.DefaultLeadMinutes, total, bucket);
    }

    private static void RollUps(
        DbConnection connection, QualityAsk ask, Buckets buckets, int first, int last, int lead, Parts total, Func<(DateTimeOffset, DateTimeOffset), Parts> bucket)
    {
        using var sums = RollUp.Prepare(connection);
        QualityReader.Set(sums, first, last);
        Span<long> values = stackalloc long[KpiSums.Width];
        using (var row = sums.ExecuteReader())
        {
            while (row.Read())
            {
                if (!ask.Counts(QualityReader.Flag(row, 1)))
                    continue;
                for (var i = 0; i < KpiSums.Width; i++)
                    values[i] = row.GetInt64(2 + i);
                bucket(buckets.Of(row.GetInt32(0), ask.Bucket)).Add(row.GetInt32(0), values);
                total.Add(row.GetInt32(0), values);
            }
        }
        using var cells = Cells.Prepare(connection);
        QualityReader.Set(cells, lead, first, last);
        using var cell = cells.ExecuteReader();
        while (cell.Read())
        {
            if (!ask.Counts(QualityReader.Flag(cell, 1)))
                continue;
            bucket(buckets.Of(cell.GetInt32(0), ask.Bucket)).Cells.Read(cell, 2);
            total.Cells.Read(cell, 2);
        }
    }

    private static void Scan(
        DbConnection connection, QualityAsk ask, Buckets buckets, int first, int last, Parts total, Func<(DateTimeOffset, DateTimeOffset), Parts> bucket,
        Func<string, Parts> segment)
    {
        using var command = Tallies.Prepare(connection);
        QualityReader.Set(command, first, last);
        using var row = command.ExecuteReader();
        var sums = new long[KpiSums.Width];
        while (row.Read())
        {
            var tally = TallyColumns.Read(row, row.GetInt64(TallyColumns.Count));
            if (!ask.Counts(tally.Simulated) || !ask.Holds(tally.Promise))
                continue;
            Array.Clear(sums);
            KpiSums.Add(sums, tally, 1);
            List<Parts> parts = [total, bucket(buckets.Of(tally.Promise, ask.Bucket))];
            if (ask.By != Dimension.None)
                parts.Add(segment(tally.Segment(ask.By)));
            foreach (var part in parts)
            {
                part.Add(tally.Day, sums);
                if (!tally.History)
                    part.Cells.AddLead(tally.Class, tally.Touched, tally.Lead(LeadGrid.IndexOf(tally.DefaultLead)));
            }
            // Answers are read on their own, but not by segment.
            if (parts.Count == 3 && tally.AnswerMinutes is { } minutes)
                parts[2].Answers.Add(minutes);
        }
    }

    // As many as people gave, not as many as there are shipments.
    private static void ReadAnswers(
        DbConnection connection, QualityAsk ask, Buckets buckets, int first, int last, Parts total, Func<(DateTimeOffset, DateTimeOffset), Parts> bucket)
    {
        using var command = Answers.Prepare(connection);
        QualityReader.Set(command, first, last);
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var promise = new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero);
            if (!ask.Counts(QualityReader.Flag(row, 2)) || !ask.Holds(promise))
                continue;
            total.Answers.Add(row.GetDouble(3));
            bucket(buckets.Of(promise, ask.Bucket)).Answers.Add(row.GetDouble(3));
        }
    }

    private static (double OnTime, double Raised) Effects(Parts parts) => (
        Proportion.DesignEffect(parts.Days.Values.Select(d => ((double)d[KpiSums.OnTime], (double)(d[KpiSums.OnTime] + d[KpiSums.Late])))),
        Proportion.DesignEffect(parts.Days.Values.Select(d => ((double)d[KpiSums.Raised], (double)d[KpiSums.ServedLate]))));

    private static KpiBucket Figures(Parts parts, DateTimeOffset? start, DateTimeOffset? end, (double OnTime, double Raised) effects, OperationsSettings settings,
        double? chance)
    {
        var sums = parts.Sums;
        var cells = parts.Cells;
        double tp = cells[Count.Tp], fp = cells[Count.Fp], fn = cells[Count.Fn], tn = cells[Count.Tn];
        double averted = cells[Count.AvertedOrFalse], touched = cells[Count.TouchedOnTime];
        var any = cells[Count.AtRisk] > 0;
        parts.Answers.Sort();
        return new KpiBucket
        {
            Start = start,
            End = end,
            Shipments = sums[KpiSums.Shipments],
            OnTimeShare = Measurement.Figures.Share(sums[KpiSums.OnTime], sums[KpiSums.OnTime] + sums[KpiSums.Late], effects.OnTime),
            RaisedInTimeShare = Measurement.Figures.Share(sums[KpiSums.Raised], sums[KpiSums.ServedLate], effects.Raised),
            ContactsPer1000 = Measurement.Figures.Divide(1000.0 * sums[KpiSums.Contacts], sums[KpiSums.Shipments]),
            ContactCostPer1000 = Measurement.Figures.Divide(1000.0 * sums[KpiSums.ContactCost] / 10_000, sums[KpiSums.Shipments]),
            TimeToAnswerMinutes = parts.Answers.Count > 0 ? ClusterBootstrap.Quantile(parts.Answers, 0.5) : null,
            ErrorCost = any ? ErrorCosts.Of(tp, fp, fn, averted, settings, chance) : null,
            ErrorCostFlagNothing = any ? ErrorCosts.Of(0, 0, tp + fn, 0, settings, chance) : null,
            ErrorCostByRule = any ? ErrorCosts.Of(tp + fn, fp + tn, 0, averted + touched, settings, chance) : null,
            ErrorCostByCarrierEstimate = any && sums[KpiSums.Estimated] > 0
                ? ErrorCosts.Of(sums[KpiSums.CarrierTp], sums[KpiSums.CarrierFp], tp + fn - sums[KpiSums.CarrierTp], sums[KpiSums.CarrierAverted], settings, chance) : null,
        };
    }
}
