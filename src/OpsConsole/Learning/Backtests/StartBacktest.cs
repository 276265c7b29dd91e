using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>Checks what was asked, and queues the evaluation of a version on past shipments.</summary>
public sealed class StartBacktest(
    GroupedWriter writer, IDbContextFactory<OpsConsoleDb> factory, Ids ids, Audit audit, SimulatedDefault simulated, RunsChanged changed)
{
    private static readonly Statement Insert = new(
        "INSERT INTO runs (\"key\", kind, state, progress, \"plan\", model_version, created_at, created_by) VALUES (@p0, @p1, @p2, 0, @p3, @p4, @p5, @p6)");

    /// <summary>Queues the run, or says what is wrong with it; null when there is no such version.</summary>
    public async Task<StartResult?> HandleAsync(string version, BacktestRequest request, Caller caller, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await db.Set<ModelVersion>().AsNoTracking().SingleOrDefaultAsync(m => m.Version == version, cancellation) is not { } model)
            return null;
        var errors = Check(request);
        if (errors.Count > 0)
            return new(null, errors);
        var plan = new BacktestPlan
        {
            ModelVersion = version,
            From = request.From?.ToUniversalTime(),
            To = request.To?.ToUniversalTime(),
            Simulated = simulated.Of(request.Simulated),
            Trained = model is { FileName: null, TrainedFrom: null, TrainedTo: null } ? null : new(model.TrainedFrom, model.TrainedTo ?? await KnownToItAsync(db, model, cancellation)),
            DecisionPoint = Enum.TryParse<EventType>(model.DecisionPoint, ignoreCase: true, out var point) ? point : null,
        };
        long run = 0;
        await writer.WriteAsync(session => run = Queue(session, plan, caller), WritePriority.People, cancellation: cancellation);
        return new(run.ToString(CultureInfo.InvariantCulture), errors);
    }

    /// <summary>Queues a run in a unit of somebody else's; its key.</summary>
    internal long Queue(WriteSession session, BacktestPlan plan, Caller caller)
    {
        var key = ids.Next();
        session.Execute(Insert, key, RunKind.Backtest, RunState.Queued, plan.Write(), plan.ModelVersion, session.Received, caller.AuditName);
        audit.Write(session, caller, "backtest.started", key.ToString(CultureInfo.InvariantCulture), new { plan.ModelVersion, plan.From, plan.To });
        session.OnCommitted(changed.Raise);
        return key;
    }

    /// <summary>What is wrong with a request, by field.</summary>
    internal static Dictionary<string, string[]> Check(BacktestRequest request)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (request.From is { } from && request.To is { } to && from >= to)
            errors["to"] = ["must be later than from"];
        if (request.Simulated is not (null or "exclude" or "only" or "include"))
            errors["simulated"] = ["is none of exclude, only, include"];
        return errors;
    }

    // A window without an end ends where the run's knowledge did: what was booked later it can't have seen.
    private static async Task<DateTimeOffset> KnownToItAsync(OpsConsoleDb db, ModelVersion model, CancellationToken cancellation)
    {
        var plan = await db.Set<Run>().Where(r => r.Kind == RunKind.Training && r.ModelVersion == model.Version).OrderByDescending(r => r.Key)
            .Select(r => r.Plan).FirstOrDefaultAsync(cancellation);
        return plan is null ? model.CreatedAt : TrainingPlan.Read(plan).AsOf;
    }
}
