using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>A fresh installation: whoever has the code of the log becomes the first administrator, once.</summary>
public sealed class FirstRunTests : IAsyncLifetime
{
    private const string Password = "violet-harbour-nine-kites";

    private readonly ConsoleFactory _fresh = new(null, ("Bootstrap:AdminEmail", ""), ("Bootstrap:AdminPassword", ""));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fresh.DisposeAsync();

    private FirstAdministrator First => _fresh.Services.GetRequiredService<FirstAdministrator>();

    [Fact]
    public async Task FirstRun_WithTheCode_MakesOneAdministratorAndIsGone()
    {
        using var browser = _fresh.CreateClient(new() { AllowAutoRedirect = false, HandleCookies = true });
        Assert.Contains("/first-run", await browser.GetStringAsync(new Uri("/sign-in", UriKind.Relative)), StringComparison.Ordinal);

        // As somebody types it.
        using var made = await SendAsync(browser, First.Code.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal), "ada@example.org");

        Assert.Equal(HttpStatusCode.Found, made.StatusCode);
        Assert.EndsWith("/set-up", made.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var page = await browser.GetAsync(new Uri("/set-up", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal([Roles.Admin], Assert.Single(await _fresh.Services.GetRequiredService<Users>().ListAsync()).Roles);
        using var gone = await _fresh.Anonymous.GetAsync(new Uri("/first-run", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.NotEmpty(await First.CreateAsync(First.Code, "eve@example.org", "Eve", Password));
        Assert.Equal(1, _fresh.Count("SELECT COUNT(*) FROM audit WHERE what = 'user.added'"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000-00000-00000-00000")]
    public async Task FirstRun_WithAnotherCode_MakesNobody(string code)
    {
        using var browser = _fresh.CreateClient(new() { AllowAutoRedirect = false, HandleCookies = true });

        using var answer = await SendAsync(browser, code, "eve@example.org");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("form-problem", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await _fresh.Services.GetRequiredService<Users>().ListAsync());
    }

    [Fact]
    public async Task FirstRun_TwoAtOnce_MakeOne()
    {
        _ = _fresh.Anonymous;
        var tries = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => First.CreateAsync(First.Code, $"p{i}@example.org", "P", Password)));
        Assert.Single(tries, problems => problems.Count == 0);
        Assert.Single(await _fresh.Services.GetRequiredService<Users>().ListAsync());
    }

    [Fact]
    public async Task FirstRun_WhereTheConfigurationNamesSomebody_IsNotThere()
    {
        await using var console = new ConsoleFactory();
        using var gone = await console.Anonymous.GetAsync(new Uri("/first-run", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.DoesNotContain("/first-run", await console.Anonymous.GetStringAsync(new Uri("/sign-in", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstRun_TriedTooOften_IsSlowedLikeTheSignIn()
    {
        await using var console = new ConsoleFactory(null, ("Bootstrap:AdminEmail", ""), ("Bootstrap:AdminPassword", ""), ("Access:SignInsPerMinute", "2"));
        using var browser = console.CreateClient(new() { AllowAutoRedirect = false, HandleCookies = true });
        List<HttpStatusCode> answers = [];
        for (var i = 0; i < 3; i++)
        {
            using var answer = await SendAsync(browser, "wrong", "eve@example.org");
            answers.Add(answer.StatusCode);
        }
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient browser, string code, string email)
    {
        var page = await browser.GetStringAsync(new Uri("/first-run", UriKind.Relative));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
            ["_handler"] = "first-run",
            ["Input.Code"] = code,
            ["Input.Email"] = email,
            ["Input.Name"] = "Ada",
            ["Input.Password"] = Password,
        });
        return await browser.PostAsync(new Uri("/first-run", UriKind.Relative), form);
    }
}
