using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Live;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>
/// Reads and writes cases within a transaction; every change goes to the board in the same one. The rules of when a case changes are with who calls.
/// </summary>
public sealed class CaseBook(BoardRows board)
{
    private static readonly Statement Select = new(
        """
        SELECT state, opened_at, opened_by_person, flagged_since, assignee, assignee_name, claimed_until, judged_at, closed_at, closed_because, version
        FROM cases WHERE shipment_key = @p0
        """);
    private static readonly Statement Update = new(
        """
        UPDATE cases SET state = @p1, opened_at = @p2, opened_by_person = @p3, flagged_since = @p4, assignee = @p5, assignee_name = @p6,
            claimed_until = @p7, judged_at = @p8, closed_at = @p9, closed_because = @p10, version = @p11
        WHERE shipment_key = @p0
        """);
    private static readonly Statement Insert = new(
        """
        INSERT INTO cases (shipment_key, state, opened_at, opened_by_person, flagged_since, assignee, assignee_name, claimed_until, judged_at, closed_at,
            closed_because, version)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11)
        """);
    private static readonly Statement Waits = new(
        """SELECT 1 FROM shipments WHERE "key" = @p0 AND state = 0 AND (flagged = 1 OR promised_by <= @p1)""");
    private static readonly Statement DropHeldFlag = new("DELETE FROM held_flags WHERE shipment_key = @p0");

    /// <summary>Closes the case of a shipment whose outcome is known, judged or not; without effect where there is none, or it is closed.</summary>
    /// <param name="session">The transaction that writes the outcome.</param>
    /// <param name="shipmentKey">The shipment.</param>
    /// <param name="at">When the outcome became known here.</param>
    public void CloseByOutcome(WriteSession session, long shipmentKey, DateTimeOffset at)
    {
        session.Execute(DropHeldFlag, shipmentKey);
        if (Find(session, shipmentKey) is { State: not CaseState.Closed } found)
            Close(session, found, at, CloseReason.Outcome);
    }

    /// <summary>The case of a shipment; null when it has none.</summary>
    internal Case? Find(WriteSession session, long shipmentKey)
    {
        using var row = session.Query(Select, shipmentKey);
        return row.Read() ? ReadCase(row, 0, shipmentKey) : null;
    }

    /// <summary>Puts a shipment before people: its first case, or the same one again.</summary>
    internal void Open(WriteSession session, Case? closed, long shipmentKey, DateTimeOffset flaggedSince)
    {
        session.Execute(DropHeldFlag, shipmentKey);
        var opened = closed ?? new Case { ShipmentKey = shipmentKey, OpenedAt = session.Received };
        opened.State = CaseState.Open;
        opened.FlaggedSince = flaggedSince;
        (opened.ClosedAt, opened.ClosedBecause) = (null, null);
        Release(opened);
        Save(session, opened);
    }

    internal void Close(WriteSession session, Case open, DateTimeOffset at, CloseReason because)
    {
        // Who answered stays named; who merely held it lets go.
        if (open.State != CaseState.Judged)
            Release(open);
        open.State = CaseState.Closed;
        open.ClaimedUntil = null;
        (open.ClosedAt, open.ClosedBecause) = (at, because);
        Save(session, open);
    }

    /// <summary>Back to what a case is that nobody holds and nobody has answered: open while its flag stands (or the promise has passed), else receded.</summary>
    internal void LetGo(WriteSession session, Case held)
    {
        Release(held);
        held.State = CaseState.Open;
        if (session.Scalar(Waits, held.ShipmentKey, session.Received) is null)
            Close(session, held, session.Received, CloseReason.Receded);
        else
            Save(session, held);
    }

    private static void Release(Case held) => (held.Assignee, held.AssigneeName, held.ClaimedUntil) = (null, null, null);

    /// <summary>Writes the case, new or known, and tells the board.</summary>
    internal void Save(WriteSession session, Case changed)
    {
        changed.Version++;
        ReadOnlySpan<object?> values =
        [
            changed.ShipmentKey, changed.State, changed.OpenedAt, changed.OpenedByPerson, changed.FlaggedSince, changed.Assignee, changed.AssigneeName,
            changed.ClaimedUntil, changed.JudgedAt, changed.ClosedAt, changed.ClosedBecause, changed.Version,
        ];
        if (session.Execute(Update, values) == 0)
            session.Execute(Insert, values);
        board.CaseChanged(session, changed.ShipmentKey, changed.State, changed.AssigneeName, changed.JudgedAt);
    }

    /// <summary>Reads the columns of <c>state</c> to <c>version</c>, in the order of the select above.</summary>
    internal static Case ReadCase(System.Data.Common.DbDataReader row, int first, long shipmentKey) => new()
    {
        ShipmentKey = shipmentKey,
        State = (CaseState)row.GetInt32(first),
        OpenedAt = Time(row, first + 1)!.Value,
        OpenedByPerson = Convert.ToBoolean(row.GetValue(first + 2), CultureInfo.InvariantCulture),
        FlaggedSince = Time(row, first + 3),
        Assignee = row.IsDBNull(first + 4) ? null : row.GetString(first + 4),
        AssigneeName = row.IsDBNull(first + 5) ? null : row.GetString(first + 5),
        ClaimedUntil = Time(row, first + 6),
        JudgedAt = Time(row, first + 7),
        ClosedAt = Time(row, first + 8),
        ClosedBecause = row.IsDBNull(first + 9) ? null : (CloseReason)row.GetInt32(first + 9),
        Version = row.GetInt64(first + 10),
    };

    internal static DateTimeOffset? Time(System.Data.Common.DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetInt64(column), TimeSpan.Zero);
}
