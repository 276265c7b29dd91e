using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Learning;

/// <summary>Promotion: what its body may say, which gates stop whom, and what stands in the audit.</summary>
public sealed class PromotionTests(LearntWorld world) : IClassFixture<LearntWorld>
{
    private async Task TrainAsync(string name, Action<JsonNode>? change = null)
    {
        var run = await world.TrainAsync($$"""{ "trainer": "logistic", "decisionPoint": "collected", "name": "{{name}}" }""");
        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        if (change is null)
            return;
        await using var db = await world.Console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        var model = await db.Set<ModelVersion>().SingleAsync(m => m.Version == name);
        var metrics = JsonNode.Parse(model.Metrics)!;
        change(metrics);
        model.Metrics = metrics.ToJsonString();
        await db.SaveChangesAsync();
    }

    private static Task<HttpResponseMessage> PromoteAsync(HttpClient client, string version, string? body) =>
        body is null ? client.PostAsync(new Uri($"/api/v1/models/{version}/promote", UriKind.Relative), null) : client.PostAsync($"models/{version}/promote", body);

    private string Serving => world.Console.Services.GetRequiredService<Champions>().Current.Version;

    [Theory]
    [InlineData("promote", """{ "reason": 3 }""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("promote", """{ "reason": "" }""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("promote", """{ "reason": "a\nb" }""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("promote", """{ "because": "x" }""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("promote", "[]", HttpStatusCode.BadRequest)]
    [InlineData("promote", """{ "reason": "a", "reason": "b" }""", HttpStatusCode.BadRequest)]
    [InlineData("promote", "{", HttpStatusCode.BadRequest)]
    [InlineData("retire", """{ "reason": 3 }""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("retire", "{", HttpStatusCode.BadRequest)]
    public async Task Body_NotAsDescribed_IsRefusedAndNothingChanges(string call, string body, HttpStatusCode expected)
    {
        var before = Serving;
        using var answer = await world.Console.Client.PostAsync($"models/{Champions.Random}/{call}", body);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(before, Serving);
        Assert.Equal(0, world.Console.Count($"SELECT COUNT(*) FROM model_versions WHERE version = '{Champions.Random}' AND state = 3"));
    }

    [Fact]
    public async Task Body_NotJson_Is415()
    {
        using var text = new StringContent("reason", Encoding.UTF8, "text/plain");
        using var answer = await world.Console.Client.PostAsync(new Uri("/api/v1/models/rule-1/promote", UriKind.Relative), text);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task Promote_PastAFailedGate_TakesAnAdministratorsReasonWhichStandsInTheAudit()
    {
        await TrainAsync("hidden", metrics => metrics["actedOn"]!["deciles"]![9]!["missing"] = 0.6);
        var gates = (await world.GetAsync("models")).GetProperty("items").EnumerateArray().Single(m => m.GetProperty("version").GetString() == "hidden").GetProperty("gates");
        Assert.Equal(["actedOn"], gates.EnumerateArray().Where(g => !g.GetProperty("passed").GetBoolean()).Select(g => g.GetProperty("name").GetString()));
        using var analyst = world.Console.ClientWith(await world.Console.IssueKeyAsync("analysts", false, "learn", "read"));

        foreach (var (client, body) in new[] { (analyst, """{ "reason": "I want it" }"""), (analyst, null), (world.Console.Client, null) })
        {
            using var refused = await PromoteAsync(client, "hidden", body);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Contains("60.0 %", problem.GetProperty("gates").GetProperty("actedOn").GetString(), StringComparison.Ordinal);
            Assert.Contains("admin", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
        Assert.NotEqual("hidden", Serving);
        using var promoted = await PromoteAsync(world.Console.Client, "hidden", """{ "reason": "the depot was closed, nobody acted there" }""");
        Assert.True(promoted.StatusCode == HttpStatusCode.OK, await promoted.Content.ReadAsStringAsync());
        Assert.Equal("hidden", Serving);
        Assert.Equal(1, world.Console.Count("SELECT COUNT(*) FROM audit WHERE what = 'champion.appointed' AND details LIKE '%the depot was closed%' AND details LIKE '%past actedOn%'"));
        // A key without admin can always roll back.
        using var back = await PromoteAsync(analyst, Champions.Rule, null);
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        using var forth = await PromoteAsync(analyst, Champions.Random, "{}");
        Assert.Equal(HttpStatusCode.OK, forth.StatusCode);
        using var home = await PromoteAsync(analyst, Champions.Rule, null);
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
    }

    [Fact]
    public async Task Promote_NotWhatWasTrained_IsStoppedForEverybody()
    {
        await TrainAsync("broken", metrics => metrics["parity"] = new JsonObject { ["rows"] = 5, ["different"] = 1 });
        using var refused = await PromoteAsync(world.Console.Client, "broken", """{ "reason": "never mind" }""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.DoesNotContain("may promote it anyway", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
