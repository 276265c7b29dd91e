using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace OpsConsole.Store;

/// <summary>Plain connections beside EF's: one for the writer, pooled read-only ones for the hot reads.</summary>
public sealed class StoreConnections(StoreOptions options)
{
    private readonly string _readerString = options.IsSqlite
        ? new SqliteConnectionStringBuilder(options.ConnectionString) { Pooling = true, DefaultTimeout = 5, Mode = SqliteOpenMode.ReadWrite }.ToString()
        : options.ConnectionString;

    /// <summary>A connection that nobody else gets, set up for durable commits unless the options say otherwise.</summary>
    public DbConnection OpenWriter()
    {
        if (!options.IsSqlite)
        {
            var server = new SqlConnection(options.ConnectionString);
            server.Open();
            return server;
        }
        var text = new SqliteConnectionStringBuilder(options.ConnectionString) { Pooling = false, DefaultTimeout = 5 }.ToString();
        var connection = new SqliteConnection(text);
        connection.Open();
        var synchronous = options.CommitsAreDurable ? "FULL" : "NORMAL";
        Run(connection, $"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;");
        return connection;
    }

    /// <summary>A pooled connection for reading only; never waits for the writer. Dispose of it soon.</summary>
    public DbConnection OpenReader()
    {
        if (!options.IsSqlite)
        {
            var server = new SqlConnection(_readerString);
            server.Open();
            return server;
        }
        var connection = new SqliteConnection(_readerString);
        connection.Open();
        Run(connection, "PRAGMA query_only=1; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456;");
        return connection;
    }

    /// <summary>
    /// A transaction for reading only: what is committed after its first read is not seen in it. Keep it short; on SQLite the log can't shrink meanwhile.
    /// </summary>
    /// <param name="reader">A connection of <see cref="OpenReader"/>.</param>
    public static DbTransaction BeginSnapshot(DbConnection reader) => reader is SqliteConnection sqlite
        ? sqlite.BeginTransaction(deferred: true)
        : reader.BeginTransaction(System.Data.IsolationLevel.Snapshot);

    private static void Run(SqliteConnection connection, string pragmas)
    {
        using var command = connection.CreateCommand();
        command.CommandText = pragmas;
        command.ExecuteNonQuery();
    }
}
