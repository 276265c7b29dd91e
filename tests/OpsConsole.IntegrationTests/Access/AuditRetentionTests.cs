using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>Old entries go when they are told to, and what is left still holds.</summary>
public sealed class AuditRetentionTests : IAsyncLifetime
{
    private static readonly Caller Admin = new(1, null, "ann", 1, "console", false, false);
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddDays(-200));
    private readonly ConsoleFactory _console;

    // Only what is tried goes by this clock: every timer of the host would ring for each of its turns of 150 days.
    public AuditRetentionTests() => _console = new ConsoleFactory(services => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<Audit>(provider, _time))
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<AuditRetention>(provider, _time))
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<TrimAudit>(provider, _time)));

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 5; i++)
            await _console.IssueKeyAsync($"old-{i}", simulated: false, Scopes.Read);
        await SealAsync();
        _time.Advance(TimeSpan.FromDays(150));
        for (var i = 0; i < 3; i++)
            await _console.IssueKeyAsync($"new-{i}", simulated: false, Scopes.Read);
        await SealAsync();
    }

    public async Task DisposeAsync() => await _console.DisposeAsync();

    [Fact]
    public async Task Audit_ByDefault_IsKept()
    {
        var before = Entries;
        Assert.Equal(0, await TrimAsync());
        Assert.Equal(before, Entries);
    }

    [Fact]
    public async Task Audit_OlderThanItIsKept_GoesAndTheRestHolds()
    {
        await _console.Services.GetRequiredService<AuditRetention>().ChangeAsync(100, Admin);
        var removed = await TrimAsync();
        await SealAsync();
        Assert.True(removed >= 10, $"{removed}");
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM audit WHERE subject = 'old-0'"));
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM audit WHERE subject = 'new-0'"));
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM audit WHERE what = 'audit.trimmed'"));
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM audit WHERE what = 'auditRetention.changed'"));
        Assert.Empty(_console.Services.GetRequiredService<VerifyAudit>().Look().Problems);
        Assert.Equal(0, await TrimAsync());
    }

    [Fact]
    public async Task Audit_TrimmedBySomebodyElse_IsNamed()
    {
        await _console.Services.GetRequiredService<AuditRetention>().ChangeAsync(100, Admin);
        await TrimAsync();
        await SealAsync();
        var seals = _console.Count("SELECT MIN(position) FROM audit_seals");
        await using var db = await _console.Services.GetRequiredService<Microsoft.EntityFrameworkCore.IDbContextFactory<OpsConsole.Store.OpsConsoleDb>>().CreateDbContextAsync();
        await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(
            db.Database, "DELETE FROM audit WHERE \"key\" IN (SELECT entry_key FROM audit_seals WHERE position = {0})", seals);
        await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(db.Database, "DELETE FROM audit_seals WHERE position = {0}", seals);
        Assert.Contains("were deleted with their links", Assert.Single(_console.Services.GetRequiredService<VerifyAudit>().Look().Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(89)]
    [InlineData(36_501)]
    public async Task Days_OutOfBounds_AreRefused(int days) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _console.Services.GetRequiredService<AuditRetention>().ChangeAsync(days, Admin));

    private long Entries => _console.Count("SELECT COUNT(*) FROM audit");

    private Task<int> SealAsync() => _console.Services.GetRequiredService<SealAudit>().SealAsync(_ => { }, CancellationToken.None);

    private Task<long> TrimAsync() => _console.Services.GetRequiredService<TrimAudit>().TrimAsync(_ => { }, CancellationToken.None);
}
