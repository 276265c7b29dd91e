using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using static OpsConsole.IntegrationTests.Hostile.HostileSite;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Hostile;

/// <summary>1 to 37: bodies, and what stands in them.</summary>
internal static class HostileBodies
{
    private const string Lines = "application/x-ndjson";
    private static readonly string[] Intake = ["/api/v1/shipments", "/api/v1/events", "/api/v1/conditions", "/api/v1/contacts"];
    private static readonly string[] Json = [.. Intake, "/api/v1/predictions", "/api/v1/models/train", "/api/v1/cases/S-none/judgements", "/api/v1/customers/erase"];

    internal static IEnumerable<HostileRequest> All =>
    [
        Everywhere(1, "an empty body", "", 400),
        Everywhere(2, "cut off", "{", 400),
        Everywhere(3, "not JSON, called JSON", "hello", 400),
        Everywhere(4, "JSON as text/plain", "{}", 415, "text/plain"),
        Everywhere(4, "JSON without a media type", "{}", 415, null),
        Everywhere(4, "JSON in another character set", "{}", 415, "application/json; charset=utf-16"),
        Everywhere(5, "nested 1,000 deep", new string('[', 1_000) + new string(']', 1_000), 400),
        new(6, "200 MB announced", async site =>
        {
            foreach (var path in Json)
            {
                var (status, text, took) = await site.SendRawAsync(site.Head("POST", path, "Content-Type: application/json", "Content-Length: 209715200"));
                Assert.True(status == 413, $"{path}: {status} {text}");
                Assert.True(took < TimeSpan.FromSeconds(2), $"{path}: {took}");
            }
        }),
        new(7, "an endless body that stops coming", SlowBodyAsync),
        new(7, "headers that stop coming", async site =>
        {
            // The documented timeout: 15 seconds for the headers.
            var (status, _, took) = await site.SendRawAsync("POST /api/v1/events HTTP/1.1\r\nHost: x\r\nX-Slow: ", untilClosed: true, limit: TimeSpan.FromSeconds(25));
            Assert.True(status is 408 or 0, $"{status}");
            Assert.InRange(took, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        }),
        new(8, "a gzip bomb", async site =>
        {
            using var bomb = new MemoryStream();
            await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
                await gzip.WriteAsync(new byte[32 << 20]);
            foreach (var path in Json)
            {
                using var request = Request("POST", path);
                request.Content = new ByteArrayContent(bomb.ToArray());
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Content.Headers.ContentEncoding.Add("gzip");
                await site.ExpectAsync(request, null, 415);
            }
        }),
        Item(9, "the same key twice", "events", "{\"eventId\":\"h9\",\"eventId\":\"h9b\",\"shipmentId\":\"S\",\"type\":\"accepted\",\"occurredAt\":\"2026-06-01T10:00:00Z\"}", "eventId"),
        Body(9, "the same key twice, in a training", "/api/v1/models/train", "{\"seed\":1,\"seed\":2}", 400),
        new(10, "fields that nobody offered", async site =>
        {
            var sent = Shipment().With("role", "Admin").With("isAdmin", true).With("predictedLate", true).With("tenantId", 7).With("$type", "System.Diagnostics.Process");
            var text = await site.ExpectAsync(Request("POST", "/api/v1/shipments?validate=true", sent.ToJsonString()), null, 200);
            Assert.Equal(["$type", "isAdmin", "predictedLate", "role", "tenantId"], JsonNode.Parse(text)!["ignored"]!.AsArray().Select(n => (string)n!).Order(StringComparer.Ordinal));
        }),
        Body(10, "fields that nobody offered, in a training", "/api/v1/models/train", "{\"role\":\"Admin\"}", 422),
        Everywhere(11, "a list where an object belongs", "[[]]", 400, allowed: 422),
        Body(12, "50,001 items", "/api/v1/events", "[" + string.Join(',', Enumerable.Repeat("{}", 50_001)) + "]", 413),
        Body(12, "50,001 items to score", "/api/v1/predictions", "{\"items\":[" + string.Join(',', Enumerable.Repeat("{\"shipmentId\":\"S\"}", 50_001)) + "]}", 422),
        new(13, "one bad of 500", async site =>
        {
            var items = new JsonArray([.. Enumerable.Range(0, 500).Select(i => (JsonNode)(i == 250 ? Event().With("type", "lost") : Event()))]);
            var receipt = JsonNode.Parse(await site.ExpectAsync(Request("POST", "/api/v1/events", items.ToJsonString()), null, 200))!;
            Assert.Equal((499, 1, 250), ((int)receipt["accepted"]!, (int)receipt["rejectedCount"]!, (int)receipt["rejected"]![0]!["index"]!));
        })
        { Stores = true },
        Body(14, "NaN", "/api/v1/shipments", "{\"weightKg\":NaN}", 400),
        Body(14, "Infinity", "/api/v1/shipments", "{\"weightKg\":-Infinity}", 400),
        Field(14, "1e400", "shipments", "weightKg", "1e400"),
        Field(15, "negative kilometres", "shipments", "distanceKm", "-1"),
        Field(15, "1e308 kilometres", "shipments", "distanceKm", "1e308"),
        Taken(15, "minus nothing", "shipments", Shipment().With("distanceKm", "@@").ToJsonString().Replace("\"@@\"", "-0", StringComparison.Ordinal)),
        Field(16, "2^63 pieces", "shipments", "pieces", "9223372036854775808"),
        Body(16, "a seed of 2^31", "/api/v1/models/train", "{\"seed\":2147483648}", 422),
        Field(17, "a number as text", "shipments", "weightKg", "\"1.5\""),
        Field(17, "a text as number", "shipments", "service", "7"),
        .. Nulls(),
        .. new[] { "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T10:00:00Z", "2026-06-01T24:00:00Z", "+275760-09-13T00:00:00Z" }
            .Select(date => Field(19, date, "events", "occurredAt", $"\"{date}\"")),
        Field(20, "an offset of 99 hours", "events", "occurredAt", "\"2026-06-01T10:00:00+99:00\""),
        Field(20, "a local time", "events", "occurredAt", "\"2026-06-01T10:00:00\""),
        Taken(20, "an hour that the clocks skipped", "events", Event().With("occurredAt", "2026-03-29T02:30:00+01:00").ToJsonString()),
        Taken(21, "delivered before it was booked", "events", Event().With("type", "delivered").With("occurredAt", "2020-01-01T00:00:00Z").ToJsonString()),
        Taken(22, "an event of an unknown shipment", "events", Event().ToJsonString()),
        Field(23, "an event ten years ahead", "events", "occurredAt", $"\"{Time(TimeProvider.System.GetUtcNow().AddYears(10))}\""),
        Field(24, "an id of 10 KB", "shipments", "shipmentId", $"\"{new string('a', 10_240)}\""),
        Path(24, "an id of 10 KB in a path", "/api/v1/shipments/" + new string('a', 10_240), 414),
        Path(24, "an id of 1 MB in a path", "/api/v1/shipments/" + new string('a', 1 << 20), 414),
        .. new[] { "../etc/passwd", "a%00", "a\\nb", "\\u202egpj.exe", "\\ud800", "a\\u200bb" }.Select(id => Field(25, id, "shipments", "shipmentId", $"\"{id}\"")),
        // The server takes the steps before anything sees them: it is a page that isn't there.
        new(25, "a path that climbs", async site => Assert.Equal(404, (await site.SendAsync(Request("GET", "/api/v1/shipments/../../../etc/passwd"), person: true)).Status)),
        Path(25, "a path that climbs, encoded", "/api/v1/shipments/..%2f..%2f..%2fetc%2fpasswd", 404),
        Path(25, "a zero byte in a path", "/api/v1/shipments/a%00b", 400),
        Path(25, "a line break in a path", "/api/v1/shipments/a%0d%0aX-Evil:%201", 404),
        Path(25, "letters turned around in a path", "/api/v1/shipments/%E2%80%AEgpj.exe", 404),
        Path(25, "half a surrogate in a path", "/api/v1/shipments/%ED%A0%80", 400, 404),
        Path(25, "nothing to see in a path", "/api/v1/shipments/%E2%80%8B", 404),
        Field(26, "1,000 marks on a letter", "shipments", "carrier", "\"Z" + new string('\u0301', 1_000) + "\""),
        Taken(26, "lorries and marks within bounds", "shipments", Shipment().With("carrier", "🚚 Zu\u0308rich\u0301\u0301").ToJsonString()),
        new(27, "SQL in every text", SqlAsync) { Stores = true },
        .. new[] { "'; DROP TABLE events;--", "' OR 1=1--", "%", "_", "[a-z]%", "\\" }.Select(text =>
            new HostileRequest(27, $"SQL in a search: {text}", async site =>
            {
                var answer = await site.ExpectAsync(Request("GET", "/api/v1/cases?q=" + Uri.EscapeDataString(text)), null, 200);
                Assert.Empty(JsonNode.Parse(answer)!["items"]!.AsArray());
            })),
        new(28, "markup in texts", site => VerbatimAsync(site, "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "<svg onload=alert(1)>")) { Stores = true },
        new(29, "templates in texts", site => VerbatimAsync(site, "{{7*7}}", "{0}", "@(1)", "{{customer.password}}")) { Stores = true },
        new(30, "formulas in an export", FormulasAsync) { Stores = true },
        Field(31, "line breaks in a name", "shipments", "customer.customerId", "\"a\\r\\nBcc: all@example.org\""),
        Field(31, "line breaks in an address", "shipments", "customer.address", "\"a@example.org\\r\\nBcc: all@example.org\""),
        new(31, "a folded header", async site => Assert.Equal(400, (await site.SendRawAsync(site.Head("GET", "/api/v1/cases", "X-One: 1\r\n two"))).Status)),
        Field(32, "latitude 91", "events", "latitude", "91"),
        Field(32, "longitude 181", "events", "longitude", "181"),
        Taken(33, "a byte order mark", "events", "\uFEFF" + Event().ToJsonString()),
        new(33, "UTF-16 that says nothing of it", async site =>
        {
            foreach (var path in Json)
            {
                using var request = Request("POST", path, "");
                request.Content = new ByteArrayContent([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("{}")]);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                await site.ExpectAsync(request, null, 400);
            }
        }),
        new(34, "the same event with another content", async site =>
        {
            var sent = Event();
            await site.ExpectAsync(Request("POST", "/api/v1/events", sent.ToJsonString()), null, 200);
            var text = await site.ExpectAsync(Request("POST", "/api/v1/events", sent.With("type", "delivered").ToJsonString()), null, 422);
            Assert.NotNull(JsonNode.Parse(text)!["rejected"]![0]!["errors"]!["eventId"]);
        })
        { Stores = true },
        new(35, "one Idempotency-Key for two bodies", async site =>
        {
            // The ids in the body are what makes repeats harmless; the header is nobody's.
            foreach (var _ in Enumerable.Range(0, 2))
                await KeyedAsync(site, "same", Event().ToJsonString());
        }),
        new(36, "the same event 50 times at once", async site =>
        {
            var sent = Event().ToJsonString();
            var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ => JsonNode.Parse(await site.ExpectAsync(Request("POST", "/api/v1/events", sent), null, 200))!));
            Assert.Equal((1, 49), (receipts.Sum(r => (int)r["accepted"]!), receipts.Sum(r => (int)r["duplicates"]!)));
        })
        { Stores = true },
        new(37, "Idempotency-Key long, empty, not ASCII", async site =>
        {
            foreach (var key in new[] { new string('k', 300), "", "schlüssel" })
                await KeyedAsync(site, key, Event().ToJsonString());
        }),
    ];

    private static HostileRequest Everywhere(int number, string what, string body, int status, string? mediaType = "application/json", int allowed = 0) =>
        new(number, what, async site =>
        {
            foreach (var path in Json)
                await site.ExpectAsync(Request("POST", path, body, mediaType), null, status, allowed);
        });

    private static HostileRequest Body(int number, string what, string path, string body, int status) =>
        new(number, what, site => site.ExpectAsync(Request("POST", path, body), null, status));

    private static HostileRequest Path(int number, string what, string path, params int[] statuses) =>
        new(number, what, site => site.ExpectAsync(Request("GET", path), null, statuses));

    private static HostileRequest Taken(int number, string what, string call, string body) =>
        new(number, what, site => site.ExpectAsync(Request("POST", $"/api/v1/{call}?validate=true", body), null, 200));

    /// <summary>A good item but for one field, alone in its call: 422 that names the field.</summary>
    private static HostileRequest Field(int number, string what, string call, string field, string value)
    {
        var item = call switch { "shipments" => Shipment(), "events" => Event(), "conditions" => Condition(), _ => Contact() };
        return Item(number, what, call, item.With(field, "@@").ToJsonString().Replace("\"@@\"", value, StringComparison.Ordinal), field);
    }

    private static HostileRequest Item(int number, string what, string call, string body, string field) =>
        new(number, $"{what} ({field})", async site =>
        {
            var answer = JsonNode.Parse(await site.ExpectAsync(Request("POST", $"/api/v1/{call}", body), null, 422))!;
            var errors = answer["rejected"]![0]!["errors"]!.AsObject();
            Assert.True(errors.ContainsKey(field), errors.ToJsonString());
        });

    private static IEnumerable<HostileRequest> Nulls() =>
        from required in new[]
        {
            ("shipments", "shipmentId"), ("shipments", "bookedAt"), ("shipments", "promisedBy"), ("shipments", "origin"), ("shipments", "destination"), ("shipments", "service"),
            ("shipments", "origin.areaCode"), ("events", "eventId"), ("events", "shipmentId"), ("events", "type"), ("events", "occurredAt"),
            ("conditions", "areaCode"), ("conditions", "observedAt"), ("contacts", "contactId"), ("contacts", "shipmentId"), ("contacts", "occurredAt"),
        }
        select Field(18, "null where something is required", required.Item1, required.Item2, "null");

    private static async Task SlowBodyAsync(HostileSite site)
    {
        // The documented timeout: a body slower than 240 bytes a second is given up after five seconds.
        await Task.WhenAll(Json.Select(async path =>
        {
            var (status, _, took) = await site.SendRawAsync(
                site.Head("POST", path, $"Content-Type: {(Intake.Contains(path) ? Lines : "application/json")}", "Transfer-Encoding: chunked"),
                "1\r\n{\r\n"u8.ToArray(), untilClosed: true);
            Assert.True(status is 408 or 0, $"{path}: {status}");
            Assert.True(took < TimeSpan.FromSeconds(12), $"{path}: {took}");
        }));
    }

    private static async Task SqlAsync(HostileSite site)
    {
        const string sql = "'; DROP TABLE events;--";
        var id = Id();
        var sent = Shipment(id).With("carrier", sql).With("route", sql).With("vehicle", sql).With("consignmentId", sql).With("reference", sql)
            .With("destination", new JsonObject { ["areaCode"] = sql }).With("attributes", new JsonObject { [sql] = sql });
        await site.ExpectAsync(Request("POST", "/api/v1/shipments", sent.ToJsonString()), null, 200);
        await site.ExpectAsync(Request("POST", "/api/v1/events", Event(null, id).With("reason", sql).With("facility", sql).ToJsonString()), null, 200);
        var shipment = JsonNode.Parse(await site.ExpectAsync(Request("GET", $"/api/v1/shipments/{id}"), null, 200))!;
        Assert.Equal(sql, (string)shipment["destination"]!["areaCode"]!);
        Assert.Single(shipment["events"]!.AsArray());
    }

    /// <summary>Texts come back as they were sent, in an answer that no browser takes for a page.</summary>
    private static async Task VerbatimAsync(HostileSite site, params string[] texts)
    {
        var id = Id();
        await site.ExpectAsync(Request("POST", "/api/v1/shipments", Shipment(id).With("destination", new JsonObject { ["areaCode"] = texts[0] }).ToJsonString()), null, 200);
        foreach (var text in texts)
            await site.ExpectAsync(Request("POST", "/api/v1/events", Event(null, id).With("reason", text).ToJsonString()), null, 200);
        var (status, answer, headers) = await site.SendAsync(Request("GET", $"/api/v1/shipments/{id}"));
        Assert.Equal(200, status);
        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
        var shipment = JsonNode.Parse(answer)!;
        Assert.Equal(texts[0], (string)shipment["destination"]!["areaCode"]!);
        Assert.Equal(texts.Order(StringComparer.Ordinal), shipment["events"]!.AsArray().Select(e => (string)e!["reason"]!).Order(StringComparer.Ordinal));
    }

    private static async Task FormulasAsync(HostileSite site)
    {
        string[] formulas = ["=cmd|'/c calc'!A1", "+1", "-2+3", "@SUM(A1)", "＝1+1", "'=1"];
        foreach (var formula in formulas)
        {
            var sent = Shipment().With("bookedAt", Time(Day)).With("promisedBy", Time(Day.AddHours(12))).With("service", formula).With("carrier", formula);
            await site.ExpectAsync(Request("POST", "/api/v1/shipments", sent.ToJsonString()), null, 200);
        }
        var (status, text, _) = await site.SendAsync(Request("GET", "/api/v1/labels?decision=lead:240&simulated=include"));
        Assert.Equal(200, status);
        var cells = text.Split('\n').Skip(1).SelectMany(line => line.Split(',')).ToList();
        Assert.Contains(cells, cell => cell.Contains("=cmd", StringComparison.Ordinal));
        Assert.DoesNotContain(cells, cell => cell.Trim('"') is ['=' or '@' or '＝' or '+', ..] or "-2+3");
    }

    private static async Task KeyedAsync(HostileSite site, string key, string body)
    {
        using var request = Request("POST", "/api/v1/events?validate=true", body);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Convert.ToString(key, CultureInfo.InvariantCulture));
        request.Headers.Add("X-Api-Key", ConsoleFactory.Key);
        using var client = site.Browser();
        var (status, _, _) = await site.SendAsync(request, client);
        Assert.Equal((int)HttpStatusCode.OK, status);
    }
}
