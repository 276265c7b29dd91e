using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>
/// Carries out the runs, one at a time on all instances together, oldest first: takes one, hands it to <see cref="RunProcess"/> (or trains here, by an
/// option), keeps its progress in the store, and records the version it made. Who takes the work over says of a run that was under way that it was
/// interrupted: nobody else works on one.
/// </summary>
public sealed partial class RunQueue(
    LeasedWorkTools tools, GroupedWriter writer, IDbContextFactory<OpsConsoleDb> factory, LearningOptions options, RunProcess process, TrainModel train,
    CarryOutBacktest backtest, StartBacktest startBacktest, RunsChanged changed, LoopClock clock, ILogger<RunQueue> log) : LeasedWork(tools)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TellAgain = TimeSpan.FromMilliseconds(300);
    private static readonly Statement Interrupt = new(
        "UPDATE runs SET state = @p0, error = @p1, finished_at = @p2 WHERE state = @p3");
    private static readonly Statement Begin = new(
        "UPDATE runs SET state = @p1, started_at = @p2, heard_at = @p2 WHERE \"key\" = @p0 AND state = @p3");
    private static readonly Statement Advance = new(
        "UPDATE runs SET progress = @p1, line = @p2, heard_at = @p3 WHERE \"key\" = @p0 AND state = @p4");
    private static readonly Statement Fail = new(
        "UPDATE runs SET state = @p1, error = @p2, finished_at = @p3 WHERE \"key\" = @p0 AND state = @p4");
    private static readonly Statement Succeed = new(
        "UPDATE runs SET state = @p1, progress = 1, model_version = @p2, metrics = @p3, finished_at = @p4 WHERE \"key\" = @p0 AND state = @p5");
    private static readonly Statement NewVersion = new(
        """
        INSERT INTO model_versions (version, trainer, state, created_at, threshold, file_name, file_hash, data_hash, metrics, trained_from, trained_to, decision_point, created_by)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)
        """);

    private readonly Lock _lock = new();
    private (long Key, CancellationTokenSource Stop)? _running;

    /// <summary>Stops a run if it is the one under way here.</summary>
    internal void Stop(long key)
    {
        lock (_lock)
        {
            if (_running is { } running && running.Key == key)
                running.Stop.Cancel();
        }
    }

    /// <inheritdoc/>
    protected override string Name => "training";

    /// <inheritdoc/>
    protected override TimeSpan Period => LookAgain;

    /// <summary>Carries out runs for as long as the lease is held.</summary>
    protected override async Task WorkAsync(HeldLease lease, CancellationToken cancellation)
    {
        using var raised = changed.Listen();
        await InterruptAsync(lease);
        while (true)
        {
            if (await NextAsync(lease, cancellation) is { } run)
                await CarryOutAsync(run, cancellation);
            else
                await raised.WaitAsync(LookAgain, cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private Task<DateTimeOffset> InterruptAsync(HeldLease lease) => writer.WriteAsync(session =>
    {
        lease.Require(session);
        if (session.Execute(
            Interrupt, RunState.Failed, "interrupted: the program stopped while it ran; start it again", session.Received, RunState.Running) > 0)
            session.OnCommitted(changed.Raise);
    });

    private async Task<Run?> NextAsync(HeldLease lease, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var run = await db.Set<Run>().AsNoTracking().Where(r => r.State == RunState.Queued).OrderBy(r => r.Key).FirstOrDefaultAsync(cancellation);
        if (run is null)
            return null;
        var taken = 0;
        await writer.WriteAsync(
            session =>
            {
                lease.Require(session);
                taken = session.Execute(Begin, run.Key, RunState.Running, session.Received, RunState.Queued);
            },
            WritePriority.People, cancellation: cancellation);
        changed.Raise();
        return taken == 1 ? run : null;
    }

    private async Task CarryOutAsync(Run run, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (_lock)
            _running = (run.Key, stop);
        try
        {
            if (await IsCancelledAsync(run.Key))
                return;
            var told = new Told();
            Task Tell(RunProgress progress) => TellAsync(run.Key, progress, told);
            if (run.Kind == RunKind.Backtest)
                await backtest.RunAsync(run, Tell, stop.Token);
            else
                await TrainAsync(run, Tell, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Cancelled: the row says so already. Stopping: nobody is left to finish it.
            await EndAsync(run.Key, "interrupted: the program was stopped while it ran; start it again");
        }
        catch (TrainingException failure)
        {
            LogFailed(log, run.Key, failure.Message, failure.InnerException);
            await EndAsync(run.Key, failure.Message);
        }
        catch (Exception failure)
        {
            LogFailed(log, run.Key, failure.Message, failure);
            await EndAsync(run.Key, $"It broke off by a fault of the program ({failure.GetType().Name}); the log of this moment says more.");
        }
        finally
        {
            lock (_lock)
                _running = null;
            changed.Raise();
        }
    }

    private async Task TrainAsync(Run run, Func<RunProgress, Task> tell, CancellationToken cancellation)
    {
        var plan = TrainingPlan.Read(run.Plan);
        var file = options.InProcess ? await Task.Run(() => train.RunAsync(plan, tell, cancellation), cancellation)
            : (await process.RunAsync(run.Key, tell, cancellation)).Result ?? throw new TrainingException("The process ended and told of no model.");
        await RecordAsync(run, plan, file);
        LogSucceeded(log, run.Key, plan.Name);
    }

    private async Task<bool> IsCancelledAsync(long key)
    {
        await using var db = await factory.CreateDbContextAsync();
        return await db.Set<Run>().AnyAsync(r => r.Key == key && r.State == RunState.Cancelled);
    }

    private async Task TellAsync(long key, RunProgress progress, Told told)
    {
        var now = Environment.TickCount64;
        if (now - told.At < TellAgain.TotalMilliseconds && progress.Progress < 1)
            return;
        told.At = now;
        var line = progress.Line is { Length: > 400 } longer ? longer[..400] : progress.Line;
        var running = 0;
        await writer.WriteAsync(
            session => running = session.Execute(Advance, key, Math.Clamp(progress.Progress, 0, 1), line, session.Received, RunState.Running), WritePriority.People);
        // Cancelled on another instance.
        if (running == 0)
            Stop(key);
        changed.Raise();
    }

    private Task<DateTimeOffset> EndAsync(long key, string error) => writer.WriteAsync(
        session => session.Execute(Fail, key, RunState.Failed, error.Length > 2000 ? error[..2000] : error, session.Received, RunState.Running), WritePriority.People);

    private Task<DateTimeOffset> RecordAsync(Run run, TrainingPlan plan, TrainedFile file) => writer.WriteAsync(
        session =>
        {
            var metrics = JsonSerializer.Serialize(file.Metrics);
            if (session.Execute(Succeed, run.Key, RunState.Succeeded, plan.Name, metrics, session.Received, RunState.Running) == 0)
                return; // Cancelled in the last moment.
            session.Execute(
                NewVersion, plan.Name, plan.Trainer, ModelState.Candidate, clock.Now, file.Threshold, file.FileName, file.FileHash, file.DataHash, metrics,
                plan.From, plan.To, plan.DecisionPoint is { } point ? JsonNamingPolicy.CamelCase.ConvertName(point.ToString()) : null, run.CreatedBy);
            // What it would have said of the shipments it didn't learn from is asked at once.
            startBacktest.Queue(session, new()
            {
                ModelVersion = plan.Name,
                Simulated = plan.Simulated,
                Trained = new(plan.From, plan.To ?? plan.AsOf),
                DecisionPoint = plan.DecisionPoint,
            }, Caller.System);
            session.OnCommitted(changed.Raise);
        },
        WritePriority.People);

    [LoggerMessage(EventId = 7001, Level = LogLevel.Information, Message = "Run {Run} made the model {Model}")]
    private static partial void LogSucceeded(ILogger logger, long run, string model);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Warning, Message = "Run {Run} failed: {Reason}")]
    private static partial void LogFailed(ILogger logger, long run, string reason, Exception? failure);

    private sealed class Told
    {
        public long At { get; set; } = long.MinValue / 2;
    }
}
