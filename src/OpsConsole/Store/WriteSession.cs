using System.Data.Common;

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

    internal WriteSession(DbConnection connection, DbTransaction transaction, Dictionary<Statement, DbCommand> prepared, DateTimeOffset received, int loop)
    {
        (_connection, _transaction, _prepared, Received, Loop) = (connection, transaction, prepared, received, loop);
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

    /// <summary>Lends the connection and the transaction to a reader that is bound to both; it must be done with them when this returns.</summary>
    public T Read<T>(Func<DbConnection, DbTransaction, T> read) => read(_connection, _transaction);

    /// <summary>Says what is to happen once this transaction is durable, such as a signal. Dropped when the unit is undone.</summary>
    public void OnCommitted(Action action) => _afterCommit.Add(action);

    internal int SignalMark => _afterCommit.Count;

    internal void ForgetSignalsAfter(int mark) => _afterCommit.RemoveRange(mark, _afterCommit.Count - mark);

    private DbCommand Bind(Statement statement, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(statement, out var command))
            _prepared[statement] = command = statement.Prepare(_connection);
        if (values.Length != statement.Parameters)
            throw new ArgumentException($"The statement takes {statement.Parameters} values, not {values.Length}: {statement.Sql}", nameof(values));
        command.Transaction = _transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] switch
            {
                null => DBNull.Value,
                DateTimeOffset time => time.UtcTicks,
                bool flag => flag ? 1L : 0L,
                Enum value => Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture),
                var value => value,
            };
        }
        return command;
    }
}
