using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;

namespace OpsConsole.IntegrationTests.Labels;

/// <summary>A labels file as of a moment has the same bytes whenever it is made, whatever came since.</summary>
public sealed class AsOfTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Queries =
    [
        "", "decision=lead:240", "decision=lead:720&format=jsonl", "decision=lead:0", "decision=point:collected&pseudonymise=true", "decision=firstFlag",
        "decision=all&format=jsonl", "decision=lead:60&format=parquet", "decision=all&format=parquet&simulated=include",
        "decision=lead:120&from=2026-06-01T00:00:00Z&to=2026-06-02T06:00:00Z", "decision=all&model=rule-1", "simulated=only",
    ];

    private readonly FakeTimeProvider _time = new(Start);
    private readonly ConsoleFactory _console;
    private readonly List<string> _live = [];
    private readonly List<string> _history = [];
    private readonly List<(string Shipment, string Id)> _judged = [];
    private HttpClient _simulator = null!;
    private int _events;

    public AsOfTests() => _console = new ConsoleFactory(services => services.AddSingleton(new LoopClock(_time)));

    private sealed record Exported(string Query, string AsOf, string Rows, byte[] Bytes);

    public async Task InitializeAsync() => _simulator = _console.ClientWith(await _console.IssueKeyAsync("sim", true, "intake"));

    public async Task DisposeAsync()
    {
        _simulator.Dispose();
        await _console.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Export_SameQueryAndAsOf_HasTheSameBytesWhateverCameSince(int seed)
    {
        var random = new Random(seed);
        List<Exported> exports = [];
        for (var step = 0; step < 12; step++)
        {
            await GoOnAsync(random);
            // Some of now, and one of a moment that passed between two commits.
            foreach (var query in Queries.Where((_, i) => (i + step) % 4 == 0))
                exports.Add(await ExportAsync(query));
            if (step is 5 or 9)
                exports.Add(await ExportAsync("decision=all", _time.GetUtcNow().AddHours(-3)));
        }
        Assert.Contains(exports, e => e.Bytes.Length > 5000);
        Assert.Contains(exports, e => e.Query == "decision=lead:240" && Text(e.Bytes).Contains("rule-1", StringComparison.Ordinal));
        for (var step = 0; step < 6; step++)
        {
            await ChangeEverythingAsync(random, step);
            foreach (var export in exports)
            {
                var again = await ExportAsync(export.Query, DateTimeOffset.Parse(export.AsOf, System.Globalization.CultureInfo.InvariantCulture));
                Assert.Equal((export.AsOf, export.Rows), (again.AsOf, again.Rows));
                Assert.True(
                    export.Bytes.AsSpan().SequenceEqual(again.Bytes),
                    $"seed {seed}, step {step}: {export.Query} as of {export.AsOf} differs\n{Difference(export, again)}");
            }
        }
        // What came since is not nothing: kept scores were replaced, too.
        Assert.True(_console.Count("SELECT COUNT(*) FROM replaced_lead_scores") > 10);
        Assert.NotEqual((await ExportAsync("decision=lead:0")).Bytes, exports.Last(e => e.Query == "decision=lead:0").Bytes);
    }

    [Fact]
    public async Task Export_AsOfTheFuture_IsCutToTheLastStamp()
    {
        await GoOnAsync(new Random(5));
        var export = await ExportAsync("", _time.GetUtcNow().AddDays(400));
        Assert.InRange(DateTimeOffset.Parse(export.AsOf, System.Globalization.CultureInfo.InvariantCulture), _time.GetUtcNow(), _time.GetUtcNow().AddMinutes(1));
    }

    [Fact]
    public async Task Export_AsOfBeforeSettingsAndChampionChanged_CountsByThoseOfThen()
    {
        await GoOnAsync(new Random(6));
        _time.Advance(TimeSpan.FromDays(3));
        var before = await ExportAsync("decision=all");
        await ChangeSettingsAsync(s => s with { GraceMinutes = 1440 });
        await PromoteAsync(Champions.Random, 0.4);
        _time.Advance(TimeSpan.FromHours(1));
        var after = await ExportAsync("decision=all");
        var again = await ExportAsync("decision=all", DateTimeOffset.Parse(before.AsOf, System.Globalization.CultureInfo.InvariantCulture));
        Assert.NotEqual(Text(before.Bytes), Text(after.Bytes));
        Assert.Equal(Text(before.Bytes), Text(again.Bytes));
    }

    private static string Difference(Exported was, Exported is_) => was.Query.Contains("parquet", StringComparison.Ordinal) ? "" : string.Join(
        '\n', Text(was.Bytes).Split('\n').Zip(Text(is_.Bytes).Split('\n')).Where(lines => lines.First != lines.Second).SelectMany(lines => new[] { $"- {lines.First}", $"+ {lines.Second}" }));

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    private async Task<Exported> ExportAsync(string query, DateTimeOffset? asOf = null)
    {
        var as_ = asOf is { } at ? $"&asOf={Uri.EscapeDataString(Sent.Time(at))}" : "";
        using var answer = await _console.Client.GetAsync(new Uri($"/api/v1/labels?{query}{as_}", UriKind.Relative));
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return new Exported(
            query, answer.Headers.GetValues("X-As-Of").Single(), answer.Headers.GetValues("X-Rows").Single(), await answer.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Some hours of the operation.</summary>
    private async Task GoOnAsync(Random random)
    {
        var now = _time.GetUtcNow();
        for (var n = 0; n < 2; n++)
        {
            await RegisterAsync(_console.Client, _live, now, now.AddHours(random.Next(3, 60)), random);
            await RegisterAsync(_console.Client, _history, now.AddHours(-random.Next(40, 90)), now.AddHours(-random.Next(2, 30)), random);
        }
        await RegisterAsync(_simulator, [], now, now.AddHours(random.Next(3, 30)), random);
        await ScoreAsync();
        foreach (var id in _live.Concat(_history))
            await HappenAsync(id, _history.Contains(id) ? now.AddHours(-random.Next(1, 60)) : now, random);
        await SendAsync("conditions", Sent.Condition("LS1").With("observedAt", Sent.Time(now.AddHours(-1))).With("windKph", random.Next(90)));
        foreach (var id in _live.Where(_ => random.Next(4) == 0).ToList())
            await JudgeAsync(id, random);
        await ScoreAsync();
        _time.Advance(TimeSpan.FromHours(random.Next(1, 7)));
        await ScoreAsync();
    }

    /// <summary>All that could make a difference to a file of the past.</summary>
    private async Task ChangeEverythingAsync(Random random, int step)
    {
        var now = _time.GetUtcNow();
        foreach (var id in _live.Concat(_history).Where(_ => random.Next(2) == 0))
        {
            // Told late: it happened, and was known to the sender, long ago.
            var then = now.AddHours(-random.Next(1, 80));
            await SendAsync("events", Event(id, random.Next(3) switch { 0 => "delivered", 1 => "collected", _ => "outForDelivery" }, then).With("recordedAt", Sent.Time(then)));
            await SendAsync("events", Promise(id, random.Next(3) switch { 0 => "customer", 1 => "courier", _ => "correction" }, now.AddHours(random.Next(2, 40)), then)
                .With("recordedAt", Sent.Time(then)));
            await AmendAsync(id, then, random);
        }
        await SendAsync("conditions", Sent.Condition("LS1").With("observedAt", Sent.Time(now.AddHours(-20))).With("recordedAt", Sent.Time(now.AddHours(-20))).With("windKph", 140));
        foreach (var (shipment, id) in _judged.Where((_, i) => i % 3 == step % 3))
        {
            using var withdrawn = await _console.Client.DeleteAsync(new Uri($"/api/v1/cases/{shipment}/judgements/{id}", UriKind.Relative));
        }
        foreach (var id in _live.Where(_ => random.Next(3) == 0).ToList())
            await JudgeAsync(id, random);
        await ChangeSettingsAsync(s => s with
        {
            GraceMinutes = 30 * (step + 1),
            UnknownAfterDays = 1 + step,
            TouchingActions = step % 2 == 0 ? [] : [JudgementAction.Rerouted],
        });
        await PromoteAsync(step % 2 == 0 ? Champions.Random : Champions.Rule, 0.05 + (0.1 * step));
        var sources = _console.Services.GetRequiredService<Sources>();
        await sources.SetReportingLagAsync(sources.BootstrapId, 300 * step, Caller.System);
        await ScoreAsync();
        await GoOnAsync(random);
        _time.Advance(TimeSpan.FromDays(step));
        await ScoreAsync();
    }

    private async Task RegisterAsync(HttpClient client, List<string> into, DateTimeOffset booked, DateTimeOffset promised, Random random)
    {
        var id = $"S-{random.Next():x8}-{into.Count}";
        var shipment = Sent.Shipment(id).With("bookedAt", Sent.Time(booked)).With("promisedBy", Sent.Time(promised < booked ? booked.AddHours(3) : promised))
            .With("distanceKm", random.Next(400)).With("attributes", new JsonObject { ["fragile"] = random.Next(2) == 0 });
        Assert.Equal(1, (await client.SendAsync("shipments", shipment)).Accepted);
        into.Add(id);
    }

    private async Task AmendAsync(string id, DateTimeOffset known, Random random)
    {
        var booked = _time.GetUtcNow().AddHours(-200);
        await SendAsync("shipments", Sent.Shipment(id).With("bookedAt", Sent.Time(booked)).With("promisedBy", Sent.Time(_time.GetUtcNow().AddHours(random.Next(-60, 40))))
            .With("service", "amended").With("carrier", $"c{random.Next(3)}").With("recordedAt", Sent.Time(known)));
    }

    private async Task HappenAsync(string id, DateTimeOffset at, Random random)
    {
        switch (random.Next(9))
        {
            case 0 or 1:
                await SendAsync("events", Event(id, "collected", at));
                break;
            case 2:
                await SendAsync("events", Event(id, "outForDelivery", at));
                break;
            case 3:
                await SendAsync("events", Event(id, "delivered", at));
                break;
            case 4:
                await SendAsync("events", Promise(id, random.Next(2) == 0 ? "customer" : "courier", _time.GetUtcNow().AddHours(random.Next(2, 30)), at));
                break;
            case 5:
                await AmendAsync(id, at, random);
                break;
        }
    }

    private JsonObject Event(string id, string type, DateTimeOffset at) =>
        Sent.Event($"{id}-{++_events}", id).With("type", type).With("occurredAt", Sent.Time(at));

    private JsonObject Promise(string id, string by, DateTimeOffset promise, DateTimeOffset at) =>
        Event(id, "promiseChanged", at).With("promisedBy", Sent.Time(promise)).With("initiatedBy", by);

    private async Task JudgeAsync(string id, Random random)
    {
        var action = random.Next(3) switch { 0 => "none", 1 => "rerouted", _ => "customerContacted" };
        using var answer = await _console.Client.PostAsync(
            $"cases/{id}/judgements", new JsonObject { ["late"] = random.Next(2) == 0, ["action"] = action, ["judge"] = $"j{random.Next(3)}" }.ToJsonString());
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        _judged.Add((id, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["judgementId"]!.GetValue<string>()));
    }

    private async Task SendAsync(string what, JsonObject item) => Assert.Equal(1, (await _console.Client.SendAsync(what, item)).Accepted);

    private Task ScoreAsync() => _console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();

    private Task ChangeSettingsAsync(Func<OperationsSettings, OperationsSettings> change)
    {
        var store = _console.Services.GetRequiredService<SettingsStore>();
        var (current, version) = store.Read();
        return store.ChangeAsync(change(current), version);
    }

    private Task PromoteAsync(string version, double threshold)
    {
        var champions = _console.Services.GetRequiredService<Champions>();
        return champions.AppointAsync(champions.ByVersion(version)!.ModelVersionId, threshold, Caller.System);
    }
}
