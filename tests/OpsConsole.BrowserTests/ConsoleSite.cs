using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OpsConsole.Access;

namespace OpsConsole.BrowserTests;

/// <summary>The real host on a port of its own with a data folder of its own, and one browser; shared by all tests of the collection.</summary>
public class ConsoleSite : WebApplicationFactory<Program>, IAsyncLifetime
{
    private const string Password = "violet-harbour-nine-kites";

    private readonly string _folder = Directory.CreateTempSubdirectory("opsconsole-browser-").FullName;
    private readonly SemaphoreSlim _people = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Shipments to look at and answer.</summary>
    internal Seed Seed => field ??= new Seed(Services);

    public virtual async Task InitializeAsync()
    {
        UseKestrel(0);
        StartServer();
        Address = ClientOptions.BaseAddress;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = await InstalledBrowser.FindAsync(),
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--force-prefers-reduced-motion"],
        });
    }

    /// <summary>A fresh browser profile with one page, signed in as somebody of a role; every test has its own.</summary>
    internal async Task<Screen> OpenAsync(string role, bool dark = false, bool phone = false, string? name = null)
    {
        var screen = await OpenAnonymousAsync(dark, phone);
        var email = await PersonAsync(role, name ?? $"Test {role}");
        await screen.Page.GotoAsync("/sign-in");
        await screen.Page.FillAsync("[name='Input.Email']", email);
        await screen.Page.FillAsync("[name='Input.Password']", Password);
        await screen.Page.ClickAsync("main button[type=submit]");
        await screen.Page.LeftAsync("/sign-in");
        return screen;
    }

    /// <summary>A fresh browser profile with one page, signed in as nobody.</summary>
    internal async Task<Screen> OpenAnonymousAsync(bool dark = false, bool phone = false, Uri? address = null)
    {
        address ??= Address;
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            ViewportSize = phone ? new() { Width = 390, Height = 844 } : new() { Width = 1440, Height = 900 },
            HasTouch = phone,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            Locale = "en-GB",
            TimezoneId = "Europe/Berlin",
        });
        context.SetDefaultTimeout(15_000);
        return new Screen(context, await context.NewPageAsync(), address);
    }

    private async Task<string> PersonAsync(string role, string name)
    {
        var email = $"{name.ToLowerInvariant().Replace(' ', '.')}@example.org";
        await _people.WaitAsync();
        try
        {
            var users = Services.GetRequiredService<Users>();
            if ((await users.ListAsync()).All(u => u.Email != email))
                Assert.Empty(await users.AddAsync(email, name, Password, [role], Caller.System));
            return email;
        }
        finally
        {
            _people.Release();
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:OpsConsole", $"Data Source={Path.Combine(_folder, "opsconsole.db")}");
        builder.UseSetting("DataDirectory", _folder);
        builder.UseSetting("Demo:Enabled", "false");
        builder.UseSetting("Access:SignInsPerMinute", "1000");
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        await DisposeAsync();
        GC.SuppressFinalize(this);
        _people.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The tests that share the one site; one after another.</summary>
[CollectionDefinition(nameof(ConsoleSite))]
public sealed class ConsoleSiteTests : ICollectionFixture<ConsoleSite>;
