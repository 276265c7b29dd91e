using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.Labels;

/// <summary>All that is known of one shipment, as the API tells it: facts, predictions, judgements, outcome, label.</summary>
public sealed class ShipmentQuery(IDbContextFactory<OpsConsoleDb> factory, StoreConnections connections, Sources sources, SettingsStore settings, LoopClock clock)
{
    /// <summary>The shipment; null when there is none of that id.</summary>
    public async Task<ShipmentAnswer?> ReadAsync(string shipmentId, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Shipment>().AsNoTracking().SingleOrDefaultAsync(s => s.ShipmentId == shipmentId, cancellation);
        if (row is null)
            return null;
        var lag = (await sources.ListAsync(cancellation)).FirstOrDefault(s => s.Id == row.SourceId)?.ReportingLagMinutes;
        var versions = await db.Set<ModelVersion>().AsNoTracking().Select(m => new { m.Id, m.Version }).ToDictionaryAsync(m => m.Id, m => m.Version, cancellation);
        var prediction = await db.Set<StoredPrediction>().AsNoTracking()
            .Where(p => p.ShipmentKey == row.Key).OrderByDescending(p => p.ScoredAt).ThenByDescending(p => p.Key).FirstOrDefaultAsync(cancellation);
        var leads = await db.Set<LeadScore>().AsNoTracking().Where(s => s.ShipmentKey == row.Key).OrderByDescending(s => s.Lead)
            .Select(s => new { s.Lead, s.Score, s.Threshold, s.Recomputed, s.ModelVersionId }).ToListAsync(cancellation);
        var (history, judgements) = Facts(row);
        var now = clock.Now;
        var state = history.AsOf(now, history.IsHistory ? Knowledge.Known : Knowledge.Received) ?? history.AsOf(DateTimeOffset.MaxValue, Knowledge.Received)!;
        var rules = OutcomeRules.Of(settings.Current, lag);
        var outcome = history.OutcomeAt(now, rules, history.IsHistory ? Knowledge.Known : Knowledge.Received);
        return new ShipmentAnswer
        {
            ShipmentId = row.ShipmentId,
            State = state.State,
            BookedAt = state.Content.BookedAt,
            PromisedBy = state.PromisedBy,
            PromiseCounted = history.PromiseCounted,
            RegisteredAt = row.RegisteredAt,
            Origin = state.Content.Origin,
            Destination = state.Content.Destination,
            Service = state.Content.Service,
            Carrier = state.Content.Carrier,
            Events = [.. history.Events.OrderBy(e => e.OccurredAt).ThenBy(e => e.EventId, StringComparer.Ordinal).Select(Event)],
            Prediction = prediction is null ? null : PredictionAnswers.Of(prediction, versions[prediction.ModelVersionId]),
            ScoresAtLead = [.. leads.Select(l => new ScoreAtLead(l.Lead, l.Score, l.Threshold, l.Recomputed, versions[l.ModelVersionId]))],
            Judgements = [.. Judgements(judgements)],
            Outcome = outcome.Truth == OutcomeClass.Pending ? null
                : new OutcomeAnswer(outcome.Late, outcome.DelayMinutes, outcome.At!.Value, JsonNamingPolicy.CamelCase.ConvertName(outcome.Truth.ToString())),
            Label = LabelOf(outcome, judgements, rules),
            Simulated = row.Simulated,
        };
    }

    private (ShipmentHistory History, IReadOnlyList<Judgement> Judgements) Facts(Shipment row)
    {
        using var connection = connections.OpenReader();
        using var histories = new HistoryReader(connection);
        using var judged = new JudgementReader(connection);
        return (histories.Read(row.ShipmentId, row.History, row.FirstScoredAt), judged.Read(row.Key));
    }

    private LabelAnswer? LabelOf(Outcome outcome, IReadOnlyList<Judgement> judgements, OutcomeRules rules)
    {
        if (outcome.Truth == OutcomeClass.Pending)
            return null;
        var label = LabelRule.Of(outcome, judgements, rules, settings.Current);
        return new LabelAnswer(
            label.Late,
            label.Late is null ? null : "outcome",
            label.Exclusion is { } why ? JsonNamingPolicy.CamelCase.ConvertName(why.ToString()) : null);
    }

    private static ShipmentEvent Event(TrackingEvent e) =>
        new(e.EventId, e.Type, e.OccurredAt, e.RecordedAt, e.ReceivedAt, e.Facility, e.Reason, e.PromisedBy);

    private static IEnumerable<JudgementAnswer> Judgements(IReadOnlyList<Judgement> judgements)
    {
        var standing = Standing.Of(judgements).Select(j => j.Key).ToHashSet();
        return judgements.Select(j => new JudgementAnswer
        {
            JudgementId = j.Key.ToString(CultureInfo.InvariantCulture),
            Judge = j.JudgeName,
            Late = j.Late,
            Verdict = j.Verdict,
            Reason = j.Reason,
            Action = j.Action,
            Note = j.Note,
            PredictionId = j.PredictionKey?.ToString(CultureInfo.InvariantCulture),
            At = j.CreatedAt,
            Hindsight = j.Hindsight,
            WithdrawnAt = j.WithdrawnAt,
            Standing = standing.Contains(j.Key),
        });
    }
}
