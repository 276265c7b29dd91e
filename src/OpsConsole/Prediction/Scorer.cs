using System.Data.Common;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Intake.Feeds;
using OpsConsole.Operations;

namespace OpsConsole.Prediction;

/// <summary>
/// Scores shipments that are due, as they are now, and for the moments of the lead grid that have come, as they were then (time received). Reads
/// only; what it comes to is written by <see cref="WriteScores"/>. Bound to one connection.
/// </summary>
internal sealed partial class Scorer : IDisposable
{
    private readonly HistoryReader _histories;
    private readonly FeatureReader _features;
    private readonly DueShipments _due;
    private readonly Champions _champions;
    private readonly SilentFeeds _feeds;
    private readonly ILogger _log;

    internal Scorer(DbConnection connection, DueShipments due, Champions champions, SilentFeeds feeds, TimeZoneInfo zone, ILogger log)
    {
        (_histories, _features) = (new HistoryReader(connection), new FeatureReader(connection, zone));
        (_due, _champions, _feeds, _log) = (due, champions, feeds, log);
    }

    /// <summary>How much a score must move for its prediction to be stored (performance.md).</summary>
    internal const double MaterialMove = 0.02;

    /// <summary>Scores a batch.</summary>
    /// <param name="due">What is due.</param>
    /// <param name="champion">The champion now.</param>
    /// <param name="now">The loop's time.</param>
    /// <param name="failed">Gets those that could not be scored.</param>
    internal List<ScoredShipment> Score(IReadOnlyList<DueShipment> due, Champion champion, DateTimeOffset now, List<FailedShipment> failed)
    {
        List<(ScoredShipment Shipment, FeatureRow? Row)> read = new(due.Count);
        foreach (var shipment in due)
        {
            try
            {
                read.Add(Read(shipment, champion, now));
            }
            catch (Exception failure) when (failure is not DbException)
            {
                LogNotScored(_log, shipment.Key, failure);
                failed.Add(new(shipment, failure));
            }
        }
        var rows = read.Where(r => r.Row is not null).Select(r => r.Row!).ToArray();
        var scores = new ModelScore[rows.Length];
        champion.Model.Score(rows, scores);
        List<ScoredShipment> scored = new(read.Count);
        var at = 0;
        foreach (var (shipment, row) in read)
            scored.Add(row is null ? shipment : Judge(shipment, row, scores[at++]));
        return scored;
    }

    private (ScoredShipment Shipment, FeatureRow? Row) Read(DueShipment due, Champion champion, DateTimeOffset now)
    {
        var history = _histories.Read(due.ShipmentId, due.History, due.FirstScoredAt);
        // The writer's stamps grow strictly and so may run a little ahead of the clock: what is in the store has been received.
        var moment = Newest(history) is var newest && newest > now ? newest : now;
        var state = history.AsOf(moment, Knowledge.Received)!;
        var (leads, gone) = Leads(due, history, moment);
        var silent = state.State == ShipmentState.Open && ScoringTimes.OverdueAt(state) <= moment;
        var shipment = new ScoredShipment
        {
            Due = due,
            State = state,
            History = history,
            Champion = champion,
            Leads = leads,
            LeadsGone = gone,
            NextScoreAt = state.State == ShipmentState.Open ? ScoringTimes.Next(state, history.PromiseCounted, moment) : null,
            Silent = silent,
            FeedDown = silent && (state.LastScan is { } scan ? _feeds.IsDown(scan.SourceId, scan.Facility) : _feeds.IsDown(due.SourceId, null)),
        };
        return (shipment, state.State == ShipmentState.Open ? _features.Of(state, Knowledge.Received) : null);
    }

    private static ScoredShipment Judge(ScoredShipment shipment, FeatureRow row, ModelScore score)
    {
        var (champion, stored) = (shipment.Champion, shipment.Due.Stored);
        // Counted, as every figure is: a promise that the courier moved keeps nobody warned of the first one.
        var flagged = score.Score >= champion.Threshold && shipment.State.Moment < shipment.History.PromiseCounted;
        var material = stored is null || stored.ModelVersionId != champion.ModelVersionId || stored.Threshold != champion.Threshold
            || stored.Flagged != flagged || Math.Abs(stored.Score - score.Score) >= MaterialMove;
        return shipment with
        {
            Score = score,
            Flagged = flagged,
            Material = material,
            Explanation = champion.Model.Explain(row),
            Vector = material ? champion.Model.Schema.Pack(row) : null,
        };
    }

    /// <summary>The rows of the lead grid that are missing or of an earlier grid, scored as of their moments; and those to be taken away.</summary>
    private (List<LeadScore> Leads, List<int> Gone) Leads(DueShipment due, ShipmentHistory history, DateTimeOffset now)
    {
        var known = _due.Leads(due.Key);
        List<LeadScore> leads = [];
        HashSet<int> kept = [];
        foreach (var lead in ScoringTimes.Kept(history, now))
        {
            kept.Add(lead);
            var moment = ScoringTimes.MomentOf(history.PromiseCounted, lead);
            var moved = known.TryGetValue(lead, out var before) && before != moment;
            if (!known.ContainsKey(lead) || moved)
                leads.Add(AsOf(due.Key, history, lead, moment, moved || now - moment > ScoringTimes.InTime));
        }
        return (leads, [.. known.Keys.Where(lead => !kept.Contains(lead))]);
    }

    private LeadScore AsOf(long shipmentKey, ShipmentHistory history, int lead, DateTimeOffset moment, bool recomputed)
    {
        var champion = _champions.AsOf(moment);
        var row = _features.Of(history.AsOf(moment, Knowledge.Received)!, Knowledge.Received);
        var scores = new ModelScore[1];
        champion.Model.Score([row], scores);
        return new LeadScore
        {
            ShipmentKey = shipmentKey,
            Lead = lead,
            Moment = moment,
            Score = scores[0].Score,
            Threshold = champion.Threshold,
            ModelVersionId = champion.ModelVersionId,
            Recomputed = recomputed,
            ExpectedDelayMinutes = scores[0].ExpectedDelayMinutes,
            DelayLow = scores[0].DelayLow,
            DelayHigh = scores[0].DelayHigh,
            Vector = champion.Model.Schema.Pack(row),
        };
    }

    /// <summary>Time received of the newest fact of a shipment's own.</summary>
    internal static DateTimeOffset Newest(ShipmentHistory history)
    {
        var newest = history.RegisteredAt;
        foreach (var version in history.Versions)
            newest = version.ReceivedAt > newest ? version.ReceivedAt : newest;
        foreach (var e in history.Events)
            newest = e.ReceivedAt > newest ? e.ReceivedAt : newest;
        return newest;
    }

    public void Dispose()
    {
        _histories.Dispose();
        _features.Dispose();
    }

    [LoggerMessage(EventId = 4010, Level = LogLevel.Error, Message = "Shipment {ShipmentKey} could not be scored; it is tried again in a minute")]
    private static partial void LogNotScored(ILogger logger, long shipmentKey, Exception failure);
}
