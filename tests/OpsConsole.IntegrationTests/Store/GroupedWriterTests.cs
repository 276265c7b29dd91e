using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Store;

public sealed class GroupedWriterTests
{
    private static readonly Statement Insert = new("INSERT INTO counters (name, value) VALUES (@p0, @p1)");

    [Fact]
    public async Task Writer_OneUnitFails_NeighboursAreWritten()
    {
        await using var store = await TestStore.StartAsync();
        var signals = 0;
        var good = Enumerable.Range(0, 50).Select(i => store.Writer.WriteAsync(session =>
        {
            session.Execute(Insert, $"good-{i}", (long)i);
            session.OnCommitted(() => Interlocked.Increment(ref signals));
        })).ToList();
        var bad = store.Writer.WriteAsync(session =>
        {
            session.Execute(Insert, "half", 1L);
            session.OnCommitted(() => Interlocked.Add(ref signals, 1000));
            session.Execute(Insert, "half", 1L);
        });
        await Task.WhenAll(good);
        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => bad);
        Assert.Equal(50, store.Count("SELECT COUNT(*) FROM counters WHERE name LIKE 'good-%'"));
        Assert.Equal(0, store.Count("SELECT COUNT(*) FROM counters WHERE name = 'half'"));
        await store.Writer.WriteAsync(_ => { });
        Assert.Equal(50, signals);
    }

    [Fact]
    public async Task Writer_ManyTransactions_StampGrowsStrictly()
    {
        await using var store = await TestStore.StartAsync();
        var stamps = new List<DateTimeOffset>();
        for (var i = 0; i < 20; i++)
            stamps.Add(await store.Writer.WriteAsync(_ => { }));
        Assert.Equal(stamps.Order().Distinct(), stamps);
    }

    [Fact]
    public async Task Writer_BesideEntityFramework_BothGetThrough()
    {
        await using var store = await TestStore.StartAsync();
        var factory = store.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>();
        var grouped = Enumerable.Range(0, 200).Select(i => store.Writer.WriteAsync(session => session.Execute(Insert, $"w-{i}", 1L)));
        var entity = Enumerable.Range(0, 40).Select(async i =>
        {
            await using var db = await factory.CreateDbContextAsync();
            db.Add(new Setting { Name = $"s-{i}", Value = "1" });
            await db.SaveChangesAsync();
        });
        await Task.WhenAll([.. grouped, .. entity]);
        Assert.Equal(200, store.Count("SELECT COUNT(*) FROM counters WHERE name LIKE 'w-%'"));
        Assert.Equal(40, store.Count("SELECT COUNT(*) FROM settings"));
    }

    [Fact]
    public async Task Writer_DatabaseLockedByAnother_CallersAreToldAndItComesBackByItself()
    {
        await using var store = await TestStore.StartAsync();
        await using var other = new Microsoft.Data.Sqlite.SqliteConnection(store.Options.ConnectionString);
        await other.OpenAsync();
        await using (await other.BeginTransactionAsync())
        {
            var writes = Enumerable.Range(0, 3).Select(i => store.Writer.WriteAsync(session => session.Execute(Insert, $"locked-{i}", 1L))).ToList();
            foreach (var write in writes)
                await Assert.ThrowsAsync<StoreUnavailableException>(() => write.WaitAsync(TimeSpan.FromMinutes(2)));
            Assert.NotNull(store.Writer.Fault);
        }

        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (store.Writer.Fault is not null)
            await timer.WaitForNextTickAsync(deadline.Token);
        Assert.Equal(0, store.Count("SELECT COUNT(*) FROM counters WHERE name LIKE 'locked-%'"));
    }

    [Fact]
    public async Task Writer_TransactionLeftWithoutEnd_LetsGoOfTheGate()
    {
        await using var store = await TestStore.StartAsync();
        var factory = store.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>();
        await using (var db = await factory.CreateDbContextAsync())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Add(new Setting { Name = "dropped", Value = "1" });
            await db.SaveChangesAsync();
        }
        await store.Writer.WriteAsync(session => session.Execute(Insert, "after", 1L)).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0, store.Count("SELECT COUNT(*) FROM settings"));
    }

    [Fact]
    public async Task Start_OfAnEmptyFolder_WritesAheadBeforeAnybodyWrites()
    {
        await using var store = await TestStore.StartAsync();
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(store.Options.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        // Without it a commit fails with "database is locked" while somebody reads.
        Assert.Equal("wal", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Start_WithStaleMigrationLock_ComesUp()
    {
        await using var store = await TestStore.StartAsync();
        var factory = store.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>();
        await using (var db = await factory.CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlRawAsync("CREATE TABLE IF NOT EXISTS __EFMigrationsLock (Id INTEGER PRIMARY KEY, Timestamp TEXT NOT NULL)");
            await db.Database.ExecuteSqlRawAsync("INSERT OR REPLACE INTO __EFMigrationsLock VALUES (1, '2026-01-01')");
            await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsHistory");
        }
        // Something is pending again and the lock row is there: the start gets past the lock and fails only on the tables that exist.
        var migrator = store.Services.GetRequiredService<Migrator>();
        var failure = await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => migrator.StartAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("already exists", failure.Message, StringComparison.Ordinal);
    }
}
