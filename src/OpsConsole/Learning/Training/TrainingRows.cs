using System.Data.Common;
using System.Globalization;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Labels;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.Learning;

/// <summary>
/// Streams the rows to learn from, shipment by shipment in the order of their ids, so that the same facts give the same rows whatever the order
/// they came in. Nothing known later than <c>asOf</c> is looked at, and no feature at anything known later than the row's moment.
/// </summary>
public sealed class TrainingRows(StoreConnections connections, SettingsStore settings, Sources sources)
{
    private const int Page = 2000;
    private static readonly Statement Next = new(
        """
        SELECT "key", shipment_id, history, first_scored_at, simulated, source_id, held_out FROM shipments
        WHERE shipment_id > @p0 AND booked_at >= @p1 AND booked_at < @p2 ORDER BY shipment_id
        """);

    private static readonly Statement Kept = new("SELECT moment, score FROM lead_scores WHERE shipment_key = @p0 ORDER BY moment");

    private readonly record struct Candidate(long Key, string Id, bool History, DateTimeOffset? FirstScored, bool Simulated, int Source, bool HeldOut);

    /// <summary>The rows of a plan; each call of what this gives reads them anew, and counts what it leaves out.</summary>
    internal async Task<Func<LeftOut, IEnumerable<TrainingRow>>> OpenAsync(TrainingPlan plan, CancellationToken cancellation)
    {
        var lags = (await sources.ListAsync(cancellation)).ToDictionary(s => s.Id, s => s.ReportingLagMinutes);
        return leftOut => Read(plan, leftOut, lags, cancellation);
    }

    private IEnumerable<TrainingRow> Read(TrainingPlan plan, LeftOut leftOut, Dictionary<int, int?> lags, CancellationToken cancellation)
    {
        var operation = settings.Current;
        using var connection = connections.OpenReader();
        using var histories = new HistoryReader(connection);
        using var judgements = new JudgementReader(connection);
        using var features = new FeatureReader(connection, operation.TimeZone);
        using var kept = Kept.Prepare(connection);
        using var next = Next.Prepare(connection);
        next.Parameters[1].Value = (plan.From ?? DateTimeOffset.MinValue).UtcTicks;
        next.Parameters[2].Value = (plan.To ?? DateTimeOffset.MaxValue).UtcTicks;
        for (var page = ReadPage(next, ""); page.Count > 0; page = ReadPage(next, page[^1].Id))
        {
            foreach (var candidate in page)
            {
                cancellation.ThrowIfCancellationRequested();
                if (plan.Simulated != SimulatedFilter.Include && candidate.Simulated != (plan.Simulated == SimulatedFilter.Only))
                    continue;
                if (Until(histories.Read(candidate.Id, candidate.History, candidate.FirstScored), plan.AsOf, candidate) is not { } history)
                    continue;
                leftOut.Shipments++;
                var rules = OutcomeRules.Of(operation, lags.GetValueOrDefault(candidate.Source));
                var outcome = history.OutcomeAt(plan.AsOf, rules, Knowledge.Known);
                var label = LabelRule.Of(outcome, judgements.Read(candidate.Key), rules, operation, plan.AsOf);
                var missing = label.Exclusion == LabelExclusion.Touched;
                if (label.Late is null)
                    Count(leftOut, label.Exclusion);
                if (label.Late is null && !missing)
                    continue;
                var moments = Moments(history, plan).ToList();
                if (moments.Count == 0 && !missing)
                    leftOut.NoDecision++;
                var served = moments.Count == 0 || candidate.History ? [] : ReadKept(kept, candidate.Key);
                foreach (var moment in moments)
                {
                    yield return Row(candidate.Id, moment, history, outcome, label.Late == true, plan.AsOf, 1.0 / moments.Count, features) with
                    {
                        Day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(history.PromiseCounted, operation.TimeZone).DateTime),
                        Touched = label.Touched,
                        Missing = missing,
                        HeldOut = candidate.HeldOut,
                        Served = served.FindLast(score => score.At <= moment.UtcTicks) is ( > 0, var score) ? score : null,
                        Area = history.Newest.Content.Destination.AreaCode,
                    };
                }
            }
        }
    }

    /// <summary>The decision moments of a shipment: it existed, was open, and its promise lay ahead.</summary>
    internal static IEnumerable<DateTimeOffset> Moments(ShipmentHistory history, TrainingPlan plan)
    {
        var (since, finished, promise) = (history.ExistsSince(Knowledge.Known), history.FinishedAt(Knowledge.Known), history.PromiseCounted);
        foreach (var moment in Candidates(history, plan, since, promise))
        {
            if (moment >= since && moment < promise && moment <= plan.AsOf && !(finished <= moment))
                yield return moment;
        }
    }

    private static IEnumerable<DateTimeOffset> Candidates(ShipmentHistory history, TrainingPlan plan, DateTimeOffset since, DateTimeOffset promise)
    {
        if (plan.DecisionPoint is { } point)
        {
            DateTimeOffset? known = null;
            foreach (var e in history.Events)
            {
                if (e.Type == point && (known is null || history.KnownAt(e) < known))
                    known = history.KnownAt(e);
            }
            // An event may have come before its shipment: the decision is then when both were known.
            return known is { } at ? [at > since ? at : since] : [];
        }
        return plan.DecisionLeadMinutes is { } lead ? [promise.AddMinutes(-lead)] : LeadGrid.Minutes.Where(l => l > 0).Select(l => promise.AddMinutes(-l));
    }

    private static TrainingRow Row(
        string id, DateTimeOffset moment, ShipmentHistory history, Outcome outcome, bool late, DateTimeOffset asOf, double weight, FeatureReader features)
    {
        var left = (history.PromiseCounted - moment).TotalHours;
        // A scan may come late: delivered before the moment, and not yet known to be at it. Then nothing was left to be needed.
        double? needed = outcome.DelayMinutes is { } delay ? Math.Max(0, left + (delay / 60)) : null;
        return new(id, moment, features.Of(history.AsOf(moment, Knowledge.Known)!, Knowledge.Known), late, left, needed, needed ?? Math.Max(0, (asOf - moment).TotalHours), weight);
    }

    /// <summary>The history as it was known by a moment; null where nothing was.</summary>
    private static ShipmentHistory? Until(ShipmentHistory history, DateTimeOffset asOf, Candidate candidate)
    {
        var versions = history.Versions.Where(v => history.KnownAt(v) <= asOf).ToList();
        var events = history.Events.Where(e => history.KnownAt(e) <= asOf).ToList();
        if (versions.Count == 0)
            return null;
        return versions.Count == history.Versions.Count && events.Count == history.Events.Count && !(candidate.FirstScored > asOf)
            ? history : new ShipmentHistory(versions, events, candidate.History, candidate.FirstScored > asOf ? null : candidate.FirstScored);
    }

    private static List<(long At, double Score)> ReadKept(DbCommand kept, long shipmentKey)
    {
        kept.Parameters[0].Value = shipmentKey;
        using var row = kept.ExecuteReader();
        List<(long At, double Score)> scores = [];
        while (row.Read())
            scores.Add((row.GetInt64(0), row.GetDouble(1)));
        return scores;
    }

    private static void Count(LeftOut leftOut, LabelExclusion? why)
    {
        switch (why)
        {
            case LabelExclusion.Touched:
                leftOut.Touched++;
                break;
            case LabelExclusion.Unknown:
                leftOut.Unknown++;
                break;
            case LabelExclusion.Excluded:
                leftOut.Excluded++;
                break;
            default:
                leftOut.Unresolved++;
                break;
        }
    }

    // A page at a time, so that no cursor stays open over the reads of each shipment.
    private static List<Candidate> ReadPage(DbCommand next, string after)
    {
        next.Parameters[0].Value = after;
        using var row = next.ExecuteReader();
        var page = new List<Candidate>(Page);
        while (page.Count < Page && row.Read())
        {
            page.Add(new(
                row.GetInt64(0), row.GetString(1), Flag(row, 2), row.IsDBNull(3) ? null : new DateTimeOffset(row.GetInt64(3), TimeSpan.Zero), Flag(row, 4), row.GetInt32(5),
                Flag(row, 6)));
        }
        return page;
    }

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);
}
