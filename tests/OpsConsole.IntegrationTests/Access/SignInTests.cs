using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

public sealed class SignInTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static Uri Path(string path) => new(path, UriKind.Relative);

    [Fact]
    public async Task SignIn_RightPassword_LetsIn()
    {
        using var client = await console.SignInAsync(Roles.Admin);

        using var before = await console.Anonymous.GetAsync(Path("/api/v1/no-such-thing"));
        using var after = await client.GetAsync(Path("/api/v1/no-such-thing"));

        Assert.Equal(HttpStatusCode.Unauthorized, before.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, after.StatusCode);
        Assert.Equal("no-store", after.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task SignIn_UnknownAndWrong_GetTheSameAnswer()
    {
        using var client = console.CreateClient(new() { AllowAutoRedirect = false });

        using var unknown = await ConsoleFactory.SignInAsync(client, "nobody@example.org", "wrong-wrong-wrong");
        using var wrong = await ConsoleFactory.SignInAsync(client, ConsoleFactory.AdminEmail, "wrong-wrong-wrong");

        Assert.Equal(HttpStatusCode.OK, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        Assert.Equal(Message(await unknown.Content.ReadAsStringAsync()), Message(await wrong.Content.ReadAsStringAsync()));
        Assert.False(wrong.Headers.Contains("Set-Cookie") && wrong.Headers.GetValues("Set-Cookie").Any(c => c.StartsWith("ops-session", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SignIn_FiftyGuessesAtOnce_ShutTheAccountAfterFive()
    {
        var (id, email) = await Browser.PersonAsync(console);
        using var client = console.CreateClient(new() { AllowAutoRedirect = false });

        // The first visit brings the form's cookie, which fifty at once would fight over.
        (await client.GetAsync(Path("/sign-in"))).Dispose();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var wrong = await ConsoleFactory.SignInAsync(client, email, "wrong-wrong-wrong");
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }));
        using var right = await ConsoleFactory.SignInAsync(client, email, Browser.Password);

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM audit WHERE what = 'user.lockedOut' AND who = 'user:{id}'"));
    }

    [Fact]
    public async Task SignIn_ShutForAWhile_OpensAfterFiveMinutes()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var other = new ConsoleFactory(services => services.AddSingleton<TimeProvider>(time));
        var (_, email) = await Browser.PersonAsync(other);
        using var client = other.CreateClient(new() { AllowAutoRedirect = false });
        for (var attempt = 0; attempt < 5; attempt++)
            (await ConsoleFactory.SignInAsync(client, email, "wrong-wrong-wrong")).Dispose();

        time.Advance(TimeSpan.FromMinutes(4.9));
        using var early = await ConsoleFactory.SignInAsync(client, email, Browser.Password);
        time.Advance(TimeSpan.FromMinutes(0.2));
        using var late = await ConsoleFactory.SignInAsync(client, email, Browser.Password);

        Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        Assert.Equal(HttpStatusCode.Found, late.StatusCode);
    }

    [Fact]
    public async Task SignIn_FiveWrongPasswords_ShutsTheAccountForAWhile()
    {
        const string email = "locked@example.org";
        const string password = "amber-quill-three-rivers";
        Assert.Empty(await console.Services.GetRequiredService<Users>().AddAsync(email, "Locked", password, [Roles.Support], Caller.System));
        using var client = console.CreateClient(new() { AllowAutoRedirect = false });
        for (var attempt = 0; attempt < 5; attempt++)
            (await ConsoleFactory.SignInAsync(client, email, "wrong-wrong-wrong")).Dispose();

        using var right = await ConsoleFactory.SignInAsync(client, email, password);

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        var id = (await console.Services.GetRequiredService<Users>().ListAsync()).Single(u => u.Email == email).Id;
        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM audit WHERE what = 'user.lockedOut' AND who = 'user:{id}'"));
    }

    [Fact]
    public async Task Session_OfAPersonShutOut_EndsWithinAMinute()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var other = new ConsoleFactory(services => services.AddSingleton<TimeProvider>(time));
        using var client = await other.SignInAsync(Roles.Dispatcher);
        var users = other.Services.GetRequiredService<Users>();
        var person = (await users.ListAsync()).Single(u => u.Email == "dispatcher@example.org");
        using var before = await client.GetAsync(Path("/api/v1/no-such-thing"));

        Assert.Empty(await users.SetDisabledAsync(person.Id, disabled: true, Caller.System));
        time.Advance(TimeSpan.FromSeconds(60));
        using var after = await client.GetAsync(Path("/api/v1/no-such-thing"));

        Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Theory]
    [InlineData("wrong-wrong-wrong", "orchard-mint-nine-drums", false)]
    [InlineData("amber-quill-three-rivers", "password1234", false)]
    [InlineData("amber-quill-three-rivers", "orchard-mint-nine-drums", true)]
    public async Task OwnPassword_Changed_NeedsThePresentOneAndAGoodNewOne(string present, string next, bool changes)
    {
        var email = $"own-{Guid.NewGuid():N}@example.org";
        Assert.Empty(await console.Services.GetRequiredService<Users>().AddAsync(email, "Own", "amber-quill-three-rivers", [Roles.Support], Caller.System));
        using var client = console.CreateClient(new() { AllowAutoRedirect = false });
        (await ConsoleFactory.SignInAsync(client, email, "amber-quill-three-rivers")).Dispose();
        var page = await client.GetStringAsync(Path("/account"));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
            ["_handler"] = "password",
            ["Input.Current"] = present,
            ["Input.Next"] = next,
        });

        using var answer = await client.PostAsync(Path("/account"), form);

        Assert.Equal(changes, (await answer.Content.ReadAsStringAsync()).Contains("form-done", StringComparison.Ordinal));
        using var again = console.CreateClient(new() { AllowAutoRedirect = false });
        using var door = await ConsoleFactory.SignInAsync(again, email, next);
        Assert.Equal(changes ? HttpStatusCode.Found : HttpStatusCode.OK, door.StatusCode);
    }

    [Fact]
    public async Task Session_SignedOut_IsOver()
    {
        using var client = await console.SignInAsync(Roles.Support);
        var page = await client.GetStringAsync(Path("/sign-in"));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
        });

        using var signedOut = await client.PostAsync(Path("/sign-out"), form);
        using var after = await client.GetAsync(Path("/api/v1/no-such-thing"));

        Assert.Equal("/signed-out", signedOut.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task SignIn_WithoutAntiforgeryToken_IsRefused()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "sign-in",
            ["Input.Email"] = ConsoleFactory.AdminEmail,
            ["Input.Password"] = ConsoleFactory.AdminPassword,
        });

        using var answer = await console.Anonymous.PostAsync(Path("/sign-in"), form);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("That form was out of date", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("///evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task SignIn_ReturnUrlOfAnotherSite_GoesToTheFrontPage(string returnUrl)
    {
        using var client = console.CreateClient(new() { AllowAutoRedirect = false });
        var address = "/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl);
        var page = await client.GetStringAsync(Path(address));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
            ["_handler"] = "sign-in",
            ["Input.Email"] = ConsoleFactory.AdminEmail,
            ["Input.Password"] = ConsoleFactory.AdminPassword,
        });

        using var answer = await client.PostAsync(Path(address), form);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/", new Uri(client.BaseAddress!, answer.Headers.Location!).PathAndQuery);
        Assert.Equal(client.BaseAddress!.Host, new Uri(client.BaseAddress!, answer.Headers.Location!).Host);
    }

    [Fact]
    public async Task DemoDoor_DemoOff_IsNotThere()
    {
        var page = await console.Anonymous.GetStringAsync(Path("/sign-in"));

        Assert.DoesNotContain("demo.local", page, StringComparison.Ordinal);
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM asp_net_users WHERE email LIKE '%demo.local'"));
    }

    private static string Message(string page) => ConsoleFactory.Between(page, "role=\"alert\">", "</p>");
}
