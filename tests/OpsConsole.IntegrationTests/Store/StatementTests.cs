using System.Reflection;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Store;

/// <summary>
/// The hand-written statements of the hot paths are one text for both databases. No SQL Server engine is needed to see that one can't be read
/// there: the parser of its own tools says so. What is for SQLite alone says so in its name.
/// </summary>
public sealed class StatementTests
{
    public static TheoryData<string> All => [.. Fields().Select(Name)];

    [Theory]
    [MemberData(nameof(All))]
    public void Statement_Unless_ForSqliteAlone_IsTransactSql(string name)
    {
        var field = Fields().Single(f => Name(f) == name);
        foreach (var statement in Statements(field))
        {
            new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(statement.Sql), out var errors);
            Assert.True(errors.Count == 0, $"{name}: {string.Join("; ", errors.Select(e => $"line {e.Line}: {e.Message}"))}\n{statement.Sql}");
        }
    }

    private static IEnumerable<FieldInfo> Fields() => typeof(Scopes).Assembly.GetTypes()
        .Where(t => !t.ContainsGenericParameters)
        // What a generic class declares is seen through its heirs.
        .SelectMany(t => t.BaseType is { IsConstructedGenericType: true } parent ? [t, parent] : new[] { t })
        .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
        .Where(f => f.FieldType == typeof(Statement) || f.FieldType == typeof(Statement[]) || f.FieldType == typeof(LeftoverRows))
        // Savepoints are the connection's own calls on SQL Server (GroupedWriter).
        .Where(f => f.DeclaringType != typeof(GroupedWriter) && !f.Name.Contains("Sqlite", StringComparison.Ordinal))
        .DistinctBy(Name);

    private static string Name(FieldInfo field) => $"{field.DeclaringType!.Namespace}.{field.DeclaringType.Name}.{field.Name}";

    private static Statement[] Statements(FieldInfo field) => field.GetValue(null) switch
    {
        Statement one => [one],
        Statement[] several => several,
        LeftoverRows rows => rows.Statements,
        _ => [],
    };
}
