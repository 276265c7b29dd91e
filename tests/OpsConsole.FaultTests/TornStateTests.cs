using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>
/// Killed while people judge and take back, a champion is changed, a model trains and labels are exported (quality.md F3): each is there wholly or not at
/// all, and what was acknowledged is there.
/// </summary>
[Collection(Faults.Name)]
public sealed class TornStateTests(PublishedProgram program, ITestOutputHelper output)
{
    private const int Shipments = 40;
    private readonly ConcurrentDictionary<string, string> _judged = new();
    private readonly ConcurrentDictionary<string, bool> _withdrawn = new();
    private readonly ConcurrentBag<string> _runs = [];
    private int _promotions;

    [Fact]
    public async Task KilledWhilePeopleWork_EveryRound_NothingIsHalfDone()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-torn-").FullName;
        var random = new Random(3);
        var rounds = Faults.Rounds(4);
        for (var round = 0; round < rounds; round++)
        {
            using var running = program.Start(data);
            await running.ReadyAsync(TimeSpan.FromSeconds(60));
            if (round == 0)
                await SeedAsync(running);
            await CheckAsync(running, data);
            var (judged, promoted) = (_judged.Count + random.Next(5, 60), _promotions + 1);
            Task[] people = [JudgeAsync(running, round), PromoteAsync(running), ExportAsync(running), TrainAsync(running)];
            await Until.TrueAsync(() => _judged.Count >= judged && _promotions >= promoted && _runs.Count > round, running);
            await running.KillAsync();
            await Task.WhenAll(people);
        }
        using var last = program.Start(data);
        await last.ReadyAsync(TimeSpan.FromSeconds(60));
        await CheckAsync(last, data);
        Assert.Equal(0, (await last.TerminateAsync()).ExitCode);
        Ledger.CheckWhole(last.Database);
        output.WriteLine($"F3: {rounds} kills over {_judged.Count} judgements, {_withdrawn.Count} taken back, {_promotions} promotions, {_runs.Count} runs: nothing half done");
        Directory.Delete(data, recursive: true);
    }

    /// <summary>What must hold after every start.</summary>
    private async Task CheckAsync(RunningProgram running, string data)
    {
        var models = await GetAsync(running, "/api/v1/models");
        var champion = Assert.Single(models.GetProperty("items").EnumerateArray(), model => model.GetProperty("state").GetString() == "champion");
        using (var predicted = await running.Client.PostAsync(new Uri("/api/v1/predictions", UriKind.Relative), Json.Of(new { items = new[] { new { shipmentId = "S-0" } } })))
        {
            var answer = await predicted.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(HttpStatusCode.OK, predicted.StatusCode);
            Assert.Equal(champion.GetProperty("version").GetString(), answer.GetProperty("modelVersion").GetString());
        }
        foreach (var shipment in _judged.Values.Distinct())
        {
            var known = (await GetAsync(running, $"/api/v1/shipments/{shipment}")).GetProperty("judgements").EnumerateArray()
                .ToDictionary(judgement => judgement.GetProperty("judgementId").GetString()!);
            foreach (var id in _judged.Where(judged => judged.Value == shipment).Select(judged => judged.Key))
            {
                Assert.True(known.TryGetValue(id, out var judgement), $"judgement {id} of {shipment} was acknowledged and is missing");
                if (_withdrawn.ContainsKey(id))
                    Assert.False(judgement.GetProperty("standing").GetBoolean());
            }
        }
        foreach (var run in _runs)
            await Until.TrueAsync(async () => (await GetAsync(running, $"/api/v1/runs/{run}")).GetProperty("state").GetString() is not ("running" or "queued"), running);
        var exports = Path.Combine(data, "exports");
        Assert.Empty(Directory.Exists(exports) ? Directory.GetFiles(exports, "*", SearchOption.AllDirectories) : []);
    }

    private async Task JudgeAsync(RunningProgram running, int round)
    {
        for (var i = 0; ; i++)
        {
            var shipment = $"S-{i % Shipments}";
            var path = $"/api/v1/cases/{shipment}/judgements";
            var answer = await TryAsync(() => running.Client.PostAsync(
                new Uri(path, UriKind.Relative), Json.Of(new { late = i % 2 == 0, reason = "traffic", action = "none", predictionId = (string?)null, judge = $"judge-{round}-{i}" })));
            if (answer is null)
                return;
            var id = answer.Value.GetProperty("judgementId").GetString()!;
            _judged[id] = shipment;
            if (i % 3 != 0)
                continue;
            if (await TryAsync(() => running.Client.DeleteAsync(new Uri($"{path}/{id}", UriKind.Relative))) is null)
                return;
            _withdrawn[id] = true;
        }
    }

    private async Task PromoteAsync(RunningProgram running)
    {
        while (true)
        {
            var champion = await TryAsync(() => running.Client.GetAsync(new Uri("/api/v1/models", UriKind.Relative)));
            if (champion is null)
                return;
            var now = champion.Value.GetProperty("items").EnumerateArray().First(model => model.GetProperty("state").GetString() == "champion").GetProperty("version").GetString();
            var next = now == "rule-1" ? "random-1" : "rule-1";
            if (await TryAsync(() => running.Client.PostAsync(new Uri($"/api/v1/models/{next}/promote", UriKind.Relative), Json.Of(new { reason = "a drill" }))) is null)
                return;
            Interlocked.Increment(ref _promotions);
        }
    }

    private static async Task ExportAsync(RunningProgram running)
    {
        while (await TryAsync(() => running.Client.GetAsync(new Uri("/api/v1/labels?format=csv", UriKind.Relative))) is not null)
        {
        }
    }

    private async Task TrainAsync(RunningProgram running)
    {
        var run = await TryAsync(() => running.Client.PostAsync(new Uri("/api/v1/models/train", UriKind.Relative), Json.Of(new { trainer = "logistic", decisionLeadMinutes = 240 })));
        if (run is { } started)
            _runs.Add(started.GetProperty("runId").GetString()!);
    }

    /// <summary>Null when the process is gone; else the answer, which must be a good one.</summary>
    private static async Task<JsonElement?> TryAsync(Func<Task<HttpResponseMessage>> call)
    {
        try
        {
            using var answer = await call();
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            return answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonDocument.Parse(text).RootElement : default(JsonElement);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // What was under way when the process was killed was not acknowledged.
            return null;
        }
    }

    private static async Task<JsonElement> GetAsync(RunningProgram running, string path) =>
        await running.Client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    /// <summary>Open shipments to judge, and history to train on.</summary>
    private static async Task SeedAsync(RunningProgram running)
    {
        var now = TimeProvider.System.GetUtcNow();
        object[] open = [.. Enumerable.Range(0, Shipments).Select(i => Shipment($"S-{i}", now.AddDays(-1), now.AddDays(2), i))];
        object[] past = [.. Enumerable.Range(0, 600).Select(i => Shipment($"H-{i}", now.AddDays(-40).AddMinutes(i * 80), now.AddDays(-38).AddMinutes(i * 80), i))];
        object[] delivered =
        [
            .. Enumerable.Range(0, 600).Select(i => new
            {
                eventId = $"E-{i}",
                shipmentId = $"H-{i}",
                type = "delivered",
                occurredAt = now.AddDays(-38).AddMinutes((i * 80) + (i % 4 == 0 ? 300 : -300)),
            }),
        ];
        foreach (var (path, items) in new[] { ("/api/v1/shipments", open), ("/api/v1/shipments", past), ("/api/v1/events", delivered) })
        {
            using var answer = await running.Client.PostAsync(new Uri(path, UriKind.Relative), Json.Of(items));
            var receipt = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(items.Length.ToString(CultureInfo.InvariantCulture), receipt.GetProperty("accepted").GetRawText());
        }
        await Until.TrueAsync(
            async () => (await GetAsync(running, "/health/ready")).GetProperty("backlog") is var backlog
                && backlog.GetProperty("unscored").GetInt64() + backlog.GetProperty("unsettled").GetInt64() == 0,
            running);
    }

    private static object Shipment(string id, DateTimeOffset booked, DateTimeOffset promised, int i) => new
    {
        shipmentId = id,
        bookedAt = booked,
        promisedBy = promised,
        origin = new { areaCode = $"A{i % 5}" },
        destination = new { areaCode = $"B{i % 7}" },
        service = i % 3 == 0 ? "express" : "standard",
        weightKg = 1 + (i % 9),
    };
}
