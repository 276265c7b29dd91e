using Microsoft.Data.SqlClient;

namespace OpsConsole.Store;

/// <summary>What a start needs of SQL Server beside the schema: to be alone, and readers that don't wait for writers.</summary>
internal static class ServerStart
{
    private const int NoSuchDatabase = 4060;

    // Of the session: it ends with the connection, however the process ends.
    internal static readonly Statement TakeLock = new(
        """
        DECLARE @taken int;
        EXEC @taken = sp_getapplock @Resource = 'opsconsole:start', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 60000;
        SELECT @taken;
        """);

    internal static readonly Statement ReadIsolation = new(
        "SELECT CAST(is_read_committed_snapshot_on AS int), CAST(snapshot_isolation_state AS int) FROM sys.databases WHERE database_id = DB_ID()");

    // Exports and long reads see one moment (StoreConnections.BeginSnapshot).
    internal static readonly Statement AllowSnapshots = new("ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON");

    // Needs the database for itself for a moment; whoever is in it is put out, and comes back by itself.
    internal static readonly Statement ReadCommittedSnapshots = new("ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE");

    /// <summary>Waits for up to a minute until no other instance starts. Dispose of it when started.</summary>
    /// <exception cref="InvalidOperationException">Another instance has been starting for a minute.</exception>
    internal static async Task<IAsyncDisposable> LockAsync(StoreOptions options, CancellationToken cancellation)
    {
        var connection = new SqlConnection(new SqlConnectionStringBuilder(options.ConnectionString) { Pooling = false }.ToString());
        try
        {
            await connection.OpenAsync(cancellation);
        }
        catch (SqlException failure) when (failure.Number == NoSuchDatabase)
        {
            // It is made by the migration, which has a lock of its own.
            return connection;
        }
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (TakeLock.Sql, 90);
        if (await command.ExecuteScalarAsync(cancellation) is int and >= 0)
            return connection;
        await connection.DisposeAsync();
        throw new InvalidOperationException("Another instance has been starting for a minute and has not finished.");
    }

    /// <summary>Makes sure that readers see committed versions instead of waiting for writers.</summary>
    /// <exception cref="InvalidOperationException">They don't, and this account may not change it.</exception>
    internal static async Task EnsureIsolationAsync(StoreOptions options, CancellationToken cancellation)
    {
        await using var connection = new SqlConnection(options.ConnectionString);
        await connection.OpenAsync(cancellation);
        var (committed, snapshots) = await ReadAsync(connection, cancellation);
        List<Statement> missing = [];
        if (!snapshots)
            missing.Add(AllowSnapshots);
        if (!committed)
            missing.Add(ReadCommittedSnapshots);
        foreach (var statement in missing)
        {
            try
            {
                if (!options.MigrateOnStart)
                    throw new InvalidOperationException($"The database needs once: {statement.Sql}. Database:MigrateOnStart is false, so this start doesn't do it.");
                await using var command = connection.CreateCommand();
                command.CommandText = statement.Sql;
                await command.ExecuteNonQueryAsync(cancellation);
            }
            catch (SqlException failure)
            {
                throw new InvalidOperationException($"The database needs once, by an account that may: {statement.Sql}.", failure);
            }
        }
    }

    private static async Task<(bool Committed, bool Snapshots)> ReadAsync(SqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = ReadIsolation.Sql;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation))
            throw new InvalidOperationException("The database's isolation can't be read.");
        // 1 is on, 3 is on its way there.
        return (row.GetInt32(0) == 1, row.GetInt32(1) is 1 or 3);
    }
}
