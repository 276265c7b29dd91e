using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.Operations.Alerts;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>Nobody has to ask whether the audit still holds.</summary>
public sealed class AuditCheckTests : IAsyncLifetime
{
    private readonly ConsoleFactory _console = new();
    // Near now: the program itself reads its rules meanwhile.
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 5; i++)
            await _console.IssueKeyAsync($"audited-{i}", simulated: false, Scopes.Read);
        await SealAsync();
    }

    public async Task DisposeAsync() => await _console.DisposeAsync();

    [Fact]
    public async Task Entry_ChangedPastTheProgram_RaisesAnAlertThatClearsOnceItHoldsForAWhile()
    {
        var rule = _console.Services.GetServices<IAlertRule>().Single(r => r.Code == "audit");
        using var loop = new EvaluateAlerts(
            [rule], _console.Services.GetRequiredService<AlertSettings>(), Store(), _console.Services.GetRequiredService<InstanceName>(), _time, NullLogger<EvaluateAlerts>.Instance);
        Assert.Equal(0, (await CheckAsync()).Problems);
        await loop.EvaluateAsync(false, default);
        Assert.Null(await OpenAsync());

        await RunAsync("UPDATE audit SET at = at + 10 WHERE \"key\" = (SELECT entry_key FROM audit_seals WHERE position = 3)");
        Assert.Equal(1, (await CheckAsync()).Problems);
        await loop.EvaluateAsync(false, default);
        var raised = await OpenAsync();
        Assert.Contains("1 problem among", raised!.Words, StringComparison.Ordinal);

        await RunAsync("UPDATE audit SET at = at - 10 WHERE \"key\" = (SELECT entry_key FROM audit_seals WHERE position = 3)");
        Assert.Equal(0, (await CheckAsync()).Problems);
        await loop.EvaluateAsync(false, default);
        _time.Advance(TimeSpan.FromMinutes(4));
        await loop.EvaluateAsync(false, default);
        Assert.Equal(raised.Key, (await OpenAsync())?.Key);
        _time.Advance(TimeSpan.FromMinutes(1));
        await loop.EvaluateAsync(false, default);
        Assert.Null(await OpenAsync());
    }

    [Fact]
    public async Task Link_Broken_RaisesAnAlert()
    {
        await RunAsync("UPDATE audit_seals SET seal = (SELECT other.seal FROM audit_seals other WHERE other.position = 1) WHERE position = 2");
        await CheckAsync();
        var reading = Assert.Single(await _console.Services.GetServices<IAlertRule>().Single(r => r.Code == "audit").ReadAsync(default));
        Assert.True(reading.Value >= 1, reading.Words);
    }

    [Fact]
    public async Task Looking_WhileEntriesAreSealed_FindsNothing()
    {
        using var enough = new CancellationTokenSource();
        var audit = _console.Services.GetRequiredService<Audit>();
        var writer = _console.Services.GetRequiredService<GroupedWriter>();
        var sealing = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await writer.WriteAsync(session => audit.Write(session, Caller.System, "test.act", null));
                await SealAsync();
            }
        });
        try
        {
            for (var look = 0; look < 300; look++)
                Assert.Empty(_console.Services.GetRequiredService<VerifyAudit>().Look().Problems);
        }
        finally
        {
            await enough.CancelAsync();
            await sealing;
        }
    }

    private Task<int> SealAsync() => _console.Services.GetRequiredService<SealAudit>().SealAsync(_ => { }, CancellationToken.None);

    private Task<AuditCheck> CheckAsync() => _console.Services.GetRequiredService<CheckAudit>().CheckAsync(_ => { }, CancellationToken.None);

    private async Task<Alert?> OpenAsync() => (await Store().OpenAsync(default)).SingleOrDefault(a => a.Code == "audit");

    private AlertStore Store() => new(
        _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>(), _console.Services.GetRequiredService<GroupedWriter>(),
        _console.Services.GetRequiredService<Ids>(), _time, _console.Services.GetRequiredService<Audit>(), []);

    private async Task RunAsync(string sql)
    {
        await using var db = await _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
