using System.Globalization;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>What came of cancelling.</summary>
public enum CancelResult
{
    /// <summary>It is cancelled, or stops in a moment.</summary>
    Cancelled,

    /// <summary>It had ended before.</summary>
    Ended,

    /// <summary>There is no such run.</summary>
    NotFound,
}

/// <summary>Cancels a run: a waiting one doesn't begin, a running one's process is killed.</summary>
public sealed class CancelRun(GroupedWriter writer, Audit audit, RunQueue queue, RunsChanged changed)
{
    private static readonly Statement StateOf = new("SELECT state FROM runs WHERE \"key\" = @p0");
    private static readonly Statement Cancel = new("UPDATE runs SET state = @p1, finished_at = @p2 WHERE \"key\" = @p0 AND state IN (0, 1)");

    /// <summary>Cancels it.</summary>
    public async Task<CancelResult> HandleAsync(string runId, Caller caller, CancellationToken cancellation = default)
    {
        if (!long.TryParse(runId, NumberStyles.None, CultureInfo.InvariantCulture, out var key))
            return CancelResult.NotFound;
        var result = CancelResult.NotFound;
        await writer.WriteAsync(
            session =>
            {
                if (session.Scalar(StateOf, key) is null)
                    return;
                if (session.Execute(Cancel, key, RunState.Cancelled, session.Received) == 0)
                {
                    result = CancelResult.Ended;
                    return;
                }
                result = CancelResult.Cancelled;
                audit.Write(session, caller, "run.cancelled", runId);
                session.OnCommitted(changed.Raise);
            },
            WritePriority.People, cancellation: cancellation);
        if (result == CancelResult.Cancelled)
            queue.Stop(key);
        return result;
    }
}
