using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>What came of asking for a training run.</summary>
/// <param name="RunId">The run; null when it was refused.</param>
/// <param name="Errors">What is wrong, by field, with what is allowed; empty when nothing is.</param>
public sealed record StartResult(string? RunId, IReadOnlyDictionary<string, string[]> Errors);

/// <summary>Checks what was asked, and queues a training run.</summary>
public sealed class StartTraining(
    GroupedWriter writer, IDbContextFactory<OpsConsoleDb> factory, LoopClock clock, Ids ids, Audit audit, SimulatedDefault simulated, RunsChanged changed)
{
    /// <summary>The longest lead a row may be taken at.</summary>
    public const int LongestLead = 43_200;

    private static readonly Statement Insert = new(
        "INSERT INTO runs (\"key\", state, progress, \"plan\", created_at, created_by) VALUES (@p0, @p1, 0, @p2, @p3, @p4)");

    /// <summary>Queues the run, or says what is wrong with it.</summary>
    public async Task<StartResult> HandleAsync(TrainRequest request, Caller caller, CancellationToken cancellation = default)
    {
        var now = clock.Now;
        var errors = Check(request, now);
        var name = request.Name ?? "";
        if (name.Length > 0 && !errors.ContainsKey("name") && await IsTakenAsync(name, cancellation))
            errors["name"] = [$"{name} is the name of another version or of a run under way; choose another, or leave it out"];
        if (errors.Count > 0)
            return new(null, errors);
        var key = ids.Next();
        var plan = new TrainingPlan
        {
            Trainer = request.Trainer!,
            From = request.From?.ToUniversalTime(),
            To = request.To?.ToUniversalTime(),
            AsOf = (request.AsOf ?? now).ToUniversalTime(),
            DecisionLeadMinutes = request.DecisionPoint is null ? request.DecisionLeadMinutes : null,
            DecisionPoint = request.DecisionPoint,
            IncludeAttributes = request.IncludeAttributes ?? true,
            Simulated = simulated.Of(request.Simulated),
            Seed = request.Seed ?? 1,
            Name = name.Length > 0 ? name : await FreeNameAsync(request.Trainer!, now, cancellation),
        };
        await writer.WriteAsync(
            session =>
            {
                session.Execute(Insert, key, RunState.Queued, plan.Write(), session.Received, caller.AuditName);
                audit.Write(session, caller, "run.started", key.ToString(CultureInfo.InvariantCulture), new { plan.Trainer, plan.Name });
                session.OnCommitted(changed.Raise);
            },
            WritePriority.People, cancellation: cancellation);
        return new(key.ToString(CultureInfo.InvariantCulture), errors);
    }

    /// <summary>What is wrong with a request, by field.</summary>
    internal static Dictionary<string, string[]> Check(TrainRequest request, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (request.Trainer is null || !TrainingPlan.Trainers.Contains(request.Trainer))
            errors["trainer"] = [$"{(request.Trainer is null ? "is required" : "is not a trainer")}; allowed are {string.Join(", ", TrainingPlan.Trainers)}"];
        if (request.From is { } from && request.To is { } to && from >= to)
            errors["to"] = ["must be later than from"];
        if (request.AsOf > now)
            errors["asOf"] = ["is in the future; allowed is up to now"];
        if (request.DecisionLeadMinutes is < 0 or > LongestLead)
            errors["decisionLeadMinutes"] = [string.Create(CultureInfo.InvariantCulture, $"is not a whole number from 0 to {LongestLead}")];
        if (request.Simulated is not (null or "exclude" or "only" or "include"))
            errors["simulated"] = ["is none of exclude, only, include"];
        if (request.Seed is < 0)
            errors["seed"] = ["is not a whole number from 0 to 2147483647"];
        if (request.Name is { } name && !IsName(name))
            errors["name"] = ["is not 1 to 64 of letters, digits and . _ : -"];
        return errors;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-') && name != "champion";

    private async Task<bool> IsTakenAsync(string name, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await db.Set<ModelVersion>().AnyAsync(m => m.Version == name, cancellation))
            return true;
        var open = await db.Set<Run>().Where(r => r.Kind == RunKind.Training && (r.State == RunState.Queued || r.State == RunState.Running)).Select(r => r.Plan).ToListAsync(cancellation);
        return open.Any(plan => TrainingPlan.Read(plan).Name == name);
    }

    private async Task<string> FreeNameAsync(string trainer, DateTimeOffset now, CancellationToken cancellation)
    {
        for (var n = 1; ; n++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{trainer}-{now:yyyyMMdd}-{n}");
            if (!await IsTakenAsync(name, cancellation))
                return name;
        }
    }
}
