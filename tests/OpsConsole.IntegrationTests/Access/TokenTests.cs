using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>OAuth2 client credentials: a token does what its client may, as long as it may, and nothing that looks like a token does.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private static readonly Uri Door = new("/oauth/token", UriKind.Relative);
    // Nothing is there: 404 tells that the door was passed.
    private static readonly Uri Behind = new("/api/v1/no-such-thing", UriKind.Relative);

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ConsoleFactory _console;
    private string _id = "";
    private string _secret = "";

    public TokenTests() => _console = new ConsoleFactory(services => services.AddSingleton<TimeProvider>(_time));

    public async Task InitializeAsync() => (_id, _secret) = await ClientAsync([Scopes.Read, Scopes.Intake]);

    public async Task DisposeAsync() => await _console.DisposeAsync();

    private ApiKeys Keys => _console.Services.GetRequiredService<ApiKeys>();

    private string KeyPath => Path.Combine(_console.Folder, "keys", "tokens.key");

    [Fact]
    public async Task Token_OfAClient_OpensWithItsScopesAndSource()
    {
        var (status, answer) = await AskAsync(("client_id", _id), ("client_secret", _secret));
        Assert.Equal((HttpStatusCode.OK, "Bearer", 300, "read intake"),
            (status, answer.GetProperty("token_type").GetString(), answer.GetProperty("expires_in").GetInt32(), answer.GetProperty("scope").GetString()));
        var token = answer.GetProperty("access_token").GetString()!;

        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(token));
        using var export = await SendAsync(token, "/api/v1/labels");
        Assert.Equal(HttpStatusCode.Forbidden, export.StatusCode);
        using var posted = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/v1/events?validate=true", UriKind.Relative));
        posted.Headers.Authorization = new("Bearer", token);
        posted.Content = new StringContent(Intake.Sent.Event().ToJsonString(), Encoding.UTF8, "application/json");
        using var taken = await _console.Anonymous.SendAsync(posted);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task Token_AskedByBasic_WithFewerScopes_HasThose()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Door) { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "intake")]) };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_id}:{_secret}")));
        using var answer = await _console.Anonymous.SendAsync(request);
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("intake", json.GetProperty("scope").GetString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        using var read = await SendAsync(json.GetProperty("access_token").GetString()!, "/api/v1/cases");
        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
    }

    [Theory]
    [InlineData("invalid_client", 401, "client_id=@id", "client_secret=oc_clnt_wrong")]
    [InlineData("invalid_client", 401, "client_id=nobody", "client_secret=@secret")]
    [InlineData("invalid_client", 401)]
    [InlineData("invalid_scope", 400, "client_id=@id", "client_secret=@secret", "scope=read admin")]
    [InlineData("unsupported_grant_type", 400, "grant_type=password", "client_id=@id", "client_secret=@secret")]
    [InlineData("invalid_request", 400, "client_id=@id", "client_secret=@secret", "client_secret=twice")]
    public async Task Door_AskedWrongly_SaysSoAsOAuthDoes(string error, int status, params string[] fields)
    {
        var pairs = fields.Select(f => f.Split('=', 2)).Select(f => (f[0], f[1].Replace("@id", _id, StringComparison.Ordinal).Replace("@secret", _secret, StringComparison.Ordinal))).ToArray();
        var (got, answer) = await AskAsync(pairs);
        Assert.Equal((status, error), ((int)got, answer.GetProperty("error").GetString()));
        Assert.NotEmpty(answer.GetProperty("traceId").GetString()!);
        Assert.False(answer.TryGetProperty("access_token", out _));
    }

    [Fact]
    public async Task Secret_AsAKey_AndAKeyAsASecret_AreRefused()
    {
        using var client = _console.ClientWith(_secret);
        using var answer = await client.GetAsync(Behind);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var key = await _console.IssueKeyAsync("plain", simulated: false, Scopes.Read);
        var (status, _) = await AskAsync(("client_id", key.Substring(8, 8)), ("client_secret", key));
        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task Token_BesideAKey_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Behind);
        request.Headers.Authorization = new("Bearer", await TokenAsync());
        request.Headers.Add("X-Api-Key", ConsoleFactory.Key);
        using var answer = await _console.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Token_InTheUrl_IsNotTaken()
    {
        using var answer = await _console.Anonymous.GetAsync(new Uri($"{Behind}?access_token={await TokenAsync()}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Token_AfterFiveMinutes_NoLongerOpens()
    {
        var token = await TokenAsync();
        _time.Advance(Tokens.Lasts - TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(token));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(token));
    }

    [Fact]
    public async Task Client_Revoked_EndsItsTokens()
    {
        var token = await TokenAsync();
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(token));
        await Keys.RevokeAsync(_id, Caller.System);
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(token));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(("client_id", _id), ("client_secret", _secret))).Status);
    }

    [Fact]
    public async Task Client_OverItsLimit_IsToldHowLongToWait()
    {
        await Keys.LimitAsync(_id, 1, Caller.System);
        var token = await TokenAsync();
        HttpStatusCode last = default;
        for (var i = 0; i < 10 && last != HttpStatusCode.TooManyRequests; i++)
            last = await TryAsync(token);
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task Hub_NegotiatedWithAToken_LetsIn()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/hubs/operations/negotiate?negotiateVersion=1", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", await TokenAsync());
        using var answer = await _console.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("as it is", true)]
    [InlineData("no algorithm", false)]
    [InlineData("another issuer", false)]
    [InlineData("another audience", false)]
    [InlineData("another type", false)]
    [InlineData("another key", false)]
    [InlineData("another algorithm", false)]
    [InlineData("expired", false)]
    [InlineData("not yet", false)]
    [InlineData("without an end", false)]
    [InlineData("nobody's", false)]
    [InlineData("more scopes", true)]
    public async Task Token_Forged_IsRefused(string how, bool opens)
    {
        await TokenAsync();
        var forged = Forge(how, await File.ReadAllBytesAsync(KeyPath));
        Assert.Equal(opens ? HttpStatusCode.NotFound : HttpStatusCode.Unauthorized, await TryAsync(forged));
        // What a token says it may is never more than its client may.
        using var export = await SendAsync(forged, "/api/v1/labels");
        Assert.Equal(opens ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized, export.StatusCode);
    }

    [Fact]
    public async Task Key_FromAnotherNetwork_IsRefused()
    {
        var source = await _console.Services.GetRequiredService<Sources>().EnsureAsync("far", simulated: false, Caller.System);
        var (key, text) = await Keys.IssueAsync(new NewApiKey("far", source.Id, [Scopes.Read], null) { Networks = [IPNetwork.Parse("192.0.2.0/24")] }, Caller.System);
        using var client = _console.ClientWith(text);
        using var refused = await client.GetAsync(Behind);
        await Keys.RestrictAsync(key.Id, [], Caller.System);
        using var taken = await client.GetAsync(Behind);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), (refused.StatusCode, taken.StatusCode));
    }

    private string Forge(string how, byte[] key)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var (from, until) = how switch
        {
            "expired" => (now.AddHours(-2), now.AddHours(-1)),
            "not yet" => (now.AddHours(1), now.AddHours(2)),
            _ => (now, now.AddMinutes(5)),
        };
        var signing = how switch
        {
            "another key" => RandomNumberGenerator.GetBytes(64),
            _ => key,
        };
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = how == "another issuer" ? "somebody" : Tokens.Issuer,
            Audience = how == "another audience" ? "something" : Tokens.Audience,
            TokenType = how == "another type" ? "JWT" : Tokens.Type,
            NotBefore = from,
            Expires = how == "without an end" ? null : until,
            Claims = new Dictionary<string, object> { ["sub"] = how == "nobody's" ? "00000000" : _id, ["scope"] = how == "more scopes" ? string.Join(' ', Scopes.All) : "read" },
            SigningCredentials = how == "no algorithm" ? null : new SigningCredentials(
                new SymmetricSecurityKey(signing), how == "another algorithm" ? SecurityAlgorithms.HmacSha512 : SecurityAlgorithms.HmacSha256),
        });
        return token;
    }

    private async Task<(string Id, string Secret)> ClientAsync(IReadOnlyCollection<string> scopes)
    {
        var source = await _console.Services.GetRequiredService<Sources>().EnsureAsync("partner", simulated: false, Caller.System);
        var (key, text) = await Keys.IssueAsync(new NewApiKey("partner", source.Id, scopes, null) { Kind = ApiKeyKind.Client }, Caller.System);
        return (key.Id, text);
    }

    private async Task<string> TokenAsync() =>
        (await AskAsync(("client_id", _id), ("client_secret", _secret))).Answer.GetProperty("access_token").GetString()!;

    private async Task<(HttpStatusCode Status, JsonElement Answer)> AskAsync(params (string Name, string Value)[] fields)
    {
        var all = fields.Select(f => KeyValuePair.Create(f.Name, f.Value)).ToList();
        if (fields.All(f => f.Name != "grant_type"))
            all.Add(new("grant_type", "client_credentials"));
        using var form = new FormUrlEncodedContent(all);
        using var answer = await _console.Anonymous.PostAsync(Door, form);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    private async Task<HttpStatusCode> TryAsync(string token)
    {
        using var answer = await SendAsync(token, Behind.OriginalString);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _console.Anonymous.SendAsync(request);
    }
}
