using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>Backtest runs, for the page of figures.</summary>
public sealed class BacktestRuns(IDbContextFactory<OpsConsoleDb> factory, StartBacktest start, CancelRun cancel, RunsChanged changed) : IRunBacktests
{
    /// <inheritdoc/>
    public Signal Changed => changed;

    /// <inheritdoc/>
    public async Task<BacktestRun?> NewestAsync(string version, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var run = await db.Set<Run>().AsNoTracking().Where(r => r.Kind == RunKind.Backtest && r.ModelVersion == version).OrderByDescending(r => r.Key)
            .FirstOrDefaultAsync(cancellation);
        return run is null ? null : new(run.Key.ToString(CultureInfo.InvariantCulture), run.State, run.Progress, run.Line, run.Error);
    }

    /// <inheritdoc/>
    public async Task<string?> StartAsync(string version, BacktestRequest request, Caller caller, CancellationToken cancellation = default) =>
        await start.HandleAsync(version, request, caller, cancellation) is not { } result ? "There is no such version any more."
            : result.Errors.Count == 0 ? null : string.Join(" ", result.Errors.Select(e => $"{e.Key}: {string.Join(" ", e.Value)}."));

    /// <inheritdoc/>
    public async Task CancelAsync(string runId, Caller caller, CancellationToken cancellation = default) => await cancel.HandleAsync(runId, caller, cancellation);
}
