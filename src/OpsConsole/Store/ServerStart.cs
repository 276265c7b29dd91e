using Microsoft.Data.SqlClient;

namespace OpsConsole.Store;

/// <summary>
/// What a start needs of SQL Server beside the schema: to be alone, texts that are equal only where they are the same, and readers that don't wait for
/// writers.
/// </summary>
internal static class ServerStart
{
    private const int NoSuchDatabase = 4060;
    private const int DatabaseExists = 1801;
    private const int Tries = 60;
    private const string Collation = "Latin1_General_100_BIN2";

    // Of the session: it ends with the connection, however the process ends.
    internal static readonly Statement TakeLock = new(
        """
        DECLARE @taken int;
        EXEC @taken = sp_getapplock @Resource = 'opsconsole:start', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 60000;
        SELECT @taken;
        """);

    internal static readonly Statement ReadState = new(
        """
        SELECT CAST(is_read_committed_snapshot_on AS int), CAST(snapshot_isolation_state AS int), collation_name,
            CASE WHEN OBJECT_ID(N'shipments') IS NULL THEN 1 ELSE 0 END
        FROM sys.databases WHERE database_id = DB_ID()
        """);

    // Ids are told apart by case, as on SQLite. Columns take it over when they are made, so it must be set before.
    internal static readonly Statement CompareBinary = new($"ALTER DATABASE CURRENT COLLATE {Collation}");

    // Exports and long reads see one moment (StoreConnections.BeginSnapshot).
    internal static readonly Statement AllowSnapshots = new("ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON");

    // Needs the database for itself for a moment; whoever is in it is put out, and comes back by itself.
    internal static readonly Statement ReadCommittedSnapshots = new("ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE");

    private sealed record State(bool ReadsCommitted, bool Snapshots, string Collation, bool Empty);

    /// <summary>Waits for up to a minute until no other instance starts, in a database that is made if it isn't there. Dispose of it when started.</summary>
    /// <exception cref="InvalidOperationException">Another instance has been starting for a minute.</exception>
    internal static async Task<SqlConnection> LockAsync(StoreOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var connection = await OpenAsync(options, time, cancellation);
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (TakeLock.Sql, 90);
        if (await command.ExecuteScalarAsync(cancellation) is int and >= 0)
            return connection;
        await connection.DisposeAsync();
        throw new InvalidOperationException("Another instance has been starting for a minute and has not finished.");
    }

    /// <summary>Makes sure of collation and isolation, before the schema is made.</summary>
    /// <param name="connection">The one that holds the lock: the statements put every other one out.</param>
    /// <param name="options">Whether the start may change what isn't right.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidOperationException">Something isn't as it must be, and may or can not be changed here.</exception>
    internal static async Task PrepareAsync(SqlConnection connection, StoreOptions options, CancellationToken cancellation)
    {
        var state = await ReadAsync(connection, cancellation);
        List<Statement> missing = [];
        if (!state.Collation.Contains("_BIN2", StringComparison.Ordinal))
        {
            if (!state.Empty)
            {
                throw new InvalidOperationException(
                    $"The tables are in a database with the collation {state.Collation}, which takes ids that differ in case for the same. It must be {Collation} before they are made.");
            }
            missing.Add(CompareBinary);
        }
        if (!state.Snapshots)
            missing.Add(AllowSnapshots);
        if (!state.ReadsCommitted)
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
                throw new InvalidOperationException($"The database needs once, by an account that may, while nobody else is in it: {statement.Sql}.", failure);
            }
        }
    }

    /// <summary>What makes the database.</summary>
    internal static Statement Create(string database) =>
        new($"CREATE DATABASE [{database.Replace("]", "]]", StringComparison.Ordinal)}] COLLATE {Collation}");

    private static async Task<SqlConnection> OpenAsync(StoreOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var text = new SqlConnectionStringBuilder(options.ConnectionString) { Pooling = false };
        for (var tried = 1; ; tried++)
        {
            var connection = new SqlConnection(text.ToString());
            try
            {
                await connection.OpenAsync(cancellation);
                return connection;
            }
            catch (SqlException failure) when (failure.Number == NoSuchDatabase && options.MigrateOnStart && tried < Tries)
            {
                await connection.DisposeAsync();
            }
            // Here and not in EF's migration: two that start at once would both make it, and neither would hold the lock.
            if (tried == 1)
                await CreateAsync(text, cancellation);
            else
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation);
        }
    }

    private static async Task CreateAsync(SqlConnectionStringBuilder text, CancellationToken cancellation)
    {
        await using var master = new SqlConnection(new SqlConnectionStringBuilder(text.ToString()) { InitialCatalog = "master" }.ToString());
        await master.OpenAsync(cancellation);
        await using var command = master.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (Create(text.InitialCatalog).Sql, 120);
        try
        {
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (SqlException failure) when (failure.Number == DatabaseExists)
        {
            // Another instance was faster, and may still be at it.
        }
    }

    private static async Task<State> ReadAsync(SqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = ReadState.Sql;
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation))
            throw new InvalidOperationException("The database's isolation can't be read.");
        // 1 is on, 3 is on its way there.
        return new State(row.GetInt32(0) == 1, row.GetInt32(1) is 1 or 3, row.GetString(2), row.GetInt32(3) == 1);
    }
}
