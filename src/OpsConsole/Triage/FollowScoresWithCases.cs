using System.Data.Common;
using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>
/// What a score means for the case of its shipment, in the score's own transaction: a flag that has stood for the hold-back time opens it (or opens
/// the receded one again), a score under the threshold lets it recede while nobody has answered or holds it, the end of the shipment closes it.
/// </summary>
internal sealed class FollowScoresWithCases(CaseBook book, BoardRows board, SettingsStore settings) : IFollowScores
{
    private static readonly Statement Read = new(
        """
        SELECT s.history, f.since, b.shipment_key, b.case_state,
               c.state, c.opened_at, c.opened_by_person, c.flagged_since, c.assignee, c.assignee_name, c.claimed_until, c.judged_at, c.closed_at,
               c.closed_because, c.version, s."key"
        FROM shipments s
        LEFT JOIN cases c ON c.shipment_key = s."key"
        LEFT JOIN board_rows b ON b.shipment_key = s."key"
        LEFT JOIN held_flags f ON f.shipment_key = s."key"
        WHERE s."key" = @p0
        """);
    private static readonly ManyRows ReadAll = new(Read, "followed_scores", "shipments", "\"key\"");
    private static readonly Statement HoldFlag = new("INSERT INTO held_flags (shipment_key, loop, since) VALUES (@p0, @p1, @p2)");
    private static readonly Statement DropFlag = new("DELETE FROM held_flags WHERE shipment_key = @p0");

    private sealed record Followed(bool History, DateTimeOffset? HeldSince, bool Shown, CaseState? ShownAs, Case? Case);

    /// <inheritdoc/>
    public void Follow(WriteSession session, ScoreWritten score)
    {
        Followed? followed = null;
        using (var row = session.Query(Read, score.ShipmentKey))
        {
            if (row.Read())
                followed = ReadFollowed(row, score.ShipmentKey);
        }
        if (followed is not null)
            Follow(session, score, followed);
    }

    /// <inheritdoc/>
    public void FollowAll(WriteSession session, IReadOnlyList<ScoreWritten> scores)
    {
        Dictionary<long, Followed> found = new(scores.Count);
        session.QueryAll(ReadAll, [.. scores.Select(s => new object?[] { s.ShipmentKey })], row => found[row.GetInt64(15)] = ReadFollowed(row, row.GetInt64(15)));
        foreach (var score in scores)
        {
            if (found.TryGetValue(score.ShipmentKey, out var followed))
                Follow(session, score, followed);
        }
    }

    private static Followed ReadFollowed(DbDataReader row, long shipmentKey) => new(
        Convert.ToBoolean(row.GetValue(0), CultureInfo.InvariantCulture), CaseBook.Time(row, 1), !row.IsDBNull(2),
        row.IsDBNull(3) ? null : (CaseState)row.GetInt32(3), row.IsDBNull(4) ? null : CaseBook.ReadCase(row, 4, shipmentKey));

    private void Follow(WriteSession session, ScoreWritten score, Followed followed)
    {
        var found = followed.Case;
        if (followed.History || score.HeldOut)
            return;
        if (Change(session, score, found, followed.HeldSince) || found is null || !followed.Shown || followed.ShownAs == found.State)
            return;
        // The case is older than the row: judged before the first score, or handed over by the demo's history.
        board.CaseChanged(session, score.ShipmentKey, found.State, found.AssigneeName, found.JudgedAt);
    }

    private bool Change(WriteSession session, ScoreWritten score, Case? found, DateTimeOffset? heldSince)
    {
        if (heldSince is not null && (score.State != ShipmentState.Open || !score.Flagged))
            session.Execute(DropFlag, score.ShipmentKey);
        if (score.State != ShipmentState.Open)
            return Finish(session, found);
        if (score.Flagged)
            return Flagged(session, score, found, heldSince);
        // No longer flagged because the promise has passed is not a case that went away.
        if (found is null or { State: CaseState.Closed } || !(score.Score < score.Threshold))
            return false;
        if (found.State == CaseState.Open || (found.State == CaseState.Claimed && found.ClaimedUntil <= session.Received))
        {
            found.FlaggedSince = null;
            book.Close(session, found, session.Received, CloseReason.Receded);
            return true;
        }
        if (found.FlaggedSince is null)
            return false;
        found.FlaggedSince = null;
        book.Save(session, found);
        return true;
    }

    private bool Finish(WriteSession session, Case? found)
    {
        if (found is null or { State: CaseState.Closed })
            return false;
        book.Close(session, found, session.Received, CloseReason.Outcome);
        return true;
    }

    private bool Flagged(WriteSession session, ScoreWritten score, Case? found, DateTimeOffset? heldSince)
    {
        if (found is not (null or { State: CaseState.Closed, ClosedBecause: CloseReason.Receded }))
        {
            if (found.State == CaseState.Closed || found.FlaggedSince is not null)
                return false;
            found.FlaggedSince = session.Received;
            book.Save(session, found);
            return true;
        }
        var since = heldSince ?? session.Received;
        // Where the feed is down, silence is no reason: the flag is held until it is back, and opens the case then if it still stands.
        if (!score.FeedDown && since + TimeSpan.FromMinutes(settings.Current.HoldBackMinutes) <= session.Received)
        {
            book.Open(session, found, score.ShipmentKey, since);
            return true;
        }
        if (heldSince is null)
            session.Execute(HoldFlag, score.ShipmentKey, session.Loop, since);
        return false;
    }
}
