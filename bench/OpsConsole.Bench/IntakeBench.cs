using System.Diagnostics;
using System.Globalization;
using System.Text;
using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Bench;

/// <summary>
/// Taking events in, durably. Batches: everything the product does with a body (parse, check, hash, queue, group commit, receipt; sixteen senders at
/// once) against a loop of prepared statements that writes the very same rows, parsed before. Single events: over HTTP with key, limits and
/// receipt, against an endpoint that only parses, and against Entity Framework one by one.
/// </summary>
internal sealed class IntakeBench : IBenchPath
{
    private const int Senders = 16;
    private const int Connections = 64;
    private const int Shipments = 2_000;
    private int _events;

    public string Name => "intake";

    public async Task RunAsync(Bench bench)
    {
        await using var host = await IntakeHost.StartAsync();
        await host.RegisterAsync(Shipments);
        using var raw = await RawIntake.StartAsync(Shipments);
        var rows = bench.Size(40_000, 8_000);
        await WarmUpAsync(host, raw);
        await BatchesAsync(bench, host, raw, rows, 100, 0.75);
        await BatchesAsync(bench, host, raw, rows, 1_000, 1.0);
        await SinglesAsync(bench, host, raw);
        bench.Check("rows", host.CountEvents() == host.Accepted, string.Create(CultureInfo.InvariantCulture, $"{host.CountEvents()} stored of {host.Accepted} accepted"));
    }

    // Until the hot code is compiled in its last form, figures are the compiler's.
    private async Task WarmUpAsync(IntakeHost host, RawIntake raw)
    {
        for (var round = 0; round < 3; round++)
        {
            raw.Write([.. Enumerable.Range(0, 4_000).Select(_ => Next())]);
            await Parallel.ForEachAsync(Enumerable.Range(0, 80).Select(_ => Body(100)).ToList(), async (body, _) => await host.TakeAsync(body));
            await host.LoadAsync("/parse", Singles(8_000), Connections);
            await host.LoadAsync("/api/v1/events", Singles(8_000), Connections);
            host.Accepted += 8_000;
        }
    }

    private async Task BatchesAsync(Bench bench, IntakeHost host, RawIntake raw, int rows, int size, double goal)
    {
        List<NewEvent> events = [];
        List<byte[]> bodies = [];
        await bench.CompareRatesAsync(
            $"intake, batches of {size}, durable", "prepared inserts, 1,000 rows a transaction", "events/s",
            () =>
            {
                events = [.. Enumerable.Range(0, rows).Select(_ => Next())];
                return Task.FromResult(Rate(rows, () => raw.Write(events)));
            },
            async () =>
            {
                bodies = [.. Enumerable.Range(0, rows / size).Select(_ => Body(size))];
                var start = Stopwatch.GetTimestamp();
                await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (body, _) => await host.TakeAsync(body));
                return rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
            },
            goal);
    }

    private async Task SinglesAsync(Bench bench, IntakeHost host, RawIntake raw)
    {
        var count = bench.Size(20_000, 4_000);
        List<double> latencies = [];
        await bench.CompareRatesAsync(
            "intake, single events, each acknowledged", "HTTP and parse only", "events/s",
            async () => (await host.LoadAsync("/parse", Singles(count), Connections)).Rate,
            async () =>
            {
                var (rate, times) = await host.LoadAsync("/api/v1/events", Singles(count), Connections);
                host.Accepted += count;
                latencies.AddRange(times);
                return rate;
            },
            0.6,
            // The goal isn't reached yet (README): parsing waits for the processor, the product for the disk, and the ratio swings with which of
            // the two a machine has more of (0.2 to 0.41 seen on one). The floor holds what was reached.
            quickFloor: 0.18);
        latencies.Sort();
        // A time, and times don't carry over: senders that wait for their answers wait three times as long on a machine a third as fast. There the
        // tail is held against the mean, which the ratio to parsing holds.
        bench.AtMost(
            $"intake, single events, p99 of {Connections} senders at full load", "ms", latencies[(int)(latencies.Count * 0.99)], 15, quickBound: 5 * latencies.Average());
        var fewer = bench.Size(1_500, 300);
        await bench.CompareRatesAsync(
            "intake, single events, each acknowledged", "Entity Framework, one by one", "events/s",
            async () =>
            {
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < fewer; i++)
                    await raw.WriteByEntityFrameworkAsync(Next());
                return fewer / Stopwatch.GetElapsedTime(start).TotalSeconds;
            },
            async () =>
            {
                var (rate, _) = await host.LoadAsync("/api/v1/events", Singles(count), Connections);
                host.Accepted += count;
                return rate;
            },
            15);
    }

    private NewEvent Next()
    {
        var i = _events++;
        return new NewEvent
        {
            EventId = string.Create(CultureInfo.InvariantCulture, $"9f86d081-{i:D8}"),
            ShipmentId = string.Create(CultureInfo.InvariantCulture, $"SHIP-{i * 7919L % Shipments:D6}"),
            Type = EventType.ArrivedAtFacility,
            OccurredAt = new DateTimeOffset(2026, 6, 1, 8, 0, 0, TimeSpan.Zero).AddSeconds(i % 86_400),
            Facility = "HUB-LEEDS-1",
        };
    }

    private byte[] Body(int size) => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, size).Select(_ => Json(Next())))}]");

    private List<byte[]> Singles(int count) => [.. Enumerable.Range(0, count).Select(_ => Encoding.UTF8.GetBytes(Json(Next())))];

    private static string Json(NewEvent e) => System.Text.Json.JsonSerializer.Serialize(e, ContractJson.Requests.NewEvent);

    private static double Rate(int rows, Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
