using System.Globalization;
using System.Net;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration.Json;
using OpsConsole.Access;
using OpsConsole.Intake.Import;
using OpsConsole.Operations;
using OpsConsole.Operations.Alerts.Delivery;
using OpsConsole.Operations.Measuring;
using OpsConsole.Store;

namespace OpsConsole.Web;

/// <summary>
/// Where the program was started from, and what its configuration says: <c>appsettings.json</c> beside the program, then the environment,
/// then the command line.
/// </summary>
internal sealed class ConsoleConfiguration
{
    private static readonly bool Published = Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot"));

    private readonly ConfigurationManager _configuration;

    private ConsoleConfiguration(WebApplicationBuilder builder)
    {
        _configuration = builder.Configuration;
        Demo = Text("Demo:Enabled") is { } enabled ? bool.TryParse(enabled, out var on) && on : builder.Environment.IsDevelopment();
        Problems = [.. SettingRules.Problems(_configuration)];
        if (Demo && !builder.Environment.IsDevelopment() && !OnlyLoopback())
            Problems = [.. Problems, "Demo:Enabled: is true while the program listens beyond this machine; allowed: true in Development, or where only localhost is listened on; else false"];
        if (Problems.Count == 0)
            Problems = [.. FolderProblems()];
    }

    /// <summary>One line a problem; the program doesn't start with any.</summary>
    internal IReadOnlyList<string> Problems { get; }

    /// <summary><c>Demo:Enabled</c>; in Development true unless said otherwise.</summary>
    internal bool Demo { get; }

    /// <summary>The builder with its configuration, and what that says.</summary>
    internal static (WebApplicationBuilder Builder, ConsoleConfiguration Configuration) Read(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Settings are read at start; watching the folder would wake a thread at every write to a database in it.
            Args = [.. args, "--hostBuilder:reloadConfigOnChange=false"],
            // A published copy has its assets beside itself, wherever it was started from; else the host's own rule is right.
            ContentRootPath = Published ? AppContext.BaseDirectory : null,
            EnvironmentName = SourceTree is not null && !EnvironmentIsSet(args) ? Environments.Development : null,
        });
        // Before everything else, so that ASPNETCORE_URLS too overrides it; the host's own place for it is after that.
        foreach (var source in builder.Configuration.Sources.OfType<JsonConfigurationSource>().Where(s => s.Path == "appsettings.json").ToList())
            builder.Configuration.Sources.Remove(source);
        builder.Configuration.Sources.Insert(0, new JsonConfigurationSource
        {
            FileProvider = new Microsoft.Extensions.FileProviders.PhysicalFileProvider(AppContext.BaseDirectory),
            Path = "appsettings.json",
        });
        return (builder, new ConsoleConfiguration(builder));
    }

    /// <summary>Where the data is.</summary>
    internal StoreOptions Store()
    {
        var provider = Text("Database:Provider") == "SqlServer" ? DatabaseProvider.SqlServer : DatabaseProvider.Sqlite;
        var connection = _configuration.GetConnectionString("OpsConsole") is { Length: > 0 } text ? text : "Data Source=data/opsconsole.db";
        return new StoreOptions
        {
            Provider = provider,
            ConnectionString = provider == DatabaseProvider.Sqlite ? Rooted(connection) : connection,
            DataDirectory = Path.GetFullPath(Text("DataDirectory") ?? "data", Root),
            MigrateOnStart = Flag("Database:MigrateOnStart", true),
        };
    }

    /// <summary>What the operation's settings start from.</summary>
    internal OperationsSettings Settings()
    {
        var defaults = new OperationsSettings();
        return defaults with
        {
            TimeZone = Text("Operations:TimeZone") is { } zone && zone != "UTC" ? TimeZoneInfo.FindSystemTimeZoneById(zone) : TimeZoneInfo.Utc,
            DefaultLeadMinutes = Whole("Operations:DefaultLeadMinutes", defaults.DefaultLeadMinutes),
            ReportingLagMinutes = Whole("Operations:ReportingLagMinutes", defaults.ReportingLagMinutes),
        };
    }

    /// <summary><c>Redis:Configuration</c>; null when there is none.</summary>
    internal string? Redis => Text("Redis:Configuration");

    /// <summary>How long an instance that died keeps its work from the others.</summary>
    internal LeaseOptions Leases() =>
        new(TimeSpan.FromSeconds(Whole("Operations:LeaseSeconds", (int)LeaseOptions.Default.Length.TotalSeconds)));

    /// <summary>How large files of history may be.</summary>
    internal ImportOptions Imports()
    {
        var defaults = new ImportOptions();
        return new ImportOptions
        {
            LargestFile = (long)Whole("Imports:MaxFileMegabytes", (int)(defaults.LargestFile >> 20)) << 20,
            LargestUnpacked = (long)Whole("Imports:MaxUnpackedMegabytes", (int)(defaults.LargestUnpacked >> 20)) << 20,
        };
    }

    /// <summary>Who gets in.</summary>
    internal AccessOptions Access()
    {
        var listens = Addresses().Any(a => a.StartsWith("https://", StringComparison.OrdinalIgnoreCase));
        var https = listens || Flag("RequireHttps", false);
        var defaults = new AccessOptions();
        return new AccessOptions
        {
            SecureCookies = https,
            RedirectToHttps = https,
            // Required, but served by a proxy in front: its port is the usual one.
            HttpsPort = https && !listens ? 443 : null,
            DemoAccounts = Demo,
            BootstrapKeyHash = Text("Bootstrap:ApiKey") is { } key ? ApiKeyFormat.Hash(key) : null,
            AdminEmail = Text("Bootstrap:AdminEmail"),
            AdminPassword = Text("Bootstrap:AdminPassword"),
            SignInsPerMinute = Whole("Access:SignInsPerMinute", defaults.SignInsPerMinute),
            SessionLength = TimeSpan.FromHours(Whole("Access:SessionHours", (int)defaults.SessionLength.TotalHours)),
            SessionIdle = TimeSpan.FromMinutes(Whole("Access:SessionIdleMinutes", (int)defaults.SessionIdle.TotalMinutes)),
            SecondFactorRoles = Text("Access:RequireSecondFactor") is { } roles ? roles.Split(',', StringSplitOptions.TrimEntries) : [],
            Oidc = Oidc(),
            CircuitsPerPerson = Whole("Access:CircuitsPerPerson", defaults.CircuitsPerPerson),
            CircuitsPerInstance = Whole("Access:CircuitsPerInstance", defaults.CircuitsPerInstance),
            KnownProxies = Text("Access:KnownProxies") is { } proxies
                ? [.. proxies.Split(',').Select(part => IPNetwork.Parse(SettingRules.AsNetwork(part.Trim())))] : [],
        };
    }

    /// <summary>Where traces and metrics are sent.</summary>
    internal TelemetryOptions Telemetry() => new(
        (Text("Otlp:Endpoint") ?? Text("OTEL_EXPORTER_OTLP_ENDPOINT")) is { } endpoint ? new Uri(endpoint) : null,
        Text("Otlp:Protocol") is { } protocol ? protocol == "HttpProtobuf" : Text("OTEL_EXPORTER_OTLP_PROTOCOL") == "http/protobuf",
        Text("Otlp:TracedShare") is { } share ? double.Parse(share, CultureInfo.InvariantCulture) : 1);

    /// <summary>Where alerts are sent.</summary>
    internal AlertOptions Alerts()
    {
        var defaults = new AlertOptions();
        return defaults with
        {
            EmailTo = List("Alerts:EmailTo"),
            WebhookUrl = Text("Alerts:WebhookUrl") is { } webhook ? new Uri(webhook) : null,
            WebhookSecret = Text("Alerts:WebhookSecret"),
            WebhookNetworks = [.. List("Alerts:WebhookNetworks").Select(part => IPNetwork.Parse(SettingRules.AsNetwork(part)))],
            ConsoleUrl = Text("Alerts:ConsoleUrl") is { } console ? new Uri(console.TrimEnd('/') + "/") : null,
            SmtpHost = Text("Smtp:Host"),
            SmtpPort = Whole("Smtp:Port", defaults.SmtpPort),
            SmtpSecurity = Enum.Parse<SmtpSecurity>(Text("Smtp:Security") ?? nameof(SmtpSecurity.StartTls)),
            SmtpUser = Text("Smtp:User"),
            SmtpPassword = Text("Smtp:Password"),
            SmtpFrom = Text("Smtp:From") ?? defaults.SmtpFrom,
        };
    }

    private OidcOptions? Oidc() => Text("Access:Oidc:Authority") is { } authority
        ? new OidcOptions(
            new Uri(authority),
            Text("Access:Oidc:ClientId")!,
            Text("Access:Oidc:ClientSecret"),
            Text("Access:Oidc:Name") ?? "your company",
            Text("Access:Oidc:RoleClaim") ?? "roles",
            SettingRules.RolesOf(Text("Access:Oidc:Roles") ?? ""))
        : null;

    /// <summary>Where relative paths start: the repository, or the published program's folder.</summary>
    private static string Root => SourceTree ?? AppContext.BaseDirectory;

    /// <summary>The source tree this program was built in, if it still stands and the program runs from it.</summary>
    private static string? SourceTree { get; } = FindSourceTree();

    private static string? FindSourceTree()
    {
        var built = typeof(ConsoleConfiguration).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "SourceTree")?.Value;
        return !Published && built is not null && Directory.Exists(built) && AppContext.BaseDirectory.StartsWith(built, StringComparison.Ordinal) ? built : null;
    }

    private static bool EnvironmentIsSet(string[] args) =>
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is { Length: > 0 }
        || args.Any(a => a.StartsWith("--environment", StringComparison.OrdinalIgnoreCase));

    private static string Rooted(string connection)
    {
        var sqlite = new SqliteConnectionStringBuilder(connection);
        if (!sqlite.DataSource.StartsWith(':') && !sqlite.DataSource.StartsWith("file:", StringComparison.Ordinal))
            sqlite.DataSource = Path.GetFullPath(sqlite.DataSource, Root);
        return sqlite.ToString();
    }

    /// <summary>Said before anything is made in them, instead of by whatever needs them first.</summary>
    private IEnumerable<string> FolderProblems()
    {
        var store = Store();
        var database = store.IsSqlite ? new SqliteConnectionStringBuilder(store.ConnectionString).DataSource : "";
        if (Path.IsPathRooted(database) && !CanWrite(Path.GetDirectoryName(database)!))
            yield return "ConnectionStrings:OpsConsole: the folder of its Data Source can't be written to; allowed: a file in a folder that this program may make or write to";
        if (!CanWrite(store.DataDirectory))
            yield return "DataDirectory: can't be written to; allowed: a folder that this program may make or write to";
    }

    private static bool CanWrite(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(
                Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool OnlyLoopback() => Addresses().All(address =>
        Uri.TryCreate(address.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip))));

    /// <summary>What will be listened on, from all the places where that can be said.</summary>
    private IEnumerable<string> Addresses()
    {
        var endpoints = _configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"] ?? "").ToList();
        if (endpoints.Count > 0)
            return endpoints;
        if (_configuration["urls"] is { Length: > 0 } urls)
            return urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (_configuration["http_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"http://*:{port}")
            .Concat((_configuration["https_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"https://*:{port}"));
    }

    private string? Text(string key) => _configuration[key] is { Length: > 0 } value ? value : null;

    private string[] List(string key) => (Text(key) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private bool Flag(string key, bool otherwise) => bool.TryParse(_configuration[key], out var value) ? value : otherwise;

    private int Whole(string key, int otherwise) =>
        int.TryParse(_configuration[key], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
