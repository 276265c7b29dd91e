using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>The lists hold for every call, and nobody shuts themselves out by them.</summary>
public sealed class NetworkListTests : IAsyncLifetime
{
    private static readonly Caller Admin = new(1, null, "ann", 1, "console", false, false);
    private readonly ConsoleFactory _console = new(services => services.AddSingleton<IStartupFilter, PretendAddress>());

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _console.DisposeAsync();

    private NetworkLists Lists => _console.Services.GetRequiredService<NetworkLists>();

    [Theory]
    [InlineData("", "", "192.0.2.7", true)]
    [InlineData("192.0.2.0/24", "", "192.0.2.7", true)]
    [InlineData("192.0.2.0/24", "", "198.51.100.1", false)]
    [InlineData("", "192.0.2.7", "192.0.2.7", false)]
    [InlineData("", "192.0.2.7", "192.0.2.8", true)]
    [InlineData("192.0.2.0/24", "192.0.2.7", "192.0.2.7", false)]
    [InlineData("2001:db8::/32", "", "2001:db8:1::9", true)]
    [InlineData("2001:db8::/32", "", "192.0.2.7", false)]
    [InlineData("192.0.2.0/24", "", "::ffff:192.0.2.7", true)]
    [InlineData("192.0.2.0/24", "", "127.0.0.1", true)]
    public async Task Call_FromAnAddress_IsLetInByTheLists(string allowed, string blocked, string from, bool letIn)
    {
        Assert.Null(await Lists.ChangeAsync(Rules(allowed, blocked), null, Admin));
        foreach (var path in new[] { "/health/live", "/sign-in", "/api/v1/cases" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            request.Headers.Add("X-Pretend", from);
            using var answer = await _console.Client.SendAsync(request);
            Assert.Equal(letIn ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Lists_ThatShutOutWhoMakesThem_AreRefused()
    {
        var me = IPAddress.Parse("192.0.2.7");
        Assert.Contains("shut you out", await Lists.ChangeAsync(Rules("10.0.0.0/8", ""), me, Admin), StringComparison.Ordinal);
        Assert.Contains("shut you out", await Lists.ChangeAsync(Rules("", "192.0.2.0/24"), me, Admin), StringComparison.Ordinal);
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM audit WHERE what = 'networks.changed'"));
        Assert.Null(await Lists.ChangeAsync(Rules("10.0.0.0/8 192.0.2.7", ""), me, Admin));
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM audit WHERE what = 'networks.changed'"));
    }

    [Fact]
    public async Task Lists_ChangedOnThePage_AreInForceAndCheckTheSendersAddress()
    {
        using var admin = await _console.SignInAsync(Roles.Admin);
        admin.DefaultRequestHeaders.Add("X-Pretend", "192.0.2.7");
        Assert.Contains("shut you out", await SaveAsync(admin, "10.0.0.0/8"), StringComparison.Ordinal);
        Assert.Contains("is no address", await SaveAsync(admin, "10.0.0.0/99"), StringComparison.Ordinal);
        Assert.Contains("form-done", await SaveAsync(admin, "192.0.2.0/24"), StringComparison.Ordinal);
        using var other = new HttpRequestMessage(HttpMethod.Get, new Uri("/sign-in", UriKind.Relative));
        other.Headers.Add("X-Pretend", "10.1.1.1");
        using var refused = await _console.Anonymous.SendAsync(other);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task KeyRing_InTheDatabase_IsSealed()
    {
        using var form = await _console.Anonymous.GetAsync(new Uri("/sign-in", UriKind.Relative));
        Assert.True(_console.Count("SELECT COUNT(*) FROM data_protection_keys") > 0);
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM data_protection_keys WHERE xml NOT LIKE '%<sealed%' OR xml LIKE '%<masterKey%'"));
    }

    private static NetworkRules Rules(string allowed, string blocked)
    {
        Assert.True(Networks.TryParse(allowed, out var only, out _));
        Assert.True(Networks.TryParse(blocked, out var never, out _));
        return new NetworkRules(only, never);
    }

    private static async Task<string> SaveAsync(HttpClient client, string allowed)
    {
        var page = await client.GetStringAsync(new Uri("/settings/networks", UriKind.Relative));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = ConsoleFactory.Between(page, "name=\"__RequestVerificationToken\" value=\"", "\""),
            ["_handler"] = "networks",
            ["Input.Allowed"] = allowed,
            ["Input.Blocked"] = "",
        });
        using var answer = await client.PostAsync(new Uri("/settings/networks", UriKind.Relative), form);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>In memory nobody has an address: the tests say which.</summary>
    private sealed class PretendAddress : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, rest) =>
            {
                if (http.Request.Headers["X-Pretend"].ToString() is { Length: > 0 } address)
                    http.Connection.RemoteIpAddress = IPAddress.Parse(address);
                return rest(http);
            });
            next(app);
        };
    }
}
