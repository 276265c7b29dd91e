using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Prediction;

namespace OpsConsole.IntegrationTests.Measurement;

/// <summary>
/// Deliveries through the API, two days of simulated time, and at the end the counts of <c>/api/v1/quality</c> against a count from what was
/// sent, the scores kept and the judgements, as an outsider would make it.
/// </summary>
public sealed class WholeLoopCountsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 27, 6, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly ConsoleFactory _console;
    private readonly HttpClient _client;

    public WholeLoopCountsTests()
    {
        _console = new ConsoleFactory(services => services.AddSingleton(new LoopClock(_time)), ("Operations:TimeZone", "Europe/London"));
        _client = _console.Client;
    }

    /// <summary>What is sent of a shipment; minutes after the start.</summary>
    private sealed record Plan(string Id, int Registered, int Promise, int? Ends, string? With, int Reported, int? Judged, string Action, string Service)
    {
        internal int? MovedAt { get; init; }

        internal int MovedTo { get; init; }

        internal int Counted => MovedAt is not null ? MovedTo : Promise;
    }

    [Fact]
    public async Task Quality_AfterTwoDays_EqualsAnOutsidersCount()
    {
        var plans = Plans();
        for (var minute = 0; minute <= 3300; minute += 20)
        {
            _time.SetUtcNow(At(minute));
            await SendAsync(plans, minute);
            await _console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
            await _console.Services.GetRequiredService<SettleWhatIsBehind>().DrainAsync(CancellationToken.None);
        }
        var shipments = new Dictionary<string, JsonElement>();
        foreach (var plan in plans)
            shipments[plan.Id] = await GetAsync($"shipments/{plan.Id}");
        await CompareAsync(plans, shipments);

        await _console.Services.GetRequiredService<Rebuild>().StartOverAsync(CancellationToken.None);
        await _console.Services.GetRequiredService<SettleWhatIsBehind>().DrainAsync(CancellationToken.None);
        await CompareAsync(plans, shipments);
    }

    private async Task CompareAsync(List<Plan> plans, Dictionary<string, JsonElement> shipments)
    {
        var flags = 0L;
        foreach (var lead in (int[])[0, 60, 240, 480, 1440])
        {
            foreach (var threshold in (double?[])[null, 0.1, 0.4])
            {
                var asked = threshold is { } value ? string.Create(CultureInfo.InvariantCulture, $"&threshold={value}") : "";
                var answer = await GetAsync($"quality?lead={lead}{asked}&by=service&simulated=include");
                var expected = Count(plans, shipments, lead, threshold);
                Assert.Equal(expected, Counts(answer.GetProperty("total")));
                foreach (var segment in answer.GetProperty("segments").EnumerateArray())
                    Assert.Equal(Count([.. plans.Where(p => p.Service == segment.GetProperty("segment").GetString())], shipments, lead, threshold), Counts(segment));
                var days = answer.GetProperty("buckets").EnumerateArray().ToList();
                foreach (var day in days)
                {
                    var (from, to) = (day.GetProperty("start").GetDateTimeOffset(), day.GetProperty("end").GetDateTimeOffset());
                    Assert.Equal(Count([.. plans.Where(p => At(p.Counted) >= from && At(p.Counted) < to)], shipments, lead, threshold), Counts(day));
                }
                flags += expected["tp"] + expected["fp"] + expected["avertedOrFalse"];
            }
        }
        Assert.True(flags > 20, "the scenario flags too little to say anything");
    }

    private static Dictionary<string, long> Count(IReadOnlyList<Plan> plans, Dictionary<string, JsonElement> shipments, int lead, double? threshold)
    {
        var counts = Names.ToDictionary(n => n, _ => 0L);
        foreach (var plan in plans)
        {
            var now = At(3300);
            counts["shipments"]++;
            var counted = At(plan.Counted);
            var ended = plan.Ends is { } end && plan.Ends + plan.Reported <= 3300 ? end : (int?)null;
            var outcome = now < counted.AddMinutes(15) ? "pending" : ended is null || At(ended.Value) > counted ? "late" : plan.With == "cancelled" ? "excluded" : "onTime";
            counts[outcome]++;
            if (outcome is not ("late" or "onTime"))
                continue;
            var moment = counted.AddMinutes(-lead);
            var received = ended + plan.Reported;
            // A step's calls come one after the other within its moment.
            if (At(plan.Registered) > moment)
                counts["registeredTooLate"]++;
            else if (received is { } finished && At(finished) <= moment)
                counts["finishedEarlier"]++;
            else
            {
                counts["atRisk"]++;
                var kept = shipments[plan.Id].GetProperty("scoresAtLead").EnumerateArray().Single(s => s.GetProperty("lead").GetInt32() == lead);
                var flagged = kept.GetProperty("score").GetDouble() >= (threshold ?? kept.GetProperty("threshold").GetDouble());
                var touched = plan.Judged is { } judged && plan.Action != "none" && At(judged) < counted && !(received <= judged);
                counts[outcome == "late" ? flagged ? "tp" : "fn" : touched ? flagged ? "avertedOrFalse" : "touchedOnTime" : flagged ? "fp" : "tn"]++;
            }
        }
        return counts;
    }

    private static readonly string[] Names =
    [
        "shipments", "late", "onTime", "unknown", "excluded", "pending", "atRisk", "finishedEarlier", "registeredTooLate", "tp", "fp", "fn", "tn", "avertedOrFalse",
        "touchedOnTime",
    ];

    private static Dictionary<string, long> Counts(JsonElement bucket) => Names.ToDictionary(n => n, n => bucket.GetProperty(n).GetInt64());

    private static DateTimeOffset At(int minute) => Start.AddMinutes(minute);

    // Every moment lies between two steps but what is sent, which is at a step: nothing hangs on a tick.
    private static List<Plan> Plans()
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, 48).Select(i =>
        {
            var registered = 20 * random.Next(0, 30);
            var promise = registered + 20 * random.Next(2, 110) + 10;
            int? ends = random.Next(6) == 0 ? null : promise + random.Next(-500, 200) / 20 * 20 + 10;
            if (ends <= registered)
                ends = registered + 20;
            ends = ends / 20 * 20;
            int? judged = random.Next(3) == 0 ? Math.Min(promise - 30, ends ?? int.MaxValue) / 20 * 20 - 20 : null;
            var plan = new Plan(
                $"W-{i}", registered, promise, ends, ends is null ? null : random.Next(7) == 0 ? "cancelled" : "delivered", 20 * random.Next(0, 4),
                judged > registered + 20 ? judged : null, random.Next(3) == 0 ? "none" : "rerouted", i % 3 == 0 ? "express" : "standard");
            // Some customers ask for another time, long before the promise.
            return random.Next(5) == 0 && promise - registered > 400 && !(ends < registered + 60)
                ? plan with { MovedAt = registered + 40, MovedTo = promise + 20 * random.Next(1, 20) } : plan;
        })];
    }

    private async Task SendAsync(List<Plan> plans, int minute)
    {
        foreach (var plan in plans)
        {
            if (plan.Registered == minute)
            {
                await PostAsync("shipments", new
                {
                    shipmentId = plan.Id,
                    bookedAt = At(minute),
                    promisedBy = At(plan.Promise),
                    service = plan.Service,
                    origin = new { areaCode = "HUB" },
                    destination = new { areaCode = $"A{plan.Id.Length}" },
                });
            }
            if (plan.MovedAt == minute)
                await PostAsync("events", new { eventId = plan.Id + "-m", shipmentId = plan.Id, type = "promiseChanged", occurredAt = At(minute), promisedBy = At(plan.MovedTo), initiatedBy = "customer" });
            if (plan.Ends + plan.Reported == minute)
                await PostAsync("events", new { eventId = plan.Id + "-e", shipmentId = plan.Id, type = plan.With, occurredAt = At(plan.Ends!.Value) });
            if (plan.Judged == minute)
                await PostAsync($"cases/{plan.Id}/judgements", new { late = true, action = plan.Action, predictionId = (string?)null, judge = "j" });
        }
    }

    private async Task PostAsync(string path, object body)
    {
        using var answer = await _client.PostAsJsonAsync(new Uri($"/api/v1/{path}", UriKind.Relative), body);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, $"{path}: {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task<JsonElement> GetAsync(string path) => await _client.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/{path}", UriKind.Relative));

    public ValueTask DisposeAsync() => _console.DisposeAsync();
}
