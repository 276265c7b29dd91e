using System.Net;
using System.Text.Json.Nodes;
using OpsConsole.Client;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Intake;

/// <summary>What becomes of what is sent: once each, amended or refused, counted in the receipt.</summary>
public sealed class IntakeTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    [Theory]
    [InlineData("shipments")]
    [InlineData("events")]
    [InlineData("conditions")]
    [InlineData("contacts")]
    public async Task Item_SentTwice_IsStoredOnceAndCountedAsDuplicate(string path)
    {
        var item = Example(path);
        var first = await console.Client.SendAsync(path, item);
        var second = await console.Client.SendAsync(path, item);
        Assert.Equal((1, 0, 0), (first.Accepted, first.Duplicates, first.RejectedCount));
        Assert.Equal((0, 1, 0), (second.Accepted, second.Duplicates, second.RejectedCount));
    }

    [Theory]
    [InlineData("shipments")]
    [InlineData("events")]
    [InlineData("conditions")]
    [InlineData("contacts")]
    public async Task Item_TwiceInOneCall_IsStoredOnce(string path)
    {
        var item = Example(path);
        var receipt = await console.Client.SendAsync(path, item, item);
        Assert.Equal((1, 1, 0), (receipt.Accepted, receipt.Duplicates, receipt.RejectedCount));
    }

    [Theory]
    [InlineData("shipments")]
    [InlineData("events")]
    [InlineData("conditions")]
    [InlineData("contacts")]
    public async Task Call_OnlyValidated_AnswersTheSameAndStoresNothing(string path)
    {
        var (good, bad) = (Example(path), Example(path).With(path == "conditions" ? "observedAt" : "occurredAt", "yesterday").With("bookedAt", "yesterday"));
        var before = Stored();
        var body = new JsonArray(good.DeepClone(), bad.DeepClone(), good.DeepClone()).ToJsonString();
        using var answer = await console.Client.PostAsync(path + "?validate=true", body);
        var checkedOnly = await answer.ReceiptAsync();
        Assert.Equal(before, Stored());
        using var real = await console.Client.PostAsync(path, body);
        var receipt = await real.ReceiptAsync();
        Assert.Equal((1, 1, 1), (receipt.Accepted, receipt.Duplicates, receipt.RejectedCount));
        Assert.Equal((receipt.Accepted, receipt.Duplicates, receipt.RejectedCount), (checkedOnly.Accepted, checkedOnly.Duplicates, checkedOnly.RejectedCount));
        Assert.Equal(receipt.Rejected[0].Errors.Keys, checkedOnly.Rejected[0].Errors.Keys);
    }

    [Fact]
    public async Task Event_KnownIdOtherContent_IsRefusedByItsId()
    {
        var e = Event();
        await console.Client.SendAsync("events", e);
        var receipt = await console.Client.SendAsync("events", e.With("type", "delivered"));
        var rejected = Assert.Single(receipt.Rejected);
        Assert.Equal((0, (string?)e["eventId"]), (rejected.Index, rejected.Id));
        Assert.Contains("other content", Assert.Single(rejected.Errors["eventId"]), StringComparison.Ordinal);
        Assert.Equal(0, console.Count($"SELECT COUNT(*) FROM events WHERE event_id = '{e["eventId"]}' AND type = 8"));
    }

    [Fact]
    public async Task Items_GoodBesideBad_AreStoredAndTheBadAreNamedByPlace()
    {
        var receipt = await console.Client.SendAsync("events", Event("good-1"), Event("bad-1").Without("type"), Event("good-2"), 7, Event("bad-2").With("latitude", 91));
        Assert.Equal((2, 3), (receipt.Accepted, receipt.RejectedCount));
        Assert.Equal([1, 3, 4], receipt.Rejected.Select(r => r.Index));
        Assert.Equal(["bad-1", null, "bad-2"], receipt.Rejected.Select(r => r.Id));
        Assert.Equal(["type", "$", "latitude"], receipt.Rejected.Select(r => r.Errors.Keys.Single()));
        Assert.Equal(2, console.Count("SELECT COUNT(*) FROM events WHERE event_id IN ('good-1', 'good-2', 'bad-1', 'bad-2')"));
    }

    [Fact]
    public async Task Call_AllBad_Is422WithTheReceiptInside()
    {
        using var answer = await console.Client.PostAsync("events", """[{"eventId":"x"},{}]""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(2, (int)problem["rejectedCount"]!);
        Assert.Equal(0, (int)problem["accepted"]!);
        Assert.Equal("x", (string?)problem["rejected"]![0]!["id"]);
        Assert.Contains("is missing", (string?)problem["rejected"]![1]!["errors"]!["shipmentId"]![0], StringComparison.Ordinal);
        Assert.NotNull((string?)problem["traceId"]);
    }

    [Fact]
    public async Task UnknownFields_AreIgnoredAndNamedOnce()
    {
        var item = Shipment().With("isAdmin", true).With("origin.planet", "Mars").With("customer.shoeSize", 44).With("customer.customerId", "k");
        var receipt = await console.Client.SendAsync("shipments", item, item.With("shipmentId", Id()));
        Assert.Equal(2, receipt.Accepted);
        Assert.Equal(["customer.shoeSize", "isAdmin", "origin.planet"], receipt.Ignored);
    }

    [Fact]
    public async Task Receipt_ManyBad_ListsAThousand()
    {
        var receipt = await console.Client.SendAsync("events", [Event(), .. Enumerable.Repeat<JsonNode?>(new JsonObject(), 1_500)]);
        Assert.Equal((1, 1_500, 1_000), (receipt.Accepted, receipt.RejectedCount, receipt.Rejected.Count));
    }

    [Fact]
    public async Task List_OfTenThousand_IsTakenAndOneMoreIs413()
    {
        var items = Enumerable.Range(0, 10_000).Select(i => (JsonNode?)Event($"many-{i}", "S-many")).ToList();
        Assert.Equal(10_000, (await console.Client.SendAsync("events", [.. items])).Accepted);
        Assert.Equal(10_000, console.Count("SELECT COUNT(*) FROM events WHERE shipment_id = 'S-many'"));
        using var answer = await console.Client.PostAsync("events", new JsonArray([.. items.Select(i => i!.DeepClone()), Event()]).ToJsonString());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static JsonObject Example(string path) => path switch
    {
        "shipments" => Shipment(),
        "events" => Event(),
        "conditions" => Condition(),
        _ => Contact(),
    };

    private long Stored() => console.Count(
        "SELECT (SELECT COUNT(*) FROM shipments) + (SELECT COUNT(*) FROM shipment_versions) + (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM conditions) + (SELECT COUNT(*) FROM contacts)");
}
