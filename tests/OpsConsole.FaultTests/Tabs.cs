using Microsoft.Playwright;
using OpsConsole.BrowserTests;

namespace OpsConsole.FaultTests;

/// <summary>A browser with tabs on a running program, signed in as the first administrator.</summary>
internal sealed class Tabs : IAsyncDisposable
{
    private const string Email = "first.admin@example.org";
    private const string Password = "cobalt-otter-seven-lamps";
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IBrowserContext _context;

    private Tabs(IPlaywright playwright, IBrowser browser, IBrowserContext context) => (_playwright, _browser, _context) = (playwright, browser, context);

    /// <summary>What a program needs to be told for these tabs.</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["Bootstrap__AdminEmail"] = Email,
        ["Bootstrap__AdminPassword"] = Password,
    };

    public static async Task<Tabs> OpenAsync(Uri address, string email = Email, string password = Password)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = await InstalledBrowser.FindAsync(),
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--force-prefers-reduced-motion"],
        });
        var context = await browser.NewContextAsync(new() { BaseURL = address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout(30_000);
        var tabs = new Tabs(playwright, browser, context);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.FillAsync("[name='Input.Email']", email);
        await page.FillAsync("[name='Input.Password']", password);
        await page.ClickAsync("main button[type=submit]");
        await page.LeftAsync("/sign-in");
        await page.CloseAsync();
        return tabs;
    }

    /// <summary>A new tab on the board, when its panel shows a shipment.</summary>
    public async Task<IPage> BoardAsync(string path)
    {
        var page = await _context.NewPageAsync();
        await page.GotoAsync(path);
        await page.Locator("[data-board]").WaitForAsync();
        await page.Locator(".panel-head h2").WaitForAsync();
        return page;
    }

    /// <summary>A new tab on a page, once its circuit works.</summary>
    public async Task<IPage> PageAsync(string path)
    {
        var page = await _context.NewPageAsync();
        await page.GotoAsync(path);
        await page.Locator("h1").First.WaitForAsync();
        return page;
    }

    /// <summary>Closes every tab; who is signed in stays so.</summary>
    public async Task CloseAllAsync()
    {
        foreach (var page in _context.Pages.ToList())
            await page.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
