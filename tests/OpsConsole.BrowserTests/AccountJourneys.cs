using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OpsConsole.Access;

namespace OpsConsole.BrowserTests;

/// <summary>How a person makes their way in safer, as they meet it: an app, a passkey, sessions that end while a page is open.</summary>
[Collection(nameof(ConsoleSite))]
public sealed class AccountJourneys(ConsoleSite site)
{
    private const string Password = "amber-quill-three-rivers";

    [Fact]
    public async Task App_SetUpUnderTheAccount_IsAskedForAtTheDoor()
    {
        var (_, email) = await PersonAsync();
        await using var screen = await site.OpenAnonymousAsync();
        await screen.RunAsync(async () =>
        {
            var page = screen.Page;
            await SignInAsync(page, email);
            await page.GotoAsync("/account");
            await page.Locator("img.qr").WaitForAsync();
            await screen.AssertAccessibleAsync("/account before");
            var secret = Secret(await page.InnerTextAsync("#secret"));
            await page.FillAsync("section[aria-labelledby=second-factor] [name='Input.Code']", Code(secret, 0));
            await page.FillAsync("section[aria-labelledby=second-factor] [name='Input.Password']", Password);
            await page.ClickAsync("text=Turn it on");
            var codes = (await page.InnerTextAsync("#recovery-codes")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(SecondFactors.RecoveryCodes, codes.Length);
            await screen.AssertAccessibleAsync("/account after");

            await page.Context.ClearCookiesAsync();
            await page.GotoAsync("/sign-in?returnUrl=%2Fquality");
            await FillInAsync(page, email);
            await page.AtAsync(@"/sign-in/code\?");
            await screen.AssertAccessibleAsync("/sign-in/code");
            await page.FillAsync("[name='Input.Code']", Code(secret, 1));
            await page.ClickAsync("main button[type=submit]");
            await page.AtAsync("/quality$");
            await page.Locator(".topbar").WaitForAsync();
            await page.GotoAsync("/account");

            await page.Context.ClearCookiesAsync();
            await page.GotoAsync("/sign-in");
            await FillInAsync(page, email);
            await page.ClickAsync("text=The app is lost");
            await page.FillAsync("[name='Input.Code']", codes[0]);
            await page.ClickAsync("main button[type=submit]");
            await page.Locator(".topbar").WaitForAsync();
        });
        screen.AssertQuiet();
    }

    [Fact]
    public async Task Passkey_AddedThenUsed_LetsInWithoutAPassword()
    {
        var (_, email) = await PersonAsync();
        // Browsers give passkeys to names, not to addresses.
        var local = new UriBuilder(site.Address) { Host = "localhost" }.Uri;
        await using var screen = await site.OpenAnonymousAsync(address: local);
        await screen.RunAsync(async () =>
        {
            var page = screen.Page;
            var devTools = await page.Context.NewCDPSessionAsync(page);
            await devTools.SendAsync("WebAuthn.enable");
            await devTools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                    ["automaticPresenceSimulation"] = true,
                },
            });
            await SignInAsync(page, email);
            await page.GotoAsync("/account");
            var form = page.Locator("form[data-passkey-new]");
            await form.Locator("[name=name]").FillAsync("Test laptop");
            await form.Locator("[name=password]").FillAsync("wrong-wrong-wrong");
            await form.Locator("button").ClickAsync();
            await page.Locator("form[data-passkey-new] [role=alert]:visible").WaitForAsync();
            await form.Locator("[name=password]").FillAsync(Password);
            await form.Locator("button").ClickAsync();
            await page.AtAsync(@"/account\?passkey=added$");
            await page.Locator("li", new() { HasText = "Test laptop" }).WaitForAsync();
            await screen.AssertAccessibleAsync("/account with a passkey");

            await page.Context.ClearCookiesAsync();
            await page.GotoAsync("/sign-in?returnUrl=%2Fquality");
            await page.ClickAsync("text=Use a passkey");
            await page.AtAsync("/quality$");
            await page.Locator(".topbar").WaitForAsync();

            await page.GotoAsync("/account");
            await page.ClickAsync("summary:has-text('Remove')");
            await page.FillAsync("form[action='/account/passkeys/remove'] [name=password]", Password);
            await page.ClickAsync("text=Remove Test laptop");
            await page.AtAsync(@"/account\?passkey=removed$");
            await page.Context.ClearCookiesAsync();
            await page.GotoAsync("/sign-in");
            await page.ClickAsync("text=Use a passkey");
            await page.AtAsync(@"/sign-in\?refused=passkey");
        });
        screen.AssertQuiet();
    }

    [Theory]
    [InlineData("shut out")]
    [InlineData("other role")]
    [InlineData("signed out elsewhere")]
    public async Task OpenPage_OfASessionThatEnds_GoesToTheDoorWithinSeconds(string why)
    {
        var (id, email) = await PersonAsync();
        await using var screen = await site.OpenAnonymousAsync();
        await SignInAsync(screen.Page, email);
        await screen.GoAsync("/kpis");
        await screen.Page.Locator(".topbar").WaitForAsync();
        var users = site.Services.GetRequiredService<Users>();

        Assert.Empty(why switch
        {
            "shut out" => await users.SetDisabledAsync(id, disabled: true, Caller.System),
            "other role" => await users.SetRolesAsync(id, [Roles.Support], Caller.System),
            _ => await users.EndSessionsAsync(id, Caller.System),
        });

        await screen.Page.AtAsync(@"/sign-in\?returnUrl=", 10_000);
        screen.Forget();
        screen.AssertQuiet();
    }

    [Fact]
    public async Task Pages_BeyondTheLimitOfAPerson_SayWhatToDo()
    {
        var limit = site.Services.GetRequiredService<AccessOptions>().CircuitsPerPerson;
        var (_, email) = await PersonAsync();
        await using var screen = await site.OpenAnonymousAsync();
        await SignInAsync(screen.Page, email);
        List<IPage> open = [screen.Page];
        while (open.Count < limit)
        {
            var page = await screen.Page.Context.NewPageAsync();
            await page.GotoAsync("/kpis");
            await page.Locator(".topbar").WaitForAsync();
            open.Add(page);
        }

        var beyond = await screen.Page.Context.NewPageAsync();
        await beyond.GotoAsync("/kpis");
        await beyond.GetByText("Too many pages are open").WaitForAsync();
        await open[^1].CloseAsync();
        await Assertions.Expect(beyond.Locator(".topbar")).ToHaveCountAsync(0);
        await beyond.RunUntilAsync(async () =>
        {
            await beyond.ClickAsync("text=Open it anew");
            await beyond.Locator("main h1").WaitForAsync();
            return await beyond.GetByText("Too many pages are open").CountAsync() == 0;
        });
        screen.AssertQuiet();
    }

    private async Task<(long Id, string Email)> PersonAsync()
    {
        var email = $"p{Guid.NewGuid():N}@example.org";
        var users = site.Services.GetRequiredService<Users>();
        Assert.Empty(await users.AddAsync(email, "Jo Journey", Password, [Roles.Dispatcher], Caller.System));
        return ((await users.ListAsync()).Single(u => u.Email == email).Id, email);
    }

    private static async Task SignInAsync(IPage page, string email)
    {
        await page.GotoAsync("/sign-in");
        await FillInAsync(page, email);
        await page.Locator(".topbar").WaitForAsync();
    }

    private static async Task FillInAsync(IPage page, string email)
    {
        await page.FillAsync("[name='Input.Email']", email);
        await page.FillAsync("[name='Input.Password']", Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    private static byte[] Secret(string text)
    {
        const string base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(text.Where(char.IsAsciiLetterOrDigit).Select(c => Convert.ToString(base32.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(b => b.Length == 8).Select(b => Convert.ToByte(new string(b), 2))];
    }

    private static string Code(byte[] secret, int stepsAhead) => OneTimeCodes.Code(secret, OneTimeCodes.StepOf(TimeProvider.System.GetUtcNow()) + stepsAhead);
}

/// <summary>Waiting for a condition of a page.</summary>
internal static class PageWaits
{
    /// <summary>Tries again until it holds; at most twenty times.</summary>
    internal static async Task RunUntilAsync(this IPage page, Func<Task<bool>> holds)
    {
        for (var round = 0; round < 20; round++)
        {
            if (await holds())
                return;
        }
        Assert.Fail($"{page.Url} didn't get there.");
    }
}
