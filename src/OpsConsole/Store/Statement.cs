using System.Data.Common;

namespace OpsConsole.Store;

/// <summary>
/// A statement of the hot paths, prepared once a connection. Parameters are positional: <c>@p0</c>, <c>@p1</c> …
/// Keep it in a static field; the instance is the key under which a connection finds its prepared command.
/// </summary>
public sealed class Statement
{
    /// <param name="sql">Text that both providers understand.</param>
    public Statement(string sql)
    {
        Sql = sql;
        while (sql.Contains($"@p{Parameters}", StringComparison.Ordinal))
            Parameters++;
    }

    /// <summary>The text.</summary>
    public string Sql { get; }

    /// <summary>How many parameters it takes.</summary>
    public int Parameters { get; }

    /// <summary>How many of its rows are sent at once; for a plain <c>INSERT … VALUES</c> only.</summary>
    internal BulkInsert Bulk => field ??= BulkInsert.Of(this);

    internal DbCommand Prepare(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = Sql;
        for (var i = 0; i < Parameters; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
