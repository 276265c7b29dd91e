using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.IntegrationTests.Triage;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>
/// Every act that changes what others see leaves an entry in the audit. The table names each endpoint that changes something: with the entry it
/// leaves, or with the reason why it leaves none; a new endpoint without a row fails. Acts of pages are below it, use case by use case.
/// </summary>
public sealed class AuditedActsTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static readonly Dictionary<string, string> Endpoints = new(StringComparer.Ordinal)
    {
        // Facts: each is stored with its source and the time received, and is never changed.
        ["POST /api/v1/shipments"] = "none: versions are kept with source and time",
        ["POST /api/v1/events"] = "none: events are kept with source and time",
        ["POST /api/v1/conditions"] = "none: conditions are kept with source and time",
        ["POST /api/v1/contacts"] = "none: contacts are kept with source and time",
        ["POST /api/v1/predictions"] = "none: stores nothing",
        ["POST /oauth/token"] = "none: gives a token of five minutes; the client's use is noted, a refusal logged",
        ["POST /api/v1/customers/erase"] = "customer.erased",
        ["POST /api/v1/cases/{}/judgements"] = "judgement.made",
        ["DELETE /api/v1/cases/{}/judgements/{}"] = "judgement.withdrawn",
        ["POST /api/v1/models/train"] = "run.started",
        ["DELETE /api/v1/runs/{}"] = "run.cancelled",
        ["POST /api/v1/models/{}/promote"] = "champion.appointed",
        ["POST /api/v1/models/{}/retire"] = "model.retired",
        ["POST /api/v1/models/{}/backtest"] = "run.started",
    };

    private Caller Admin => new(1, null, "ann", 1, "console", false, false);

    [Fact]
    public void Endpoints_OfTheApiThatChangeSomething_EachStandInTheTable()
    {
        var unknown = console.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.TrimStart('/') is { } route && (route.StartsWith("api/", StringComparison.Ordinal) || route.StartsWith("oauth/", StringComparison.Ordinal)))
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Where(m => m is "POST" or "PUT" or "PATCH" or "DELETE")
                .Select(m => $"{m} /{System.Text.RegularExpressions.Regex.Replace(e.RoutePattern.RawText!.Trim('/'), @"\{[^}]*\}", "{}")}"))
            .Where(name => !Endpoints.ContainsKey(name)).ToList();
        Assert.True(unknown.Count == 0, "Say which audit entry these leave, or why none: " + string.Join(", ", unknown));
    }

    [Fact]
    public async Task Judging_AndTakingItBack_AreAudited()
    {
        var parcel = await new TriageSeed(console.Services).RegisterAsync();
        await LeavesAsync("judgement.made", parcel.Id, () => SendAsync("POST", $"cases/{parcel.Id}/judgements", """{"late":true,"reason":"traffic"}""", HttpStatusCode.Created));
        var judgement = console.Count("SELECT MAX(\"key\") FROM judgements");
        await LeavesAsync("judgement.withdrawn", parcel.Id, () => SendAsync("DELETE", $"cases/{parcel.Id}/judgements/{judgement}", null, HttpStatusCode.NoContent));
    }

    [Fact]
    public async Task ErasingACustomer_IsAuditedWithoutTheirName()
    {
        var sent = Sent.Shipment().With("customer", new JsonObject { ["customerId"] = "Erika Mustermann" });
        await console.Client.SendAsync("shipments", sent);
        await LeavesAsync("customer.erased", null, () => SendAsync("POST", "customers/erase", """{"customerId":"Erika Mustermann"}""", HttpStatusCode.NoContent));
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM audit WHERE subject LIKE '%Erika%' OR details LIKE '%Erika%'"));
    }

    [Fact]
    public async Task People_AddedAndChanged_AreAudited()
    {
        var users = console.Services.GetRequiredService<Users>();
        await LeavesAsync("user.added", null, () => users.AddAsync("audited@example.org", "Audited", "violet-harbour-nine-kites", [Roles.Support], Admin));
        var id = (await users.ListAsync()).Single(u => u.Email == "audited@example.org").Id;
        var subject = id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await LeavesAsync("user.roles", subject, () => users.SetRolesAsync(id, [Roles.Manager], Admin));
        await LeavesAsync("user.disabled", subject, () => users.SetDisabledAsync(id, true, Admin));
        await LeavesAsync("user.enabled", subject, () => users.SetDisabledAsync(id, false, Admin));
        await LeavesAsync("user.password", subject, () => users.SetPasswordAsync(id, "orchard-mint-nine-drums", Admin));
    }

    [Fact]
    public async Task KeysAndSources_AreAudited()
    {
        var (keys, sources) = (console.Services.GetRequiredService<ApiKeys>(), console.Services.GetRequiredService<Sources>());
        await LeavesAsync("source.added", "audited-source", () => sources.EnsureAsync("audited-source", false, Admin));
        var source = await sources.EnsureAsync("audited-source", false, Admin);
        await LeavesAsync("source.reportingLag", "audited-source", () => sources.SetReportingLagAsync(source.Id, 30, Admin));
        await LeavesAsync("apiKey.issued", null, () => keys.IssueAsync("audited", source.Id, [Scopes.Read], null, Admin));
        var key = (await keys.ListAsync()).First(k => k.Name == "audited").Id;
        await LeavesAsync("apiKey.limited", key, () => keys.LimitAsync(key, 5, Admin));
        await LeavesAsync("apiKey.restricted", key, () => keys.RestrictAsync(key, [System.Net.IPNetwork.Parse("10.0.0.0/8")], Admin));
        await LeavesAsync("apiKey.revoked", key, () => keys.RevokeAsync(key, Admin));
    }

    [Fact]
    public async Task SigningIn_AndBeingShutOut_AreAudited()
    {
        using var client = await console.SignInAsync(Roles.Support);
        Assert.True(console.Count("SELECT COUNT(*) FROM audit WHERE what = 'user.signedIn'") > 0);
        for (var i = 0; i < 5; i++)
            (await ConsoleFactory.SignInAsync(client, "support@example.org", "wrong-wrong-wrong")).Dispose();
        Assert.Equal(1, console.Count("SELECT COUNT(*) FROM audit WHERE what = 'user.lockedOut'"));
    }

    private async Task SendAsync(string method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri("/api/v1/" + path, UriKind.Relative));
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await console.Client.SendAsync(request);
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>The act leaves exactly one entry of that kind, about that, by somebody.</summary>
    private async Task LeavesAsync(string what, string? subject, Func<Task> act)
    {
        var sql = $"SELECT COUNT(*) FROM audit WHERE what = '{what}' AND who <> ''" + (subject is null ? "" : $" AND subject = '{subject}'");
        var before = console.Count(sql);
        await act();
        Assert.True(console.Count(sql) == before + 1, $"{what} of {subject}: {console.Count(sql) - before} entries");
    }
}
