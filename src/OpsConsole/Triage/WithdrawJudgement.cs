using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>What became of a withdrawal.</summary>
public enum WithdrawResult
{
    /// <summary>It is taken back, now or before; it stays in the history.</summary>
    Withdrawn,

    /// <summary>There is no such judgement of this shipment.</summary>
    NotFound,

    /// <summary>It is somebody else's.</summary>
    NotYours,
}

/// <summary>Takes a judgement back: one's own, or of a judge of one's own source. The case is again what it was without it.</summary>
public sealed class WithdrawJudgement(GroupedWriter writer, CaseBook book, Audit audit, InputChanged inputChanged)
{
    private static readonly Statement FindKey = new("""SELECT "key" FROM shipments WHERE shipment_id = @p0""");
    private static readonly Statement Withdraw = new("""UPDATE judgements SET withdrawn_at = @p1 WHERE "key" = @p0 AND withdrawn_at IS NULL""");

    /// <summary>Checks and takes it back.</summary>
    public async Task<WithdrawResult> HandleAsync(string shipmentId, long judgementKey, Caller caller, CancellationToken cancellation = default)
    {
        var result = WithdrawResult.NotFound;
        await writer.WriteAsync(
            session => result = Apply(session, shipmentId, judgementKey, caller), WritePriority.People, cancellation: cancellation);
        return result;
    }

    private WithdrawResult Apply(WriteSession session, string shipmentId, long judgementKey, Caller caller)
    {
        if (session.Scalar(FindKey, shipmentId) is not { } found)
            return WithdrawResult.NotFound;
        var shipmentKey = Convert.ToInt64(found, System.Globalization.CultureInfo.InvariantCulture);
        if (JudgementsOf(session, shipmentKey).FirstOrDefault(j => j.Key == judgementKey) is not { } judgement)
            return WithdrawResult.NotFound;
        if (!IsOf(judgement, caller))
            return WithdrawResult.NotYours;
        if (session.Execute(Withdraw, judgementKey, session.Received) == 0)
            return WithdrawResult.Withdrawn;
        ChangeCase(session, shipmentKey);
        session.Execute(JudgeShipment.SettleAgain, shipmentKey);
        audit.Write(session, caller, "judgement.withdrawn", shipmentId, new { judgement = judgementKey });
        session.OnCommitted(inputChanged.Raise);
        return WithdrawResult.Withdrawn;
    }

    private void ChangeCase(WriteSession session, long shipmentKey)
    {
        if (book.Find(session, shipmentKey) is not { } found)
            return;
        var newest = Standing.Of(JudgementsOf(session, shipmentKey)) is [.., var last] ? last : null;
        found.JudgedAt = newest?.CreatedAt;
        if (newest is null && found.State == CaseState.Judged)
        {
            book.LetGo(session, found);
            return;
        }
        if (newest is not null && found.State == CaseState.Judged)
            (found.Assignee, found.AssigneeName) = (newest.JudgeId, newest.JudgeName);
        book.Save(session, found);
    }

    private static IReadOnlyList<Judgement> JudgementsOf(WriteSession session, long shipmentKey) => session.Read((connection, transaction) =>
    {
        using var reader = new JudgementReader(connection, transaction);
        return reader.Read(shipmentKey);
    });

    // Of a key: the source's own, or the judge's that it named. Compared whole, since a source's name may begin with another's.
    private static bool IsOf(Judgement judgement, Caller caller) =>
        judgement.JudgeId == caller.JudgeId() || (caller.UserId is null && judgement.JudgeId == caller.JudgeId(judgement.JudgeName));
}
