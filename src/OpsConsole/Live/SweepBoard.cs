using System.Globalization;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Live;

/// <summary>Takes rows off the board a day after their shipment finished, and keeps the highest version that went with them.</summary>
internal sealed class SweepBoard(LeasedWorkTools tools, GroupedWriter writer, LoopClock clock) : LeasedWork(tools)
{
    private static readonly Statement Highest = new("SELECT MAX(version) FROM board_rows WHERE finished_at <= @p0");
    private static readonly Statement Delete = new("DELETE FROM board_rows WHERE finished_at <= @p0");
    private static readonly Statement RaiseRemoved = new("UPDATE counters SET value = @p0 WHERE name = @p1 AND value < @p0");
    private static readonly Statement FirstRemoved = new(
        "INSERT INTO counters (name, value) SELECT @p1, @p0 WHERE NOT EXISTS (SELECT 1 FROM counters WHERE name = @p1)");

    /// <summary>Removes what is due; the number of rows.</summary>
    internal async Task<int> SweepAsync(CancellationToken cancellation)
    {
        var removed = 0;
        await writer.WriteAsync(
            session =>
            {
                var gone = clock.Now - BoardRows.KeptAfterFinish;
                if (session.Scalar(Highest, gone) is not { } highest)
                    return;
                var version = Convert.ToInt64(highest, CultureInfo.InvariantCulture);
                session.Execute(FirstRemoved, version, BoardRows.RemovedCounter);
                session.Execute(RaiseRemoved, version, BoardRows.RemovedCounter);
                removed = session.Execute(Delete, gone);
            },
            cancellation: cancellation);
        return removed;
    }

    /// <inheritdoc/>
    protected override string Name => "board sweep";

    /// <inheritdoc/>
    protected override TimeSpan Period => TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override Task WorkAsync(HeldLease lease, CancellationToken cancellation) => SweepAsync(cancellation);
}
