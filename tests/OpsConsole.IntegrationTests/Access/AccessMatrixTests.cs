using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>
/// Every endpoint, page and hub method there is, tried by nobody, by every role and by a key of each scope, against one table. A new endpoint
/// without a row fails: who may call it has to be said here.
/// </summary>
public sealed partial class AccessMatrixTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private const string Anyone = "anyone";
    private const string SignedIn = "signed in";

    /// <summary>Method and route, and what its caller needs: <see cref="Anyone"/>, <see cref="SignedIn"/>, or a scope.</summary>
    private static readonly Dictionary<string, string> Expected = new(StringComparer.OrdinalIgnoreCase)
    {
        // Pages.
        ["GET /"] = Scopes.Read,
        ["GET /quality"] = Scopes.Read,
        ["GET /kpis"] = Scopes.Read,
        ["GET /threshold"] = Scopes.Read,
        ["GET /labels"] = Scopes.Export,
        ["GET /models"] = Scopes.Read,
        ["GET /imports"] = Scopes.Learn,
        ["GET /imports/{Key:long}"] = Scopes.Learn,
        ["GET /imports/{key:long}/rejected"] = Scopes.Learn,
        ["POST /imports/upload"] = Scopes.Learn,
        ["GET /settings"] = Scopes.Admin,
        ["GET /settings/people"] = Scopes.Admin,
        ["GET /settings/keys"] = Scopes.Admin,
        ["GET /settings/networks"] = Scopes.Admin,
        ["POST /settings/networks"] = Scopes.Admin,
        ["GET /settings/audit"] = Scopes.Admin,
        ["GET /settings/retention"] = Scopes.Admin,
        ["GET /settings/set-aside"] = Scopes.Admin,
        ["GET /alerts"] = Scopes.Admin,
        ["GET /account"] = SignedIn,
        ["POST /account"] = SignedIn,
        ["GET /sign-in"] = Anyone,
        ["GET /first-run"] = Anyone,
        ["GET /set-up"] = Scopes.Admin,
        ["GET /brief"] = Scopes.Read,
        ["GET /sign-in/code"] = Anyone,
        ["GET /sign-in/enrol"] = Anyone,
        ["GET /sign-in/company"] = Anyone,
        ["GET /sign-in/company/done"] = Anyone,
        ["GET /sign-out/company"] = Anyone,
        ["GET /sources"] = Scopes.Read,
        ["GET /sources/{Name}"] = Scopes.Read,
        ["GET /signed-out"] = Anyone,
        ["GET /access-denied"] = Anyone,
        ["GET /error"] = Anyone,
        ["GET /not-found"] = Anyone,
        ["GET /status/{Code:int}"] = Anyone,

        // Doors.
        ["POST /sign-in"] = Anyone,
        ["POST /first-run"] = Anyone,
        ["POST /sign-in/code"] = Anyone,
        ["POST /sign-in/enrol"] = Anyone,
        ["POST /sign-in/passkey"] = Anyone,
        ["POST /sign-in/passkey/options"] = Anyone,
        ["POST /account/passkeys"] = SignedIn,
        ["POST /account/passkeys/options"] = SignedIn,
        ["POST /account/passkeys/remove"] = SignedIn,
        ["POST /demo/enter"] = Anyone,
        ["POST /sign-out"] = SignedIn,
        ["POST /oauth/token"] = Anyone,

        // Operators.
        ["GET /health/live"] = Anyone,
        ["GET /health/ready"] = Anyone,
        ["* /metrics"] = Scopes.Metrics,
        ["POST /measured"] = SignedIn,
        ["GET /openapi/{documentName}.json"] = Anyone,
        ["GET /docs"] = Anyone,
        ["GET /docs/scalar.js"] = Anyone,
        ["GET /docs/scalar.aspnetcore.js"] = Anyone,
        ["GET /docs/favicon.svg"] = Anyone,
        // Development serves assets that were added since the build.
        ["GET /{**path:file}"] = SignedIn,
        ["HEAD /{**path:file}"] = SignedIn,

        // The API.
        ["POST /api/v1/shipments"] = Scopes.Intake,
        ["POST /api/v1/events"] = Scopes.Intake,
        ["POST /api/v1/conditions"] = Scopes.Intake,
        ["POST /api/v1/contacts"] = Scopes.Intake,
        ["POST /api/v1/customers/erase"] = Scopes.Admin,
        ["GET /api/v1/shipments/{}"] = Scopes.Read,
        ["GET /api/v1/shipments/{}/predictions"] = Scopes.Read,
        ["POST /api/v1/predictions"] = Scopes.Predict,
        ["GET /api/v1/cases"] = Scopes.Read,
        ["POST /api/v1/cases/{}/judgements"] = Scopes.Judge,
        ["DELETE /api/v1/cases/{}/judgements/{}"] = Scopes.Judge,
        ["GET /api/v1/labels"] = Scopes.Export,
        ["HEAD /api/v1/labels"] = Scopes.Export,
        ["GET /api/v1/labels/dictionary"] = Scopes.Export,
        ["GET /api/v1/quality"] = Scopes.Read,
        ["GET /api/v1/quality/curves"] = Scopes.Read,
        ["GET /api/v1/kpis"] = Scopes.Read,
        ["GET /api/v1/threshold"] = Scopes.Read,
        ["GET /api/v1/models"] = Scopes.Read,
        ["POST /api/v1/models/train"] = Scopes.Learn,
        ["GET /api/v1/runs/{}"] = Scopes.Read,
        ["DELETE /api/v1/runs/{}"] = Scopes.Learn,
        ["POST /api/v1/models/{}/promote"] = Scopes.Learn,
        ["POST /api/v1/models/{}/retire"] = Scopes.Learn,
        ["POST /api/v1/models/{}/backtest"] = Scopes.Learn,

        // The hub, and the circuits of the pages.
        ["* /hubs/operations"] = Scopes.Read,
        ["* /hubs/operations/negotiate"] = Scopes.Read,
        ["* /_blazor"] = SignedIn,
        ["* /_blazor/negotiate"] = SignedIn,
        ["* /_blazor/disconnect"] = SignedIn,
        ["* /_blazor/initializers"] = SignedIn,
        ["GET /_framework/opaque-redirect"] = SignedIn,
    };

    private sealed record Call(string Method, string Route, string Path)
    {
        internal string Name => $"{Method} {Route}";

        internal bool IsMachine => MachinePaths.Is("/" + Path.TrimStart('/'));
    }

    [Fact]
    public void Endpoints_Each_HaveARowInTheTable() =>
        AssertNone(Calls().Select(c => c.Name).Where(name => !Expected.ContainsKey(name)).Distinct());

    [Fact]
    public async Task Endpoints_CalledByNobody_RefuseWhoIsNotNamed()
    {
        List<string> wrong = [];
        foreach (var call in Calls())
        {
            using var answer = await SendAsync(console.Anonymous, call);
            var needs = Expected.GetValueOrDefault(call.Name);
            var refused = answer.StatusCode == HttpStatusCode.Unauthorized
                || (answer.StatusCode == HttpStatusCode.Found && answer.Headers.Location?.OriginalString.Contains("/sign-in", StringComparison.Ordinal) == true);
            if (refused != (needs != Anyone))
                wrong.Add($"{call.Name} needs {needs}, nobody got {(int)answer.StatusCode}");
            if (needs != Anyone && call.IsMachine && answer.StatusCode != HttpStatusCode.Unauthorized)
                wrong.Add($"{call.Name} is called by programs and must answer 401, not {(int)answer.StatusCode}");
        }
        AssertNone(wrong);
    }

    [Theory]
    [InlineData(Roles.Dispatcher)]
    [InlineData(Roles.Support)]
    [InlineData(Roles.Manager)]
    [InlineData(Roles.Analyst)]
    [InlineData(Roles.Admin)]
    public async Task Endpoints_CalledByARole_LetInByItsScopes(string role)
    {
        using var client = await console.SignInAsync(role);
        // Signing out would end the walk.
        await WalkAsync(client, Scopes.Of(role), Calls().Where(c => c.Name != "POST /sign-out"));
    }

    [Theory]
    [InlineData(Scopes.Intake)]
    [InlineData(Scopes.Read)]
    [InlineData(Scopes.Judge)]
    [InlineData(Scopes.Predict)]
    [InlineData(Scopes.Export)]
    [InlineData(Scopes.Learn)]
    [InlineData(Scopes.Metrics)]
    [InlineData(Scopes.Admin)]
    public async Task Endpoints_CalledByAKeyOfOneScope_LetInByItAlone(string scope)
    {
        using var client = console.ClientWith(await console.IssueKeyAsync("matrix", simulated: true, scope));
        await WalkAsync(client, [scope], Calls());
    }

    [Fact]
    public async Task Assets_CalledByNobody_AreThere()
    {
        var routes = console.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is { Selectors.Count: 0 }).Select(e => e.RoutePattern.RawText!).Distinct().ToList();
        Assert.Contains(routes, r => r.Contains("ops", StringComparison.Ordinal) && r.EndsWith(".css", StringComparison.Ordinal));
        foreach (var route in routes)
        {
            using var answer = await console.Anonymous.GetAsync(new Uri("/" + route.TrimStart('/'), UriKind.Relative));
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{route}: {(int)answer.StatusCode}");
        }
    }

    [Fact]
    public void HubMethods_Each_AreKnownAndBehindTheScopeRead()
    {
        var hubs = typeof(Scopes).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Hub)) && !t.IsAbstract).ToList();
        var methods = hubs.SelectMany(h => h.GetMethods().Where(m => m.DeclaringType == h && !m.IsSpecialName && m.GetBaseDefinition().DeclaringType == h))
            .Select(m => $"{m.DeclaringType!.Name}.{m.Name}").Order();
        Assert.Empty(methods.Except(["OperationsHub.Subscribe", "OperationsHub.Unsubscribe"]));
        foreach (var endpoint in console.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.StartsWith("/hubs", StringComparison.Ordinal) == true))
        {
            Assert.Contains(endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(), a => a.Policy == Scopes.Read);
            Assert.Null(endpoint.Metadata.GetMetadata<IAllowAnonymous>());
        }
    }

    private static void AssertNone(IEnumerable<string> wrong)
    {
        var lines = string.Join('\n', wrong);
        Assert.True(lines.Length == 0, lines);
    }

    private async Task WalkAsync(HttpClient client, IReadOnlyList<string> scopes, IEnumerable<Call> calls)
    {
        List<string> wrong = [];
        foreach (var call in calls)
        {
            using var answer = await SendAsync(client, call);
            var needs = Expected.GetValueOrDefault(call.Name) ?? "a row in the table";
            var allowed = needs is Anyone or SignedIn || scopes.Contains(needs);
            var refused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                || (answer.StatusCode == HttpStatusCode.Found && answer.Headers.Location?.OriginalString.Contains("/access-denied", StringComparison.Ordinal) == true);
            if (refused == allowed)
                wrong.Add($"{call.Name} needs {needs}, a caller with {string.Join(' ', scopes)} got {(int)answer.StatusCode}");
            if ((int)answer.StatusCode >= 500 && answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                wrong.Add($"{call.Name} failed with {(int)answer.StatusCode}");
        }
        AssertNone(wrong);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, Call call)
    {
        // A body that no endpoint takes: what is let in gets no further than its own refusal, and changes nothing.
        using var request = new HttpRequestMessage(new HttpMethod(call.Method == "*" ? "GET" : call.Method), new Uri(call.Path, UriKind.Relative));
        if (request.Method == HttpMethod.Post)
            request.Content = new StringContent("nothing", Encoding.UTF8, call.IsMachine ? "application/json" : "application/x-www-form-urlencoded");
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, enough.Token);
    }

    private IEnumerable<Call> Calls()
    {
        foreach (var endpoint in console.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var text = endpoint.RoutePattern.RawText ?? "";
            var assets = endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null || text.StartsWith("/docs/{", StringComparison.Ordinal);
            if (assets)
                continue;
            var route = "/" + text.Trim('/');
            var shape = route.StartsWith("/api", StringComparison.Ordinal) ? Parameter().Replace(route, "{}") : route;
            var path = Parameter().Replace(
                route.Replace("{documentName}", "v1", StringComparison.Ordinal).Replace("{**path:file}", "9.txt", StringComparison.Ordinal), "9");
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
            // A page's endpoint takes GET, and POST for its forms.
            var page = endpoint.Metadata.Any(m => m.GetType().Name == "ComponentTypeMetadata");
            var sent = page ? (shape is "/sign-in" or "/sign-in/code" or "/sign-in/enrol" or "/first-run" or "/account" or "/settings/networks" ? ["GET", "POST"] : ["GET"]) : methods.Count == 0 ? ["*"] : methods;
            foreach (var method in sent.Where(m => m is "*" or "GET" or "POST" or "DELETE" or "PUT" or "PATCH" or "HEAD"))
                yield return new Call(method, shape, path);
        }
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
