using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using CsvHelper;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Labels;
using OpsConsole.Prediction;

namespace OpsConsole.IntegrationTests.Labels;

/// <summary>Labels as a file, and all that is known of a shipment, through the API.</summary>
public sealed class LabelsApiTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private static readonly DateTimeOffset Then = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private static object Shipment(string id, DateTimeOffset booked, DateTimeOffset promised) => new
    {
        shipmentId = id,
        bookedAt = booked,
        recordedAt = booked,
        promisedBy = promised,
        origin = new { areaCode = "N1" },
        destination = new { areaCode = "S4", areaType = "rural" },
        service = "nextDay",
        attributes = new { items = 3, note = "=SUM(1)" },
    };

    private static object Event(string id, string shipment, string type, DateTimeOffset at) =>
        new { eventId = id, shipmentId = shipment, type, occurredAt = at, recordedAt = at };

    private async Task SendAsync(string what, params object[] items)
    {
        using var answer = await console.Client.PostAsJsonAsync($"/api/v1/{what}", items);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Three shipments of the past: on time, late, and one delivered before its decision.</summary>
    private async Task<string> HistoryAsync()
    {
        var prefix = "H" + Guid.NewGuid().ToString("N")[..8];
        await SendAsync(
            "shipments",
            Shipment($"{prefix}-ontime", Then, Then.AddHours(24)), Shipment($"{prefix}-late", Then, Then.AddHours(24)), Shipment($"{prefix}-early", Then, Then.AddHours(24)));
        await SendAsync(
            "events",
            Event($"{prefix}-1", $"{prefix}-ontime", "collected", Then.AddHours(2)), Event($"{prefix}-2", $"{prefix}-ontime", "delivered", Then.AddHours(23)),
            Event($"{prefix}-3", $"{prefix}-late", "delivered", Then.AddHours(30)), Event($"{prefix}-4", $"{prefix}-early", "delivered", Then.AddHours(10)));
        return prefix;
    }

    private async Task<List<Dictionary<string, string>>> RowsAsync(string query)
    {
        using var answer = await console.Client.GetAsync(new Uri($"/api/v1/labels?{query}", UriKind.Relative));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), answer.Headers.GetValues("X-Content-SHA256").Single());
        Assert.Equal(bytes.Length, answer.Content.Headers.ContentLength);
        using var reader = CsvReader.Create(bytes, new CsvReaderOptions { Separator = ',' });
        reader.ReadHeader();
        var names = reader.Headers.ToArray();
        List<Dictionary<string, string>> rows = [];
        while (reader.Read())
            rows.Add(names.Select((name, i) => (name, cell: reader.GetString(i) ?? "")).ToDictionary(c => c.name, c => c.cell));
        Assert.Equal(rows.Count.ToString(CultureInfo.InvariantCulture), answer.Headers.GetValues("X-Rows").Single());
        return rows;
    }

    private static bool Of(Dictionary<string, string> row, string prefix) => row["shipment_id"].StartsWith(prefix, StringComparison.Ordinal);

    [Fact]
    public async Task Export_OfHistory_HasARowWhereTheShipmentWasOpenAtTheDecision()
    {
        var prefix = await HistoryAsync();
        var rows = (await RowsAsync("decision=lead:240")).Where(r => Of(r, prefix)).ToDictionary(r => r["shipment_id"][(prefix.Length + 1)..]);
        Assert.Equal(["late", "ontime"], rows.Keys.Order());
        Assert.Equal("true", rows["late"]["label_late"]);
        Assert.Equal("360", rows["late"]["outcome_delay_minutes"]);
        Assert.Equal("false", rows["ontime"]["label_late"]);
        Assert.Equal("-60", rows["ontime"]["outcome_delay_minutes"]);
        Assert.Equal("2026-03-03T04:00:00.000000Z", rows["late"]["decided_at"]);
        // Nothing was served then.
        Assert.Equal("", rows["late"]["score"]);
        Assert.Equal("", rows["late"]["model_version"]);
    }

    [Fact]
    public async Task Export_AtAnEvent_HasARowOnlyWhereItWasKnown()
    {
        var prefix = await HistoryAsync();
        var row = Assert.Single(await RowsAsync("decision=point:collected"), r => Of(r, prefix));
        Assert.Equal($"{prefix}-ontime", row["shipment_id"]);
        Assert.Equal("2026-03-02T10:00:00.000000Z", row["decided_at"]);
    }

    [Fact]
    public async Task Export_ByDays_CountsTheCountedPromiseHalfOpen()
    {
        var prefix = await HistoryAsync();
        var at = Uri.EscapeDataString(Then.AddHours(24).ToString("O", CultureInfo.InvariantCulture));
        var after = Uri.EscapeDataString(Then.AddHours(24).AddTicks(1).ToString("O", CultureInfo.InvariantCulture));
        Assert.Contains(await RowsAsync($"from={at}"), r => Of(r, prefix));
        Assert.DoesNotContain(await RowsAsync($"to={at}"), r => Of(r, prefix));
        Assert.DoesNotContain(await RowsAsync($"from={after}"), r => Of(r, prefix));
    }

    [Fact]
    public async Task Export_Pseudonymised_HidesIdsTheSameWayEachTime()
    {
        var prefix = await HistoryAsync();
        var first = await RowsAsync("pseudonymise=true");
        var second = await RowsAsync("pseudonymise=true");
        Assert.All(first, r => Assert.DoesNotContain(prefix, r["shipment_id"], StringComparison.Ordinal));
        Assert.Subset(second.Select(r => r["shipment_id"]).ToHashSet(), first.Select(r => r["shipment_id"]).ToHashSet());
    }

    [Fact]
    public async Task Export_OfAServedShipment_GivesWhatWasStored()
    {
        var id = "V" + Guid.NewGuid().ToString("N")[..8];
        var now = console.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await SendAsync("shipments", Shipment(id, now.AddHours(-30), now.AddMinutes(90)));
        await console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync(CancellationToken.None);
        var row = (await RowsAsync("decision=all")).First(r => r["shipment_id"] == id);
        var stored = (await console.Client.GetFromJsonAsync<JsonElement>($"/api/v1/shipments/{id}/predictions")).GetProperty("items").EnumerateArray().Last();
        Assert.Equal(stored.GetProperty("score").GetDouble().ToString("R", CultureInfo.InvariantCulture), row["score"]);
        Assert.Equal(stored.GetProperty("modelVersion").GetString(), row["model_version"]);
        Assert.Equal("pending", row["label_excluded_reason"]);
        // It was registered after the moment four hours before its promise.
        Assert.DoesNotContain(await RowsAsync("decision=lead:240"), r => r["shipment_id"] == id);
    }

    [Theory]
    [InlineData("format=xlsx", "format")]
    [InlineData("from=2026-03-01", "from")]
    [InlineData("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "to")]
    [InlineData("decision=lead:17", "decision")]
    [InlineData("decision=point:teleported", "decision")]
    [InlineData("simulated=maybe", "simulated")]
    [InlineData("pseudonymise=1", "pseudonymise")]
    [InlineData("asOf=2026-03-01T00:00:00", "asOf")]
    [InlineData("model=none-such", "model")]
    [InlineData("decision=all&decision=firstFlag", "decision")]
    public async Task Export_BadParameter_IsNamed(string query, string name)
    {
        using var answer = await console.Client.GetAsync(new Uri($"/api/v1/labels?{query}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(name, out _), problem.ToString());
    }

    [Fact]
    public async Task Export_BrokenOff_IsResumedFromTheSameFile()
    {
        await HistoryAsync();
        using var head = await console.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/v1/labels?format=jsonl"));
        var tag = head.Headers.ETag!;
        // What arrives meanwhile must not be in it.
        await HistoryAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/labels?format=jsonl");
        request.Headers.Range = new RangeHeaderValue(100, null);
        request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        using var rest = await console.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(head.Content.Headers.ContentLength, rest.Content.Headers.ContentRange!.Length);
        Assert.Equal(tag.Tag.Trim('"'), rest.Headers.GetValues("X-Content-SHA256").Single());
    }

    [Fact]
    public async Task Kept_SameBytesTwice_OneSentWholeLeavesTheOtherToBeResumed()
    {
        var kept = console.Services.GetRequiredService<KeptExports>();
        LabelsExport File(string name) => new(Path.Combine(console.Folder, name), name, "text/csv", 1, "the same hash", Then);
        var (sent, broken) = (File("sent.csv"), File("broken.csv"));
        foreach (var export in new[] { sent, broken })
        {
            await System.IO.File.WriteAllTextAsync(export.Path, "same");
            kept.Keep(export);
        }
        kept.Delete(sent);
        Assert.Equal(broken, kept.Find("the same hash"));
        kept.Delete(broken);
        Assert.Null(kept.Find("the same hash"));
        Assert.False(System.IO.File.Exists(broken.Path));
    }

    [Fact]
    public async Task Export_SentWhole_LeavesNoFile()
    {
        await RowsAsync("format=csv");
        var folder = console.Services.GetRequiredService<ExportLabels>().Folder;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (Directory.EnumerateFiles(folder, "*.csv").Any())
            Assert.True(await timer.WaitForNextTickAsync(deadline.Token));
    }

    [Fact]
    public async Task Dictionary_Always_DescribesEveryColumnOfTheFile()
    {
        await HistoryAsync();
        var described = (await console.Client.GetFromJsonAsync<JsonElement>("/api/v1/labels/dictionary")).GetProperty("columns").EnumerateArray().ToList();
        var row = (await RowsAsync("decision=lead:240"))[0];
        Assert.Equal(row.Keys, described.Select(c => c.GetProperty("name").GetString()!));
        Assert.All(described, c => Assert.NotEqual("", c.GetProperty("description").GetString()));
    }

    [Fact]
    public async Task Shipment_OfHistory_TellsEventsOutcomeAndLabel()
    {
        var prefix = await HistoryAsync();
        var shipment = await console.Client.GetFromJsonAsync<JsonElement>($"/api/v1/shipments/{prefix}-late");
        Assert.Equal("delivered", shipment.GetProperty("state").GetString());
        Assert.True(shipment.GetProperty("outcome").GetProperty("late").GetBoolean());
        Assert.Equal(360, shipment.GetProperty("outcome").GetProperty("delayMinutes").GetDouble());
        Assert.True(shipment.GetProperty("label").GetProperty("late").GetBoolean());
        Assert.Equal(JsonValueKind.Null, shipment.GetProperty("prediction").ValueKind);
        Assert.Equal(1, shipment.GetProperty("events").GetArrayLength());
        using var missing = await console.Client.GetAsync(new Uri("/api/v1/shipments/none-such", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }
}
