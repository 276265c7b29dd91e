using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Store;

public sealed class SchemaTests
{
    private static OpsConsoleDb Context(DatabaseProvider provider)
    {
        var text = provider == DatabaseProvider.Sqlite ? "Data Source=:memory:" : "Server=none;Database=none";
        var store = new StoreOptions { Provider = provider, ConnectionString = text, DataDirectory = "." };
        return new OpsConsoleDb((DbContextOptions<OpsConsoleDb>)StoreRoom.Use(new DbContextOptionsBuilder<OpsConsoleDb>(), store).Options);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.SqlServer)]
    public void Model_OfEachProvider_HasNoPendingChanges(DatabaseProvider provider)
    {
        using var db = Context(provider);
        Assert.False(db.Database.HasPendingModelChanges(), "run migrations/regenerate.sh");
    }

    [Fact]
    public void SqlServerScript_Idempotent_Parses()
    {
        using var db = Context(DatabaseProvider.SqlServer);
        var script = db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(script), out var errors);
        Assert.Contains("CREATE TABLE [shipments]", script, StringComparison.Ordinal);
        Assert.Empty(errors.Select(e => $"{e.Line}: {e.Message}"));
    }
}
