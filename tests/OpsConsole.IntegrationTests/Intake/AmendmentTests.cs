using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Store;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Intake;

/// <summary>What is the same, what amends, who may; what comes early, late or out of order.</summary>
public sealed class AmendmentTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    [Fact]
    public async Task Shipment_SameContentWrittenDifferently_IsADuplicate()
    {
        var id = Id();
        var promise = Time(TimeProvider.System.GetUtcNow().AddDays(1));
        string Body(string weight, string booked, string attributes, string more) =>
            $$"""{"shipmentId":"{{id}}","bookedAt":"{{booked}}","promisedBy":"{{promise}}","origin":{"areaCode":"A"},"destination":{"areaCode":"B"},"service":"s","weightKg":{{weight}},"attributes":{{attributes}}{{more}}}""";
        using var first = await console.Client.PostAsync("shipments", Body("1", "2026-06-01T10:00:00+02:00", """{"a":1,"b":"x"}""", ""));
        Assert.Equal(1, (await first.ReceiptAsync()).Accepted);
        foreach (var again in new[]
        {
            Body("1.0", "2026-06-01T08:00:00Z", """{"b":"x","a":1.00}""", ""),
            Body("1e0", "2026-06-01T08:00:00.000-00:00", """{"b":"\u0078","a":10e-1,"c":null}""", ""","carrier":null,"customer":{},"stop":null"""),
            Body("0.1e1", "2026-06-01T03:30:00-04:30", """{"a":1,"b":"x"}""", ""","unknown":1,"carrier":"" """),
        })
        {
            using var answer = await console.Client.PostAsync("shipments", again);
            var receipt = await answer.ReceiptAsync();
            Assert.True(receipt.Duplicates == 1, again);
        }
        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM shipment_versions WHERE shipment_id = '{id}'"));
        Assert.Equal(1, console.Count($"SELECT input_version FROM shipments WHERE shipment_id = '{id}'"));
    }

    [Theory]
    [InlineData("weightKg", "2")]
    [InlineData("attributes", """{"a":"1"}""")]
    [InlineData("attributes", """{"a":true}""")]
    [InlineData("recordedAt", "\"2026-06-02T00:00:00Z\"")]
    [InlineData("customer", """{"customerId":"k"}""")]
    [InlineData("route", "\"R\"")]
    [InlineData("vehicle", "\"R\"")]
    public async Task Shipment_OtherContent_IsANewVersion(string field, string value)
    {
        var item = Shipment().With("weightKg", 1).With("attributes", new JsonObject { ["a"] = 1 });
        await console.Client.SendAsync("shipments", item);
        Assert.Equal(1, (await console.Client.SendAsync("shipments", item.With(field, JsonNode.Parse(value)))).Accepted);
        Assert.Equal(2, console.Count($"SELECT COUNT(*) FROM shipment_versions WHERE shipment_id = '{item["shipmentId"]}'"));
        Assert.Equal(2, console.Count($"SELECT input_version FROM shipments WHERE shipment_id = '{item["shipmentId"]}'"));
    }

    [Fact]
    public async Task Event_ServerDefaultSpelledOut_IsADuplicate()
    {
        var e = Event().With("type", "promiseChanged").With("promisedBy", Time(Day.AddDays(2)));
        await console.Client.SendAsync("events", e);
        Assert.Equal(1, (await console.Client.SendAsync("events", e.With("initiatedBy", "courier"))).Duplicates);
        Assert.Equal(1, (await console.Client.SendAsync("events", e.With("initiatedBy", "customer"))).RejectedCount);
    }

    [Fact]
    public async Task Shipment_AmendedBackToAnEarlierVersion_IsADuplicateOfThat()
    {
        var (first, second) = (Shipment(), (JsonObject?)null);
        second = first.With("service", "same-day");
        await console.Client.SendAsync("shipments", first);
        await console.Client.SendAsync("shipments", second);
        Assert.Equal(1, (await console.Client.SendAsync("shipments", first)).Duplicates);
        Assert.Equal("same-day", console.Read($"SELECT service FROM shipments WHERE shipment_id = '{first["shipmentId"]}'"));
    }

    [Fact]
    public async Task Shipment_VersionRecordedEarlierArrivesLater_DoesntTakeOver()
    {
        var newest = Shipment().With("recordedAt", "2026-06-03T00:00:00Z").With("service", "newest");
        var late = newest.With("recordedAt", "2026-06-02T00:00:00Z").With("service", "late").With("promisedBy", Time(TimeProvider.System.GetUtcNow().AddHours(5)));
        await console.Client.SendAsync("shipments", newest);
        Assert.Equal(1, (await console.Client.SendAsync("shipments", late)).Accepted);
        var row = console.Read($"SELECT service || '|' || input_version FROM shipments WHERE shipment_id = '{newest["shipmentId"]}'");
        Assert.Equal("newest|2", row);
        // The promise known first is the late one's.
        Assert.Equal(
            console.Read($"SELECT promised_by FROM shipment_versions WHERE shipment_id = '{newest["shipmentId"]}' ORDER BY id DESC LIMIT 1"),
            console.Read($"SELECT promised_first FROM shipments WHERE shipment_id = '{newest["shipmentId"]}'"));
    }

    [Fact]
    public async Task Shipment_SeveralVersionsInOneCall_TheNewestByRecordedAtIsInForce()
    {
        var item = Shipment();
        var receipt = await console.Client.SendAsync(
            "shipments", item.With("recordedAt", "2026-06-05T00:00:00Z").With("service", "c"), item.With("recordedAt", "2026-06-03T00:00:00Z").With("service", "a"),
            item.With("recordedAt", "2026-06-04T00:00:00Z").With("service", "b"), item.With("recordedAt", "2026-06-03T00:00:00+00:00").With("service", "a"));
        Assert.Equal((3, 1), (receipt.Accepted, receipt.Duplicates));
        Assert.Equal("c", console.Read($"SELECT service FROM shipments WHERE shipment_id = '{item["shipmentId"]}'"));
    }

    [Fact]
    public async Task Shipment_AmendedByAnotherSource_IsRefusedButABootstrapKeyMay()
    {
        var owner = console.ClientWith(await console.IssueKeyAsync("owner", simulated: false, Scopes.Intake));
        var sameSource = console.ClientWith(await console.IssueKeyAsync("owner", simulated: false, Scopes.Intake));
        var other = console.ClientWith(await console.IssueKeyAsync("other", simulated: true, Scopes.Intake));
        var item = Shipment();
        Assert.Equal(1, (await owner.SendAsync("shipments", item)).Accepted);
        var refused = await other.SendAsync("shipments", item.With("service", "stolen"));
        Assert.Contains("another source", refused.Rejected[0].Errors["shipmentId"].Single(), StringComparison.Ordinal);
        Assert.Equal(1, (await other.SendAsync("shipments", item)).Duplicates);
        Assert.Equal(1, (await other.SendAsync("events", Event(null, (string)item["shipmentId"]!))).Accepted);
        Assert.Equal(1, (await sameSource.SendAsync("shipments", item.With("service", "own"))).Accepted);
        Assert.Equal(1, (await console.Client.SendAsync("shipments", item.With("service", "boot"))).Accepted);
        Assert.Equal("boot|0|owner", console.Read(
            $"SELECT service || '|' || s.simulated || '|' || o.name FROM shipments s JOIN sources o ON o.id = s.source_id WHERE shipment_id = '{item["shipmentId"]}'"));
    }

    [Fact]
    public async Task Shipment_OfASimulatedSource_IsSimulated()
    {
        var simulator = console.ClientWith(await console.IssueKeyAsync("simulator", simulated: true, Scopes.Intake));
        var item = Shipment();
        await simulator.SendAsync("shipments", item);
        Assert.Equal(1, console.Count($"SELECT simulated FROM shipments WHERE shipment_id = '{item["shipmentId"]}'"));
    }

    [Fact]
    public async Task Events_BeforeTheirShipment_AreSeenOnceItIsRegistered()
    {
        var item = Shipment();
        var id = (string)item["shipmentId"]!;
        await console.Client.SendAsync("events", Event(null, id).With("type", "delivered"), Event(null, id));
        Assert.Equal(1, (await console.Client.SendAsync("shipments", item)).Accepted);
        var history = History(id);
        Assert.Equal(2, history.Events.Count);
        Assert.Equal(ShipmentState.Delivered, history.AsOf(DateTimeOffset.MaxValue, Knowledge.Received)!.State);
        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM shipments WHERE shipment_id = '{id}' AND input_version = 1 AND next_settle_at IS NOT NULL"));
    }

    [Fact]
    public async Task Event_OfARegisteredShipment_RaisesItsVersionOnceACall()
    {
        var item = Shipment();
        var id = (string)item["shipmentId"]!;
        await console.Client.SendAsync("shipments", item);
        await console.Client.SendAsync("events", Event(null, id), Event(null, id));
        Assert.Equal(2, console.Count($"SELECT input_version FROM shipments WHERE shipment_id = '{id}'"));
        await console.Client.SendAsync("contacts", Contact().With("shipmentId", id));
        Assert.Equal(3, console.Count($"SELECT input_version FROM shipments WHERE shipment_id = '{id}'"));
    }

    [Fact]
    public async Task Shipment_RegisteredAfterItsPromise_IsHistoryAndNeverDueForAScore()
    {
        var (past, ahead) = (Shipment().With("promisedBy", Time(Day.AddDays(1))), Shipment());
        await console.Client.SendAsync("shipments", past, ahead);
        await console.Client.SendAsync("events", Event(null, (string)past["shipmentId"]!));
        Assert.Equal(1, console.Count($"SELECT history FROM shipments WHERE shipment_id = '{past["shipmentId"]}' AND next_score_at IS NULL AND input_version = 2"));
        Assert.Equal(0, console.Count($"SELECT history FROM shipments WHERE shipment_id = '{ahead["shipmentId"]}'"));
        Assert.Equal(Day, History((string)past["shipmentId"]!).ExistsSince(Knowledge.Known));
    }

    [Fact]
    public async Task Condition_SameKeyOtherContent_AmendsAsARowOfItsOwn()
    {
        var condition = Condition().With("recordedAt", "2026-06-01T08:10:00Z");
        await console.Client.SendAsync("conditions", condition);
        Assert.Equal(1, (await console.Client.SendAsync("conditions", condition.With("recordedAt", "2026-06-01T09:00:00Z").With("precipitationMm", 9))).Accepted);
        using var connection = console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var reader = new ConditionsReader(connection);
        double? Rain(string at) => reader.Read((string)condition["areaCode"]!, DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), Knowledge.Known).PrecipitationMm;
        Assert.Null(Rain("2026-06-01T08:09:59Z"));
        Assert.Equal(1.5, Rain("2026-06-01T08:10:00Z"));
        Assert.Equal(9, Rain("2026-06-01T09:00:00Z"));
        Assert.Null(Rain("2026-06-01T14:00:01Z"));
    }

    [Fact]
    public async Task Condition_OfTheMoment_RaisesTheVersionsOfItsAreasOpenShipments()
    {
        var area = Id("A")[..12];
        var (to, from, elsewhere, past) = (
            Shipment().With("destination.areaCode", area), Shipment().With("origin.areaCode", area), Shipment(),
            Shipment().With("destination.areaCode", area).With("promisedBy", Time(Day.AddDays(1))));
        await console.Client.SendAsync("shipments", to, from, elsewhere, past);
        await console.Client.SendAsync("conditions", Condition(area));
        Assert.Equal([1, 1, 1, 1], Versions());
        await console.Client.SendAsync("conditions", Condition(area).With("observedAt", Time(TimeProvider.System.GetUtcNow().AddMinutes(-5))));
        Assert.Equal([2, 2, 1, 1], Versions());

        long[] Versions() => [.. new[] { to, from, elsewhere, past }.Select(s => console.Count($"SELECT input_version FROM shipments WHERE shipment_id = '{s["shipmentId"]}'"))];
    }

    [Fact]
    public async Task Forecast_NearestThePromise_IsGivenAndIsNoObservation()
    {
        var area = Id("A")[..12];
        var forecast = Condition(area).With("recordedAt", "2026-06-01T06:00:00Z").Without("precipitationMm");
        await console.Client.SendAsync(
            "conditions", forecast.With("observedAt", "2026-06-01T12:00:00Z").With("windKph", 12), forecast.With("observedAt", "2026-06-01T20:00:00Z").With("windKph", 20),
            forecast.With("observedAt", "2026-06-02T12:00:00Z").With("windKph", 99), forecast.With("observedAt", "2026-06-01T06:30:00Z").With("windKph", 6),
            Condition(area).With("observedAt", "2026-06-01T06:45:00Z").With("recordedAt", "2026-06-01T06:50:00Z"));
        using var connection = console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var reader = new ConditionsReader(connection);
        var known = reader.Read(area, new(2026, 6, 1, 7, 0, 0, TimeSpan.Zero), Knowledge.Known, new DateTimeOffset(2026, 6, 1, 17, 0, 0, TimeSpan.Zero));
        Assert.Equal((1.5, null, 20.0), (known.PrecipitationMm, known.WindKph, known.ForecastWindKph));
    }

    [Fact]
    public async Task HeldOut_IsDrawnByTheSettingsShareAndStays()
    {
        await using var host = new ConsoleFactory();
        var items = Enumerable.Range(0, 400).Select(i => (JsonNode?)Shipment($"held-{i}")).ToArray();
        await host.Client.SendAsync("shipments", [.. items.Take(50)]);
        Assert.Equal(0, host.Count("SELECT COUNT(*) FROM shipments WHERE held_out = 1"));
        var settings = host.Services.GetRequiredService<SettingsStore>();
        var (current, version) = settings.Read();
        await settings.ChangeAsync(current with { HoldOutShare = 0.25 }, version);
        await host.Client.SendAsync("shipments", [.. items.Skip(50)]);
        Assert.InRange(host.Count("SELECT COUNT(*) FROM shipments WHERE held_out = 1"), 55, 120);
        var keys = host.Services.GetRequiredService<IntakeKeys>();
        var expected = Enumerable.Range(50, 350).Select(i => $"held-{i}").Where(id => keys.Draw(id) < 0.25).Order().ToList();
        Assert.Equal(expected.Count, host.Count("SELECT COUNT(*) FROM shipments WHERE held_out = 1"));
    }

    [Fact]
    public async Task HeldOut_ExceptServicesAndDearOnes_AreNeverDrawn()
    {
        await using var host = new ConsoleFactory();
        var settings = host.Services.GetRequiredService<SettingsStore>();
        var (current, version) = settings.Read();
        await settings.ChangeAsync(current with { HoldOutShare = 0.5, HoldOutMostValue = 100, HoldOutExceptServices = "same-day, Gold" }, version);
        var items = Enumerable.Range(0, 300).Select(i => (JsonNode?)Shipment($"drawn-{i}").With("declaredValue", i % 3 == 0 ? 101 : 99)
            .With("service", (i % 3) switch { 1 => "gold", _ => "next-day" })).ToArray();
        Assert.Equal(300, (await host.Client.SendAsync("shipments", items)).Accepted);
        Assert.Equal(100, host.Count("SELECT COUNT(*) FROM shipments WHERE hold_out_chance = 0.5 AND service = 'next-day'"));
        Assert.Equal(200, host.Count("SELECT COUNT(*) FROM shipments WHERE hold_out_chance IS NULL AND held_out = 0"));
        Assert.InRange(host.Count("SELECT COUNT(*) FROM shipments WHERE held_out = 1"), 30, 70);
    }

    private ShipmentHistory History(string id)
    {
        using var connection = console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var reader = new HistoryReader(connection);
        return reader.Read(console.Count($"SELECT \"key\" FROM shipments WHERE shipment_id = '{id}'"))!;
    }
}
