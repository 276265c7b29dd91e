using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>
/// "I have it": said by opening a case, lapses after two minutes unless said again. It keeps nobody from answering; who claims what a colleague
/// holds leaves it with them.
/// </summary>
public sealed class ClaimCase(CaseBook book, GroupedWriter writer)
{
    /// <summary>How long a claim stands.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(2);

    /// <summary>Claims a case that is open, or renews one's own claim; without effect on any other.</summary>
    public Task ClaimAsync(long shipmentKey, Caller caller, CancellationToken cancellation = default) => writer.WriteAsync(
        session =>
        {
            var found = book.Find(session, shipmentKey);
            var mine = caller.JudgeId();
            var free = found is { State: CaseState.Open }
                || (found is { State: CaseState.Claimed } && (found.Assignee == mine || found.ClaimedUntil <= session.Received));
            if (!free)
                return;
            (found!.State, found.Assignee, found.AssigneeName, found.ClaimedUntil) = (CaseState.Claimed, mine, caller.Name, session.Received + Lasts);
            book.Save(session, found);
        },
        WritePriority.People, cancellation: cancellation);

    /// <summary>Lets go of one's own claim; without effect on any other.</summary>
    public Task ReleaseAsync(long shipmentKey, Caller caller, CancellationToken cancellation = default) => writer.WriteAsync(
        session =>
        {
            if (book.Find(session, shipmentKey) is { State: CaseState.Claimed } found && found.Assignee == caller.JudgeId())
                book.LetGo(session, found);
        },
        WritePriority.People, cancellation: cancellation);
}
