using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests;

/// <summary>From an empty Production installation to the first shipment on the board, by nothing but the browser, the log's code and the copied calls.</summary>
public sealed partial class SetUpJourneys
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Newcomer_SetsUpAndSeesTheFirstEventArrive(bool phone)
    {
        var site = new FreshSite();
        await site.InitializeAsync();
        try
        {
            await using var screen = await site.OpenAnonymousAsync(phone: phone);
            await screen.RunAsync(() => SetUpAsync(site, screen, phone), $"set-up-{(phone ? 390 : 1440)}");
            screen.AssertQuiet();
        }
        finally
        {
            await ((IAsyncLifetime)site).DisposeAsync();
        }
    }

    private static async Task SetUpAsync(FreshSite site, Screen screen, bool phone)
    {
        var page = screen.Page;
        await page.GotoAsync("/");
        await page.ClickAsync("a[href='/first-run']");
        await page.FillAsync("[name='Input.Code']", site.Services.GetRequiredService<FirstAdministrator>().Code);
        await page.FillAsync("[name='Input.Email']", "ada@example.org");
        await page.FillAsync("[name='Input.Name']", "Ada");
        await page.FillAsync("[name='Input.Password']", "violet-harbour-nine-kites");
        await screen.AssertAccessibleAsync("/first-run");
        await page.ClickAsync("main button[type=submit]");

        var step = page.Locator(".step[aria-current]");
        // The very first circuit of a process waits for much to be compiled.
        await Expect(step).ToContainTextAsync("Time zone", new() { Timeout = 30_000 });
        // The browser's own is offered; the depot is elsewhere.
        await step.GetByText("Use this browser's: Europe/Berlin").ClickAsync();
        await Expect(step.Locator("#zone")).ToHaveValueAsync("Europe/Berlin");
        await step.Locator("#zone").FillAsync("Europe/London");
        await step.Locator("button[type=submit]").ClickAsync();
        await Expect(step).ToContainTextAsync("Currency and costs");
        await step.GetByText("Skip for now").ClickAsync();
        await Expect(step).ToContainTextAsync("A source and its key");
        await step.Locator("input:not([type=hidden])").FillAsync("depot-scans");
        await step.Locator("button[type=submit]").ClickAsync();
        var key = await step.Locator("#new-key").InnerTextAsync();
        await step.GetByText("Go on").ClickAsync();

        await Expect(step.Locator(".waiting")).ToContainTextAsync("Waiting for your first event");
        var curl = (await step.Locator("#sample-curl").TextContentAsync())!;
        Assert.Contains(key, curl, StringComparison.Ordinal);
        await screen.AssertAccessibleAsync("/set-up");
        await screen.AssertNoSidewaysScrollAsync($"/set-up, {(phone ? 390 : 1440)} px");
        await SendAsync(curl, key);
        await Expect(step.Locator(".waiting")).ToContainTextAsync("It stands on the board");

        await step.GetByText("Go on").ClickAsync();
        await step.GetByText("Save the brief").ClickAsync();
        await Expect(page.Locator(".steps")).ToContainTextAsync("Later");
        await Expect(page.Locator(".set-up-next a[href='/imports']")).ToBeVisibleAsync();
        await screen.AssertAccessibleAsync("/set-up");
        await screen.AssertNoSidewaysScrollAsync($"/set-up at its end, {(phone ? 390 : 1440)} px");
        await page.GotoAsync("/brief");
        await Expect(page.Locator(".brief")).ToContainTextAsync("Europe/London");
        await page.GotoAsync("/sources/depot-scans");
        await Expect(page.Locator(".source h1")).ToHaveTextAsync("depot-scans");
        await screen.AssertAccessibleAsync("/sources/{Name}");
        await screen.AssertNoSidewaysScrollAsync($"/sources/{{Name}}, {(phone ? 390 : 1440)} px");
    }

    private static async Task SendAsync(string curl, string key)
    {
        using var http = new HttpClient();
        foreach (Match call in Call().Matches(curl))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, call.Groups["url"].Value) { Content = new StringContent(call.Groups["body"].Value, Encoding.UTF8, "application/json") };
            request.Headers.Add("X-Api-Key", key);
            using var answer = await http.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    [GeneratedRegex(@"curl -sS (?<url>\S+) [^{]*-d '(?<body>[^']+)'")]
    private static partial Regex Call();

    /// <summary>As somebody has it who only started it: Production, and nothing configured.</summary>
    private sealed class FreshSite : ConsoleSite
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseEnvironment("Production");
        }
    }
}
