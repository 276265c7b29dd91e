using System.Globalization;
using System.Net;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using OpsConsole.Client;
using OpsConsole.Operations.Alerts.Delivery;

namespace OpsConsole.Operations;

/// <summary>What may stand in the configuration. A room with a key of its own adds a line here.</summary>
internal static class SettingRules
{
    private sealed record Rule(string Key, string Allowed, Func<string, bool> Fits);

    private static readonly Rule[] Rules =
    [
        new("Database:Provider", "Sqlite or SqlServer", value => value is "Sqlite" or "SqlServer"),
        new("Database:MigrateOnStart", "true or false", IsBoolean),
        new("DataDirectory", "a folder", value => value.IndexOfAny(Path.GetInvalidPathChars()) < 0),
        new("RequireHttps", "true or false", IsBoolean),
        new("Operations:DefaultLeadMinutes", "one of " + string.Join(", ", LeadGrid.Minutes.Order()), value => IsWhole(value, 0, 2880) && LeadGrid.IndexOf(Whole(value)) >= 0),
        new("Operations:ReportingLagMinutes", "a whole number from 0 to 10080", value => IsWhole(value, 0, 10_080)),
        new("Operations:LeaseSeconds", "a whole number from 3 to 300", value => IsWhole(value, 3, 300)),
        new("Operations:TimeZone", "the IANA name of a time zone, such as Europe/London", OperationsSettings.IsZone),
        new("Imports:MaxFileMegabytes", "a whole number from 1 to 100000", value => IsWhole(value, 1, 100_000)),
        new("Imports:MaxUnpackedMegabytes", "a whole number from 1 to 1000000", value => IsWhole(value, 1, 1_000_000)),
        new("Demo:Enabled", "true or false", IsBoolean),
        new("Bootstrap:ApiKey", "32 to 128 characters, none of them a space or control character",
            value => value.Length is >= 32 and <= 128 && value.All(c => c is > ' ' and <= '~')),
        new("Bootstrap:AdminEmail", "an e-mail address", value => value.Length <= 256 && value.IndexOf('@') > 0 && value.IndexOf('@') < value.Length - 1),
        new("Bootstrap:AdminPassword", "12 to 128 characters, not a common password", value => Access.PasswordRules.Problem(value, "") is null),
        new("Redis:Configuration", "a StackExchange.Redis connection string, or nothing", IsRedis),
        new("Access:SignInsPerMinute", "a whole number from 1 to 10000", value => IsWhole(value, 1, 10_000)),
        new("Access:SessionHours", "a whole number from 1 to 24", value => IsWhole(value, 1, 24)),
        new("Access:SessionIdleMinutes", "a whole number from 5 to 1440", value => IsWhole(value, 5, 1_440)),
        new("Access:RequireSecondFactor", "roles separated by commas, of " + string.Join(", ", Access.Roles.All),
            value => value.Split(',').All(role => Access.Roles.All.Contains(role.Trim()))),
        new("Access:CircuitsPerPerson", "a whole number from 1 to 1000", value => IsWhole(value, 1, 1_000)),
        new("Access:CircuitsPerInstance", "a whole number from 1 to 10000", value => IsWhole(value, 1, 10_000)),
        new("Access:Oidc:Authority", "an https:// address, or http:// on this machine", IsIssuer),
        new("Access:Oidc:ClientId", "what the console is called there", value => !value.Any(char.IsControl)),
        new("Access:Oidc:ClientSecret", "the console's secret there", value => !value.Any(char.IsControl)),
        new("Access:Oidc:Name", "up to 40 characters", value => value.Length <= 40 && !value.Any(char.IsControl)),
        new("Access:Oidc:RoleClaim", "the name of a claim", value => !value.Any(char.IsWhiteSpace)),
        new("Access:Oidc:Roles", "value=Role separated by commas, such as ops-admins=Admin,dispatch=Dispatcher; roles are " + string.Join(", ", Access.Roles.All),
            value => value.Split(',').All(part => part.LastIndexOf('=') is > 0 and var at && Access.Roles.All.Contains(part[(at + 1)..].Trim()))),
        new("Access:KnownProxies", "addresses or networks separated by commas, such as 10.0.0.0/8",
            value => value.Split(',').All(part => IPNetwork.TryParse(AsNetwork(part.Trim()), out _))),
        new("Otlp:Endpoint", "an http or https address, such as http://collector:4317", value => Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"),
        new("Otlp:Protocol", "Grpc or HttpProtobuf", value => value is "Grpc" or "HttpProtobuf"),
        new("Otlp:TracedShare", "a number from 0 to 1", value => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1),
        .. AlertSettingRules.Rules.Select(r => new Rule(r.Key, r.Allowed, r.Fits)),
    ];

    private static readonly HashSet<string> Sections =
        new(Rules.Select(r => r.Key.Split(':')).Where(parts => parts.Length > 1).Select(parts => parts[0]), StringComparer.OrdinalIgnoreCase);

    // Values that must not be repeated on a console.
    private static readonly HashSet<string> Secret = new(["Bootstrap:ApiKey", "Bootstrap:AdminPassword", "Access:Oidc:ClientSecret", "Redis:Configuration", .. AlertSettingRules.Secret], StringComparer.OrdinalIgnoreCase);

    /// <summary>One line a problem: the key, what is wrong, what is allowed. Empty when nothing is.</summary>
    internal static IReadOnlyList<string> Problems(IConfiguration configuration)
    {
        List<string> problems = [];
        foreach (var rule in Rules)
        {
            if (configuration[rule.Key] is { Length: > 0 } value && !rule.Fits(value))
                problems.Add($"{rule.Key}: {(Secret.Contains(rule.Key) ? "the value" : $"\"{Printable(value)}\"")} is not allowed; allowed: {rule.Allowed}");
        }
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            var section = key.Split(':')[0];
            if (value is not null && key.Contains(':', StringComparison.Ordinal) && Sections.Contains(section)
                && !Array.Exists(Rules, r => r.Key.Equals(key, StringComparison.OrdinalIgnoreCase)
                    // Some sources name the section above a key too, with nothing in it.
                    || (value.Length == 0 && r.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase))))
            {
                problems.Add($"{Printable(key)}: is not a setting; allowed in {section}: {string.Join(", ", Known(section))}");
            }
        }
        if (string.IsNullOrEmpty(configuration["Bootstrap:AdminEmail"]) != string.IsNullOrEmpty(configuration["Bootstrap:AdminPassword"]))
            problems.Add("Bootstrap:AdminEmail: is set without Bootstrap:AdminPassword, or the other way round; allowed: both or neither");
        problems.AddRange(AlertSettingRules.Problems(configuration));
        if (!string.IsNullOrEmpty(configuration["Access:Oidc:Authority"]) && string.IsNullOrEmpty(configuration["Access:Oidc:ClientId"]))
            problems.Add("Access:Oidc:ClientId: is missing beside Access:Oidc:Authority; allowed: what the console is called there");
        if (ConnectionProblem(configuration) is { } connection)
            problems.Add(connection);
        return problems;
    }

    /// <summary>A lone address as the network that holds only it.</summary>
    internal static string AsNetwork(string text) =>
        text.Contains('/', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var address) ? text : $"{address}/{address.GetAddressBytes().Length * 8}";

    private static IEnumerable<string> Known(string section) =>
        Rules.Select(r => r.Key).Where(key => key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase)).Select(key => key[(section.Length + 1)..]);

    private static string? ConnectionProblem(IConfiguration configuration)
    {
        var text = configuration.GetConnectionString("OpsConsole");
        var server = configuration["Database:Provider"] == "SqlServer";
        if (string.IsNullOrWhiteSpace(text))
            return server ? "ConnectionStrings:OpsConsole: is empty; allowed: a SQL Server connection string" : null;
        try
        {
            if (server ? new SqlConnectionStringBuilder(text).DataSource.Length > 0 : new SqliteConnectionStringBuilder(text).DataSource.Length > 0)
                return null;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or KeyNotFoundException)
        {
            // Said below; what the driver says may repeat a password.
        }
        return $"ConnectionStrings:OpsConsole: can't be read; allowed: a {(server ? "SQL Server" : "SQLite")} connection string with a Data Source";
    }

    /// <summary><c>Access:Oidc:Roles</c>: from what the company says of a person to a role.</summary>
    internal static IReadOnlyDictionary<string, string> RolesOf(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => (Value: part[..part.LastIndexOf('=')].Trim(), Role: part[(part.LastIndexOf('=') + 1)..].Trim()))
        .GroupBy(pair => pair.Value).ToDictionary(group => group.Key, group => group.First().Role, StringComparer.Ordinal);

    private static bool IsIssuer(string value) => Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Query.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private static bool IsBoolean(string value) => bool.TryParse(value, out _);

    private static bool IsWhole(string value, int low, int high) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high;

    private static int Whole(string value) => int.Parse(value, CultureInfo.InvariantCulture);

    private static bool IsRedis(string value)
    {
        try
        {
            return !value.Any(char.IsControl) && StackExchange.Redis.ConfigurationOptions.Parse(value).EndPoints.Count > 0;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static string Printable(string text) =>
        string.Concat(text.Take(100).Select(c => char.IsControl(c) ? "?" : c.ToString()));
}
