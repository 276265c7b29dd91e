using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Live;
using OpsConsole.Store;

namespace OpsConsole.Prediction;

/// <summary>
/// Writes what scoring came to, in the grouped writer's transaction, only where the shipment still stands as it was read and the champion is still
/// the newest: which settles two instances at the same shipment, and facts that came meanwhile.
/// </summary>
internal sealed class WriteScores(BoardRows board, IEnumerable<IFollowScores> followers, Ids ids)
{
    private static readonly Statement NewestTerm = new("SELECT MAX(id) FROM champion_terms WHERE loop = @p0");
    private const string AsRead = """WHERE "key" = @p0 AND input_version = @p1 AND scored_version = @p2 AND next_score_at = @p3 AND COALESCE(scored_at, 0) = @p4""";
    private static readonly Statement Update = new(
        $"""
        UPDATE shipments SET scored_version = @p1, next_score_at = @p5, state = @p6, promised_by = @p7, promise_counted = @p8, first_scored_at = @p9,
               scored_at = @p10, score = @p11, flagged = @p12, silent = @p13, last_scan_at = @p14, prediction_key = @p15
        {AsRead}
        """);
    private static readonly ManyRows UpdateAll = new(
        Update, "scored_shipments", "shipments", "\"key\"", "input_version", "scored_version", "next_score_at", "scored_at", "next_score_at", "state", "promised_by",
        "promise_counted", "first_scored_at", "scored_at", "score", "flagged", "silent", "last_scan_at", "prediction_key");
    private static readonly Statement Postpone = new($"UPDATE shipments SET next_score_at = @p5 {AsRead}");
    private static readonly Statement AddPrediction = new(
        """
        INSERT INTO predictions ("key", shipment_key, scored_at, model_version_id, score, threshold, flagged, raw_log_odds, baseline,
            expected_delay_minutes, delay_low, delay_high, vector, contributions)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13)
        """);
    private static readonly Statement KeepReplaced = new(
        """
        INSERT INTO replaced_lead_scores (shipment_key, lead, moment, score, threshold, model_version_id, expected_delay_minutes, vector, written_at, replaced_at)
        SELECT shipment_key, lead, moment, score, threshold, model_version_id, expected_delay_minutes, vector, written_at, @p2
        FROM lead_scores WHERE shipment_key = @p0 AND lead = @p1
        """);
    private static readonly Statement DropLead = new("DELETE FROM lead_scores WHERE shipment_key = @p0 AND lead = @p1");
    private static readonly Statement AddLead = new(
        """
        INSERT INTO lead_scores (shipment_key, lead, moment, score, threshold, model_version_id, recomputed, expected_delay_minutes, vector, written_at,
            delay_low, delay_high)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11)
        """);

    private readonly IFollowScores[] _followers = [.. followers];

    /// <summary>Whether the champion term is still the newest.</summary>
    internal static bool IsNewest(WriteSession session, long term) =>
        session.Scalar(NewestTerm, session.Loop) is { } newest && Convert.ToInt64(newest, System.Globalization.CultureInfo.InvariantCulture) == term;

    /// <summary>Writes the shipments of a unit; those that were changed or scored meanwhile are left out, and nothing of them is written.</summary>
    internal IReadOnlyList<ScoredShipment> Write(WriteSession session, IReadOnlyList<ScoredShipment> unit)
    {
        var together = session.Together(unit.Count) ? new InsertsTogether(session) : null;
        List<Writing> written = [.. unit.Select(scored => WritingOf(session, scored))];
        if (together is null)
        {
            written.RemoveAll(w => !WriteAlone(session, w));
            return written.ConvertAll(w => w.Scored);
        }
        var taken = session.ExecuteAll(UpdateAll, written.ConvertAll(w => UpdateOf(session, w)));
        written.RemoveAll(w => !taken.Contains(w.Scored.Due.Key));
        foreach (var writing in written)
            Keep(session, writing, together);
        together.Send();
        board.ScoredAll(session, written.Select(BoardScoreOf));
        var follow = written.ConvertAll(w => FollowOf(session, w));
        foreach (var follower in _followers)
            follower.FollowAll(session, follow);
        return written.ConvertAll(w => w.Scored);
    }

    private bool WriteAlone(WriteSession session, Writing writing)
    {
        if (session.Execute(Update, UpdateOf(session, writing)) == 0)
            return false;
        Keep(session, writing, null);
        board.Scored(session, BoardScoreOf(writing));
        var follow = FollowOf(session, writing);
        foreach (var follower in _followers)
            follower.Follow(session, follow);
        return true;
    }

    /// <summary>A shipment that is being written.</summary>
    /// <param name="Scored">What scoring came to.</param>
    /// <param name="PredictionKey">The newest stored prediction, this one if it is stored.</param>
    /// <param name="FirstScoredAt">When the first was stored.</param>
    /// <param name="Score">The newest score.</param>
    private readonly record struct Writing(ScoredShipment Scored, long? PredictionKey, DateTimeOffset? FirstScoredAt, double? Score);

    private Writing WritingOf(WriteSession session, ScoredShipment scored) => new(
        scored, scored.Material ? ids.Next() : scored.Due.Stored?.Key, scored.Due.FirstScoredAt ?? (scored.Material ? session.Received : null),
        scored.Score?.Score ?? scored.Due.Score);

    private static object?[] UpdateOf(WriteSession session, Writing writing)
    {
        var (scored, due, state) = (writing.Scored, writing.Scored.Due, writing.Scored.State);
        return
        [
            due.Key, due.InputVersion, due.ScoredVersion, due.NextScoreAt, due.ScoredAt, scored.NextScoreAt?.UtcTicks, state.State, state.PromisedBy,
            scored.History.PromiseCounted, writing.FirstScoredAt, session.Received, writing.Score, scored.Flagged, scored.Silent, state.LastScan?.OccurredAt,
            writing.PredictionKey,
        ];
    }

    // Its prediction and the scores at its leads.
    private static void Keep(WriteSession session, Writing writing, InsertsTogether? together)
    {
        var scored = writing.Scored;
        if (scored.Material)
            Insert(session, together, AddPrediction, PredictionOf(session, scored, writing.PredictionKey!.Value));
        foreach (var lead in scored.LeadsGone)
            Drop(session, scored.Due.Key, lead);
        foreach (var lead in scored.Leads)
        {
            // What takes the place of another is marked as recomputed; of the rest there is none yet.
            if (lead.Recomputed)
                Drop(session, scored.Due.Key, lead.Lead);
            Insert(
                session, together, AddLead,
                [
                    scored.Due.Key, lead.Lead, lead.Moment, lead.Score, lead.Threshold, lead.ModelVersionId, lead.Recomputed, lead.ExpectedDelayMinutes, lead.Vector,
                    session.Received, lead.DelayLow, lead.DelayHigh,
                ]);
        }
    }

    private static void Insert(WriteSession session, InsertsTogether? together, Statement insert, ReadOnlySpan<object?> values)
    {
        if (together is null)
            session.Execute(insert, values);
        else
            together.Add(insert, values);
    }

    /// <summary>Tries a shipment again later, one that could not be scored now; null: not by itself.</summary>
    internal static void Later(WriteSession session, DueShipment due, DateTimeOffset? at) =>
        session.Execute(Postpone, due.Key, due.InputVersion, due.ScoredVersion, due.NextScoreAt, due.ScoredAt, at?.UtcTicks);

    /// <summary>Takes history, which is never scored, off the list.</summary>
    internal static void Never(WriteSession session, DueShipment due) =>
        session.Execute(Postpone, due.Key, due.InputVersion, due.ScoredVersion, due.NextScoreAt, due.ScoredAt, null);

    private static void Drop(WriteSession session, long shipmentKey, int lead)
    {
        session.Execute(KeepReplaced, shipmentKey, lead, session.Received);
        session.Execute(DropLead, shipmentKey, lead);
    }

    private static object?[] PredictionOf(WriteSession session, ScoredShipment scored, long key)
    {
        var (score, explanation) = (scored.Score!.Value, scored.Explanation!);
        return
        [
            key, scored.Due.Key, session.Received, scored.Champion.ModelVersionId, score.Score, scored.Champion.Threshold, scored.Flagged,
            score.RawLogOdds, explanation.Baseline, score.ExpectedDelayMinutes, score.DelayLow, score.DelayHigh, scored.Vector, PredictionAnswers.Write(explanation),
        ];
    }

    private static BoardScore BoardScoreOf(Writing writing)
    {
        var scored = writing.Scored;
        var (state, content) = (scored.State, scored.State.Content);
        return new BoardScore
        {
            ShipmentKey = scored.Due.Key,
            ShipmentId = scored.Due.ShipmentId,
            Simulated = scored.Due.Simulated,
            HeldOut = scored.Due.HeldOut,
            State = state.State,
            Score = writing.Score,
            Threshold = scored.Champion.Threshold,
            Late = writing.Score >= scored.Champion.Threshold,
            Flagged = scored.Flagged,
            Silent = scored.Silent,
            FeedDown = scored.FeedDown,
            ExpectedDelayMinutes = scored.Score?.ExpectedDelayMinutes,
            DelayLow = scored.Score?.DelayLow,
            DelayHigh = scored.Score?.DelayHigh,
            PromisedBy = state.PromisedBy,
            CarrierEstimate = state.CarrierEstimate,
            DestinationArea = content.Destination.AreaCode,
            Service = content.Service,
            Carrier = content.Carrier,
            DeclaredValue = content.DeclaredValue,
            ModelVersion = scored.Champion.Version,
            PredictionKey = writing.PredictionKey,
            Why = scored.Explanation is { } explanation ? FeatureWords.Why(explanation) : null,
            LastScanAt = state.LastScan?.OccurredAt,
            FinishedAt = state.State == ShipmentState.Open ? null : scored.History.FinishedAt(Knowledge.Received),
        };
    }

    private static ScoreWritten FollowOf(WriteSession session, Writing writing)
    {
        var scored = writing.Scored;
        return new ScoreWritten
        {
            ShipmentKey = scored.Due.Key,
            ShipmentId = scored.Due.ShipmentId,
            Moment = session.Received,
            State = scored.State.State,
            HeldOut = scored.Due.HeldOut,
            PromisedBy = scored.State.PromisedBy,
            Score = scored.Score?.Score,
            Threshold = scored.Champion.Threshold,
            Flagged = scored.Flagged,
            WasFlagged = scored.Due.Flagged,
            FeedDown = scored.FeedDown,
            PredictionKey = writing.PredictionKey,
        };
    }
}
