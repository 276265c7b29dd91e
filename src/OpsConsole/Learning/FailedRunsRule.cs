using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;
using OpsConsole.Operations.Alerts;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>Runs have failed within a day.</summary>
internal sealed class FailedRunsRule(IDbContextFactory<OpsConsoleDb> factory, TimeProvider time) : IAlertRule
{
    private static readonly TimeSpan Within = TimeSpan.FromDays(1);

    public string Code => "failedRuns";

    public string Title => "Runs have failed";

    public string Unit => "runs";

    public string Advice => "The Models page says of each run why it failed; start it again once that is mended.";

    public async Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var since = time.GetUtcNow() - Within;
        var failed = await db.Set<Run>().CountAsync(r => r.State == RunState.Failed && r.FinishedAt >= since, cancellation);
        return [new AlertReading("", failed, failed == 1 ? "1 run failed in the last day" : $"{failed} runs failed in the last day")];
    }
}
