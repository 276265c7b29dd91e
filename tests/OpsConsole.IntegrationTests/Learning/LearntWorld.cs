using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Learning;

namespace OpsConsole.IntegrationTests.Learning;

/// <summary>A host with a history of deliveries whose lateness has causes, posted through the API.</summary>
public sealed class LearntWorld : IAsyncLifetime
{
    internal const int Shipments = 700;
    internal static readonly DateTimeOffset Start = new(2026, 2, 2, 6, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    internal ConsoleFactory Console { get; } = new(services => services.AddSingleton(new LearningOptions { InProcess = true }));

    public async Task InitializeAsync() => await PostHistoryAsync(Console.Client, Shipments);

    public async Task DisposeAsync() => await Console.DisposeAsync();

    /// <summary>Posts shipments and their events as history.</summary>
    internal static async Task PostHistoryAsync(HttpClient client, int count)
    {
        var random = new Random(11);
        List<JsonObject> shipments = [], events = [];
        for (var n = 0; n < count; n++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"H{n:0000}");
            var booked = Start.AddHours(n * 1.5);
            var km = 10 + (random.NextDouble() * 700);
            var collected = booked.AddHours(1 + (random.NextDouble() * 5));
            var delivered = collected.AddHours((6 + (km / 18)) * (0.7 + (random.NextDouble() * 0.8)));
            shipments.Add(Sent.Shipment(id).With("bookedAt", Sent.Time(booked)).With("promisedBy", Sent.Time(booked.AddHours(36))).With("distanceKm", km)
                .With("attributes", new JsonObject { ["fragile"] = n % 5 == 0 }));
            events.Add(Event(id, "collected", collected));
            events.Add(Event(id, "delivered", delivered));
        }
        await AcceptAsync(client, "shipments", shipments);
        await AcceptAsync(client, "events", events);
    }

    internal static JsonObject Event(string id, string type, DateTimeOffset at) =>
        Sent.Event($"{id}-{type}", id).With("type", type).With("occurredAt", Sent.Time(at));

    internal static async Task AcceptAsync(HttpClient client, string path, List<JsonObject> items)
    {
        using var content = new StringContent(new JsonArray([.. items]).ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri($"/api/v1/{path}", UriKind.Relative), content);
        var receipt = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(items.Count, receipt.GetProperty("accepted").GetInt32());
    }

    internal Task<HttpResponseMessage> PostAsync(string path, string? body = null) => PostAsync(Console, path, body);

    internal static async Task<HttpResponseMessage> PostAsync(ConsoleFactory console, string path, string? body = null)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await console.Client.PostAsync(new Uri($"/api/v1/{path}", UriKind.Relative), content);
    }

    internal Task<JsonElement> GetAsync(string path) => Console.Client.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/{path}", UriKind.Relative));

    /// <summary>Starts a run and waits until it has ended.</summary>
    internal async Task<JsonElement> TrainAsync(string body)
    {
        var run = await StartAsync(Console, body);
        return await UntilAsync(Console, run, state => state is not ("queued" or "running"));
    }

    internal static async Task<string> StartAsync(ConsoleFactory console, string body)
    {
        using var answer = await PostAsync(console, "models/train", body);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.ToString();
    }

    /// <summary>Waits for a run to be in a state; looks whenever a run is said to have changed.</summary>
    internal static async Task<JsonElement> UntilAsync(ConsoleFactory console, string run, Func<string, bool> reached)
    {
        using var changed = console.Services.GetRequiredService<RunsChanged>().Listen();
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = await console.Client.GetFromJsonAsync<JsonElement>(new Uri(run, UriKind.Relative), patience.Token);
            if (reached(answer.GetProperty("state").GetString()!))
                return answer;
            await changed.WaitAsync(TimeSpan.FromSeconds(1), patience.Token);
        }
    }
}
