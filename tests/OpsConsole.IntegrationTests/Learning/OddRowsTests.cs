using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpsConsole.Client;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Learning;

/// <summary>Ten thousand rows as odd as they come (quality.md F18): every model answers something finite, or says why it can't.</summary>
public sealed class OddRowsTests(LearntWorld world) : IClassFixture<LearntWorld>
{
    private const int RowsOfAModel = 2_500;

    // What a sender's system writes when it doesn't know, and the ends of every range.
    private static readonly double[] Numbers = [0, -0.0, 1e-300, 5e-324, 0.1, 1, 999_999, 1e9, 1e15, 1e300, 1.7976931348623157e308, -1, -1e308];
    private static readonly string[] Texts = ["", " ", "NULL", "NaN", "Infinity", "unseen-carrier", "ü😀", "'; DROP TABLE shipments", "=1+1", new('x', 200)];

    [Theory]
    [InlineData("rule-1")]
    [InlineData("random-1")]
    [InlineData("odd-logistic")]
    [InlineData("odd-lightgbm")]
    public async Task OddRows_OfEveryModel_AreScoredFinitelyOrRefusedInWords(string model)
    {
        if (model.StartsWith("odd-", StringComparison.Ordinal))
            await world.TrainAsync($$"""{ "trainer": "{{model[4..]}}", "decisionPoint": "collected", "name": "{{model}}" }""");
        var random = new Random(18);
        var (scored, refused) = (0, 0);
        for (var row = 0; row < RowsOfAModel; row++)
        {
            var body = new JsonObject { ["items"] = new JsonArray(Odd(random)), ["model"] = model, ["explain"] = row % 10 == 0 };
            using var answer = await world.Console.Client.PostAsync("predictions", body.ToJsonString());
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.UnprocessableEntity, text);
            if (answer.StatusCode != HttpStatusCode.OK || Assert.Single(JsonSerializer.Deserialize(text, ContractJson.Default.PredictionsAnswer)!.Predictions) is not { Error: null } prediction)
            {
                refused++;
                continue;
            }
            scored++;
            Assert.InRange(prediction.Score!.Value, 0, 1);
            Assert.True(double.IsFinite(prediction.RawLogOdds!.Value) && double.IsFinite(prediction.ExpectedDelayMinutes!.Value));
            Assert.All(prediction.DelayInterval!, minutes => Assert.True(double.IsFinite(minutes)));
            Assert.All(prediction.Contributions ?? [], part => Assert.True(double.IsFinite(part.Amount)));
        }
        Assert.True(scored > RowsOfAModel / 5 && refused > RowsOfAModel / 5, $"{scored} scored, {refused} refused: the rows are not odd in both ways");
    }

    private static JsonObject Odd(Random random)
    {
        var now = TimeProvider.System.GetUtcNow();
        var shipment = Shipment().With("bookedAt", Time(now.AddHours(-random.Next(1, 30_000)))).With("promisedBy", Time(now.AddMinutes(random.Next(-100_000, 2_000_000))));
        foreach (var field in new[] { "weightKg", "volumeDm3", "declaredValue", "distanceKm", "pieces" })
        {
            if (random.Next(4) == 0)
                shipment = shipment.With(field, field == "pieces" ? random.Next(-1, int.MaxValue) : Pick(random, Numbers));
        }
        foreach (var field in new[] { "carrier", "priority", "route", "service" })
        {
            if (random.Next(6) == 0)
                shipment = shipment.With(field, Pick(random, Texts));
        }
        if (random.Next(5) == 0)
            shipment = shipment.With("destination", new JsonObject { ["areaCode"] = "X9", ["latitude"] = Pick(random, [-90.0, 0, 90, 91]), ["longitude"] = Pick(random, [-180.0, 0, 180]) });
        if (random.Next(3) == 0)
            shipment = shipment.With("attributes", new JsonObject { ["odd"] = random.Next(2) == 0 ? Pick(random, Numbers) : Pick(random, Texts), ["flag"] = random.Next(2) == 0 });
        var events = new JsonArray();
        foreach (var type in new[] { "collected", "arrivedAtFacility", "exception", "promiseChanged" })
        {
            if (random.Next(3) != 0)
                continue;
            var happened = Event(shipmentId: shipment["shipmentId"]!.GetValue<string>()).With("type", type).With("occurredAt", Time(now.AddMinutes(-random.Next(0, 50_000))));
            events.Add(type == "promiseChanged" ? happened.With("promisedBy", Time(now.AddMinutes(random.Next(-10_000, 2_000_000)))) : happened);
        }
        return new JsonObject { ["shipment"] = shipment, ["events"] = events };
    }

    private static T Pick<T>(Random random, T[] among) => among[random.Next(among.Length)];
}
