using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>
/// Removes leftovers that are older than they are to be kept, once a day on one instance, in small portions: each is a unit of the writer, after
/// whatever people and couriers write, and leaves an audit entry with its count. One kind that fails keeps none of the others.
/// </summary>
public sealed partial class TrimLeftovers(
    LeasedWorkTools tools, IEnumerable<Leftover> leftovers, LeftoverDays days, GroupedWriter writer, Audit audit, TimeProvider time, ILogger<TrimLeftovers> log)
    : LeasedWork(tools)
{
    private static readonly Counter<long> Removed = Telemetry.Meter.CreateCounter<long>(
        "opsconsole.leftovers.removed", "{item}", "Leftovers removed since they were older than they are kept, by kind");

    /// <inheritdoc/>
    protected override string Name => "leftovers";

    /// <inheritdoc/>
    protected override TimeSpan Period => TimeSpan.FromDays(1);

    /// <inheritdoc/>
    protected override Task WorkAsync(HeldLease lease, CancellationToken cancellation) => TrimAsync(lease.Require, cancellation);

    /// <summary>Removes whatever is too old; how many of each kind.</summary>
    internal async Task<IReadOnlyDictionary<string, long>> TrimAsync(Action<WriteSession> require, CancellationToken cancellation)
    {
        var (set, _) = await days.ReadAsync(cancellation);
        var removed = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var leftover in leftovers)
        {
            try
            {
                removed[leftover.Code] = await TrimAsync(leftover, set.GetValueOrDefault(leftover.Code, leftover.Days), require, cancellation);
            }
            catch (Exception failure) when (failure is not (OperationCanceledException or LeaseLostException))
            {
                LogFailed(log, leftover.Code, failure);
            }
        }
        return removed;
    }

    private async Task<long> TrimAsync(Leftover leftover, int kept, Action<WriteSession> require, CancellationToken cancellation)
    {
        var before = time.GetUtcNow().AddDays(-kept);
        var (all, portion) = (0L, 0);
        do
        {
            portion = await leftover.RemoveAsync(before, remove => WriteAsync(leftover, before, session =>
            {
                require(session);
                return remove(session);
            }, cancellation), cancellation);
            all += portion;
            Removed.Add(portion, new KeyValuePair<string, object?>("kind", leftover.Code));
        }
        while (portion == Leftover.AtOnce);
        if (all > 0)
            LogRemoved(log, all, leftover.Code, kept);
        return all;
    }

    private async Task<int> WriteAsync(Leftover leftover, DateTimeOffset before, Func<WriteSession, int> remove, CancellationToken cancellation)
    {
        var removed = 0;
        await writer.WriteAsync(
            session =>
            {
                removed = remove(session);
                if (removed > 0)
                    audit.Write(session, Caller.System, "leftovers.removed", leftover.Code, new { removed, before });
            },
            cancellation: cancellation);
        return removed;
    }

    [LoggerMessage(EventId = 2006, Level = LogLevel.Information, Message = "{Count} leftovers of the kind {Kind} are removed, older than {Days} days")]
    private static partial void LogRemoved(ILogger logger, long count, string kind, int days);

    [LoggerMessage(EventId = 2007, Level = LogLevel.Error, Message = "Leftovers of the kind {Kind} could not be removed; tomorrow they are tried again")]
    private static partial void LogFailed(ILogger logger, string kind, Exception failure);
}
