using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

public sealed class SessionTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static readonly Uri Somewhere = new("/api/v1/no-such-thing", UriKind.Relative);

    [Theory]
    [InlineData("sign out")]
    [InlineData("own password")]
    [InlineData("new password")]
    [InlineData("shut out")]
    [InlineData("other role")]
    [InlineData("end sessions")]
    [InlineData("reset factors")]
    [InlineData("end the others")]
    public async Task Cookie_KeptFromBefore_IsRefusedAtOnceAfter(string what)
    {
        var (id, email) = await Browser.PersonAsync(console);
        using var browser = new Browser(console);
        using var signedIn = await browser.SignInAsync(email);
        var kept = signedIn.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("ops-session=", StringComparison.Ordinal)).Split(';')[0];
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(kept));
        using var second = new Browser(console);
        (await second.SignInAsync(email)).Dispose();

        await DoAsync(what, id, browser, second);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(kept));
    }

    [Fact]
    public async Task OwnPassword_Changed_KeepsThisSessionUnderANewCookie()
    {
        var (_, email) = await Browser.PersonAsync(console);
        using var browser = new Browser(console);
        (await browser.SignInAsync(email)).Dispose();

        using var changed = await browser.SendAsync("/account", "password", ("Input.Current", Browser.Password), ("Input.Next", "orchard-mint-nine-drums"));

        Assert.Contains(changed.Headers.GetValues("Set-Cookie"), c => c.StartsWith("ops-session=", StringComparison.Ordinal));
        Assert.True(await browser.IsInAsync());
    }

    [Theory]
    [InlineData(119, 0, true)]
    [InlineData(121, 0, false)]
    [InlineData(90, 7, true)]
    [InlineData(90, 8, false)]
    public async Task Session_IdleOrOld_IsOver(int minutes, int times, bool standing)
    {
        var time = new MovedTime();
        await using var other = new ConsoleFactory(services => services.AddSingleton<TimeProvider>(time), ("Access:SessionIdleMinutes", "120"), ("Access:SessionHours", "12"));
        using var browser = new Browser(other);
        (await browser.SignInAsync(ConsoleFactory.AdminEmail, ConsoleFactory.AdminPassword)).Dispose();

        for (var i = 0; i < times - 1; i++)
        {
            time.Advance(TimeSpan.FromMinutes(minutes));
            Assert.True(await browser.IsInAsync());
        }
        time.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Equal(standing, await browser.IsInAsync());
    }

    [Fact]
    public async Task Account_Sessions_AreListedAndTheOthersEnded()
    {
        var (_, email) = await Browser.PersonAsync(console);
        using var here = new Browser(console);
        using var there = new Browser(console);
        (await here.SignInAsync(email)).Dispose();
        (await there.SignInAsync(email)).Dispose();

        using var wrong = await here.SendAsync("/account", "sessions", ("Input.Confirmation", "wrong-wrong-wrong"));
        Assert.True(await there.IsInAsync());
        using var right = await here.SendAsync("/account", "sessions", ("Input.Confirmation", Browser.Password));

        Assert.False(await there.IsInAsync());
        Assert.True(await here.IsInAsync());
        Assert.Contains("only here now", await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task DoAsync(string what, long id, Browser browser, Browser second)
    {
        var users = console.Services.GetRequiredService<Users>();
        switch (what)
        {
            case "sign out":
                (await browser.SendAsync("/account", null)).Dispose();
                var page = await browser.Client.GetStringAsync(new Uri("/account", UriKind.Relative));
                var token = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\"");
                using (var gone = await browser.PostAsync(new Uri("/sign-out", UriKind.Relative), token, null))
                    Assert.Equal("/signed-out", gone.Headers.Location?.OriginalString);
                break;
            case "own password":
                using (var changed = await second.SendAsync("/account", "password", ("Input.Current", Browser.Password), ("Input.Next", "orchard-mint-nine-drums")))
                    Assert.Contains("form-done", await changed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                break;
            case "end the others":
                (await second.SendAsync("/account", "sessions", ("Input.Confirmation", Browser.Password))).Dispose();
                break;
            default:
                Assert.Empty(what switch
                {
                    "new password" => await users.SetPasswordAsync(id, "orchard-mint-nine-drums", Caller.System),
                    "shut out" => await users.SetDisabledAsync(id, disabled: true, Caller.System),
                    "other role" => await users.SetRolesAsync(id, [Roles.Manager], Caller.System),
                    "end sessions" => await users.EndSessionsAsync(id, Caller.System),
                    _ => await users.ResetFactorsAsync(id, Caller.System),
                });
                break;
        }
    }

    private async Task<HttpStatusCode> StatusAsync(string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Somewhere);
        request.Headers.Add("Cookie", cookie);
        using var answer = await console.Anonymous.SendAsync(request);
        return answer.StatusCode;
    }
}
