using System.Data;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsConsole.Store;

/// <summary>
/// What <c>SqlBulkCopy</c> needs of an <c>INSERT … VALUES</c> statement to send many rows of it at once: read off the statement's own text, so that
/// a row lands in the same columns whether it is sent alone or with others.
/// </summary>
internal sealed partial class BulkInsert
{
    private readonly object[] _sources;

    private BulkInsert(string table, string[] columns, object[] sources) => (Table, Columns, _sources) = (table, columns, sources);

    /// <summary>Where the rows go.</summary>
    internal string Table { get; }

    /// <summary>The columns, in the statement's order, without quotes.</summary>
    internal IReadOnlyList<string> Columns { get; }

    /// <exception cref="ArgumentException">The statement is no plain insert of parameters and whole numbers.</exception>
    internal static BulkInsert Of(Statement insert)
    {
        if (Shape().Match(insert.Sql) is not { Success: true } shape)
            throw new ArgumentException($"This is no plain INSERT … VALUES: {insert.Sql}", nameof(insert));
        var columns = Split(shape.Groups["columns"].Value, name => name.Trim('"'));
        var sources = Split<object>(shape.Groups["values"].Value, value => value switch
        {
            "NULL" => DBNull.Value,
            ['@', 'p', .. var number] => int.Parse(number, CultureInfo.InvariantCulture),
            _ => long.Parse(value, CultureInfo.InvariantCulture),
        });
        return columns.Length == sources.Length
            ? new BulkInsert(shape.Groups["table"].Value, columns, sources)
            : throw new ArgumentException($"The statement names {columns.Length} columns and {sources.Length} values: {insert.Sql}", nameof(insert));
    }

    /// <summary>The rows as they are sent.</summary>
    /// <param name="rows">Of each the parameters of the statement.</param>
    internal DataTable Rows(IReadOnlyList<object?[]> rows)
    {
        var table = new DataTable { Locale = CultureInfo.InvariantCulture, MinimumCapacity = rows.Count };
        foreach (var column in Columns)
            table.Columns.Add(column, typeof(object));
        foreach (var row in rows)
        {
            var cells = new object[_sources.Length];
            for (var i = 0; i < cells.Length; i++)
                cells[i] = _sources[i] is int parameter ? WriteSession.Stored(row[parameter]) : _sources[i];
            table.Rows.Add(cells);
        }
        return table;
    }

    private static T[] Split<T>(string list, Func<string, T> read) => [.. list.Split(',', StringSplitOptions.TrimEntries).Select(read)];

    [GeneratedRegex(@"^\s*INSERT INTO (?<table>\w+)\s*\((?<columns>[^()]+)\)\s*VALUES\s*\((?<values>[^()]+)\)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}

/// <summary>
/// A statement about one row that can also be run for many: on SQL Server the rows' parameters go into a temporary table by <c>SqlBulkCopy</c>, and
/// the same statement, made from the same text, is run once over that table. Its result is that of running it row by row, provided that no two rows
/// have the same <c>@p0</c>. Keep it in a static field.
/// </summary>
public sealed partial class ManyRows
{
    private readonly string[] _columns;

    /// <param name="row">
    /// The statement about one row: <c>UPDATE table SET … WHERE …</c>, <c>SELECT … FROM table … WHERE …</c>, or
    /// <c>INSERT INTO … SELECT … FROM table WHERE …</c>.
    /// </param>
    /// <param name="name">Of the temporary table; each statement has its own.</param>
    /// <param name="table">The table whose columns give the parameters their types.</param>
    /// <param name="columns">Of each parameter, in order, the column it has the type of.</param>
    /// <exception cref="ArgumentException">Not one column a parameter, or the statement is of another form.</exception>
    public ManyRows(Statement row, string name, string table, params string[] columns)
    {
        if (columns.Length != row.Parameters)
            throw new ArgumentException($"The statement takes {row.Parameters} values, {columns.Length} have a type: {row.Sql}", nameof(columns));
        (Row, Table, Source, _columns) = (row, $"#{name}", table, columns);
        var typed = columns.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"{column} AS p{i}"));
        // From the columns themselves, so that text has their collation and not that of tempdb.
        Stage = new Statement(
            $"IF OBJECT_ID(N'tempdb..{Table}') IS NULL SELECT TOP (0) {string.Join(", ", typed)} INTO {Table} FROM {table} ELSE TRUNCATE TABLE {Table}");
        Run = new Statement(OverAll(row.Sql));
    }

    /// <summary>The statement about one row.</summary>
    public Statement Row { get; }

    /// <summary>Makes the temporary table, or empties it.</summary>
    internal Statement Stage { get; }

    /// <summary>The statement over all rows of the temporary table.</summary>
    internal Statement Run { get; }

    /// <summary>The temporary table.</summary>
    internal string Table { get; }

    /// <summary>The table whose columns give the parameters their types.</summary>
    internal string Source { get; }

    /// <summary>Of each parameter the column it has the type of.</summary>
    internal IReadOnlyList<string> Columns => _columns;

    /// <summary>The rows as they are sent.</summary>
    internal DataTable Rows(IReadOnlyList<object?[]> rows)
    {
        var table = new DataTable { Locale = CultureInfo.InvariantCulture, MinimumCapacity = rows.Count };
        for (var i = 0; i < _columns.Length; i++)
            table.Columns.Add(string.Create(CultureInfo.InvariantCulture, $"p{i}"), typeof(object));
        foreach (var row in rows)
            table.Rows.Add([.. row.Select(WriteSession.Stored)]);
        return table;
    }

    // The rows first, and looked up one by one in that order: a plan that read the whole table instead would lock what isn't ours.
    private string OverAll(string sql)
    {
        const string hint = " OPTION (FORCE ORDER, LOOP JOIN)";
        var from = $"FROM {Table} t CROSS JOIN ";
        sql = Parameter().Replace(sql.Trim(), "t.p$1");
        if (Update().Match(sql) is { Success: true } update)
            return $"{update.Groups["set"].Value} OUTPUT t.p0 {from}{update.Groups["table"].Value} {update.Groups["where"].Value}{hint}";
        return From().Count(sql) == 1 && (sql.StartsWith("SELECT ", StringComparison.Ordinal) || sql.StartsWith("INSERT INTO ", StringComparison.Ordinal))
            ? From().Replace(sql, from) + hint
            : throw new ArgumentException($"This can't be run for many rows: {sql}", nameof(sql));
    }

    [GeneratedRegex(@"@p(\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\bFROM\s+", RegexOptions.CultureInvariant)]
    private static partial Regex From();

    [GeneratedRegex(@"^(?<set>UPDATE (?<table>\w+)\s+SET .*?)\s(?<where>WHERE .*)$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Update();
}

/// <summary>Rows that are inserted together: kept until they are sent, table by table in the order in which each first came.</summary>
public sealed class InsertsTogether(WriteSession session)
{
    private readonly List<(Statement Insert, List<object?[]> Rows)> _tables = [];

    /// <summary>Keeps a row.</summary>
    public void Add(Statement insert, params ReadOnlySpan<object?> values)
    {
        var rows = _tables.Find(t => t.Insert == insert).Rows;
        if (rows is null)
            _tables.Add((insert, rows = []));
        rows.Add(values.ToArray());
    }

    /// <summary>Sends what is kept.</summary>
    public void Send()
    {
        foreach (var (insert, rows) in _tables)
            session.InsertAll(insert, rows);
        _tables.Clear();
    }
}
