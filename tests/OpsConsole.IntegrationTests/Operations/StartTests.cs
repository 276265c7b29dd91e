using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using OpsConsole.Operations;

namespace OpsConsole.IntegrationTests.Operations;

/// <summary>What stops the start, and what it says then.</summary>
public sealed class StartTests
{
    private static IReadOnlyList<string> Problems(params (string Key, string? Value)[] settings) => SettingRules.Problems(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => s.Value)).Build());

    [Theory]
    [InlineData("Database:Provider", "Postgres", "Sqlite or SqlServer")]
    [InlineData("Database:MigrateOnStart", "maybe", "true or false")]
    [InlineData("Operations:DefaultLeadMinutes", "241", "240")]
    [InlineData("Operations:DefaultLeadMinutes", "4h", "240")]
    [InlineData("Operations:ReportingLagMinutes", "-1", "0 to 10080")]
    [InlineData("Operations:TimeZone", "Mars/Olympus", "Europe/London")]
    [InlineData("Demo:Enabled", "yes please", "true or false")]
    [InlineData("Bootstrap:ApiKey", "too-short", "32 to 128")]
    [InlineData("Access:SignInsPerMinute", "0", "1 to 10000")]
    [InlineData("Access:KnownProxies", "10.0.0.0/8, proxy", "10.0.0.0/8")]
    [InlineData("RequireHttps", "1", "true or false")]
    [InlineData("ConnectionStrings:OpsConsole", "nonsense", "Data Source")]
    public void Problems_BadValue_NameKeyAndWhatIsAllowed(string key, string value, string allowed)
    {
        var problem = Assert.Single(Problems((key, value)));
        Assert.StartsWith(key + ":", problem, StringComparison.Ordinal);
        Assert.Contains("allowed", problem, StringComparison.Ordinal);
        Assert.Contains(allowed, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Theory]
    [InlineData("Operations:TimeZon")]
    [InlineData("Database:Provider:Name")]
    [InlineData("Demo:Enable")]
    [InlineData("bootstrap:apikeys")]
    public void Problems_UnknownKeyInAnOwnSection_IsNamed(string key) =>
        Assert.Contains(key, Assert.Single(Problems((key, "x"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Logging:LogLevel:Default", "Debug")]
    [InlineData("Kestrel:Limits:MaxConcurrentConnections", "5")]
    [InlineData("Operations:TimeZone", "America/Sao_Paulo")]
    [InlineData("Operations:DefaultLeadMinutes", "0")]
    [InlineData("Bootstrap:ApiKey", "")]
    [InlineData("Access:KnownProxies", "10.0.0.0/8, 192.168.1.7, ::1")]
    public void Problems_GoodOrForeignValue_None(string key, string value) => Assert.Empty(Problems((key, value)));

    [Fact]
    public void Problems_OfASecret_DoNotRepeatIt()
    {
        var problems = Problems(("Bootstrap:ApiKey", "hunter2"), ("Bootstrap:AdminEmail", "a@b.example"), ("Bootstrap:AdminPassword", "password123456"));
        Assert.Equal(2, problems.Count);
        Assert.DoesNotContain(problems, p => p.Contains("hunter2", StringComparison.Ordinal) || p.Contains("password123456", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_BadSettings_PrintsALineEachAndEndsUnstarted()
    {
        var (code, output) = await RunAsync([], ("Operations__TimeZone", "Nowhere"), ("Demo__Enabled", "maybe"), ("Demo__Colour", "red"));

        Assert.NotEqual(0, code);
        Assert.Equal(3, output.Length);
        Assert.All(output, line => Assert.Matches("^(Operations:TimeZone|Demo:Enabled|Demo:Colour): .*allowed", line));
    }

    [Fact]
    public async Task Program_FoldersThatCantBeMade_PrintsALineEachAndEndsUnstarted()
    {
        var file = Path.GetTempFileName();
        var (code, output) = await RunAsync(
            [], ("Demo__Enabled", "false"), ("DataDirectory", Path.Combine(file, "data")),
            ("ConnectionStrings__OpsConsole", $"Data Source={Path.Combine(file, "database", "ops.db")}"));

        Assert.Equal(2, code);
        Assert.Equal(2, output.Length);
        Assert.All(output, line => Assert.Matches("^(DataDirectory|ConnectionStrings:OpsConsole): .*allowed", line));
        File.Delete(file);
    }

    [Fact]
    public async Task Program_DemoBeyondThisMachine_IsRefusedOutsideDevelopment()
    {
        var (code, output) = await RunAsync(["--urls", "http://0.0.0.0:0"], ("ASPNETCORE_ENVIRONMENT", "Production"), ("Demo__Enabled", "true"));

        Assert.NotEqual(0, code);
        Assert.StartsWith("Demo:Enabled:", Assert.Single(output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Program_AddressInEnvironmentOrOnCommandLine_BeatsTheSettingsFile(bool commandLine)
    {
        // As in a published folder, which is content root and holds the settings file.
        var root = Directory.CreateTempSubdirectory("opsconsole-root-").FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), Path.Combine(root, "appsettings.json"));
        const string beyond = "http://0.0.0.0:0";

        // The refusal tells which address was meant: the file's is this machine alone.
        var (_, output) = await RunAsync(
            commandLine ? ["--urls", beyond] : [], ("ASPNETCORE_URLS", commandLine ? "http://localhost:0" : beyond), ("ASPNETCORE_CONTENTROOT", root),
            ("ASPNETCORE_ENVIRONMENT", "Production"), ("Demo__Enabled", "true"), ("Operations__TimeZone", "Nowhere"));

        Assert.Contains(output, line => line.StartsWith("Demo:Enabled:", StringComparison.Ordinal));
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Program_UnknownVerb_SaysWhatThereIs()
    {
        var (code, output) = await RunAsync(["make-coffee"], ("Demo__Enabled", "false"));

        Assert.Equal(2, code);
        Assert.Contains(output, line => line.Contains("make-coffee", StringComparison.Ordinal));
    }

    private static async Task<(int Code, string[] Output)> RunAsync(string[] arguments, params (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OpsConsole.Web.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, (await output + await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
