using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Store;

/// <summary>
/// Moves SQLite's write-ahead log back into the database from a connection of its own, so that no commit pays for it; when readers
/// kept it from shrinking and it has grown past a bound, cuts it under the write gate.
/// </summary>
public sealed partial class WalCheckpointer(StoreOptions options, WriteGate gate, StoreConnections connections, TimeProvider time, ILogger<WalCheckpointer> log)
    : BackgroundService
{
    private const long PassiveAbove = 4 << 20;
    private const long CutAbove = 256 << 20;
    private readonly string _log = new SqliteConnectionStringBuilder(options.IsSqlite ? options.ConnectionString : "").DataSource + "-wal";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsSqlite)
            return;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await WaitAsync(timer, stoppingToken))
        {
            try
            {
                var file = new FileInfo(_log);
                if (!file.Exists || file.Length < PassiveAbove)
                    continue;
                using var connection = connections.OpenWriter();
                Checkpoint(connection, "PASSIVE");
                if (file.Length < CutAbove)
                    continue;
                using var pass = await gate.EnterAsync(WritePriority.Bulk, stoppingToken);
                Checkpoint(connection, "TRUNCATE");
            }
            catch (DbException failure)
            {
                LogFailed(log, failure);
            }
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static void Checkpoint(DbConnection connection, string mode)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA wal_checkpoint({mode})";
        command.ExecuteNonQuery();
    }

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "The write-ahead log could not be checkpointed; tried again in a second")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
