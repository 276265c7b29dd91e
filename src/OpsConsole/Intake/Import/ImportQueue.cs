using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake.Import;

/// <summary>
/// Checks files and brings them in, one at a time, oldest first, whoever watches. Its progress is in the store: a program that was stopped or
/// killed meanwhile goes on from there when it starts again, or another instance does that has the file.
/// </summary>
internal sealed partial class ImportQueue(
    GroupedWriter writer, IDbContextFactory<OpsConsoleDb> factory, ReceiveShipments shipments, ReceiveEvents events, ImportFolder folder, ImportOptions options,
    ImportsChanged changed, LoopClock clock, TimeProvider time, ILogger<ImportQueue> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TellAgain = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan GivenUp = TimeSpan.FromSeconds(30);
    private static readonly Statement Take = new(
        """UPDATE imports SET state = @p1, heard_at = @p2 WHERE "key" = @p0 AND state = @p3 AND (heard_at IS NULL OR heard_at < @p4)""");
    private static readonly Statement Advance = new("""UPDATE imports SET progress = @p1, heard_at = @p2 WHERE "key" = @p0 AND state = @p3""");
    private static readonly Statement End = new("""UPDATE imports SET state = @p1, report = COALESCE(@p2, report), note = @p3, finished_at = @p4 WHERE "key" = @p0 AND state = @p5""");
    private static readonly Statement PutBack = new("""UPDATE imports SET state = @p1, heard_at = NULL, note = @p2 WHERE "key" = @p0 AND state = @p3""");

    private readonly Lock _lock = new();
    private (long Key, CancellationTokenSource Stop)? _running;

    /// <summary>Stops a file if it is the one under way here.</summary>
    internal void Stop(long key)
    {
        lock (_lock)
        {
            if (_running is { } running && running.Key == key)
                running.Stop.Cancel();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var raised = changed.Listen();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                if (await NextAsync(stoppingToken) is { } import)
                    await CarryOutAsync(import, stoppingToken);
                else
                    await raised.WaitAsync(LookAgain, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; the file under way was put back.
        }
    }

    private async Task<DeliveryImport?> NextAsync(CancellationToken cancellation)
    {
        var givenUp = time.GetUtcNow() - GivenUp;
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var waiting = await db.Set<DeliveryImport>().AsNoTracking()
            .Where(i => i.State == ImportState.CheckWaiting || i.State == ImportState.Waiting
                || ((i.State == ImportState.Checking || i.State == ImportState.Importing) && i.HeardAt < givenUp))
            .OrderBy(i => i.Key).ToListAsync(cancellation);
        foreach (var import in waiting.Where(i => folder.Has(i.Key)))
        {
            var state = import.State is ImportState.CheckWaiting or ImportState.Checking ? ImportState.Checking : ImportState.Importing;
            var taken = 0;
            await writer.WriteAsync(
                session => taken = session.Execute(Take, import.Key, state, time.GetUtcNow(), import.State, givenUp), WritePriority.People, cancellation: cancellation);
            changed.Raise();
            if (taken == 0)
                continue;
            import.State = state;
            return import;
        }
        return null;
    }

    private async Task CarryOutAsync(DeliveryImport import, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (_lock)
            _running = (import.Key, stop);
        try
        {
            var report = await RunAsync(import, stop.Token);
            await EndAsync(import, report is null ? ImportState.Done : ImportState.Checked, report?.Write(), null);
            if (report is null)
                folder.DropFile(import.Key);
            LogEnded(log, import.Key, import.State);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Cancelled: the row says so already, and this touches nothing. Stopping: it goes on after the next start.
            await PutBackAsync(import);
        }
        catch (RefusedFileException refused)
        {
            await BreakOffAsync(import, refused.Message);
        }
        catch (StoreUnavailableException failure)
        {
            LogFailed(log, import.Key, failure);
            await BreakOffAsync(import, "The store failed on the way. What was stored until then stays; start it again, that is harmless.");
        }
        catch (Exception failure)
        {
            LogFailed(log, import.Key, failure);
            await BreakOffAsync(import, $"It broke off by a fault of the program ({failure.GetType().Name}); the log of this moment says more.");
        }
        finally
        {
            lock (_lock)
                _running = null;
            changed.Raise();
        }
    }

    private async Task<QualityReport?> RunAsync(DeliveryImport import, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var source = await db.Set<Source>().AsNoTracking().SingleAsync(s => s.Id == import.SourceId, cancellation);
        var checkOnly = import.State == ImportState.Checking;
        var plan = new PassPlan(
            folder.FileOf(import.Key), folder.RejectedOf(import.Key), import.Kind, JsonSerializer.Deserialize<FileShape>(import.Shape)!, ImportMapping.Read(import.Mapping!),
            new Caller(null, null, source.Name, source.Id, source.Name, source.Simulated, IsBootstrap: source.Name == Sources.Bootstrap),
            checkOnly, checkOnly ? ImportProgress.None : ImportProgress.Read(import.Progress));
        var told = time.GetTimestamp();
        return await Task.Run(
            () => ImportPass.RunAsync(plan, shipments, events, options, clock, time, async progress =>
            {
                if (progress.Share < 1 && time.GetElapsedTime(told) < TellAgain)
                    return;
                told = time.GetTimestamp();
                if (!await TellAsync(import, progress))
                    throw new OperationCanceledException(cancellation);
            }, cancellation),
            cancellation);
    }

    // False when somebody stopped it, perhaps on another instance.
    private async Task<bool> TellAsync(DeliveryImport import, ImportProgress progress)
    {
        var told = 0;
        await writer.WriteAsync(session => told = session.Execute(Advance, import.Key, progress.Write(), time.GetUtcNow(), import.State), WritePriority.People);
        changed.Raise();
        if (told == 0)
            Stop(import.Key);
        return told > 0;
    }

    private Task<DateTimeOffset> EndAsync(DeliveryImport import, ImportState state, string? report, string? note) => writer.WriteAsync(
        session => session.Execute(End, import.Key, state, report, note is { Length: > 1000 } ? note[..1000] : note, session.Received, import.State), WritePriority.People);

    // A check that broke off goes back to where its cause can be mended.
    private Task<DateTimeOffset> BreakOffAsync(DeliveryImport import, string why) =>
        EndAsync(import, import.State == ImportState.Checking ? ImportState.Mapping : ImportState.Failed, null, why);

    private Task<DateTimeOffset> PutBackAsync(DeliveryImport import) => writer.WriteAsync(
        session => session.Execute(
            PutBack, import.Key, import.State == ImportState.Checking ? ImportState.CheckWaiting : ImportState.Waiting,
            "The program was stopped meanwhile; it went on from where it was.", import.State),
        WritePriority.People);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "File {Import} of history is through, from {State}")]
    private static partial void LogEnded(ILogger logger, long import, ImportState state);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Error, Message = "File {Import} of history broke off")]
    private static partial void LogFailed(ILogger logger, long import, Exception failure);
}
