using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;
using OpsConsole.Measurement;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>
/// Carries a backtest out: has it evaluated (in a child process, or here by an option), puts what it found into the store a few blocks at a time, and
/// makes it the one that is asked about in the unit that says the run has succeeded.
/// </summary>
public sealed class CarryOutBacktest(
    EvaluateBacktest evaluate, RunProcess process, BacktestStore blocks, LearningOptions options, GroupedWriter writer, IDbContextFactory<OpsConsoleDb> factory,
    RunsChanged changed)
{
    private const double Evaluating = 0.9;
    private static readonly Statement Succeed = new(
        "UPDATE runs SET state = @p1, progress = 1, metrics = @p2, finished_at = @p3 WHERE \"key\" = @p0 AND state = @p4");

    /// <summary>Does it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tell">Is told how far it is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="TrainingException">It can't be done; the message says why.</exception>
    internal async Task RunAsync(Run run, Func<RunProgress, Task> tell, CancellationToken cancellation)
    {
        try
        {
            var plan = BacktestPlan.Read(run.Plan);
            var found = await EvaluateAsync(run.Key, plan, told => tell(told with { Progress = told.Progress * Evaluating }), cancellation);
            await tell(new(Evaluating, "Putting what was found into the store"));
            await blocks.WriteBlocksAsync(run.Key, found, cancellation);
            await writer.WriteAsync(session => Record(session, run.Key, plan, found), WritePriority.People, cancellation: cancellation);
        }
        finally
        {
            blocks.RemoveFile(run.Key);
            await SweepAsync();
        }
    }

    private async Task<EvaluatedFile> EvaluateAsync(long run, BacktestPlan plan, Func<RunProgress, Task> tell, CancellationToken cancellation)
    {
        if (!options.InProcess)
            return (await process.RunAsync(run, tell, cancellation)).Evaluated ?? throw new TrainingException("The process ended and told of no backtest.");
        try
        {
            return await Task.Run(() => evaluate.RunAsync(run, plan, (progress, line) => tell(new(progress, line)), cancellation), cancellation);
        }
        catch (ModelUnavailableException failure)
        {
            throw new TrainingException(failure.Message, failure);
        }
    }

    private void Record(WriteSession session, long run, BacktestPlan plan, EvaluatedFile found)
    {
        var metrics = JsonSerializer.Serialize(
            new { found.Shipments, found.InSample, found.Scores, found.Threshold, found.ComputedAt, plan.From, plan.To, Simulated = plan.Simulated.ToString().ToLowerInvariant() }, JsonSerializerOptions.Web);
        if (session.Execute(Succeed, run, RunState.Succeeded, metrics, session.Received, RunState.Running) == 0)
            return; // Cancelled in the last moment.
        BacktestStore.Finish(session, run, plan, found);
        session.OnCommitted(changed.Raise);
    }

    // Another instance may be writing the blocks of a run of its own.
    private async Task SweepAsync()
    {
        await using var db = await factory.CreateDbContextAsync();
        var running = await db.Set<Run>().Where(r => r.State == RunState.Running).Select(r => r.Key).ToListAsync();
        await blocks.SweepAsync(running.Contains, CancellationToken.None);
    }
}
