using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.Measurement;

/// <summary>
/// Settles what is behind its input or due by time: outcome, tally, roll-ups. Found by <c>next_settle_at</c>, nearest first, in bounded groups; a
/// shipment that still waits for the scorer waits here too, and counts as unsettled meanwhile.
/// </summary>
public sealed partial class SettleWhatIsBehind(
    StoreConnections connections,
    StoreOptions store,
    GroupedWriter writer,
    LoopClock clock,
    SettingsStore settings,
    InputChanged input,
    Rebuild rebuild,
    CaseBook cases,
    TimeProvider time,
    ILogger<SettleWhatIsBehind> log) : BackgroundService
{
    private const int GroupSize = 64;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TryAgain = TimeSpan.FromMinutes(5);
    private static readonly Statement Postpone = new("UPDATE shipments SET next_settle_at = @p0 WHERE \"key\" = @p1 AND input_version = @p2");

    private readonly SettledWriter _settled = new();

    /// <summary>Works until nothing is due on its loop.</summary>
    public Task DrainAsync(CancellationToken cancellation) => DrainAsync(clock.Loop, null, cancellation);

    /// <summary>Works until nothing is due on a loop, telling how many were settled since it was told last.</summary>
    internal async Task DrainAsync(int loop, Action<int>? progress, CancellationToken cancellation)
    {
        var idle = 0;
        while (!cancellation.IsCancellationRequested)
        {
            var (read, written) = await SettleGroupAsync(loop, cancellation);
            progress?.Invoke(written);
            // What changed between reading and writing is read again at once, but not for ever.
            idle = written > 0 ? 0 : idle + 1;
            if (read == 0 || idle == 3)
                return;
        }
    }

    private static readonly TimeSpan StampsAhead = TimeSpan.FromSeconds(1);

    private async Task<(int Read, int Written)> SettleGroupAsync(int loop, CancellationToken cancellation)
    {
        var now = clock.Now;
        var current = settings.Current;
        List<(long Key, long Input, Exception Why)> failed = [];
        List<SettledShipment> settled = [];
        using (var reader = new SettleReader(connections, store))
        {
            foreach (var due in reader.Read(loop, now, GroupSize, (key, version, failure) => Fail(failed, key, version, failure)))
            {
                try
                {
                    var (outcome, tally) = TallyOf.Facts(due.Key, due.Facts, current, AsOf(due.Facts.History, now));
                    settled.Add(new SettledShipment(due, outcome, tally));
                }
                catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or OverflowException)
                {
                    Fail(failed, due.Key, due.InputVersion, failure);
                }
            }
        }
        if (settled.Count + failed.Count == 0)
            return (0, 0);
        var written = 0;
        await writer.WriteAsync(session =>
        {
            written = _settled.Write(session, settled, (unit, key) => cases.CloseByOutcome(unit, key, unit.Received));
            // One that can't be settled doesn't hold up the others.
            foreach (var (key, version, why) in failed)
                session.Execute(Postpone, SetAside.Note(session, SetAsideStage.Settling, key, version, why) ? now + TryAgain : null, key, version);
        }, WritePriority.Bulk, admitted: true, cancellation: cancellation);
        return (settled.Count + failed.Count, written);
    }

    // The writer's stamps are in the order of commits, and so run a little ahead of a clock that stands, as that of the demo's history does: what was
    // read and stamped after now would be missed, and not be looked for again.
    private static DateTimeOffset AsOf(ShipmentHistory history, DateTimeOffset now) =>
        Scorer.Newest(history) is var newest && newest > now && newest - now < StampsAhead ? newest : now;

    private void Fail(List<(long Key, long Input, Exception Why)> failed, long key, long version, Exception failure)
    {
        failed.Add((key, version, failure));
        LogNotSettled(log, key, failure);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var listener = input.Listen();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.Loop == LoopClock.Live)
                    await rebuild.MarkIfBasisChangedAsync(stoppingToken);
                await DrainAsync(stoppingToken);
                await listener.WaitAsync(LookAgain, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                LogFailed(log, failure);
                using var pause = new PeriodicTimer(LookAgain, time);
                await pause.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "Shipment {Key} could not be settled; it is tried again in five minutes, five times in all")]
    private static partial void LogNotSettled(ILogger logger, long key, Exception failure);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "Settling failed; it goes on in a second")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
