using System.Data;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Store;

/// <summary>
/// What SQL Server is sent for many rows at once, held without an engine against its own parser and the model its tables are made from: that the
/// texts can be read, and that each value goes into the column that it goes into when sent alone.
/// </summary>
public sealed partial class ManyRowsTests
{
    private static readonly ITable[] Tables = [.. ModelOfSqlServer().GetRelationalModel().Tables];

    public static TheoryData<string> Statements => [.. Fields<ManyRows>().Select(Name)];

    public static TheoryData<string> Inserts => [.. Fields<Statement>().Where(f => IsPlainInsert(Of<Statement>(f))).Select(Name)];

    [Theory]
    [MemberData(nameof(Statements))]
    public void ManyRows_Texts_AreTransactSql(string name)
    {
        var many = Of<ManyRows>(Fields<ManyRows>().Single(f => Name(f) == name));
        Parse(many.Stage.Sql);
        Parse(many.Run.Sql);
        Assert.Equal(0, many.Stage.Parameters + many.Run.Parameters);
        Assert.Contains($"FROM {many.Table} t CROSS JOIN ", many.Run.Sql, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public void ManyRows_EachParameter_HasTheTypeOfTheColumnItIsHeldAgainst(string name)
    {
        var many = Of<ManyRows>(Fields<ManyRows>().Single(f => Name(f) == name));
        var source = Tables.Single(t => t.Name == many.Source);
        foreach (var column in many.Columns)
            Assert.Contains(source.Columns, c => c.Name == column.Trim('"'));
        // Where the statement is about that very table, "column = @p" in its text must be what is declared.
        foreach (Match pair in Pairs().Matches(many.Row.Sql))
        {
            var (column, parameter) = (pair.Groups["column"].Value.Trim('"'), int.Parse(pair.Groups["parameter"].Value, CultureInfo.InvariantCulture));
            var typed = source.Columns.Single(c => c.Name == many.Columns[parameter].Trim('"'));
            var there = Tables.SelectMany(t => t.Columns).Where(c => c.Name == column).Select(c => c.StoreType).ToHashSet();
            Assert.True(there.Contains(typed.StoreType), $"{pair.Value} in {name} is typed by {typed.Name}: {typed.StoreType}");
            if (many.Row.Sql.TrimStart().StartsWith($"UPDATE {many.Source} ", StringComparison.Ordinal))
                Assert.True(column == typed.Name || (column, typed.Name) == ("scored_version", "input_version"), $"{pair.Value} in {name} is typed by {typed.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Inserts))]
    public void Insert_InBulk_PutsEachValueWhereTheStatementDoes(string name)
    {
        var statement = Of<Statement>(Fields<Statement>().Single(f => Name(f) == name));
        var insert = ((InsertStatement)Parse(statement.Sql)).InsertSpecification;
        var row = Enumerable.Range(0, statement.Parameters).Select(i => (object?)$"value {i}").ToArray();
        var expected = insert.Columns.Zip(((ValuesInsertSource)insert.InsertSource).RowValues.Single().ColumnValues, (column, value) =>
            (Column: column.MultiPartIdentifier.Identifiers[^1].Value, Cell: value switch
            {
                VariableReference parameter => row[int.Parse(parameter.Name[2..], CultureInfo.InvariantCulture)]!,
                NullLiteral => DBNull.Value,
                IntegerLiteral number => long.Parse(number.Value, CultureInfo.InvariantCulture),
                _ => throw new NotSupportedException(value.GetType().Name),
            })).ToList();
        var sent = statement.Bulk.Rows([row]);
        Assert.Equal(((NamedTableReference)insert.Target).SchemaObject.BaseIdentifier.Value, statement.Bulk.Table);
        Assert.Equal(expected, sent.Columns.Cast<DataColumn>().Select(c => (Column: c.ColumnName, Cell: sent.Rows[0][c])).ToList());
    }

    [Theory]
    [MemberData(nameof(Inserts))]
    public void Insert_AgainstTheModel_NamesWhatIsThereAndAllThatIsRequired(string name)
    {
        var bulk = Of<Statement>(Fields<Statement>().Single(f => Name(f) == name)).Bulk;
        var table = Tables.Single(t => t.Name == bulk.Table);
        foreach (var column in bulk.Columns)
            Assert.False(IsIdentity(table.Columns.Single(c => c.Name == column)), $"{column} of {table.Name} is made by the server");
        var missing = table.Columns.Where(c => !c.IsNullable && !IsIdentity(c) && c.DefaultValue is null && c.DefaultValueSql is null).Select(c => c.Name).Except(bulk.Columns);
        Assert.Empty(missing);
    }

    [Fact]
    public void Texts_ThatMakeADatabaseFit_AreTransactSql() => Parse(ServerStart.Create("odd]name").Sql);

    [Fact]
    public void Rows_OfValues_AreWhatIsStored()
    {
        var bulk = BulkInsert.Of(new Statement("INSERT INTO t (a, \"key\", c, d, e, f) VALUES (@p0, @p1, @p1, @p2, 7, NULL)"));
        var sent = bulk.Rows([[new DateTimeOffset(1, 1, 1, 1, 0, 1, TimeSpan.FromHours(1)), true, EventType.Delivered], [null, false, "text"]]);
        Assert.Equal(new object?[] { TimeSpan.TicksPerSecond, 1L, 1L, (int)EventType.Delivered, 7L, DBNull.Value }, sent.Rows[0].ItemArray);
        Assert.Equal(new object?[] { DBNull.Value, 0L, 0L, "text", 7L, DBNull.Value }, sent.Rows[1].ItemArray);
    }

    [Theory]
    [InlineData("UPDATE t SET a = @p0")]
    [InlineData("SELECT a FROM t WHERE b = (SELECT c FROM u WHERE d = @p0)")]
    [InlineData("DELETE FROM t WHERE a = @p0")]
    public void ManyRows_OfAnotherForm_AreRefused(string sql) => Assert.Throws<ArgumentException>(() => new ManyRows(new Statement(sql), "x", "t", "a"));

    [Theory]
    [InlineData("INSERT INTO t (a, b) VALUES (@p0)")]
    [InlineData("INSERT INTO t (a) SELECT @p0 WHERE NOT EXISTS (SELECT 1 FROM t WHERE a = @p0)")]
    public void Insert_OfAnotherForm_IsRefused(string sql) => Assert.Throws<ArgumentException>(() => BulkInsert.Of(new Statement(sql)));

    [Fact]
    public void Together_ByProvider_FromTwentyFourRowsOrNever()
    {
        var sqlite = new StoreOptions { ConnectionString = "", DataDirectory = "" };
        Assert.Equal(int.MaxValue, sqlite.TogetherFrom);
        Assert.Equal(24, (sqlite with { Provider = DatabaseProvider.SqlServer }).TogetherFrom);
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var transaction = connection.BeginTransaction();
        var session = new WriteSession(connection, transaction, [], default, 0, 24);
        Assert.Equal((false, true), (session.Together(23), session.Together(24)));
        Assert.False(new WriteSession(connection, transaction, [], default, 0).Together(1_000_000));
    }

    private static TSqlStatement Parse(string sql)
    {
        var parsed = (TSqlScript)new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(sql), out var errors);
        Assert.True(errors.Count == 0, $"{string.Join("; ", errors.Select(e => e.Message))}\n{sql}");
        return parsed.Batches.Single().Statements.Single();
    }

    // Of closed types: what a generic class declares is seen through its heirs.
    private static IEnumerable<FieldInfo> Fields<T>() => typeof(Scopes).Assembly.GetTypes()
        .Where(t => !t.ContainsGenericParameters)
        .SelectMany(t => t.BaseType is { IsConstructedGenericType: true } parent ? [t, parent] : new[] { t })
        .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
        .Where(f => f.FieldType == typeof(T))
        .DistinctBy(Name);

    private static string Name(FieldInfo field) => $"{field.DeclaringType!.Namespace}.{field.DeclaringType.Name}.{field.Name}";

    private static T Of<T>(FieldInfo field) => (T)field.GetValue(null)!;

    private static bool IsPlainInsert(Statement statement) => PlainInsert().IsMatch(statement.Sql) && !statement.Sql.Contains("ON CONFLICT", StringComparison.Ordinal);

    private static bool IsIdentity(IColumn column) => column.PropertyMappings.Any(m =>
        m.Property.ValueGenerated == ValueGenerated.OnAdd && SqlServerPropertyExtensions.GetValueGenerationStrategy(m.Property) == SqlServerValueGenerationStrategy.IdentityColumn);

    private static IModel ModelOfSqlServer()
    {
        var store = new StoreOptions { Provider = DatabaseProvider.SqlServer, ConnectionString = "Server=none;Database=none", DataDirectory = "." };
        using var db = new OpsConsoleDb((DbContextOptions<OpsConsoleDb>)StoreRoom.Use(new DbContextOptionsBuilder<OpsConsoleDb>(), store).Options);
        return db.GetService<IDesignTimeModel>().Model;
    }

    [GeneratedRegex("""(?<column>"?\w+"?) = @p(?<parameter>\d+)""")]
    private static partial Regex Pairs();

    [GeneratedRegex(@"^\s*INSERT INTO \w+\s*\([^()]+\)\s*VALUES")]
    private static partial Regex PlainInsert();
}
