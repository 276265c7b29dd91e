using System.Collections.Concurrent;
using System.Data.Common;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Numerics.Statistics;
using OpsConsole.Store;

namespace OpsConsole.Measurement.Thresholds;

/// <summary>
/// Reads the days of a range for the threshold's figures: whole days from the roll-ups, kept in memory until their version moves; what a range or a
/// segment cuts from the tallies. Both count the same, and a test says so.
/// </summary>
internal sealed class ScoredDays(StoreConnections connections, QualityReader quality)
{
    private const int MostKept = 3_000;
    private static readonly Statement Bins = new(
        "SELECT simulated, bin, late, on_time, touched FROM score_histograms WHERE lead = @p0 AND day = @p1");
    private static readonly Statement Cells = new(
        """
        SELECT simulated, tp + fn, fp + tn, averted_or_false + touched_on_time FROM quality_counts
        WHERE dimension = 0 AND segment = '' AND lead = @p0 AND day = @p1
        """);

    // From a bin to the thousandths that its lower edge reaches; the edges hold every one of them.
    private static readonly int[] Thousandths = MakeThousandths();

    private readonly ConcurrentDictionary<(int Day, int Lead), (long Version, ScoredDay? Real, ScoredDay? Simulated)> _kept = new();

    /// <summary>The days of a range that have shipments at risk, in order.</summary>
    internal IReadOnlyList<ScoredDay> Read(QualityAsk ask, Buckets buckets)
    {
        if (ask.From >= ask.To)
            return [];
        var (first, last) = ask.Days(buckets);
        var whole = ask.Segment is null && ask.ModelVersionId is null
            && (ask.From is not { } from || buckets.StartOf(first) == from) && (ask.To is not { } to || buckets.StartOf(last + 1) == to);
        return whole ? [.. Whole(ask, first, last)] : [.. Scan(ask, first, last)];
    }

    private IEnumerable<ScoredDay> Whole(QualityAsk ask, int first, int last)
    {
        using var connection = connections.OpenReader();
        using var bins = Bins.Prepare(connection);
        using var cells = Cells.Prepare(connection);
        foreach (var (day, version) in TallyBlocks.Days(connection, first, last))
        {
            if (!_kept.TryGetValue((day, ask.Lead), out var kept) || kept.Version != version)
            {
                if (_kept.Count >= MostKept)
                    _kept.Clear();
                _kept[(day, ask.Lead)] = kept = (version, Load(bins, cells, day, ask.Lead, simulated: false), Load(bins, cells, day, ask.Lead, simulated: true));
            }
            ScoredDay[] parts = [.. new[] { ask.Counts(false) ? kept.Real : null, ask.Counts(true) ? kept.Simulated : null }.OfType<ScoredDay>()];
            if (parts.Length > 0)
                yield return ScoredDay.Of(parts);
        }
    }

    private static ScoredDay? Load(DbCommand bins, DbCommand cells, int day, int lead, bool simulated)
    {
        var all = default(AtRiskCells);
        QualityReader.Set(cells, lead, day);
        using (var row = cells.ExecuteReader())
        {
            while (row.Read())
            {
                if (QualityReader.Flag(row, 0) == simulated)
                    all += new AtRiskCells(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
            }
        }
        if (all.All == 0)
            return null;
        List<(int, AtRiskCells)> scored = [];
        QualityReader.Set(bins, lead, day);
        using (var row = bins.ExecuteReader())
        {
            while (row.Read())
            {
                if (QualityReader.Flag(row, 0) == simulated)
                    scored.Add((Thousandths[row.GetInt32(1)], new AtRiskCells(row.GetInt64(2), row.GetInt64(3), row.GetInt64(4))));
            }
        }
        return ScoredDay.Of(day, all, scored);
    }

    private IEnumerable<ScoredDay> Scan(QualityAsk ask, int first, int last)
    {
        var days = new SortedDictionary<int, (AtRiskCells All, List<(int, AtRiskCells)> Scored)>();
        foreach (var (day, row, _) in quality.Rows(ask, first, last))
        {
            if (row.Class is not (OutcomeClass.Late or OutcomeClass.OnTime) || row.Standing != LeadStanding.AtRisk)
                continue;
            var cells = row.Class == OutcomeClass.Late ? new AtRiskCells(1, 0, 0) : row.Touched ? new AtRiskCells(0, 0, 1) : new AtRiskCells(0, 1, 0);
            var (all, scored) = days.TryGetValue(day, out var found) ? found : (default, []);
            if (row.Lead.Score is { } score)
                scored.Add((Thousandths[ScoreHistogram.BinOf(score)], cells));
            days[day] = (all + cells, scored);
        }
        return days.Select(d => ScoredDay.Of(d.Key, d.Value.All, d.Value.Scored));
    }

    private static int[] MakeThousandths()
    {
        var of = new int[ScoreHistogram.Bins];
        for (var k = 1; k <= 1000; k++)
        {
            for (var bin = ScoreHistogram.BinOf(k / 1000.0); bin < of.Length; bin++)
                of[bin] = k;
        }
        return of;
    }
}
