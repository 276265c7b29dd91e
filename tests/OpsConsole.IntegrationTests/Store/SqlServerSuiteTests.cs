using System.Diagnostics;

namespace OpsConsole.IntegrationTests.Store;

/// <summary>
/// Where this suite's databases are. Usually SQLite files; with a connection string in <c>OPSCONSOLE_TEST_SQLSERVER</c> the whole suite runs a
/// second time, each host on a database of its own on that server.
/// </summary>
internal static class TestDatabase
{
    private const string Inner = "OPSCONSOLE_TEST_PROVIDER";

    /// <summary>The server to try on, if there is one.</summary>
    internal static string? Server => Environment.GetEnvironmentVariable("OPSCONSOLE_TEST_SQLSERVER") is { Length: > 0 } text ? text : null;

    /// <summary>This is the second run, on SQL Server.</summary>
    internal static bool OnSqlServer => Server is not null && Environment.GetEnvironmentVariable(Inner) == "SqlServer";

    /// <summary>A connection string to a database nobody has used yet.</summary>
    internal static string NewDatabase() => new Microsoft.Data.SqlClient.SqlConnectionStringBuilder(Server) { InitialCatalog = $"opsconsole_test_{Guid.NewGuid():N}" }.ToString();

    internal static async Task DropAsync(string connectionString)
    {
        var builder = new Microsoft.Data.SqlClient.SqlConnectionStringBuilder(connectionString);
        var name = builder.InitialCatalog;
        builder.InitialCatalog = "master";
        await using var connection = new Microsoft.Data.SqlClient.SqlConnection(builder.ToString());
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"IF DB_ID('{name}') IS NOT NULL BEGIN ALTER DATABASE [{name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [{name}]; END";
        await command.ExecuteNonQueryAsync();
    }

    internal static ProcessStartInfo SecondRun()
    {
        var start = new ProcessStartInfo("dotnet", ["vstest", typeof(TestDatabase).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Inner] = "SqlServer";
        return start;
    }
}

/// <summary>A test that runs only where there is a SQL Server, and says so where there is none.</summary>
internal sealed class SqlServerFactAttribute : FactAttribute
{
    public SqlServerFactAttribute()
    {
        if (TestDatabase.Server is null)
            Skip = "OPSCONSOLE_TEST_SQLSERVER is not set: the integration suite ran on SQLite only, nothing was tried on a SQL Server";
        else if (TestDatabase.OnSqlServer)
            Skip = "this is the run on SQL Server";
    }
}

public sealed class SqlServerSuiteTests
{
    [SqlServerFact]
    public async Task Suite_OnSqlServer_Passes()
    {
        using var run = Process.Start(TestDatabase.SecondRun())!;
        var errors = run.StandardError.ReadToEndAsync();
        var output = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.True(run.ExitCode == 0, output + await errors);
    }
}
