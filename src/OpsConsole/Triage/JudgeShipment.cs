using System.Globalization;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>What became of a judgement.</summary>
public abstract record JudgeResult
{
    private JudgeResult()
    {
    }

    /// <summary>It is on disk.</summary>
    public sealed record Stored(JudgementReceipt Receipt) : JudgeResult;

    /// <summary>There is no such shipment.</summary>
    public sealed record NotFound : JudgeResult;

    /// <summary>Something that matters changed since the prediction that was seen; nothing was stored.</summary>
    public sealed record Conflict(WhatIsNew New) : JudgeResult;

    /// <summary>A field is not allowed, by name and in words; nothing was stored.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : JudgeResult;
}

/// <summary>How things stand now, for a judge who saw how they stood before.</summary>
/// <param name="Changed">What changed: <c>flag</c>, <c>promise</c>.</param>
/// <param name="State">State of the shipment.</param>
/// <param name="PromisedBy">The newest promise.</param>
/// <param name="PredictionId">The newest stored prediction, to judge by.</param>
/// <param name="Score">Its score.</param>
/// <param name="Threshold">Its threshold.</param>
/// <param name="Flagged">Whether it is flagged.</param>
public sealed record WhatIsNew(
    IReadOnlyList<string> Changed, ShipmentState State, DateTimeOffset PromisedBy, string? PredictionId, double? Score, double? Threshold, bool Flagged);

/// <summary>
/// Stores what a person (or a key's judge) says of a shipment: open or finished, flagged or not. The verdict follows from the prediction that was
/// seen. Nobody's judgement is overwritten; the newest of each judge stands.
/// </summary>
public sealed class JudgeShipment(GroupedWriter writer, Ids ids, CaseBook book, Audit audit, InputChanged inputChanged)
{
    private static readonly Statement FindShipment = new(
        """SELECT "key", state, history, held_out, flagged, promised_by, prediction_key FROM shipments WHERE shipment_id = @p0""");
    private static readonly Statement FindPrediction = new(
        """SELECT shipment_key, scored_at, score, threshold, flagged FROM predictions WHERE "key" = @p0""");
    private static readonly Statement Finished = new("SELECT COUNT(*) FROM events WHERE shipment_id = @p0 AND type IN (@p1, @p2, @p3)");
    private static readonly Statement PromisesSince = new(
        """
        SELECT (SELECT COUNT(*) FROM events WHERE shipment_id = @p0 AND type = @p1 AND received_at > @p2)
            + (SELECT COUNT(*) FROM shipment_versions WHERE shipment_id = @p0 AND received_at > @p2)
        """);
    private static readonly Statement Insert = new(
        """
        INSERT INTO judgements ("key", shipment_key, judge_id, judge_name, late, reason, action, note, prediction_key, verdict, created_at, hindsight)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11)
        """);
    // The version too: a settle that read before this judgement must not write over what it doesn't know.
    internal static readonly Statement SettleAgain = new("""UPDATE shipments SET input_version = input_version + 1, next_settle_at = 0 WHERE "key" = @p0""");

    private sealed record Target(long Key, string Id, ShipmentState State, bool History, bool HeldOut, bool Flagged, DateTimeOffset PromisedBy, long? PredictionKey);

    private sealed record Seen(long Key, long ShipmentKey, DateTimeOffset ScoredAt, double Score, double Threshold, bool Flagged);

    /// <summary>Checks and stores it.</summary>
    public async Task<JudgeResult> HandleAsync(string shipmentId, JudgementRequest request, Caller caller, CancellationToken cancellation = default)
    {
        var (judgement, errors) = JudgementRules.Read(request, caller);
        if (errors.Count > 0)
            return new JudgeResult.Invalid(errors);
        JudgeResult? result = null;
        await writer.WriteAsync(
            session => result = Apply(session, shipmentId, request, judgement!, caller),
            WritePriority.People, cancellation: cancellation);
        return result!;
    }

    private JudgeResult Apply(WriteSession session, string shipmentId, JudgementRequest request, Judgement draft, Caller caller)
    {
        if (Find(session, shipmentId) is not { } shipment)
            return new JudgeResult.NotFound();
        Seen? seen = null;
        if (draft.PredictionKey is { } asked)
        {
            seen = FindSeen(session, asked);
            if (seen?.ShipmentKey != shipment.Key)
                return Refuse("predictionId", "is no stored prediction of this shipment");
        }
        Verdict? verdict = seen is null ? null : draft.Late == (seen.Score >= seen.Threshold) ? Verdict.Confirmed : Verdict.Corrected;
        if (request.Verdict is { } said && said != verdict)
            return Refuse("verdict", "contradicts what follows from late and the prediction seen; leave it out");
        var hindsight = shipment.State != ShipmentState.Open || HasEnded(session, shipmentId);
        if (!hindsight && seen is not null && Changes(session, shipment, seen) is { Changed.Count: > 0 } news)
            return new JudgeResult.Conflict(news);
        var judgement = new Judgement
        {
            Key = ids.Next(),
            ShipmentKey = shipment.Key,
            JudgeId = draft.JudgeId,
            JudgeName = draft.JudgeName,
            Late = draft.Late,
            Reason = draft.Reason,
            Action = draft.Action,
            Note = draft.Note,
            PredictionKey = seen?.Key,
            Verdict = verdict,
            CreatedAt = session.Received,
            Hindsight = hindsight,
        };
        Store(session, judgement);
        ChangeCase(session, shipment, judgement);
        session.Execute(SettleAgain, shipment.Key);
        // The invented judgements of the demo's past are nobody's acts.
        if (session.Loop == LoopClock.Live)
            audit.Write(session, caller, "judgement.made", shipment.Id, new { judgement = judgement.Key, late = judgement.Late, judgement.Action });
        session.OnCommitted(inputChanged.Raise);
        return new JudgeResult.Stored(new JudgementReceipt(judgement.Key.ToString(CultureInfo.InvariantCulture), verdict, hindsight));
    }

    private void ChangeCase(WriteSession session, Target shipment, Judgement judgement)
    {
        if (shipment.History || shipment.HeldOut)
            return;
        var found = book.Find(session, shipment.Key);
        if (found is null && (judgement.Hindsight || !(judgement.Late || shipment.Flagged)))
            return;
        found ??= new Case { ShipmentKey = shipment.Key, OpenedAt = session.Received, OpenedByPerson = true };
        found.JudgedAt = session.Received;
        var over = judgement.Hindsight || found is { State: CaseState.Closed, ClosedBecause: CloseReason.Outcome };
        var stillReceded = found.State == CaseState.Closed && !judgement.Late && !shipment.Flagged;
        if (!over && !stillReceded)
        {
            (found.State, found.ClosedAt, found.ClosedBecause) = (CaseState.Judged, null, null);
            (found.Assignee, found.AssigneeName, found.ClaimedUntil) = (judgement.JudgeId, judgement.JudgeName, null);
        }
        book.Save(session, found);
    }

    /// <summary>The flag, the promise: what changed since the prediction was made. A new score alone is none of these.</summary>
    private static WhatIsNew Changes(WriteSession session, Target shipment, Seen seen)
    {
        var newest = shipment.PredictionKey is { } key && key != seen.Key ? FindSeen(session, key) ?? seen : seen;
        List<string> changed = [];
        if (newest.Flagged != seen.Flagged)
            changed.Add("flag");
        var promisedBy = shipment.PromisedBy;
        if (Convert.ToInt64(session.Scalar(PromisesSince, shipment.Id, EventType.PromiseChanged, seen.ScoredAt), CultureInfo.InvariantCulture) > 0
            && Promises(session, shipment.Key, seen.ScoredAt) is var (before, now))
        {
            promisedBy = now;
            if (before != now)
                changed.Add("promise");
        }
        return new WhatIsNew(
            changed, shipment.State, promisedBy, newest.Key.ToString(CultureInfo.InvariantCulture), newest.Score, newest.Threshold, newest.Flagged);
    }

    // By the fold over what was received, not by the shipment's row, which scoring may not have reached yet.
    private static (DateTimeOffset Before, DateTimeOffset Now) Promises(WriteSession session, long shipmentKey, DateTimeOffset seenAt) =>
        session.Read((connection, transaction) =>
        {
            using var reader = new HistoryReader(connection, transaction);
            var history = reader.Read(shipmentKey)!;
            var now = history.AsOf(session.Received, Knowledge.Received)!.PromisedBy;
            return (history.AsOf(seenAt, Knowledge.Received)?.PromisedBy ?? now, now);
        });

    private static bool HasEnded(WriteSession session, string shipmentId) => Convert.ToInt64(
        session.Scalar(Finished, shipmentId, EventType.Delivered, EventType.Returned, EventType.Cancelled), CultureInfo.InvariantCulture) > 0;

    private static Target? Find(WriteSession session, string shipmentId)
    {
        using var row = session.Query(FindShipment, shipmentId);
        return !row.Read() ? null : new Target(
            row.GetInt64(0), shipmentId, (ShipmentState)row.GetInt32(1), Flag(row.GetValue(2)), Flag(row.GetValue(3)), Flag(row.GetValue(4)),
            new DateTimeOffset(row.GetInt64(5), TimeSpan.Zero), row.IsDBNull(6) ? null : row.GetInt64(6));
    }

    private static Seen? FindSeen(WriteSession session, long key)
    {
        using var row = session.Query(FindPrediction, key);
        return !row.Read() ? null : new Seen(
            key, row.GetInt64(0), new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero), row.GetDouble(2), row.GetDouble(3), Flag(row.GetValue(4)));
    }

    private static bool Flag(object value) => Convert.ToBoolean(value, CultureInfo.InvariantCulture);

    private static void Store(WriteSession session, Judgement judgement) => session.Execute(
        Insert, judgement.Key, judgement.ShipmentKey, judgement.JudgeId, judgement.JudgeName, judgement.Late, judgement.Reason, judgement.Action,
        judgement.Note, judgement.PredictionKey, judgement.Verdict, judgement.CreatedAt, judgement.Hindsight);

    private static JudgeResult.Invalid Refuse(string field, string what) => new(new Dictionary<string, string[]> { [field] = [what] });
}
