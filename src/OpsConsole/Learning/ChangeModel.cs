using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>What came of promoting or retiring a version.</summary>
public abstract record ChangeResult
{
    /// <summary>It is as asked.</summary>
    public sealed record Done : ChangeResult;

    /// <summary>There is no such version.</summary>
    public sealed record NotFound : ChangeResult;

    /// <summary>It can't be, as things stand; nothing has changed.</summary>
    /// <param name="Why">In words.</param>
    public sealed record Conflict(string Why) : ChangeResult;

    /// <summary>Gates failed; nothing has changed.</summary>
    /// <param name="Failed">Those that failed, with their figures.</param>
    public sealed record Refused(IReadOnlyList<Gate> Failed) : ChangeResult;
}

/// <summary>Makes a version the champion, if it passes its gates. Rolling back is promoting the one before.</summary>
public sealed class PromoteModel(IDbContextFactory<OpsConsoleDb> factory, Champions champions, LearningQueries queries, RunsChanged changed)
{
    /// <summary>Promotes it.</summary>
    /// <param name="version">Its name.</param>
    /// <param name="caller">Who.</param>
    /// <param name="reason">Why; stands in the audit.</param>
    /// <param name="mayPass">Whether the caller may promote past a failed gate by giving a reason.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ChangeResult> HandleAsync(string version, Caller caller, string? reason = null, bool mayPass = false, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await db.Set<ModelVersion>().AsNoTracking().SingleOrDefaultAsync(m => m.Version == version, cancellation) is not { } model)
            return new ChangeResult.NotFound();
        if (model.State == ModelState.Champion)
            return new ChangeResult.Conflict($"{version} is the champion already.");
        var failed = (await queries.GatesAsync([model], cancellation))[0].Where(g => !g.Passed).ToList();
        if (failed.Count > 0 && !(mayPass && reason is not null && failed.TrueForAll(g => g.MayBePassed)))
            return new ChangeResult.Refused(failed);
        var why = failed.Count == 0 ? reason : $"{reason} (past {string.Join(", ", failed.Select(g => g.Name))})";
        try
        {
            await champions.AppointAsync(model.Id, model.Threshold, caller, why, cancellation);
        }
        catch (ModelUnavailableException failure)
        {
            return new ChangeResult.Refused([new Gate(Gates.FileName, false, failure.Message)]);
        }
        changed.Raise();
        return new ChangeResult.Done();
    }
}

/// <summary>Retires a version that doesn't serve.</summary>
public sealed class RetireModel(GroupedWriter writer, Audit audit, RunsChanged changed)
{
    private static readonly Statement StateOf = new("SELECT state FROM model_versions WHERE version = @p0");
    private static readonly Statement Retire = new("UPDATE model_versions SET state = @p1 WHERE version = @p0");

    /// <summary>Retires it.</summary>
    /// <param name="version">Its name.</param>
    /// <param name="caller">Who.</param>
    /// <param name="reason">Why; stands in the audit.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ChangeResult> HandleAsync(string version, Caller caller, string? reason = null, CancellationToken cancellation = default)
    {
        ChangeResult result = new ChangeResult.NotFound();
        await writer.WriteAsync(
            session =>
            {
                if (session.Scalar(StateOf, version) is not { } value)
                    return;
                var state = (ModelState)Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture);
                if (state is ModelState.Champion or ModelState.Retired)
                {
                    result = new ChangeResult.Conflict(state == ModelState.Champion
                        ? $"{version} is the champion; promote another first." : $"{version} is retired already.");
                    return;
                }
                session.Execute(Retire, version, ModelState.Retired);
                audit.Write(session, caller, "model.retired", version, new { reason });
                session.OnCommitted(changed.Raise);
                result = new ChangeResult.Done();
            },
            WritePriority.People, cancellation: cancellation);
        return result;
    }
}
