using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.IntegrationTests.Store;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests;

/// <summary>
/// The whole program in this process, on a data folder of its own, the demo off, with a Bootstrap key. <see cref="Client"/> calls with that
/// key; <see cref="Anonymous"/> with nothing; <see cref="SignInAsync"/> gives a browser's client. For a real port: <c>UseKestrel(0)</c> before
/// the first use.
/// </summary>
public class ConsoleFactory : WebApplicationFactory<Program>
{
    /// <summary>The key of <c>Bootstrap:ApiKey</c>.</summary>
    public const string Key = "integration-tests-bootstrap-key-0123456789";

    /// <summary>The first administrator.</summary>
    public const string AdminEmail = "first.admin@example.org";

    /// <summary>Their password.</summary>
    public const string AdminPassword = "cobalt-otter-seven-lamps";

    private readonly Dictionary<string, string> _settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly Action<IServiceCollection>? _configure;

    public ConsoleFactory()
        : this(null)
    {
    }

    /// <param name="configure">Replaces services, such as the clock.</param>
    /// <param name="settings">Settings beside the usual ones, or instead of them.</param>
    internal ConsoleFactory(Action<IServiceCollection>? configure, params (string Key, string Value)[] settings)
    {
        _configure = configure;
        Folder = Directory.CreateTempSubdirectory("opsconsole-host-").FullName;
        _settings["ConnectionStrings:OpsConsole"] = $"Data Source={Path.Combine(Folder, "opsconsole.db")}";
        _settings["DataDirectory"] = Folder;
        _settings["Demo:Enabled"] = "false";
        _settings["Bootstrap:ApiKey"] = Key;
        _settings["Bootstrap:AdminEmail"] = AdminEmail;
        _settings["Bootstrap:AdminPassword"] = AdminPassword;
        _settings["Access:SignInsPerMinute"] = "1000";
        if (TestDatabase.OnSqlServer)
        {
            _settings["Database:Provider"] = "SqlServer";
            _settings["ConnectionStrings:OpsConsole"] = TestDatabase.NewDatabase();
        }
        foreach (var (key, value) in settings)
            _settings[key] = value;
    }

    /// <summary>Where this program keeps its data.</summary>
    public string Folder { get; }

    /// <summary>Calls with the Bootstrap key; cookies and redirects are not followed.</summary>
    public HttpClient Client => field ??= ClientWith(Key);

    /// <summary>Calls with nothing.</summary>
    public HttpClient Anonymous => field ??= CreateClient(new() { BaseAddress = ClientOptions.BaseAddress, AllowAutoRedirect = false, HandleCookies = false });

    /// <summary>Calls with a key.</summary>
    public HttpClient ClientWith(string key)
    {
        var client = CreateClient(new() { BaseAddress = ClientOptions.BaseAddress, AllowAutoRedirect = false, HandleCookies = false });
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    /// <summary>A key with those scopes, of the source of that name.</summary>
    public async Task<string> IssueKeyAsync(string source, bool simulated, params string[] scopes)
    {
        var owner = await Services.GetRequiredService<Sources>().EnsureAsync(source, simulated, Caller.System);
        var (_, text) = await Services.GetRequiredService<ApiKeys>().IssueAsync("test", owner.Id, scopes, null, Caller.System);
        return text;
    }

    /// <summary>Adds a person of a role (once), signs them in as a browser does, and gives their client.</summary>
    public async Task<HttpClient> SignInAsync(string role)
    {
        var email = $"{role.ToLowerInvariant()}@example.org";
        const string password = "violet-harbour-nine-kites";
        var users = Services.GetRequiredService<Users>();
        if ((await users.ListAsync()).All(u => u.Email != email))
            Assert.Empty(await users.AddAsync(email, $"Test {role}", password, [role], Caller.System));
        var client = CreateClient(new() { BaseAddress = ClientOptions.BaseAddress, AllowAutoRedirect = false, HandleCookies = true });
        using var answer = await SignInAsync(client, email, password);
        Assert.Equal(System.Net.HttpStatusCode.Found, answer.StatusCode);
        return client;
    }

    /// <summary>Fills in the sign-in form and sends it.</summary>
    public static async Task<HttpResponseMessage> SignInAsync(HttpClient client, string email, string password)
    {
        var page = await client.GetStringAsync(new Uri("/sign-in", UriKind.Relative));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
            ["_handler"] = "sign-in",
            ["Input.Email"] = email,
            ["Input.Password"] = password,
        });
        return await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
    }

    /// <summary>What stands between two texts.</summary>
    public static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal);
        Assert.True(start >= 0, $"{before} is not in:\n{text}");
        start += before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }

    /// <summary>One number from the store.</summary>
    public long Count(string sql)
    {
        using var connection = Services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (key, value) in _settings)
            builder.UseSetting(key, value);
        if (_configure is not null)
            builder.ConfigureTestServices(_configure);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (TestDatabase.OnSqlServer)
            await TestDatabase.DropAsync(_settings["ConnectionStrings:OpsConsole"]);
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
