using System.Net;
using System.Text.RegularExpressions;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

public sealed class HeaderTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static Uri Path(string path) => new(path, UriKind.Relative);

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/health/live")]
    [InlineData("/api/v1/no-such-thing")]
    [InlineData("/no-such-page")]
    [InlineData("/css/ops.css")]
    [InlineData("/docs/")]
    public async Task Answers_Any_CarryTheSecurityHeaders(string path)
    {
        using var answer = await console.Client.GetAsync(Path(path));

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains(MachinePaths.Is(path) ? "default-src 'none'" : "default-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("object-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("script-src[^;]*unsafe-inline", policy);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.True(answer.Headers.Contains("Permissions-Policy"));
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("X-Powered-By"));
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/docs/")]
    [InlineData("/no-such-page")]
    public async Task Pages_InlineScripts_CarryTheNonceOfTheirAnswer(string path)
    {
        using var answer = await console.Client.GetAsync(Path(path));
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        var nonce = Regex.Match(answer.Headers.GetValues("Content-Security-Policy").Single(), "'nonce-([^']+)'").Groups[1].Value;

        Assert.NotEmpty(nonce);
        foreach (Match script in Regex.Matches(page, "<script(?![^>]*src=)[^>]*>"))
            Assert.Contains($"nonce=\"{nonce}\"", script.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_Two_HaveDifferentNonces()
    {
        using var one = await console.Anonymous.GetAsync(Path("/sign-in"));
        using var two = await console.Anonymous.GetAsync(Path("/sign-in"));
        Assert.NotEqual(one.Headers.GetValues("Content-Security-Policy"), two.Headers.GetValues("Content-Security-Policy"));
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/docs/")]
    public async Task Pages_LoadNothingFromElsewhere(string path)
    {
        var page = await console.Client.GetStringAsync(Path(path));
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page);
    }

    [Theory]
    [InlineData("POST", "/api/v1/events")]
    [InlineData("POST", "/sign-out")]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("GET", "/_blazor")]
    [InlineData("GET", "/hubs/operations")]
    public async Task Origin_Foreign_IsRefused(string method, string path)
    {
        (string, string)[][] foreign =
        [
            [("Origin", "https://evil.example")],
            [("Origin", "http://localhost.evil.example")],
            [("Origin", "http://localhost:8443")],
            [("Origin", "https://localhost")],
            [("Sec-Fetch-Site", "cross-site")],
            [("Sec-Fetch-Site", "same-site")],
            // What a proxy might say counts for nothing where none is known.
            [("Origin", "https://evil.example"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")],
        ];
        foreach (var headers in MachinePaths.Is(path.Split('?')[0]) ? foreign.Append([("Origin", "null")]) : foreign)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), Path(path));
            request.Headers.Add("X-Api-Key", ConsoleFactory.Key);
            foreach (var (header, value) in headers)
                request.Headers.Add(header, value);

            using var answer = await console.Anonymous.SendAsync(request);

            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Origin_OwnOrNone_IsLetIn()
    {
        using var own = new HttpRequestMessage(HttpMethod.Post, Path("/api/v1/no-such-thing"));
        own.Headers.Add("X-Api-Key", ConsoleFactory.Key);
        own.Headers.Add("Origin", "http://localhost");
        using var ownAnswer = await console.Anonymous.SendAsync(own);
        using var noneAnswer = await console.Client.PostAsync(Path("/api/v1/no-such-thing"), null);

        Assert.Equal(HttpStatusCode.NotFound, ownAnswer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, noneAnswer.StatusCode);
    }

    [Fact]
    public async Task Cookies_OverHttps_AreBoundToTheHost()
    {
        await using var secure = new ConsoleFactory(null, ("RequireHttps", "true"));
        using var client = secure.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new Uri("https://console.example") });
        using var answer = await ConsoleFactory.SignInAsync(client, ConsoleFactory.AdminEmail, ConsoleFactory.AdminPassword);

        var session = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("__Host-ops-session=", StringComparison.Ordinal));
        Assert.Contains("secure", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", session, StringComparison.OrdinalIgnoreCase);
        Assert.True(answer.Headers.Contains("Strict-Transport-Security"));

        using var plain = secure.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new Uri("http://console.example") });
        using var sent = await plain.GetAsync(Path("/sign-in"));
        Assert.Equal(HttpStatusCode.TemporaryRedirect, sent.StatusCode);
        Assert.Equal("https://console.example/sign-in", sent.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Metrics_ThroughAProxy_AskForTheScope()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path("/metrics"));
        request.Headers.Add("X-Forwarded-For", "127.0.0.1");
        using var forwarded = await console.Anonymous.SendAsync(request);
        using var scraper = console.ClientWith(await console.IssueKeyAsync("scraper", simulated: false, Scopes.Metrics));
        using var allowed = await scraper.GetAsync(Path("/metrics"));

        Assert.Equal(HttpStatusCode.Unauthorized, forwarded.StatusCode);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }
}
