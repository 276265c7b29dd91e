using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OpsConsole.Access;
using OpsConsole.IntegrationTests.Access;
using static Microsoft.Playwright.Assertions;

namespace OpsConsole.BrowserTests;

/// <summary>The way in and out through the company's own sign-in, as a browser goes it: redirects, cookies and policy included.</summary>
public sealed class CompanyJourneys
{
    [Fact]
    public Task Dispatcher_OfTheCompany_ComesInWhereTheyWantedAndLeaves() => VisitAsync("dispatch", async (site, screen) =>
    {
        var page = screen.Page;
        await page.GotoAsync("/kpis");
        await page.AtAsync(@"/sign-in\?returnUrl=");
        await screen.AssertAccessibleAsync("/sign-in with a company's");
        await page.GetByText("Sign in with Example Couriers").ClickAsync();
        await page.AtAsync("/kpis$");
        await Expect(page.Locator(".who")).ToContainTextAsync("Casey Company");
        // The circuit works with the cookie that came through the company.
        await page.Locator(".tabs a", new() { HasText = "Board" }).ClickAsync();
        await page.Locator("[data-board]").WaitForAsync();

        // However slow the answer is: the page doesn't hear from its circuit that the session is over, and go to the door instead.
        var seats = site.Services.GetRequiredService<CircuitSeats>();
        await page.RouteAsync("**/sign-out", async route =>
        {
            var answer = await route.FetchAsync(new() { MaxRedirects = 0 });
            using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (seats.Taken > 0)
                await look.WaitForNextTickAsync(enough.Token);
            await route.FulfillAsync(new() { Response = answer });
        });
        await page.Locator("details.who summary").ClickAsync();
        await page.Locator("form[action='/sign-out'] button").ClickAsync();
        await page.AtAsync("/signed-out");
        await page.GotoAsync("/kpis");
        await page.AtAsync(@"/sign-in\?returnUrl=");
    });

    [Fact]
    public Task SomebodyWithoutARole_IsToldSoAtTheDoor() => VisitAsync("accounting", async (_, screen) =>
    {
        await screen.Page.GotoAsync("/sign-in");
        await screen.Page.GetByText("Sign in with Example Couriers").ClickAsync();
        await screen.Page.AtAsync(@"/sign-in\?refused=role$");
        await Expect(screen.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("nothing it says of you is a role");
    });

    private static async Task VisitAsync(string group, Func<ConsoleSite, Screen, Task> visit)
    {
        await using var company = await CompanyIdentity.StartAsync();
        company.Groups = [group];
        var site = new CompanySite(company.Authority);
        await site.InitializeAsync();
        try
        {
            await using var screen = await site.OpenAnonymousAsync();
            screen.Elsewhere = new Uri(company.Authority).Authority;
            await screen.RunAsync(() => visit(site, screen));
            screen.AssertQuiet();
        }
        finally
        {
            await ((IAsyncLifetime)site).DisposeAsync();
        }
    }

    private sealed class CompanySite(string authority) : ConsoleSite
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseSetting("Access:Oidc:Authority", authority);
            builder.UseSetting("Access:Oidc:ClientId", CompanyIdentity.ClientId);
            builder.UseSetting("Access:Oidc:ClientSecret", CompanyIdentity.ClientSecret);
            builder.UseSetting("Access:Oidc:Name", "Example Couriers");
            builder.UseSetting("Access:Oidc:RoleClaim", "groups");
            builder.UseSetting("Access:Oidc:Roles", "dispatch=Dispatcher");
        }
    }
}
