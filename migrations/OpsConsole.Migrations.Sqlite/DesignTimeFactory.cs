using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using OpsConsole.Store;

namespace OpsConsole.Migrations.Sqlite;

/// <summary>Lets <c>dotnet ef</c> make migrations for this provider; never opens a connection.</summary>
public sealed class DesignTimeFactory : IDesignTimeDbContextFactory<OpsConsoleDb>
{
    /// <inheritdoc/>
    public OpsConsoleDb CreateDbContext(string[] args)
    {
        var store = new StoreOptions { Provider = DatabaseProvider.Sqlite, ConnectionString = "Data Source=design.db", DataDirectory = "." };
        return new OpsConsoleDb((DbContextOptions<OpsConsoleDb>)StoreRoom.Use(new DbContextOptionsBuilder<OpsConsoleDb>(), store).Options);
    }
}
