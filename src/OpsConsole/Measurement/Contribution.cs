using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Numerics.Statistics;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>
/// What a group of changed tallies changes in the roll-ups, summed before it is written: each tally goes in once, the one it replaces goes
/// out once.
/// </summary>
internal sealed class Contribution
{
    private static readonly Statement AddQuality = new(
        """
        UPDATE quality_counts SET shipments = shipments + @p0, late = late + @p1, on_time = on_time + @p2, unknown = unknown + @p3,
            excluded = excluded + @p4, pending = pending + @p5, at_risk = at_risk + @p6, finished_earlier = finished_earlier + @p7,
            registered_too_late = registered_too_late + @p8, tp = tp + @p9, fp = fp + @p10, fn = fn + @p11, tn = tn + @p12,
            averted_or_false = averted_or_false + @p13, touched_on_time = touched_on_time + @p14, recomputed = recomputed + @p15
        WHERE dimension = @p16 AND lead = @p17 AND day = @p18 AND simulated = @p19 AND segment = @p20
        """);
    private static readonly Statement NewQuality = new(
        """
        INSERT INTO quality_counts (shipments, late, on_time, unknown, excluded, pending, at_risk, finished_earlier, registered_too_late, tp, fp, fn, tn,
            averted_or_false, touched_on_time, recomputed, dimension, lead, day, simulated, segment)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, @p18, @p19, @p20)
        """);
    private static readonly Statement AddKpi = new(
        """
        UPDATE kpi_counts SET shipments = shipments + @p0, late = late + @p1, on_time = on_time + @p2, served_late = served_late + @p3,
            raised_in_time = raised_in_time + @p4, contacts = contacts + @p5, contact_cost = contact_cost + @p6, estimated = estimated + @p7,
            carrier_tp = carrier_tp + @p8, carrier_fp = carrier_fp + @p9, carrier_averted = carrier_averted + @p10
        WHERE day = @p11 AND simulated = @p12
        """);
    private static readonly Statement NewKpi = new(
        """
        INSERT INTO kpi_counts (shipments, late, on_time, served_late, raised_in_time, contacts, contact_cost, estimated, carrier_tp, carrier_fp,
            carrier_averted, day, simulated)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)
        """);
    private static readonly Statement AddBin = new(
        """
        UPDATE score_histograms SET late = late + @p0, on_time = on_time + @p1, touched = touched + @p2
        WHERE lead = @p3 AND day = @p4 AND simulated = @p5 AND bin = @p6
        """);
    private static readonly Statement NewBin = new(
        "INSERT INTO score_histograms (late, on_time, touched, lead, day, simulated, bin) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6)");
    private static readonly Statement RaiseDay = new("UPDATE tally_days SET version = version + 1 WHERE day = @p0");
    private static readonly Statement NewDay = new("INSERT INTO tally_days (day, version) VALUES (@p0, 1)");

    private readonly Dictionary<(Dimension Dimension, int Lead, int Day, bool Simulated, string Segment), Counts> _quality = [];
    private readonly Dictionary<(int Day, bool Simulated), long[]> _kpis = [];
    private readonly Dictionary<(int Lead, int Day, bool Simulated, int Bin), long[]> _bins = [];
    private readonly HashSet<int> _days = [];

    /// <summary>Takes the old tally out, if there was one, and puts the new one in.</summary>
    internal void Replace(Tally? old, Tally with)
    {
        if (old is not null)
            Count(old, -1);
        Count(with, 1);
    }

    private void Count(Tally tally, long times)
    {
        _days.Add(tally.Day);
        CountKpis(tally, times);
        if (tally.History)
            return;
        Quality(tally, Dimension.None, QualityCount.ClassesOnly, "").AddClass(tally.Class, times);
        var counted = tally.Class is OutcomeClass.Late or OutcomeClass.OnTime;
        for (var i = 0; i < LeadGrid.Minutes.Count && counted; i++)
        {
            var lead = tally.Lead(i);
            Quality(tally, Dimension.None, LeadGrid.Minutes[i], "").AddLead(tally.Class, tally.Touched, lead, times: times);
            if (lead is { Standing: LeadStanding.AtRisk, Score: { } score })
                Bin(tally, LeadGrid.Minutes[i], ScoreHistogram.BinOf(score))[tally.Class == OutcomeClass.Late ? 0 : tally.Touched ? 2 : 1] += times;
        }
        var atDefault = tally.Lead(LeadGrid.IndexOf(tally.DefaultLead));
        foreach (var dimension in Dimensions.OfTally)
        {
            var segment = Quality(tally, dimension, tally.DefaultLead, tally.Segment(dimension));
            segment.AddClass(tally.Class, times);
            segment.AddLead(tally.Class, tally.Touched, atDefault, times: times);
        }
    }

    private void CountKpis(Tally tally, long times)
    {
        if (!_kpis.TryGetValue((tally.Day, tally.Simulated), out var sums))
            _kpis[(tally.Day, tally.Simulated)] = sums = new long[KpiSums.Width];
        KpiSums.Add(sums, tally, times);
    }

    private Counts Quality(Tally tally, Dimension dimension, int lead, string segment)
    {
        var key = (dimension, lead, tally.Day, tally.Simulated, segment);
        if (!_quality.TryGetValue(key, out var counts))
            _quality[key] = counts = new Counts();
        return counts;
    }

    private long[] Bin(Tally tally, int lead, int bin)
    {
        var key = (lead, tally.Day, tally.Simulated, bin);
        if (!_bins.TryGetValue(key, out var counts))
            _bins[key] = counts = new long[3];
        return counts;
    }

    /// <summary>Adds the sums to what is stored.</summary>
    internal void Write(WriteSession session)
    {
        foreach (var (key, counts) in _quality)
        {
            if (counts.IsEmpty)
                continue;
            var values = new object?[Counts.Width + 5];
            for (var i = 0; i < Counts.Width; i++)
                values[i] = counts[(Count)i];
            (values[^5], values[^4], values[^3], values[^2], values[^1]) = (key.Dimension, key.Lead, key.Day, key.Simulated, key.Segment);
            Upsert(session, AddQuality, NewQuality, values);
        }
        foreach (var (key, sums) in _kpis)
        {
            if (Array.TrueForAll(sums, s => s == 0))
                continue;
            var values = new object?[KpiSums.Width + 2];
            for (var i = 0; i < KpiSums.Width; i++)
                values[i] = sums[i];
            (values[^2], values[^1]) = (key.Day, key.Simulated);
            Upsert(session, AddKpi, NewKpi, values);
        }
        foreach (var (key, counts) in _bins)
        {
            if (counts[0] != 0 || counts[1] != 0 || counts[2] != 0)
                Upsert(session, AddBin, NewBin, [counts[0], counts[1], counts[2], key.Lead, key.Day, key.Simulated, key.Bin]);
        }
        foreach (var day in _days)
            Upsert(session, RaiseDay, NewDay, [day]);
    }

    private static void Upsert(WriteSession session, Statement add, Statement insert, object?[] values)
    {
        if (session.Execute(add, values) == 0)
            session.Execute(insert, values);
    }
}
