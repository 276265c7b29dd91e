namespace OpsConsole.Store;

/// <summary>Which database, where.</summary>
public enum DatabaseProvider
{
    /// <summary>Embedded, one file, one writer at a time. The default.</summary>
    Sqlite,

    /// <summary>The production store.</summary>
    SqlServer,
}

/// <summary>Where the product keeps what it knows. Read from <c>Database</c>, <c>ConnectionStrings</c> and <c>DataDirectory</c>.</summary>
public sealed record StoreOptions
{
    /// <summary><c>Database:Provider</c>.</summary>
    public DatabaseProvider Provider { get; init; } = DatabaseProvider.Sqlite;

    /// <summary><c>ConnectionStrings:OpsConsole</c>, a relative SQLite path resolved against the data root.</summary>
    public required string ConnectionString { get; init; }

    /// <summary><c>DataDirectory</c>, absolute: model files, key ring, exports in progress.</summary>
    public required string DataDirectory { get; init; }

    /// <summary><c>Database:MigrateOnStart</c>.</summary>
    public bool MigrateOnStart { get; init; } = true;

    /// <summary>How long the writer may hold the write gate before it commits, in milliseconds.</summary>
    public int GateHoldMilliseconds { get; init; } = 20;

    /// <summary>How many items may wait for the writer before a call is refused with 503.</summary>
    public int QueuedItems { get; init; } = 50_000;

    /// <summary>
    /// Whether a commit is on disk before its callers are told (SQLite). Not so only for what can be made again: commits stay in order, so that after a
    /// power cut the newest of them may be missing, never one before them.
    /// </summary>
    public bool CommitsAreDurable { get; init; } = true;

    /// <summary>
    /// From how many rows on they are written together (<see cref="WriteSession.Together"/>): on SQL Server, where that takes about as many round
    /// trips as this many rows take statements. Never on SQLite.
    /// </summary>
    public int TogetherFrom
    {
        get => field > 0 ? field : IsSqlite ? int.MaxValue : 24;
        init;
    }

    /// <summary>True on SQLite.</summary>
    public bool IsSqlite => Provider == DatabaseProvider.Sqlite;
}
