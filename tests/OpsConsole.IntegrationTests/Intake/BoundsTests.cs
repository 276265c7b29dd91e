using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Intake;

/// <summary>Every field's bounds: the last value that is good and the first that is bad, next to each other in the table.</summary>
public sealed class BoundsTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private const string Tick = "0000001";

    /// <summary>Path of the call, field, value as JSON, whether it is good. <c>{now+10m}</c> and the like are put in when it runs.</summary>
    public static TheoryData<string, string, string, bool> Table()
    {
        var table = new TheoryData<string, string, string, bool>();
        void Good(string call, string field, params string[] values) => Add(call, field, true, values);
        void Bad(string call, string field, params string[] values) => Add(call, field, false, values);
        void Add(string call, string field, bool good, string[] values)
        {
            foreach (var value in values)
                table.Add(call, field, value, good);
        }
        void Number(string call, string field, string[] good, string[] bad)
        {
            Good(call, field, [.. good, "null"]);
            Bad(call, field, [.. bad, "\"1\"", "true", "{}", "[1]", "1e400", "-1e400"]);
        }
        void Text(string call, string field, int longest)
        {
            Good(call, field, $"\"{new string('x', longest)}\"", "\"x\"", "\"'; DROP TABLE events;--\"", "\"<script>alert(1)</script>\"", "\"Zürich 🚚\"", "\"=cmd|'/c calc'!A1\"");
            Bad(call, field, $"\"{new string('x', longest + 1)}\"", "7", "false", "{}", "[]", "\"a\\u0000b\"", "\"a\\nb\"", "\"a\\u0085b\"", "\"\\ud800\"", "\"a\\udc00\"");
        }
        void Time(string call, string field, string latest, string tooLate, bool earliest = true)
        {
            Good(call, field, $"\"{latest}\"");
            if (earliest)
                Good(call, field, "\"1990-01-01T00:00:00Z\"", "\"1990-01-01T02:00:00+02:00\"", "\"2026-06-01T10:00:00.1234567-05:30\"", "\"2026-06-01t10:00:00z\"");
            Bad(call, field, $"\"{tooLate}\"", "\"1989-12-31T23:59:59.9999999Z\"", "\"1990-01-01T00:00:00+00:01\"", "\"2026-06-01T10:00:00\"", "\"2026-06-01\"", "\"2026-02-30T10:00:00Z\"",
                "\"2026-06-01T24:00:00Z\"", "\"2026-06-01T10:60:00Z\"", "\"2026-06-01T10:00:00+99:00\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"",
                "\"+275760-09-13T00:00:00Z\"", "\"yesterday\"", "\"\"", "1764000000", "null-not", "{}");
        }
        void Required(string call, params string[] fields)
        {
            foreach (var field in fields)
                Bad(call, field, "null", "missing");
        }
        void ShipmentId(string call)
        {
            Good(call, "shipmentId", $"\"{new string('a', 64)}\"", "\"A\"", "\"Az09._:-\"", "\"..\"");
            Bad(call, "shipmentId", $"\"{new string('a', 65)}\"", "\"\"", "\"a b\"", "\"ä\"", "\"a/b\"", "\"../x\"", "\"a%00\"", "\"a\\nb\"", "\"\\u202e\"", "\"\\u200b\"", "\"\\ud800\"", "7", $"\"{new string('a', 10_000)}\"");
        }
        void Attributes(string call)
        {
            Good(call, "attributes", "{}", Members(64), "null");
            Bad(call, "attributes", Members(65), "[]", "\"x\"", "7", "{\"\":1}", $"{{\"{new string('n', 65)}\":1}}", "{\"a\\nb\":1}", "{\"\\ud800\":1}");
            Good(call, "attributes.x", "1.7976931348623157e308", "-5", "true", "\"\"", $"\"{new string('t', 200)}\"", "null");
            Bad(call, "attributes.x", "1e400", $"\"{new string('t', 201)}\"", "{}", "[]", "\"a\\tb\"", "\"\\udfff\"");
            Good(call, "attributes." + new string('n', 64), "1");
        }

        Required("shipments", "shipmentId", "bookedAt", "promisedBy", "origin", "destination", "service", "origin.areaCode", "destination.areaCode");
        ShipmentId("shipments");
        Time("shipments", "bookedAt", "{now+9m}", "{now+11m}");
        Time("shipments", "promisedBy", "{now+1824d}", "{now+1830d}", earliest: false);
        Good("shipments", "promisedBy", "\"2026-06-01T08:00:00." + Tick + "Z\"");
        Bad("shipments", "promisedBy", "\"2026-06-01T08:00:00Z\"", "\"2026-06-01T07:59:59Z\"");
        Good("shipments", "promisedFrom", "\"1990-01-01T00:00:00Z\"", "\"{now+1d}\"", "null");
        Bad("shipments", "promisedFrom", "\"{now+2d}\"", "\"1989-12-31T23:59:59Z\"", "\"{now+1830d}\"", "\"2026-06-01\"", "5");
        Good("shipments", "recordedAt", "\"2026-06-01T07:55:00Z\"", "\"{now+9m}\"", "null");
        Bad("shipments", "recordedAt", "\"2026-06-01T07:54:59.9999999Z\"", "\"{now+11m}\"", "\"2026-06-01T10:00:00\"");
        Text("shipments", "service", 32);
        Bad("shipments", "service", "\"\"");
        foreach (var end in new[] { "origin", "destination" })
        {
            Bad("shipments", end, "[]", "\"LS1\"", "7");
            Text("shipments", end + ".areaCode", 32);
            Bad("shipments", end + ".areaCode", "\"\"");
            Good("shipments", end + ".areaType", "\"urban\"", "\"suburban\"", "\"rural\"", "null");
            Bad("shipments", end + ".areaType", "\"Urban\"", "\"town\"", "\"\"", "0", "{}");
            Number("shipments", end + ".deprivationBand", ["1", "10", "10.0"], ["0", "11", "1.5", "-1"]);
            Number("shipments", end + ".latitude", ["-90", "90", "0.0", "-0"], ["-90.0001", "91"]);
            Number("shipments", end + ".longitude", ["-180", "180"], ["-180.0001", "181"]);
        }
        Text("shipments", "carrier", 64);
        Number("shipments", "weightKg", ["0", "0.001", "100000", "-0"], ["-0.001", "100000.1", "1e308"]);
        Number("shipments", "volumeDm3", ["0", "1000000", "1e6"], ["-1", "1000000.5"]);
        Number("shipments", "pieces", ["1", "10000", "2.0", "1e1"], ["0", "10001", "1.5", "9223372036854775808"]);
        Number("shipments", "declaredValue", ["0", "1e9"], ["-1", "1000000001"]);
        Number("shipments", "distanceKm", ["0", "25000"], ["-1", "25000.1"]);
        Text("shipments", "route", 64);
        Text("shipments", "vehicle", 64);
        Number("shipments", "stop", ["0", "10000"], ["-1", "10001", "0.5"]);
        Text("shipments", "consignmentId", 64);
        Text("shipments", "reference", 128);
        Number("shipments", "priority", ["0", "1000"], ["-1", "1001", "0.1"]);
        Attributes("shipments");
        Good("shipments", "customer", "{}", "null");
        Bad("shipments", "customer", "[]", "\"x\"");
        Text("shipments", "customer.customerId", 128);
        Good("shipments", "customer.channel", "\"none\"", "\"email\"", "\"sms\"", "\"app\"", "null");
        Bad("shipments", "customer.channel", "\"post\"", "1");
        Text("shipments", "customer.address", 512);
        Good("shipments", "customer.consent", "true", "false", "null", "{}", "{\"email\":{\"given\":true}}", "{\"sms\":{\"given\":false,\"at\":\"2026-01-01T00:00:00Z\",\"source\":\"web\"}}");
        Bad("shipments", "customer.consent", "\"true\"", "1", "[]");
        Bad("shipments", "customer.consent.email", "true", "\"x\"");
        Bad("shipments", "customer.consent.email.given", "1", "\"true\"", "null");
        Bad("shipments", "customer.consent.email.at", "\"2026-01-01\"", "\"{now+11m}\"");
        Bad("shipments", "customer.consent.email.source", "7");
        Text("shipments", "customer.locale", 35);
        Good("shipments", "customer.timeZone", "\"Europe/London\"", "\"UTC\"", "\"Asia/Kolkata\"", "null");
        Bad("shipments", "customer.timeZone", "\"Mars/Base\"", "\"../../etc/passwd\"", "7");

        Required("events", "eventId", "shipmentId", "type", "occurredAt");
        Text("events", "eventId", 128);
        Bad("events", "eventId", "\"\"");
        ShipmentId("events");
        Good("events", "type", "\"accepted\"", "\"collected\"", "\"arrivedAtFacility\"", "\"departedFacility\"", "\"outForDelivery\"", "\"deliveryAttempted\"", "\"exception\"", "\"delivered\"", "\"returned\"", "\"cancelled\"");
        Bad("events", "type", "\"Delivered\"", "\"lost\"", "\"\"", "8", "\"del\\u0000\"", "\"\\ud800\"");
        Time("events", "occurredAt", "{now+9m}", "{now+11m}");
        Good("events", "recordedAt", "\"2026-06-01T08:55:00Z\"", "\"{now+9m}\"", "null");
        Bad("events", "recordedAt", "\"2026-06-01T08:54:59Z\"", "\"{now+11m}\"", "\"x\"");
        Text("events", "facility", 64);
        Text("events", "areaCode", 32);
        Number("events", "latitude", ["-90", "90"], ["-90.1", "90.1", "91"]);
        Number("events", "longitude", ["-180", "180"], ["-180.1", "181"]);
        Text("events", "reason", 200);
        Text("events", "route", 64);
        Text("events", "vehicle", 64);
        Time("events", "promisedBy", "{now+1824d}", "{now+1830d}");
        Good("events", "initiatedBy", "\"customer\"", "\"courier\"", "\"correction\"", "null");
        Bad("events", "initiatedBy", "\"nobody\"", "1");
        Time("events", "carrierEstimate", "{now+1824d}", "{now+1830d}");
        Attributes("events");

        Required("conditions", "areaCode", "observedAt");
        Text("conditions", "areaCode", 32);
        Bad("conditions", "areaCode", "\"\"");
        Time("conditions", "observedAt", "{now+1824d}", "{now+1830d}");
        Good("conditions", "recordedAt", "\"1990-01-01T00:00:00Z\"", "\"{now+9m}\"", "null");
        Bad("conditions", "recordedAt", "\"{now+11m}\"", "\"1989-12-31T00:00:00Z\"");
        Number("conditions", "precipitationMm", ["0", "500"], ["-0.1", "500.1"]);
        Number("conditions", "snowCm", ["0", "2000"], ["-0.1", "2000.1"]);
        Number("conditions", "windKph", ["0", "500"], ["-0.1", "500.1"]);
        Number("conditions", "temperatureC", ["-90", "65"], ["-90.1", "65.1"]);
        Number("conditions", "trafficIndex", ["0.1", "50"], ["0.09", "0", "50.1"]);
        Number("conditions", "incidents", ["0", "100000"], ["-1", "100001", "1.5"]);

        Required("contacts", "contactId", "shipmentId", "occurredAt");
        Text("contacts", "contactId", 128);
        Bad("contacts", "contactId", "\"\"");
        ShipmentId("contacts");
        Time("contacts", "occurredAt", "{now+9m}", "{now+11m}");
        Good("contacts", "recordedAt", "\"2026-06-01T09:55:00Z\"", "null");
        Bad("contacts", "recordedAt", "\"2026-06-01T09:54:59Z\"", "\"{now+11m}\"");
        Text("contacts", "channel", 32);
        Number("contacts", "cost", ["0", "1e6"], ["-0.01", "1000000.01"]);
        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Field_AtItsEdge_IsTakenOrRefusedByName(string call, string field, string value, bool good)
    {
        var (id, beside) = (Id("edge"), Id("beside"));
        var text = Body(Example(call, id), field, value);
        var other = Example(call, beside).ToJsonString();
        using var answer = await console.Client.PostAsync(call, $"[{text},{other}]");
        var receipt = await answer.ReceiptAsync();
        if (good)
        {
            Assert.True(receipt is { Accepted: 2, RejectedCount: 0 }, JsonSerializer.Serialize(receipt.Rejected));
            return;
        }
        Assert.Equal((1, 1), (receipt.Accepted, receipt.RejectedCount));
        var rejected = Assert.Single(receipt.Rejected);
        Assert.Equal(0, rejected.Index);
        Assert.Contains(field, rejected.Errors.Keys);
        Assert.All(rejected.Errors.Values.SelectMany(e => e), e => Assert.Contains("allowed", e, StringComparison.Ordinal));
        Assert.Equal(0, Stored(call, id));
        Assert.Equal(1, Stored(call, beside));
        if (call == "shipments" && field == "shipmentId")
            return;
        using var alone = await console.Client.PostAsync(call, text);
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, alone.StatusCode);
    }

    [Theory]
    [InlineData("promiseChanged", "promisedBy", true)]
    [InlineData("promiseChanged", null, false)]
    [InlineData("delivered", null, true)]
    public async Task PromiseChanged_NeedsItsPromise(string type, string? with, bool good)
    {
        var e = Event().With("type", type);
        var receipt = await console.Client.SendAsync("events", with is null ? e : e.With(with, Time(Day.AddDays(3))));
        Assert.Equal(good, receipt.Accepted == 1);
        if (!good)
            Assert.Equal(["promisedBy"], receipt.Rejected[0].Errors.Keys);
    }

    [Fact]
    public async Task Shipment_WithEveryField_IsKeptAsItCame()
    {
        var id = Id();
        var sent = Example("shipments", id)
            .With("carrier", "ACME").With("weightKg", 1.5).With("volumeDm3", 20).With("pieces", 2).With("declaredValue", 99.99).With("distanceKm", 63.2)
            .With("promisedFrom", "2026-06-02T08:00:00+00:00").With("route", "R1").With("vehicle", "V1").With("stop", 3).With("consignmentId", "O-1")
            .With("reference", "PO 7").With("priority", 1).With("recordedAt", "2026-06-01T08:00:01+00:00")
            .With("attributes", new JsonObject { ["fragile"] = true, ["tier"] = "gold", ["score"] = 0.25 })
            .With("origin", new JsonObject { ["areaCode"] = "LS1", ["areaType"] = "rural", ["deprivationBand"] = 1, ["latitude"] = 53.8, ["longitude"] = -1.5 })
            .With("destination", new JsonObject { ["areaCode"] = "M1", ["areaType"] = "urban", ["deprivationBand"] = 10, ["latitude"] = 53.4, ["longitude"] = -2.2 })
            .With("customer", new JsonObject { ["customerId"] = "K-1", ["channel"] = "email", ["address"] = "a@example.org", ["consent"] = true });
        Assert.Equal(1, (await console.Client.SendAsync("shipments", sent)).Accepted);
        var kept = JsonNode.Parse(console.Read($"SELECT content FROM shipment_versions WHERE shipment_id = '{id}'"))!.AsObject();
        foreach (var (name, value) in sent.Without("customer"))
            Assert.True(JsonNode.DeepEquals(Normal(value), Normal(kept[name])), $"{name}: {value} became {kept[name]}");
        Assert.False(kept.ContainsKey("customer"));
        Assert.Equal("ACME|LS1|M1|0|10|O-1|PO 7", console.Read(
            $"SELECT carrier || '|' || origin_area || '|' || destination_area || '|' || area_type || '|' || deprivation_band || '|' || consignment_id || '|' || reference FROM shipments WHERE shipment_id = '{id}'"));
    }

    [Fact]
    public async Task Event_WithEveryField_IsKeptAsItCame()
    {
        var id = Id("E");
        var sent = Event(id, "S-full").With("type", "promiseChanged").With("recordedAt", Time(Day.AddHours(2))).With("facility", "HUB 1").With("areaCode", "LS1")
            .With("latitude", 53.8).With("longitude", -1.5).With("reason", "traffic").With("route", "R").With("vehicle", "V").With("promisedBy", Time(Day.AddDays(2)))
            .With("initiatedBy", "customer").With("carrierEstimate", Time(Day.AddDays(1))).With("attributes", new JsonObject { ["x"] = 1 });
        Assert.Equal(1, (await console.Client.SendAsync("events", sent)).Accepted);
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"S-full|7|{Day.AddHours(1).UtcTicks}|{Day.AddHours(2).UtcTicks}|HUB 1|traffic|{Day.AddDays(2).UtcTicks}|0|{Day.AddDays(1).UtcTicks}"),
            console.Read($"SELECT shipment_id || '|' || type || '|' || occurred_at || '|' || recorded_at || '|' || facility || '|' || reason || '|' || promised_by || '|' || initiated_by || '|' || carrier_estimate FROM events WHERE event_id = '{id}'"));
        Assert.Equal(
            """{"areaCode":"LS1","latitude":53.8,"longitude":-1.5,"route":"R","vehicle":"V","attributes":{"x":1}}""",
            console.Read($"SELECT details FROM events WHERE event_id = '{id}'"));
    }

    private static JsonNode? Normal(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time)
            ? time.UtcTicks : node;

    private static JsonObject Example(string call, string id) => call switch
    {
        "shipments" => Shipment(id),
        "events" => Event(id),
        "conditions" => Condition(id[..30]),
        _ => Contact(id),
    };

    private long Stored(string call, string id) => console.Count(call switch
    {
        "shipments" => $"SELECT COUNT(*) FROM shipment_versions WHERE shipment_id = '{id}'",
        "events" => $"SELECT COUNT(*) FROM events WHERE event_id = '{id}'",
        "conditions" => $"SELECT COUNT(*) FROM conditions WHERE area_code = '{id[..30]}'",
        _ => $"SELECT COUNT(*) FROM contacts WHERE contact_id = '{id}'",
    });

    /// <summary>The item as text, with a value in it that JSON nodes couldn't hold.</summary>
    private static string Body(JsonObject item, string field, string value)
    {
        if (value == "missing")
            return item.Without(field).ToJsonString();
        const string mark = "@@value@@";
        return item.With(field, mark).ToJsonString().Replace($"\"{mark}\"", Put(value), StringComparison.Ordinal);
    }

    private static string Put(string value)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (name, time) in new[]
        {
            ("{now+9m}", now.AddMinutes(9)), ("{now+11m}", now.AddMinutes(11)), ("{now+1d}", now.AddDays(1).AddMinutes(-5)), ("{now+2d}", now.AddDays(2)),
            ("{now+1824d}", now.AddDays(1824)), ("{now+1830d}", now.AddDays(1830)),
        })
        {
            value = value.Replace(name, Time(time), StringComparison.Ordinal);
        }
        return value == "null-not" ? "[null]" : value;
    }

    private static string Members(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"a{i}\":{i}")) + "}";
}
