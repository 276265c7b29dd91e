using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Client;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Prediction;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Prediction;

/// <summary><c>POST /predictions</c> and the stored ones, as the contract has them.</summary>
public sealed class PredictionApiTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static JsonObject Sent(double bookedHoursAgo = 20, double promisedInHours = 10) => Shipment()
        .With("bookedAt", Time(Now.AddHours(-bookedHoursAgo))).With("promisedBy", Time(Now.AddHours(promisedInHours))).With("distanceKm", 80);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static JsonObject Along(JsonObject shipment, params JsonNode?[] events) => new() { ["shipment"] = shipment.DeepClone(), ["events"] = new JsonArray(events) };

    private async Task<PredictionsAnswer> AskAsync(bool explain, string? model, params JsonNode?[] items)
    {
        var body = new JsonObject { ["items"] = new JsonArray(items), ["explain"] = explain };
        if (model is not null)
            body["model"] = model;
        using var answer = await console.Client.PostAsync("predictions", body.ToJsonString());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize(text, ContractJson.Default.PredictionsAnswer)!;
    }

    [Fact]
    public async Task Items_OfEveryKind_AreAnsweredInOrderAndNothingIsStored()
    {
        var registered = Sent();
        await console.Client.SendAsync("shipments", registered);
        var id = registered["shipmentId"]!.GetValue<string>();
        var stored = console.Count("SELECT COUNT(*) FROM shipments") + console.Count("SELECT COUNT(*) FROM events");
        var along = Sent();
        var delivered = Event(shipmentId: along["shipmentId"]!.GetValue<string>()).With("type", "delivered").With("occurredAt", Time(Now.AddHours(-1)));
        var answer = await AskAsync(false, null,
            new JsonObject { ["shipmentId"] = id },
            new JsonObject { ["shipmentId"] = "nobody-knows-it" },
            new JsonObject { ["shipmentId"] = id, ["asOf"] = Time(Now.AddDays(-3)) },
            Along(along),
            Along(along, delivered.DeepClone()),
            Along(along, delivered.DeepClone()).With("asOf", Time(Now.AddHours(-2))),
            Along(Sent(40, -5)));

        Assert.Equal(("rule-1", 0.374), (answer.ModelVersion, answer.Threshold));
        Assert.Equal([true, false, false, true, false, true, true], answer.Predictions.Select(p => p.Error is null));
        Assert.Equal([true, false, false, true, false, true, true], answer.Predictions.Select(p => p.Score is not null));
        Assert.Equal("nobody-knows-it", answer.Predictions[1].ShipmentId);
        Assert.Contains("booking", answer.Predictions[2].Error, StringComparison.Ordinal);
        Assert.Contains("delivered", answer.Predictions[4].Error, StringComparison.Ordinal);
        Assert.True(answer.Predictions[6].Score > 0.99, $"past the promise: {answer.Predictions[6].Score}");
        Assert.All(answer.Predictions.Where(p => p.Score is not null), p =>
        {
            Assert.Equal(p.Score >= answer.Threshold, p.Late);
            Assert.InRange(p.ExpectedDelayMinutes!.Value, p.DelayInterval![0], p.DelayInterval[1]);
            Assert.Null(p.Contributions);
        });
        Assert.Equal(stored, console.Count("SELECT COUNT(*) FROM shipments") + console.Count("SELECT COUNT(*) FROM events"));
    }

    [Fact]
    public async Task AsOf_AMomentPast_SeesNothingKnownLater()
    {
        var shipment = Sent(30, 10);
        var collected = Event(shipmentId: shipment["shipmentId"]!.GetValue<string>()).With("type", "collected").With("occurredAt", Time(Now.AddHours(-10)));
        var late = Event(shipmentId: shipment["shipmentId"]!.GetValue<string>()).With("type", "exception").With("occurredAt", Time(Now.AddHours(-3)));
        var asOf = Time(Now.AddHours(-5));
        var answer = await AskAsync(true, null,
            Along(shipment, collected.DeepClone(), late.DeepClone()).With("asOf", asOf),
            Along(shipment, collected.DeepClone()).With("asOf", asOf),
            Along(shipment, collected.DeepClone(), late.With("occurredAt", Time(Now.AddHours(-6))).With("recordedAt", Time(Now.AddHours(-4)))).With("asOf", asOf));
        Assert.Single(answer.Predictions.Select(p => p.RawLogOdds).Distinct());
        Assert.All(answer.Predictions, p =>
        {
            Assert.Equal("exact", p.Explanation);
            Assert.Equal(p.RawLogOdds!.Value, p.Baseline!.Value + p.Contributions!.Sum(c => c.Amount), 1e-4);
        });
    }

    [Fact]
    public async Task Model_Named_AnswersWithItsThreshold()
    {
        var answer = await AskAsync(false, "random-1", Along(Sent()));
        Assert.Equal("random-1", answer.ModelVersion);
        Assert.Equal(answer.ModelVersion, (await AskAsync(false, "champion", Along(Sent()))).ModelVersion.Replace("rule", "random", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nothing", HttpStatusCode.BadRequest, "not JSON")]
    [InlineData("[]", HttpStatusCode.BadRequest, "object")]
    [InlineData("""{"items":[{"shipmentId":"a"}]} x""", HttpStatusCode.BadRequest, "not JSON")]
    [InlineData("{}", HttpStatusCode.UnprocessableEntity, "items")]
    [InlineData("""{"items":[]}""", HttpStatusCode.UnprocessableEntity, "items")]
    [InlineData("""{"items":{}}""", HttpStatusCode.UnprocessableEntity, "items")]
    [InlineData("""{"items":[7]}""", HttpStatusCode.UnprocessableEntity, "items[0]")]
    [InlineData("""{"items":[{}]}""", HttpStatusCode.UnprocessableEntity, "items[0]")]
    [InlineData("""{"items":[{"shipmentId":"a b"}]}""", HttpStatusCode.UnprocessableEntity, "items[0].shipmentId")]
    [InlineData("""{"items":[{"shipmentId":"a"},{"shipmentId":"a","asOf":"yesterday"}]}""", HttpStatusCode.UnprocessableEntity, "items[1].asOf")]
    [InlineData("""{"items":[{"shipmentId":"a","asOf":"2026-03-01T08:00:00"}]}""", HttpStatusCode.UnprocessableEntity, "items[0].asOf")]
    [InlineData("""{"items":[{"shipmentId":"a","asOf":"2099-03-01T08:00:00Z"}]}""", HttpStatusCode.UnprocessableEntity, "items[0].asOf")]
    [InlineData("""{"items":[{"shipment":{"shipmentId":"a","weightKg":-1}}]}""", HttpStatusCode.UnprocessableEntity, "items[0].shipment.weightKg")]
    [InlineData("""{"items":[{"shipmentId":"a","shipment":{}}]}""", HttpStatusCode.UnprocessableEntity, "items[0]")]
    [InlineData("""{"items":[{"shipmentId":"a","events":[]}]}""", HttpStatusCode.UnprocessableEntity, "items[0].events")]
    [InlineData("""{"items":[{"shipment":{"shipmentId":"a"},"events":[{"type":"flown"}]}]}""", HttpStatusCode.UnprocessableEntity, "items[0].events[0].type")]
    [InlineData("""{"items":[{"shipmentId":"a"}],"model":"none"}""", HttpStatusCode.UnprocessableEntity, "model")]
    [InlineData("""{"items":[{"shipmentId":"a"}],"model":3}""", HttpStatusCode.UnprocessableEntity, "model")]
    [InlineData("""{"items":[{"shipmentId":"a"}],"explain":"yes"}""", HttpStatusCode.UnprocessableEntity, "explain")]
    [InlineData("""{"items":[{"shipmentId":"a"}],"items":[]}""", HttpStatusCode.UnprocessableEntity, "items")]
    public async Task Body_Bad_IsRefusedNamingTheField(string body, HttpStatusCode status, string named)
    {
        using var answer = await console.Client.PostAsync("predictions", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        if (status == HttpStatusCode.UnprocessableEntity)
            Assert.Contains(named, problem["errors"]!.AsObject().Select(e => e.Key));
        else
            Assert.Contains(named, problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_TooMany_AreRefused()
    {
        var items = string.Join(',', Enumerable.Repeat("""{"shipmentId":"a"}""", 10_001));
        using var answer = await console.Client.PostAsync("predictions", $$"""{"items":[{{items}}]}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Fact]
    public async Task Stored_OfAShipment_ArePagedNewestFirst()
    {
        var shipment = Sent(1, 30);
        var id = shipment["shipmentId"]!.GetValue<string>();
        var sweep = console.Services.GetRequiredService<ScoreWhatIsBehind>();
        await console.Client.SendAsync("shipments", shipment);
        await sweep.DrainAsync();
        foreach (var type in new[] { "collected", "exception", "outForDelivery" })
        {
            await console.Client.SendAsync("events", Event(shipmentId: id).With("type", type).With("occurredAt", Time(Now)));
            await sweep.DrainAsync();
        }
        var all = await PageAsync($"shipments/{id}/predictions");
        Assert.True(all.Items.Count >= 3, $"{all.Items.Count} stored");
        Assert.Equal(all.Items.OrderByDescending(p => p.ScoredAt).Select(p => p.PredictionId), all.Items.Select(p => p.PredictionId));
        Assert.Null(all.Cursor);
        List<string> paged = [];
        for (string? cursor = null; ;)
        {
            var page = await PageAsync($"shipments/{id}/predictions?limit=1{(cursor is null ? "" : "&cursor=" + cursor)}");
            paged.AddRange(page.Items.Select(p => p.PredictionId));
            if ((cursor = page.Cursor) is null)
                break;
        }
        Assert.Equal(all.Items.Select(p => p.PredictionId), paged);
        Assert.All(all.Items, p => Assert.Equal(p.RawLogOdds, p.Baseline + p.Contributions.Sum(c => c.Amount), 1e-4));
    }

    [Theory]
    [InlineData("shipments/nobody-knows-it/predictions", HttpStatusCode.NotFound)]
    [InlineData("shipments/a/predictions?limit=0", HttpStatusCode.UnprocessableEntity)]
    [InlineData("shipments/a/predictions?limit=1001", HttpStatusCode.UnprocessableEntity)]
    [InlineData("shipments/a/predictions?cursor=here", HttpStatusCode.UnprocessableEntity)]
    public async Task Stored_AskedBadly_IsRefused(string path, HttpStatusCode status)
    {
        using var answer = await console.Client.GetAsync(new Uri("/api/v1/" + path, UriKind.Relative));
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    private async Task<StoredPredictionPage> PageAsync(string path)
    {
        var text = await console.Client.GetStringAsync(new Uri("/api/v1/" + path, UriKind.Relative));
        return JsonSerializer.Deserialize(text, ContractJson.Default.StoredPredictionPage)!;
    }
}
