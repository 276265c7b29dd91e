using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

public sealed class CompanySignInTests : IAsyncLifetime
{
    private CompanyIdentity _company = null!;
    private ConsoleFactory _console = null!;
    private HttpClient _there = null!;

    public async Task InitializeAsync()
    {
        _company = await CompanyIdentity.StartAsync();
        _console = new ConsoleFactory(null,
            ("Access:Oidc:Authority", _company.Authority),
            ("Access:Oidc:ClientId", CompanyIdentity.ClientId),
            ("Access:Oidc:ClientSecret", CompanyIdentity.ClientSecret),
            ("Access:Oidc:Name", "Example Couriers"),
            ("Access:Oidc:RoleClaim", "groups"),
            ("Access:Oidc:Roles", "dispatch=Dispatcher, ops-admins=Admin"));
        _there = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
    }

    public async Task DisposeAsync()
    {
        _there.Dispose();
        await _console.DisposeAsync();
        await _company.DisposeAsync();
    }

    [Fact]
    public async Task SignIn_OfAKnownRole_LetsInAndGoesWhereOneWanted()
    {
        using var browser = new Browser(_console);
        var door = await browser.Client.GetStringAsync(Path("/sign-in?returnUrl=%2Fquality"));
        Assert.Contains("Sign in with Example Couriers", door, StringComparison.Ordinal);
        var sent = await SentAsync(browser, "/sign-in/company?returnUrl=%2Fquality");
        var asked = QueryHelpers.ParseQuery(sent.Query);

        Assert.Equal("code", asked["response_type"]);
        Assert.Equal("S256", asked["code_challenge_method"]);
        Assert.NotEmpty(asked["state"].ToString());
        Assert.NotEmpty(asked["nonce"].ToString());
        Assert.Equal("/quality", await ComeBackAsync(browser, await CallbackAsync(sent)));
        Assert.True(await browser.IsInAsync());
        var person = Assert.Single(await PeopleAsync());
        Assert.Equal("Casey Company", person.Name);
        Assert.Equal([Roles.Dispatcher], person.Roles);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("/\\evil.example")]
    public async Task SignIn_ToAnotherSite_GoesToTheFrontPage(string returnUrl)
    {
        using var browser = new Browser(_console);
        var sent = await SentAsync(browser, "/sign-in/company?returnUrl=" + Uri.EscapeDataString(returnUrl));
        Assert.Equal("/", await ComeBackAsync(browser, await CallbackAsync(sent)));
    }

    [Fact]
    public async Task SignIn_WithoutARole_IsRefusedInPlainWords()
    {
        _company.Groups = ["accounting", "Admin"];
        using var browser = new Browser(_console);

        var came = await ComeBackAsync(browser, await CallbackAsync(await SentAsync(browser)));

        Assert.Equal("/sign-in?refused=role", came);
        Assert.Contains("nothing it says of you is a role", await browser.Client.GetStringAsync(Path(came)), StringComparison.Ordinal);
        Assert.False(await browser.IsInAsync());
        Assert.Empty(await PeopleAsync());
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM audit WHERE what = 'user.companySignInRefused'"));
    }

    [Fact]
    public async Task Person_IsWhoTheSubjectSays_NotTheEMailAddress()
    {
        // Somebody at the company claims the administrator's address.
        _company.Email = ConsoleFactory.AdminEmail;
        await EnterAsync();
        _company.Subject = "another";
        await EnterAsync();
        _company.Email = "changed@example.org";
        await EnterAsync();

        Assert.Equal(2, (await PeopleAsync()).Count);
        var admin = (await _console.Services.GetRequiredService<Users>().ListAsync()).Single(u => u.Email == ConsoleFactory.AdminEmail);
        Assert.Equal(0, _console.Count($"SELECT COUNT(*) FROM asp_net_user_logins WHERE user_id = {admin.Id}"));
    }

    [Fact]
    public async Task Roles_ChangedAtTheCompany_CountFromTheNextSignIn()
    {
        using var before = await EnterAsync();
        _company.Groups = ["ops-admins"];
        using var after = await EnterAsync();

        Assert.Equal([Roles.Admin], Assert.Single(await PeopleAsync()).Roles);
        Assert.False(await before.IsInAsync());
        Assert.True(await after.IsInAsync());
    }

    [Fact]
    public async Task Person_ShutOutHere_IsRefused()
    {
        using var browser = await EnterAsync();
        Assert.Empty(await _console.Services.GetRequiredService<Users>().SetDisabledAsync(Assert.Single(await PeopleAsync()).Id, disabled: true, Caller.System));

        Assert.Equal("/sign-in?refused=shut", await ComeBackAsync(browser, await CallbackAsync(await SentAsync(browser))));
        Assert.False(await browser.IsInAsync());
    }

    [Fact]
    public async Task SignOut_EndsTheSession_AndOffersTheCompanysToo()
    {
        using var browser = await EnterAsync();
        var token = ConsoleFactory.Between(await browser.Client.GetStringAsync(Path("/sign-in")), "name=\"__RequestVerificationToken\" value=\"", "\"");

        using var here = await browser.PostAsync(Path("/sign-out"), token, null);
        Assert.Equal("/signed-out?through=company", here.Headers.Location?.OriginalString);
        Assert.False(await browser.IsInAsync());
        using var notBack = await browser.Client.GetAsync(Path("/sign-in/company/done"));
        Assert.Equal("/sign-in?refused=company", notBack.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task SignOut_AtTheCompany_CarriesTheTokenThatItAsksFor()
    {
        using var browser = await EnterAsync();
        var token = ConsoleFactory.Between(await browser.Client.GetStringAsync(Path("/sign-in")), "name=\"__RequestVerificationToken\" value=\"", "\"");
        (await browser.PostAsync(Path("/sign-out"), token, null)).Dispose();

        using var there = await browser.Client.GetAsync(Path("/sign-out/company"));

        Assert.StartsWith(_company.Authority + "connect/end", there.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(QueryHelpers.ParseQuery(there.Headers.Location!.Query)["id_token_hint"].ToString());
    }

    [Theory]
    [InlineData("state tampered")]
    [InlineData("state missing")]
    [InlineData("state of another browser")]
    [InlineData("code tampered")]
    [InlineData("code used twice")]
    [InlineData("nonce of another sign-in")]
    [InlineData("nonce missing")]
    [InlineData("issuer another")]
    [InlineData("audience another")]
    [InlineData("expired")]
    [InlineData("algorithm none")]
    [InlineData("algorithm of the shared secret")]
    [InlineData("key another")]
    [InlineData("claims changed")]
    public async Task SignIn_TamperedWith_IsRefused(string how)
    {
        using var browser = new Browser(_console);
        _company.Replace = token => Tampered(how, token);
        var callback = Changed(how, await CallbackAsync(await SentAsync(browser)));
        if (how == "code used twice")
            Assert.Equal("/", await ComeBackAsync(browser, callback));
        using var other = new Browser(_console);
        var victim = how is "state of another browser" or "code used twice" ? other : browser;

        Assert.Equal("/sign-in?refused=company", await ComeBackAsync(victim, callback));

        Assert.False(await victim.IsInAsync());
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM audit WHERE what = 'user.companySignInRefused'"));
    }

    /// <summary>The token as somebody would like the console to take it.</summary>
    private string Tampered(string how, string token)
    {
        var claims = JsonSerializer.Deserialize<Dictionary<string, object>>(Base64UrlEncoder.Decode(token.Split('.')[1]))!;
        var now = TimeProvider.System.GetUtcNow();
        switch (how)
        {
            case "nonce of another sign-in":
                claims["nonce"] = "another";
                break;
            case "nonce missing":
                claims.Remove("nonce");
                break;
            case "issuer another":
                claims["iss"] = "https://evil.example/";
                break;
            case "audience another":
                claims["aud"] = "another-client";
                break;
            case "expired":
                claims["iat"] = now.AddHours(-2).ToUnixTimeSeconds();
                claims["exp"] = now.AddHours(-1).ToUnixTimeSeconds();
                break;
            case "algorithm none":
                return Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""") + "." + token.Split('.')[1] + ".";
            case "claims changed":
                claims["groups"] = "ops-admins";
                return token.Split('.')[0] + "." + Base64UrlEncoder.Encode(JsonSerializer.Serialize(claims)) + "." + token.Split('.')[2];
            case "key another":
                return Sign(claims, new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "company" }, SecurityAlgorithms.RsaSha256));
            case "algorithm of the shared secret":
                return Sign(claims, new SigningCredentials(new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(CompanyIdentity.ClientSecret)), SecurityAlgorithms.HmacSha256));
            default:
                return token;
        }
        return Sign(claims, _company.Signing);
    }

    private static string Sign(Dictionary<string, object> claims, SigningCredentials credentials) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(JsonSerializer.Serialize(claims), credentials);

    private static Uri Changed(string how, Uri callback) => how switch
    {
        "state tampered" => With(callback, "state", state => "x" + state[1..]),
        "state missing" => With(callback, "state", _ => null),
        "code tampered" => With(callback, "code", code => "x" + code[1..]),
        _ => callback,
    };

    private static Uri With(Uri callback, string name, Func<string, string?> change)
    {
        var query = QueryHelpers.ParseQuery(callback.Query).ToDictionary(p => p.Key, p => (string?)p.Value.ToString());
        query[name] = change(query[name]!);
        return new Uri(QueryHelpers.AddQueryString(callback.GetLeftPart(UriPartial.Path), query.Where(p => p.Value is not null).ToDictionary()));
    }

    private async Task<Browser> EnterAsync()
    {
        var browser = new Browser(_console);
        Assert.Equal("/", await ComeBackAsync(browser, await CallbackAsync(await SentAsync(browser))));
        return browser;
    }

    /// <summary>Where the console sends a browser.</summary>
    private async Task<Uri> SentAsync(Browser browser, string from = "/sign-in/company")
    {
        using var answer = await browser.Client.GetAsync(Path(from));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.StartsWith(_company.Authority + "connect/authorize", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        return answer.Headers.Location;
    }

    /// <summary>Where the company sends it back.</summary>
    private async Task<Uri> CallbackAsync(Uri sent)
    {
        using var answer = await _there.GetAsync(sent);
        Assert.True(answer.StatusCode == HttpStatusCode.Found, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!;
    }

    /// <summary>Where the browser ends up.</summary>
    private static async Task<string> ComeBackAsync(Browser browser, Uri callback)
    {
        using var answer = await browser.Client.GetAsync(callback);
        var next = answer.Headers.Location!.OriginalString;
        if (!next.StartsWith("/sign-in/company/done", StringComparison.Ordinal))
            return next;
        using var done = await browser.Client.GetAsync(Path(next));
        return done.Headers.Location!.OriginalString;
    }

    private async Task<IReadOnlyList<ConsoleUser>> PeopleAsync() =>
        [.. (await _console.Services.GetRequiredService<Users>().ListAsync()).Where(u => u.Email.EndsWith(CompanySignIn.Domain, StringComparison.Ordinal))];

    private static Uri Path(string path) => new(path, UriKind.Relative);
}
