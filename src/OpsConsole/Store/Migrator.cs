using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Store;

/// <summary>
/// Brings the schema up to date at start. Safe with several processes starting together and after a start that was killed at any
/// moment: on SQLite an operating-system file lock guards it, and under that lock a migration lock row that a killed process left
/// behind is known to be stale; on SQL Server a lock of the session does, which ends with its connection.
/// </summary>
public sealed partial class Migrator(IDbContextFactory<OpsConsoleDb> factory, StoreOptions options, Ids ids, TimeProvider time, ILogger<Migrator> log)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>Migrates if something is pending, and takes this instance's number.</summary>
    /// <exception cref="InvalidOperationException">Something is pending and <c>Database:MigrateOnStart</c> is false.</exception>
    public Task StartAsync(CancellationToken cancellation) => StartAsync(() => Task.CompletedTask, cancellation);

    /// <summary>The same, and what else must be done by one instance at a time when it starts, such as making the first rows.</summary>
    /// <exception cref="InvalidOperationException">Something is pending and <c>Database:MigrateOnStart</c> is false.</exception>
    public async Task StartAsync(Func<Task> then, CancellationToken cancellation)
    {
        await using var file = options.IsSqlite ? await LockFileAsync(cancellation) : null;
        await using var server = options.IsSqlite ? null : await ServerStart.LockAsync(options, time, cancellation);
        if (server is not null)
            await ServerStart.PrepareAsync(server, options, cancellation);
        await MigrateAsync(cancellation);
        await then();
    }

    private async Task MigrateAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellation)).ToList();
        if (pending.Count > 0 && !options.MigrateOnStart)
            throw new InvalidOperationException($"Database:MigrateOnStart is false and {pending.Count} migrations are pending: {string.Join(", ", pending)}.");
        // Before anybody else opens it: EF does so only for a file it makes itself, and without the log a commit fails while somebody reads.
        if (options.IsSqlite)
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellation);
        if (pending.Count > 0)
        {
            if (options.IsSqlite)
                await ClearStaleLockAsync(db, cancellation);
            LogMigrating(log, pending.Count);
            await db.Database.MigrateAsync(cancellation);
        }
        ids.Instance = await TakeInstanceNumberAsync(db, cancellation);
    }

    private static async Task ClearStaleLockAsync(OpsConsoleDb db, CancellationToken cancellation)
    {
        var exists = await db.Database.SqlQueryRaw<int>(
            "SELECT COUNT(*) AS Value FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancellation);
        if (exists > 0)
            await db.Database.ExecuteSqlRawAsync("DELETE FROM __EFMigrationsLock", cancellation);
    }

    private static async Task<int> TakeInstanceNumberAsync(OpsConsoleDb db, CancellationToken cancellation)
    {
        var strategy = db.Database.CreateExecutionStrategy();
        return await strategy.ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            var counter = await db.Set<Counter>().FindAsync(["instances"], cancellation);
            if (counter is null)
                db.Add(counter = new Counter { Name = "instances" });
            counter.Value++;
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            return (int)(counter.Value % 1024);
        });
    }

    private async Task<FileStream> LockFileAsync(CancellationToken cancellation)
    {
        var file = new SqliteConnectionStringBuilder(options.ConnectionString).DataSource;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var path = file + ".lock";
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(started) < LongestWait)
            {
                // Another instance is starting; the operating system lets go of the file when it has ended or died.
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellation);
            }
        }
    }

    [LoggerMessage(EventId = 1003, Level = LogLevel.Information, Message = "Bringing the schema up to date: {Count} migrations")]
    private static partial void LogMigrating(ILogger logger, int count);
}
