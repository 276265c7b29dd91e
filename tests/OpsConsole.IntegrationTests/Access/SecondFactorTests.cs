using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

public sealed class SecondFactorTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static readonly Uri CodePage = new("/sign-in/code", UriKind.Relative);

    [Fact]
    public async Task Enrolled_ThenSignIn_AsksForTheCode()
    {
        var (person, secret, _) = await EnrolledAsync();
        using var browser = new Browser(console);

        using var password = await browser.SignInAsync(person);
        Assert.StartsWith("/sign-in/code", PathOf(password), StringComparison.Ordinal);
        Assert.False(await browser.IsInAsync());
        using var code = await browser.SendAsync("/sign-in/code?returnUrl=%2Fquality", "code", ("Input.Code", Code(secret, 1)));

        Assert.Equal("/quality", PathOf(code));
        Assert.True(await browser.IsInAsync());
    }

    [Fact]
    public async Task Code_UsedBefore_IsRefused()
    {
        var (person, secret, _) = await EnrolledAsync();
        var code = Code(secret, 1);
        using var first = new Browser(console);
        (await first.SignInAsync(person)).Dispose();
        (await first.SendAsync("/sign-in/code", "code", ("Input.Code", code))).Dispose();
        Assert.True(await first.IsInAsync());
        using var second = new Browser(console);
        (await second.SignInAsync(person)).Dispose();

        using var again = await second.SendAsync("/sign-in/code", "code", ("Input.Code", code));

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.False(await second.IsInAsync());
    }

    [Fact]
    public async Task Code_FiveWrongGuesses_ShutTheAccountForTheRightOneToo()
    {
        var (person, secret, _) = await EnrolledAsync();
        using var browser = new Browser(console);
        for (var guess = 0; guess < 5; guess++)
        {
            // Giving the password again in between buys nothing.
            (await browser.SignInAsync(person)).Dispose();
            (await browser.SendAsync("/sign-in/code", "code", ("Input.Code", WrongCode(secret)))).Dispose();
        }

        using var right = await browser.SendAsync("/sign-in/code", "code", ("Input.Code", Code(secret, 1)));
        using var password = await browser.SignInAsync(person);

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(HttpStatusCode.OK, password.StatusCode);
        Assert.False(await browser.IsInAsync());
    }

    [Fact]
    public async Task RecoveryCode_WorksOnceInPlaceOfTheApp()
    {
        var (person, _, codes) = await EnrolledAsync();
        Assert.Equal(SecondFactors.RecoveryCodes, codes.Count);
        using var browser = new Browser(console);
        (await browser.SignInAsync(person)).Dispose();
        (await browser.SendAsync("/sign-in/code?recovery=true", "code", ("Input.Code", codes[3].ToLowerInvariant()))).Dispose();
        Assert.True(await browser.IsInAsync());
        using var other = new Browser(console);
        (await other.SignInAsync(person)).Dispose();

        (await other.SendAsync("/sign-in/code?recovery=true", "code", ("Input.Code", codes[3]))).Dispose();

        Assert.False(await other.IsInAsync());
        Assert.Equal(0, console.Count($"SELECT COUNT(*) FROM recovery_codes WHERE hash LIKE '%{codes[5]}%'"));
    }

    [Fact]
    public async Task CodePage_WithoutAPassword_LetsNobodyIn()
    {
        using var browser = new Browser(console);
        var page = await browser.Client.GetStringAsync(new Uri("/sign-in", UriKind.Relative));
        using var answer = await browser.PostAsync(CodePage, ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""), "code", ("Input.Code", "123456"));

        Assert.False(await browser.IsInAsync());
        Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Fact]
    public async Task Administrator_ResetsTheFactor_ThePasswordAloneLetsIn()
    {
        var (person, _, _) = await EnrolledAsync();
        var users = console.Services.GetRequiredService<Users>();
        var before = (await users.ListAsync()).Single(u => u.Email == person);

        Assert.Empty(await users.ResetFactorsAsync(before.Id, Caller.System));

        Assert.True(before.SecondFactor);
        Assert.False((await users.ListAsync()).Single(u => u.Email == person).SecondFactor);
        using var browser = new Browser(console);
        (await browser.SignInAsync(person)).Dispose();
        Assert.True(await browser.IsInAsync());
        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM audit WHERE what = 'user.factorsReset' AND subject = '{before.Id}'"));
    }

    [Fact]
    public async Task TurnedOff_NeedsThePassword()
    {
        var (person, secret, _) = await EnrolledAsync();
        using var browser = new Browser(console);
        (await browser.SignInAsync(person)).Dispose();
        (await browser.SendAsync("/sign-in/code", "code", ("Input.Code", Code(secret, 1)))).Dispose();

        using var wrong = await browser.SendAsync("/account", "second-factor", ("Input.Password", "wrong-wrong-wrong"), ("Input.Act", "off"));
        using var right = await browser.SendAsync("/account", "second-factor", ("Input.Password", Browser.Password), ("Input.Act", "off"));

        Assert.Contains("isn&#x27;t that one", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("Off. The password alone", await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RoleThatNeedsIt_EnrolsBeforeGettingIn()
    {
        await using var strict = new ConsoleFactory(null, ("Access:RequireSecondFactor", "Admin, Analyst"));
        using var browser = new Browser(strict);

        using var password = await browser.SignInAsync(ConsoleFactory.AdminEmail, ConsoleFactory.AdminPassword);
        Assert.StartsWith("/sign-in/enrol", PathOf(password), StringComparison.Ordinal);
        Assert.False(await browser.IsInAsync());
        var page = await browser.Client.GetStringAsync(new Uri("/sign-in/enrol", UriKind.Relative));
        using var answer = await browser.SendAsync("/sign-in/enrol", "enrol", ("Input.Code", Code(SecretOn(page), 0)));

        Assert.Equal(SecondFactors.RecoveryCodes, CodesOn(await answer.Content.ReadAsStringAsync()).Count);
        Assert.True(await browser.IsInAsync());
    }

    /// <summary>A person who has set up the app; what they have for it.</summary>
    private async Task<(string Email, byte[] Secret, IReadOnlyList<string> Codes)> EnrolledAsync()
    {
        var (_, email) = await Browser.PersonAsync(console);
        using var browser = new Browser(console);
        (await browser.SignInAsync(email)).Dispose();
        var secret = SecretOn(await browser.Client.GetStringAsync(new Uri("/account", UriKind.Relative)));
        using var answer = await browser.SendAsync("/account", "second-factor-on", ("Input.Code", Code(secret, 0)), ("Input.Password", Browser.Password));
        var codes = CodesOn(await answer.Content.ReadAsStringAsync());
        Assert.True(await browser.IsInAsync());
        return (email, secret, codes);
    }

    private static byte[] SecretOn(string page)
    {
        const string base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var text = ConsoleFactory.Between(page, "id=\"secret\">", "<").Replace(" ", "", StringComparison.Ordinal);
        var bits = string.Concat(text.Select(c => Convert.ToString(base32.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(b => b.Length == 8).Select(b => Convert.ToByte(new string(b), 2))];
    }

    private static IReadOnlyList<string> CodesOn(string page) =>
        WebUtility.HtmlDecode(ConsoleFactory.Between(page, "id=\"recovery-codes\">", "<")).Split('\n');

    private static string Code(byte[] secret, int stepsAhead) => OneTimeCodes.Code(secret, OneTimeCodes.StepOf(TimeProvider.System.GetUtcNow()) + stepsAhead);

    private static string WrongCode(byte[] secret)
    {
        var good = Enumerable.Range(-2, 6).Select(ahead => Code(secret, ahead)).ToHashSet();
        return Enumerable.Range(0, 10).Select(n => new string((char)('0' + n), 6)).First(code => !good.Contains(code));
    }

    private static string PathOf(HttpResponseMessage answer) =>
        answer.Headers.Location is { } location ? new Uri(new Uri("http://localhost"), location).PathAndQuery : "";
}
