using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Learning;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Learning;

/// <summary>Training from the API to the registry, promotion and its gates.</summary>
public sealed class LearningTests(LearntWorld world) : IClassFixture<LearntWorld>
{
    private const string Collected = """{ "trainer": "logistic", "decisionPoint": "collected", "name": "NAME" }""";

    private static string Named(string name) => Collected.Replace("NAME", name, StringComparison.Ordinal);

    [Fact]
    public async Task Train_PromotesAndRollsBack_ScoresAreThoseOfTheVersionAsked()
    {
        var run = await world.TrainAsync("""{ "trainer": "lightgbm", "decisionPoint": "collected", "name": "trees" }""");

        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.Equal("trees", run.GetProperty("modelVersion").GetString());
        var metrics = run.GetProperty("metrics");
        foreach (var name in new[] { "rocAuc", "prAuc", "brier", "logLoss", "precision", "recall", "maeMinutes" })
            Assert.Equal(JsonValueKind.Number, metrics.GetProperty(name).ValueKind);
        Assert.Equal(64, metrics.GetProperty("dataHash").GetString()!.Length);
        Assert.Contains("all", metrics.GetProperty("fittedOn").GetString(), StringComparison.Ordinal);
        var model = (await world.GetAsync("models")).GetProperty("items").EnumerateArray().Single(m => m.GetProperty("version").GetString() == "trees");
        Assert.Equal("candidate", model.GetProperty("state").GetString());
        Assert.Equal(metrics.GetProperty("dataHash").GetString(), model.GetProperty("dataHash").GetString());

        using var promoted = await world.PostAsync("models/trees/promote");
        Assert.True(promoted.StatusCode == HttpStatusCode.OK, await promoted.Content.ReadAsStringAsync());
        Assert.Equal("trees", world.Console.Services.GetRequiredService<Champions>().Current.Version);
        var asked = new { items = new[] { new { shipmentId = "H0003", asOf = LearntWorld.Start.AddHours(13) } }, model = "champion", explain = true };
        using var scored = await world.Console.Client.PostAsJsonAsync(new Uri("/api/v1/predictions", UriKind.Relative), asked);
        var answer = await scored.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("trees", answer.GetProperty("modelVersion").GetString());
        var prediction = answer.GetProperty("predictions")[0];
        var sum = prediction.GetProperty("baseline").GetDouble() + prediction.GetProperty("contributions").EnumerateArray().Sum(c => c.GetProperty("contribution").GetDouble());
        Assert.Equal(prediction.GetProperty("rawLogOdds").GetDouble(), sum, 1e-6);

        using var again = await world.PostAsync("models/trees/promote");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        using var retired = await world.PostAsync("models/trees/retire");
        Assert.Equal(HttpStatusCode.Conflict, retired.StatusCode);
        using var back = await world.PostAsync($"models/{Champions.Rule}/promote");
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        Assert.Equal(Champions.Rule, world.Console.Services.GetRequiredService<Champions>().Current.Version);
        Assert.Equal(2, world.Console.Count("SELECT COUNT(*) FROM audit WHERE what = 'champion.appointed'"));
    }

    [Fact]
    public async Task Train_Succeeded_ABacktestStartsByItself_WithTheWindowInSample()
    {
        var to = LearntWorld.Start.AddDays(30);
        await world.TrainAsync($$"""{ "trainer": "logistic", "to": "{{Sent.Time(to)}}", "decisionPoint": "collected", "name": "tested-by-itself" }""");

        var run = world.Console.Read("SELECT \"key\" FROM runs WHERE kind = 1 AND model_version = 'tested-by-itself'");
        var done = await LearntWorld.UntilAsync(world.Console, $"/api/v1/runs/{run}", state => state is not ("queued" or "running"));

        Assert.Equal("succeeded", done.GetProperty("state").GetString());
        var answer = await world.GetAsync("quality?basis=backtest&model=tested-by-itself");
        var booked = world.Console.Count($"SELECT COUNT(*) FROM shipments WHERE booked_at < {to.UtcTicks}");
        Assert.Equal(booked, answer.GetProperty("inSample").GetProperty("shipments").GetInt64());
        Assert.Equal(world.Console.Count("SELECT COUNT(*) FROM shipments") - booked, answer.GetProperty("total").GetProperty("shipments").GetInt64());
        Assert.True(answer.GetProperty("total").GetProperty("atRisk").GetInt64() > 0);
    }

    [Fact]
    public async Task Train_WindowWithoutAnEnd_EverythingBookedByThenIsInSample()
    {
        await world.TrainAsync(Named("trained-on-all"));

        var run = world.Console.Read("SELECT \"key\" FROM runs WHERE kind = 1 AND model_version = 'trained-on-all'");
        await LearntWorld.UntilAsync(world.Console, $"/api/v1/runs/{run}", state => state == "succeeded");
        using var again = await world.PostAsync("models/trained-on-all/backtest");
        await LearntWorld.UntilAsync(world.Console, again.Headers.Location!.ToString(), state => state == "succeeded");

        var answer = await world.GetAsync("quality?basis=backtest&model=trained-on-all");
        Assert.Equal(0, answer.GetProperty("total").GetProperty("shipments").GetInt64());
        Assert.Equal(world.Console.Count("SELECT COUNT(*) FROM shipments"), answer.GetProperty("inSample").GetProperty("shipments").GetInt64());
    }

    [Fact]
    public async Task Train_FactsKnownAfterAsOf_ChangeNothing()
    {
        var asOf = Sent.Time(LearntWorld.Start.AddDays(30));
        string Body(string name) => $$"""{ "trainer": "logistic", "asOf": "{{asOf}}", "decisionPoint": "collected", "name": "{{name}}" }""";
        var before = await world.TrainAsync(Body("leak-before"));
        // Told later: other deliveries before the promise, another weight, a shipment more.
        List<JsonObject> events = [], shipments = [];
        for (var n = 0; n < 80; n++)
        {
            var id = $"H{n:0000}";
            var at = LearntWorld.Start.AddDays(40);
            events.Add(LearntWorld.Event(id, "delivered", LearntWorld.Start.AddHours((n * 1.5) + 7)).With("eventId", $"{id}-late").With("recordedAt", Sent.Time(at)));
            events.Add(LearntWorld.Event(id, "exception", LearntWorld.Start.AddHours((n * 1.5) + 0.5)).With("recordedAt", Sent.Time(at)));
            shipments.Add(Sent.Shipment($"L{n:0000}").With("bookedAt", Sent.Time(LearntWorld.Start.AddHours(n))).With("promisedBy", Sent.Time(LearntWorld.Start.AddHours(n + 20)))
                .With("recordedAt", Sent.Time(at)));
        }
        await LearntWorld.AcceptAsync(world.Console.Client, "events", events);
        await LearntWorld.AcceptAsync(world.Console.Client, "shipments", shipments);
        var after = await world.TrainAsync(Body("leak-after"));

        Assert.Equal("succeeded", after.GetProperty("state").GetString());
        Assert.Equal(Hash(before), Hash(after));
        Assert.Equal(FileOf("leak-before"), FileOf("leak-after"));
        Assert.True(before.GetProperty("metrics").GetProperty("leftOut").GetProperty("unresolved").GetInt32() > 0);

        static string Hash(JsonElement run) => run.GetProperty("metrics").GetProperty("dataHash").GetString()!;
    }

    [Theory]
    [InlineData("""{ }""", "trainer")]
    [InlineData("""{ "trainer": "forest" }""", "trainer")]
    [InlineData("""{ "trainer": 3 }""", "trainer")]
    [InlineData("""{ "trainer": "logistic", "from": "2026-01-01" }""", "from")]
    [InlineData("""{ "trainer": "logistic", "from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z" }""", "to")]
    [InlineData("""{ "trainer": "logistic", "asOf": "2999-01-01T00:00:00Z" }""", "asOf")]
    [InlineData("""{ "trainer": "logistic", "decisionLeadMinutes": 1.5 }""", "decisionLeadMinutes")]
    [InlineData("""{ "trainer": "logistic", "decisionPoint": "delivered" }""", "decisionPoint")]
    [InlineData("""{ "trainer": "logistic", "includeAttributes": "yes" }""", "includeAttributes")]
    [InlineData("""{ "trainer": "logistic", "simulated": "perhaps" }""", "simulated")]
    [InlineData("""{ "trainer": "logistic", "seed": -1 }""", "seed")]
    [InlineData("""{ "trainer": "logistic", "name": "a/b" }""", "name")]
    [InlineData("""{ "trainer": "logistic", "name": "rule-1" }""", "name")]
    [InlineData("""{ "trainer": "logistic", "treess": 1 }""", "treess")]
    public async Task Train_ABadField_IsNamed(string body, string field)
    {
        using var answer = await world.PostAsync("models/train", body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ \"trainer\": ")]
    [InlineData("""{ "trainer": "logistic", "trainer": "logistic" }""")]
    public async Task Train_NotAnObject_Is400(string body)
    {
        using var answer = await world.PostAsync("models/train", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Train_NothingInTheWindow_FailsWithTheReason()
    {
        var run = await world.TrainAsync("""{ "trainer": "lightgbm", "to": "2001-01-01T00:00:00Z" }""");

        Assert.Equal("failed", run.GetProperty("state").GetString());
        Assert.Contains("nothing to learn from", run.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_NothingInTheWindowWithoutSimulatedOnes_SaysThatTheyWereLeftOut()
    {
        var run = await world.TrainAsync("""{ "trainer": "lightgbm", "to": "2001-01-01T00:00:00Z", "simulated": "exclude" }""");

        Assert.Contains("Simulated shipments were left out", run.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promote_AGateFails_IsRefusedWithTheFigure()
    {
        await world.TrainAsync(Named("gated"));
        await SetMetricAsync("gated", metrics => metrics["parity"] = new JsonObject { ["rows"] = 500, ["different"] = 3, ["largest"] = 0.1 });

        using var answer = await world.PostAsync("models/gated/promote");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var gates = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("gates");
        Assert.StartsWith("3 of 500 rows", gates.GetProperty("parity").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promote_FileDamaged_IsRefusedAndNothingChanges()
    {
        await world.TrainAsync(Named("damaged"));
        var path = Path.Combine(world.Console.Folder, "models", FileOf("damaged"));
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^9] ^= 4;
        await File.WriteAllBytesAsync(path, bytes);
        var before = world.Console.Services.GetRequiredService<Champions>().Current.Version;

        using var answer = await world.PostAsync("models/damaged/promote");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("hash differs", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, world.Console.Services.GetRequiredService<Champions>().Current.Version);
    }

    [Theory]
    [InlineData("models/none/promote", HttpStatusCode.NotFound)]
    [InlineData("models/none/retire", HttpStatusCode.NotFound)]
    [InlineData("models/none/backtest", HttpStatusCode.NotFound)]
    public async Task Calls_ThatCantBe_SaySo(string path, HttpStatusCode expected)
    {
        using var answer = await world.PostAsync(path, "{}");

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("77")]
    [InlineData("x")]
    public async Task Run_ThatIsNone_Is404(string run)
    {
        using var read = await world.Console.Client.GetAsync(new Uri($"/api/v1/runs/{run}", UriKind.Relative));
        using var cancelled = await world.Console.Client.DeleteAsync(new Uri($"/api/v1/runs/{run}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, cancelled.StatusCode);
    }

    private string FileOf(string version)
    {
        using var connection = world.Console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT file_name FROM model_versions WHERE version = '{version}'";
        return (string)command.ExecuteScalar()!;
    }

    private async Task SetMetricAsync(string version, Action<JsonObject> change)
    {
        var model = (await world.GetAsync("models")).GetProperty("items").EnumerateArray().Single(m => m.GetProperty("version").GetString() == version);
        var metrics = JsonNode.Parse(model.GetProperty("metrics").GetRawText())!.AsObject();
        change(metrics);
        var set = new Statement("UPDATE model_versions SET metrics = @p0 WHERE version = @p1");
        await world.Console.Services.GetRequiredService<GroupedWriter>().WriteAsync(session => session.Execute(set, metrics.ToJsonString(), version));
    }
}
