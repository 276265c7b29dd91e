using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Prediction;
using Xunit.Abstractions;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Prediction;

/// <summary>How fast scores follow. The figures are printed; the floors are what the product promises, with room for a busy machine.</summary>
[Collection(nameof(Timed))]
public sealed class ScoringSpeedTests(ITestOutputHelper output)
{
    private static JsonNode[] Shipments(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => (JsonNode)Shipment($"V{i}")
            .With("bookedAt", Time(TimeProvider.System.GetUtcNow().AddHours(-4))).With("promisedBy", Time(TimeProvider.System.GetUtcNow().AddHours(2 + (i % 40)))).With("distanceKm", 10 + (i % 400))),
    ];

    private static JsonNode Scan(int shipment) =>
        Event(shipmentId: $"V{shipment}").With("occurredAt", Time(TimeProvider.System.GetUtcNow())).With("facility", $"F{shipment % 7}");

    [Fact]
    public async Task Backlog_OfThousands_IsDrainedFasterThanItComes()
    {
        await using var console = new ConsoleFactory();
        const int count = 4000;
        foreach (var part in Shipments(count).Chunk(1000))
            await console.Client.SendAsync("shipments", part);
        var sweep = console.Services.GetRequiredService<ScoreWhatIsBehind>();
        await sweep.DrainAsync();
        foreach (var part in Enumerable.Range(0, count).Select(Scan).Chunk(2000))
            await console.Client.SendAsync("events", part);
        var due = console.Count("SELECT COUNT(*) FROM shipments WHERE next_score_at = 0");
        var watch = Stopwatch.StartNew();
        await sweep.DrainAsync();
        var rate = due / watch.Elapsed.TotalSeconds;
        output.WriteLine($"{due} shipments due, drained at {rate:0} a second");
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM shipments WHERE scored_version < input_version"));
        Assert.True(due < 500 || rate > 400, $"{rate:0} shipments a second");
    }

    [Fact]
    public async Task Events_TwoHundredASecond_AreScoredWithinASecond()
    {
        ConcurrentBag<double> delays = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                if (instrument.Name == "opsconsole.scoring.delay")
                    meters.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => delays.Add(seconds));
        await using var console = new ConsoleFactory();
        await console.Client.SendAsync("shipments", Shipments(1000));
        await console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
        listener.Start();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < 80; i++)
        {
            await tick.WaitForNextTickAsync();
            await console.Client.SendAsync("events", [.. Enumerable.Range(i * 10, 10).Select(Scan)]);
        }
        await console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
        var sorted = delays.Order().ToList();
        output.WriteLine($"{sorted.Count} scores, median {sorted[sorted.Count / 2] * 1000:0} ms, p99 {sorted[sorted.Count * 99 / 100] * 1000:0} ms, most {sorted[^1] * 1000:0} ms");
        Assert.True(sorted.Count >= 790, $"{sorted.Count} scores");
        Assert.True(sorted[sorted.Count * 9 / 10] < 1, $"nine of ten within {sorted[sorted.Count * 9 / 10]:0.00} s");
    }
}
