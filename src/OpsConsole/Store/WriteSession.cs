using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.SqlClient;

namespace OpsConsole.Store;

/// <summary>
/// One transaction of the <see cref="GroupedWriter"/>, as the units in it see it. Units run one after the other; a unit that throws
/// is undone alone.
/// </summary>
public sealed class WriteSession
{
    private readonly Dictionary<Statement, DbCommand> _prepared;
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly List<Action> _afterCommit = [];
    private readonly int _togetherFrom;

    internal WriteSession(
        DbConnection connection, DbTransaction transaction, Dictionary<Statement, DbCommand> prepared, DateTimeOffset received, int loop, int togetherFrom = int.MaxValue)
    {
        (_connection, _transaction, _prepared, Received, Loop, _togetherFrom) = (connection, transaction, prepared, received, loop, togetherFrom);
    }

    /// <summary>The time received of everything written in this transaction: later than that of any transaction committed before it.</summary>
    public DateTimeOffset Received { get; }

    /// <summary>The loop this writer serves (<see cref="Operations.LoopClock.Loop"/>).</summary>
    public int Loop { get; }

    internal IReadOnlyList<Action> AfterCommit => _afterCommit;

    /// <summary>Runs a statement; the number of rows it touched.</summary>
    public int Execute(Statement statement, params ReadOnlySpan<object?> values) => Bind(statement, values).ExecuteNonQuery();

    /// <summary>Runs a query for one value; null where there is no row or the value is null.</summary>
    public object? Scalar(Statement statement, params ReadOnlySpan<object?> values) =>
        Bind(statement, values).ExecuteScalar() is { } value and not DBNull ? value : null;

    /// <summary>Runs a query. Dispose of the reader before the next use of the same statement.</summary>
    public DbDataReader Query(Statement statement, params ReadOnlySpan<object?> values) => Bind(statement, values).ExecuteReader();

    /// <summary>
    /// Whether that many rows are worth being written together. Never on SQLite, where a statement costs microseconds; on SQL Server each one is a
    /// way there and back (<see cref="StoreOptions.TogetherFrom"/>).
    /// </summary>
    public bool Together(int rows) => rows >= _togetherFrom;

    /// <summary>Inserts many rows at once.</summary>
    /// <param name="insert">A plain <c>INSERT … VALUES</c>.</param>
    /// <param name="rows">Of each its parameters.</param>
    public void InsertAll(Statement insert, IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == 0)
            return;
        if (_connection is SqlConnection server && Together(rows.Count))
        {
            Copy(server, insert.Bulk.Table, insert.Bulk.Rows(rows));
            return;
        }
        foreach (var row in rows)
            Execute(insert, row);
    }

    /// <summary>Runs a statement that changes rows for many of them at once.</summary>
    /// <param name="statement">The statement, not a query.</param>
    /// <param name="rows">Of each its parameters; no two with the same first.</param>
    /// <returns>The first parameters of the updates that touched a row; nothing for an insert.</returns>
    public HashSet<object> ExecuteAll(ManyRows statement, IReadOnlyList<object?[]> rows)
    {
        HashSet<object> touched = [];
        if (_connection is SqlConnection server && Together(rows.Count))
        {
            StageRows(server, statement, rows);
            using var row = Query(statement.Run);
            while (row.Read())
                touched.Add(row.GetValue(0));
            return touched;
        }
        foreach (var row in rows)
        {
            if (Execute(statement.Row, row) > 0)
                touched.Add(row[0]!);
        }
        return touched;
    }

    /// <summary>Runs a query for many rows at once.</summary>
    /// <param name="query">The query.</param>
    /// <param name="rows">Of each its parameters; no two with the same first.</param>
    /// <param name="each">Is given the reader at each row of the answers, in no order.</param>
    public void QueryAll(ManyRows query, IReadOnlyList<object?[]> rows, Action<DbDataReader> each)
    {
        if (_connection is SqlConnection server && Together(rows.Count))
        {
            StageRows(server, query, rows);
            using var row = Query(query.Run);
            while (row.Read())
                each(row);
            return;
        }
        foreach (var values in rows)
        {
            using var row = Query(query.Row, values);
            while (row.Read())
                each(row);
        }
    }

    /// <summary>Lends the connection and the transaction to a reader that is bound to both; it must be done with them when this returns.</summary>
    public T Read<T>(Func<DbConnection, DbTransaction, T> read) => read(_connection, _transaction);

    /// <summary>Says what is to happen once this transaction is durable, such as a signal. Dropped when the unit is undone.</summary>
    public void OnCommitted(Action action) => _afterCommit.Add(action);

    internal int SignalMark => _afterCommit.Count;

    internal void ForgetSignalsAfter(int mark) => _afterCommit.RemoveRange(mark, _afterCommit.Count - mark);

    /// <summary>What is stored for a value, as the provider is given it.</summary>
    internal static object Stored(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset time => time.UtcTicks,
        bool flag => flag ? 1L : 0L,
        Enum choice => Convert.ToInt32(choice, CultureInfo.InvariantCulture),
        var other => other,
    };

    private void StageRows(SqlConnection server, ManyRows statement, IReadOnlyList<object?[]> rows)
    {
        Execute(statement.Stage);
        Copy(server, statement.Table, statement.Rows(rows));
    }

    // Constraints are checked and nulls kept, as with a statement.
    private void Copy(SqlConnection server, string table, DataTable rows)
    {
        using var copy = new SqlBulkCopy(server, SqlBulkCopyOptions.CheckConstraints | SqlBulkCopyOptions.KeepNulls, (SqlTransaction)_transaction) { DestinationTableName = table };
        foreach (DataColumn column in rows.Columns)
            copy.ColumnMappings.Add(column.ColumnName, column.ColumnName);
        copy.WriteToServer(rows);
    }

    private DbCommand Bind(Statement statement, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(statement, out var command))
            _prepared[statement] = command = statement.Prepare(_connection);
        if (values.Length != statement.Parameters)
            throw new ArgumentException($"The statement takes {statement.Parameters} values, not {values.Length}: {statement.Sql}", nameof(values));
        command.Transaction = _transaction;
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.Parameters[i];
            parameter.Value = Stored(values[i]);
            if (parameter is SqlParameter sent)
                sent.Size = SizeOf(sent.Value);
        }
        return command;
    }

    // Without it each length of a text is a statement of its own to the server, which makes and keeps a plan for each.
    private static int SizeOf(object value) => value switch
    {
        string text => text.Length <= 4000 ? 4000 : -1,
        byte[] bytes => bytes.Length <= 8000 ? 8000 : -1,
        _ => 0,
    };
}
