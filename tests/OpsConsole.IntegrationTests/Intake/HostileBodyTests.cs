using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Intake;

/// <summary>Bodies nobody should send (quality.md 2e): the right refusal, never a failure, never a stack trace, nothing stored.</summary>
public sealed class HostileBodyTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static readonly string[] Calls = ["shipments", "events", "conditions", "contacts"];

    public static TheoryData<string, string, int> Bodies() => new()
    {
        { "empty", "", 400 },
        { "only space", "  \n ", 400 },
        { "cut off", "{", 400 },
        { "cut off in a list", "[{\"eventId\":\"x\"},", 400 },
        { "not JSON", "hello", 400 },
        { "two values", "{} {}", 400 },
        { "comment", "/* x */ {}", 400 },
        { "trailing comma", "[{},]", 400 },
        { "NaN", "[{\"latitude\":NaN}]", 400 },
        { "Infinity", "[{\"latitude\":-Infinity}]", 400 },
        { "single quotes", "{'eventId':'x'}", 400 },
        { "1,000 deep", new string('[', 1_000) + new string(']', 1_000), 400 },
        { "1,000 deep in an unknown field", "{\"x\":" + new string('[', 1_000) + new string(']', 1_000) + "}", 400 },
        { "number", "7", 400 },
        { "text", "\"x\"", 400 },
        { "null", "null", 400 },
        { "empty list", "[]", 400 },
        { "list in a list", "[[{}]]", 422 },
        { "nulls", "[null,null]", 422 },
        { "empty object", "{}", 422 },
        { "objects for every field", "{\"eventId\":{},\"shipmentId\":{},\"contactId\":[],\"areaCode\":[[]],\"type\":{\"a\":{}}}", 422 },
        { "50,001 items", "[" + string.Join(',', Enumerable.Repeat("{}", 50_001)) + "]", 413 },
        { "lone surrogate in a name", "{\"\\ud800\":1}", 422 },
        { "lone surrogate twice in names", "{\"\\ud800\":1,\"\\ud800\":2}", 422 },
        { "control characters in a name", "{\"a\\u0000b\":1}", 422 },
        { "name of 100 KB", "{\"" + new string('n', 100_000) + "\":1}", 422 },
        { "10,000 unknown fields", "{" + string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"u{i}\":0")) + "}", 422 },
        { "prototype", "{\"__proto__\":{\"a\":1},\"constructor\":{},\"$type\":\"System.Object\"}", 422 },
        { "templates", "{\"eventId\":\"{{7*7}}\",\"contactId\":\"{0}\",\"areaCode\":\"@(1)\",\"shipmentId\":\"{{customer.password}}\"}", 422 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_Hostile_IsRefusedAndNothingStored(string what, string body, int status)
    {
        var before = Stored();
        foreach (var call in Calls)
        {
            using var answer = await console.Client.PostAsync(call, body);
            await AssertRefusedAsync(answer, (HttpStatusCode)status, $"{what} to {call}");
        }
        Assert.Equal(before, Stored());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/problem+json")]
    [InlineData("multipart/form-data")]
    public async Task Body_OfAnotherMediaType_Is415(string mediaType)
    {
        using var answer = await console.Client.PostAsync("events", Event().ToJsonString(), mediaType);
        await AssertRefusedAsync(answer, HttpStatusCode.UnsupportedMediaType, mediaType);
    }

    [Fact]
    public async Task Body_WithoutMediaTypeOrInAnotherEncoding_Is415()
    {
        var json = Event().ToJsonString();
        using var none = await SendAsync(Encoding.UTF8.GetBytes(json), null);
        await AssertRefusedAsync(none, HttpStatusCode.UnsupportedMediaType, "none");
        using var utf16 = await SendAsync(Encoding.Unicode.GetBytes(json), "application/json; charset=utf-16");
        await AssertRefusedAsync(utf16, HttpStatusCode.UnsupportedMediaType, "UTF-16 that says so");
    }

    [Fact]
    public async Task Body_InUtf16ThatDoesntSaySo_Is400()
    {
        using var answer = await SendAsync([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Event().ToJsonString())], "application/json");
        await AssertRefusedAsync(answer, HttpStatusCode.BadRequest, "UTF-16");
    }

    [Fact]
    public async Task Body_WithByteOrderMark_IsTaken()
    {
        using var answer = await SendAsync([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Event().ToJsonString())], "application/json; charset=UTF-8");
        Assert.Equal(1, (await answer.ReceiptAsync()).Accepted);
    }

    [Fact]
    public async Task Body_Compressed_Is415()
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
            await gzip.WriteAsync(new byte[10 << 20]);
        using var content = new ByteArrayContent(bomb.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await console.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), content);
        await AssertRefusedAsync(answer, HttpStatusCode.UnsupportedMediaType, "gzip");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task Body_Over64MiB_Is413(string mediaType)
    {
        using var answer = await SendAsync(new byte[(64 << 20) + 1], mediaType);
        await AssertRefusedAsync(answer, HttpStatusCode.RequestEntityTooLarge, mediaType);
    }

    [Fact]
    public async Task Body_InvalidUtf8_NamesTheField()
    {
        var bytes = Encoding.UTF8.GetBytes(Event().With("reason", "@@").ToJsonString());
        var at = bytes.AsSpan().IndexOf("@@"u8);
        (bytes[at], bytes[at + 1]) = (0xC3, 0x28);
        using var answer = await SendAsync(bytes, "application/json");
        var receipt = await answer.ReceiptAsync();
        Assert.Contains("Unicode", receipt.Rejected[0].Errors["reason"].Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"eventId\":\"twice-1\",\"eventId\":\"twice-2\"", "eventId")]
    [InlineData("{\"eventId\":\"twice-1\",\"\\u0065ventId\":\"twice-2\"", "eventId")]
    [InlineData("{\"eventId\":\"twice-1\",\"reason\":null,\"reason\":\"x\"", "reason")]
    [InlineData("{\"eventId\":\"twice-1\",\"attributes\":{\"a\":1,\"a\":1}", "attributes.a")]
    [InlineData("{\"eventId\":\"twice-1\",\"unknown\":1,\"unknown\":1", "unknown")]
    [InlineData("{\"eventId\":\"twice-1\",\"unknown\":{\"deep\":[{\"a\":1,\"a\":2}]}", "unknown.deep.a")]
    public async Task Keys_Twice_AreAnItemError(string start, string field)
    {
        using var answer = await console.Client.PostAsync("events", $$"""{{start}},"shipmentId":"S","type":"accepted","occurredAt":"2026-06-01T10:00:00Z"}""");
        var rejected = Assert.Single((await answer.ReceiptAsync()).Rejected);
        Assert.Contains("more than once", Assert.Single(rejected.Errors[field]), StringComparison.Ordinal);
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM events WHERE event_id LIKE 'twice-%'"));
    }

    [Fact]
    public async Task Query_ValidateOfAnotherWord_Is400()
    {
        using var answer = await console.Client.PostAsync("events?validate=perhaps", Event().ToJsonString());
        await AssertRefusedAsync(answer, HttpStatusCode.BadRequest, "validate");
    }

    [Fact]
    public async Task Event_FiftyTimesAtOnce_IsStoredOnce()
    {
        var e = Event();
        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => console.Client.SendAsync("events", e)));
        Assert.Equal((1, 49), (receipts.Sum(r => r.Accepted), receipts.Sum(r => r.Duplicates)));
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string what)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{what}: {(int)answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.NotNull((string?)JsonNode.Parse(text)!["traceId"]);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] body, string? mediaType)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        return await console.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), content);
    }

    private long Stored() => console.Count(
        "SELECT (SELECT COUNT(*) FROM shipment_versions) + (SELECT COUNT(*) FROM events) + (SELECT COUNT(*) FROM conditions) + (SELECT COUNT(*) FROM contacts)");
}
