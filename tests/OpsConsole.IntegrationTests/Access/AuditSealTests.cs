using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>Somebody who may write to the database changes the audit: the verifier names the entry, whatever was done.</summary>
public sealed class AuditSealTests : IAsyncLifetime
{
    private readonly ConsoleFactory _console = new();
    private long[] _keys = [];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 5; i++)
            await _console.IssueKeyAsync($"audited-{i}", simulated: false, Scopes.Read);
        await SealAsync();
        _keys = [.. Rows("SELECT \"key\" FROM audit ORDER BY \"key\"")];
        Assert.True(_keys.Length >= 10);
    }

    public async Task DisposeAsync() => await _console.DisposeAsync();

    private VerifyAudit Verifier => _console.Services.GetRequiredService<VerifyAudit>();

    private string Middle => _keys[_keys.Length / 2].ToString(CultureInfo.InvariantCulture);

    [Fact]
    public void Audit_Untouched_Holds()
    {
        var verdict = Verifier.Look();
        Assert.Empty(verdict.Problems);
        Assert.Equal((_keys.Length, 0), (verdict.Sealed, verdict.Waiting));
    }

    [Fact]
    public async Task Audit_NewEntries_WaitAndAreSealed()
    {
        await _console.IssueKeyAsync("audited-0", simulated: false, Scopes.Read);
        var before = Verifier.Look();
        await SealAsync();
        var after = Verifier.Look();
        Assert.Equal((0, 1), (before.Problems.Count, before.Waiting));
        Assert.Equal((0, 0, before.Sealed + 1), (after.Problems.Count, after.Waiting, after.Sealed));
    }

    [Theory]
    [InlineData("UPDATE audit SET who = 'user:2' WHERE \"key\" = @", "was changed")]
    [InlineData("UPDATE audit SET details = NULL WHERE \"key\" = @", "was changed")]
    [InlineData("UPDATE audit SET at = at - 10 WHERE \"key\" = @", "was changed")]
    [InlineData("DELETE FROM audit WHERE \"key\" = @", "was deleted")]
    [InlineData("UPDATE audit_seals SET entry_key = entry_key + 1 WHERE entry_key = @", "was deleted")]
    public async Task Entry_EditedOrDeleted_IsNamed(string sql, string what)
    {
        await RunAsync(sql.Replace("@", Middle, StringComparison.Ordinal));
        Assert.Contains(Verifier.Look().Problems, p => p.Contains(what, StringComparison.Ordinal) && (p.Contains(Middle, StringComparison.Ordinal) || sql.StartsWith("UPDATE audit_seals", StringComparison.Ordinal)));
        Assert.InRange(Verifier.Look().Problems.Count, 1, 2);
    }

    [Fact]
    public async Task Entry_DeletedWithItsLink_LeavesAGap()
    {
        await RunAsync($"DELETE FROM audit WHERE \"key\" = {Middle}");
        await RunAsync($"DELETE FROM audit_seals WHERE entry_key = {Middle}");
        var place = _keys.Length / 2 + 1;
        Assert.Equal($"the entries at places {place} to {place} were deleted with their links", Assert.Single(Verifier.Look().Problems));
    }

    [Fact]
    public async Task Entries_CutOffAtTheEndWithTheirLinks_AreMissed()
    {
        await RunAsync($"DELETE FROM audit WHERE \"key\" >= {_keys[^2]}");
        await RunAsync($"DELETE FROM audit_seals WHERE entry_key >= {_keys[^2]}");
        Assert.Contains("the newest entries", Assert.Single(Verifier.Look().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entry_Inserted_IsNamedAndNeverSealed()
    {
        var forged = _keys[^1] + 1;
        await RunAsync($"INSERT INTO audit (\"key\", at, who, what, subject, details, mark) SELECT {forged}, at, 'user:1', what, subject, details, mark FROM audit WHERE \"key\" = {Middle}");
        var before = Verifier.Look();
        await SealAsync();
        var after = Verifier.Look();
        Assert.Equal($"entry {forged} was added, or changed, by somebody else: it doesn't have the program's mark", Assert.Single(before.Problems));
        Assert.Equal(before.Problems, after.Problems);
        Assert.Equal(before.Sealed, after.Sealed);
    }

    [Fact]
    public async Task Entries_Reordered_AreNamed()
    {
        var (one, two) = (_keys[3], _keys[4]);
        // Their keys are changed for each other's, so that each stands in the other's place.
        await RunAsync($"UPDATE audit SET \"key\" = 1 WHERE \"key\" = {one}");
        await RunAsync($"UPDATE audit SET \"key\" = {one} WHERE \"key\" = {two}");
        await RunAsync($"UPDATE audit SET \"key\" = {two} WHERE \"key\" = 1");
        Assert.Equal([$"entry {one}, at place 4, was changed", $"entry {two}, at place 5, was changed"], Verifier.Look().Problems);
    }

    [Fact]
    public async Task Links_Reordered_AreNamed()
    {
        var (one, two) = (_keys[3], _keys[4]);
        await RunAsync("UPDATE audit_seals SET position = -1 WHERE position = 4");
        await RunAsync("UPDATE audit_seals SET position = 4 WHERE position = 5");
        await RunAsync("UPDATE audit_seals SET position = 5 WHERE position = -1");
        var problems = Verifier.Look().Problems;
        Assert.Contains(problems, p => p.StartsWith($"entry {two}, at place 4, was moved", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith($"entry {one}, at place 5, was moved", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verb_SaysWhatIsWrongByItsExitCode()
    {
        Assert.Equal(0, await VerifyAudit.RunAsync(_console.Services, [], CancellationToken.None));
        await RunAsync($"DELETE FROM audit WHERE \"key\" = {Middle}");
        Assert.Equal(1, await VerifyAudit.RunAsync(_console.Services, [], CancellationToken.None));
    }

    [Fact]
    public void Keys_OfTheAudit_AreTheirOwnersOnly()
    {
        var path = Path.Combine(_console.Folder, "keys", "audit.key");
        Assert.Equal(32, new FileInfo(path).Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    private Task<int> SealAsync() => _console.Services.GetRequiredService<SealAudit>().SealAsync(_ => { }, CancellationToken.None);

    private async Task RunAsync(string sql)
    {
        await using var db = await _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        Assert.True(await db.Database.ExecuteSqlRawAsync(sql) > 0, sql);
    }

    private List<long> Rows(string sql)
    {
        using var connection = _console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        List<long> keys = [];
        while (rows.Read())
            keys.Add(rows.GetInt64(0));
        return keys;
    }
}
