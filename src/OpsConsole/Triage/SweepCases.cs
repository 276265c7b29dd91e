using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>What happens to cases when nothing else does: a flag has stood for the hold-back time, a claim has lapsed.</summary>
internal sealed partial class SweepCases(
    CaseBook book, GroupedWriter writer, StoreConnections connections, SettingsStore settings, LoopClock clock, TimeProvider time, ILogger<SweepCases> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly Statement Ripe = new(
        """
        SELECT f.shipment_key, f.since FROM held_flags f LEFT JOIN board_rows b ON b.shipment_key = f.shipment_key
        WHERE f.loop = @p0 AND f.since <= @p1 AND COALESCE(b.feed_down, 0) = 0
        """);
    private static readonly Statement Lapsed = new(
        """
        SELECT c.shipment_key FROM cases c JOIN shipments s ON s."key" = c.shipment_key
        WHERE c.state = @p0 AND c.claimed_until <= @p1 AND s.loop = @p2
        """);
    private static readonly Statement Flagged = new("""SELECT 1 FROM shipments WHERE "key" = @p0 AND state = 0 AND flagged = 1""");
    private static readonly Statement DropFlag = new("DELETE FROM held_flags WHERE shipment_key = @p0");

    /// <summary>Does what is due.</summary>
    internal Task SweepAsync(CancellationToken cancellation) => writer.WriteAsync(
        session =>
        {
            OpenRipe(session);
            ReleaseLapsed(session);
        },
        cancellation: cancellation);

    private void OpenRipe(WriteSession session)
    {
        List<(long Key, DateTimeOffset Since)> ripe = [];
        using (var row = session.Query(Ripe, session.Loop, session.Received - TimeSpan.FromMinutes(settings.Current.HoldBackMinutes)))
        {
            while (row.Read())
                ripe.Add((row.GetInt64(0), new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero)));
        }
        foreach (var (key, since) in ripe)
        {
            var found = book.Find(session, key);
            if (session.Scalar(Flagged, key) is not null && found is null or { State: CaseState.Closed, ClosedBecause: CloseReason.Receded })
                book.Open(session, found, key, since);
            else
                session.Execute(DropFlag, key);
        }
    }

    private void ReleaseLapsed(WriteSession session)
    {
        List<long> lapsed = [];
        using (var row = session.Query(Lapsed, CaseState.Claimed, session.Received, session.Loop))
        {
            while (row.Read())
                lapsed.Add(row.GetInt64(0));
        }
        foreach (var key in lapsed)
        {
            if (book.Find(session, key) is { State: CaseState.Claimed } claimed)
                book.LetGo(session, claimed);
        }
    }

    // An idle operation is not written to every five seconds.
    private bool AnythingDue()
    {
        var now = clock.Now.UtcTicks;
        var ripe = now - TimeSpan.FromMinutes(settings.Current.HoldBackMinutes).Ticks;
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT (SELECT COUNT(*) FROM held_flags f LEFT JOIN board_rows b ON b.shipment_key = f.shipment_key
                WHERE f.loop = {clock.Loop} AND f.since <= {ripe} AND COALESCE(b.feed_down, 0) = 0)
                + (SELECT COUNT(*) FROM cases WHERE state = {(int)CaseState.Claimed} AND claimed_until <= {now})
            """);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) > 0;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    if (AnythingDue())
                        await SweepAsync(stoppingToken);
                }
                catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException)
                {
                    LogNotSwept(log, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "Cases that time alone changes could not be swept; the next round tries again")]
    private static partial void LogNotSwept(ILogger logger, Exception failure);
}
