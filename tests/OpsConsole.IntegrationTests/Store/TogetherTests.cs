using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Client;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Store;

/// <summary>
/// Rows written together mean what they mean one by one: the same calls to a console that writes row by row, and to one that gathers them as on SQL
/// Server, come to the same receipts and the same rows. On SQLite what was gathered is sent row by row in the end; on SQL Server in bulk.
/// </summary>
public sealed class TogetherTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Calls_WrittenTogether_ComeToTheSameAsRowByRow()
    {
        var alone = await RunAsync(together: int.MaxValue);
        var gathered = await RunAsync(together: 2);
        Assert.Equal(alone, gathered);
        Assert.Contains("events 62", alone, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(int together)
    {
        var time = new FakeTimeProvider(Start);
        await using var console = new ConsoleFactory(services =>
        {
            services.AddSingleton(new LoopClock(time));
            var options = (StoreOptions)services.Last(s => s.ServiceType == typeof(StoreOptions)).ImplementationInstance!;
            services.Replace(ServiceDescriptor.Singleton(options with { TogetherFrom = together }));
        });
        List<string> told = [];
        async Task SendAsync(string path, params JsonNode[] items)
        {
            var receipt = await console.Client.SendAsync(path, items);
            told.Add($"{path}: {receipt.Accepted} {receipt.Duplicates} {string.Join(' ', receipt.Rejected.Select(r => $"{r.Index}:{r.Id}:{string.Join('+', r.Errors.Keys)}"))}");
            await console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
        }
        JsonObject Shipment(int i) => Sent.Shipment($"T{i:00}").With("bookedAt", Sent.Time(Start)).With("promisedBy", Sent.Time(Start.AddHours(1 + i % 40)))
            .With("weightKg", i).With("distanceKm", 10 * i);
        JsonObject Event(int i, int shipment) => Sent.Event($"V{i:00}", $"T{shipment:00}").With("occurredAt", Sent.Time(Start));

        // Events before their shipments, one of them twice, one with other content under the same id.
        await SendAsync("events", [.. Enumerable.Range(0, 20).Select(i => Event(i, i)), Event(3, 3), Event(4, 9)]);
        await SendAsync("shipments",
        [
            .. Enumerable.Range(0, 40).Select(Shipment),
            Shipment(5), Shipment(6).With("weightKg", 99), Shipment(6).With("weightKg", 99), Shipment(7).With("promisedBy", Sent.Time(Start.AddHours(30))), Shipment(41),
            Shipment(8).With("customer", new JsonObject { ["customerId"] = "c1", ["name"] = "Ann" }), Shipment(42).With("customer", new JsonObject { ["customerId"] = "c1", ["name"] = "Ann" }),
        ]);
        await SendAsync("shipments", [.. Enumerable.Range(0, 10).Select(Shipment), Shipment(11).With("weightKg", 0.5), Shipment(43), Shipment(44)]);
        await SendAsync("events", [.. Enumerable.Range(10, 50).Select(i => Event(i, i % 45)), Event(60, 70), Event(10, 1)]);
        time.Advance(TimeSpan.FromHours(2));
        await SendAsync("events", [.. Enumerable.Range(0, 40).Select(i => Event(i, i % 20))]);
        await SendAsync("events", Event(90, 0).With("type", "delivered").With("occurredAt", Sent.Time(time.GetUtcNow())));
        // Whether a score or the sweep opens a case is a matter of moments.
        await console.Services.GetServices<IHostedService>().OfType<SweepCases>().Single().SweepAsync(CancellationToken.None);
        return string.Join('\n', [.. told, .. Dump(console)]);
    }

    // A score is of the moment of its stamp, and stamps differ by ticks.
    private static string? Text(object value) =>
        value is double number ? number.ToString("F6", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture);

    // Neither keys nor stamps: those differ from run to run.
    private static IEnumerable<string> Dump(ConsoleFactory console)
    {
        using var connection = console.Services.GetRequiredService<StoreConnections>().OpenReader();
        foreach (var (table, sql) in new (string, string)[]
        {
            ("events", "SELECT event_id, shipment_id, type, occurred_at, content_hash, source_id FROM events ORDER BY event_id"),
            ("shipments", "SELECT shipment_id, source_id, history, promised_first, promised_by, promise_counted, service, origin_area, input_version, scored_version, next_score_at / 10000000, state, score, flagged, silent, last_scan_at FROM shipments ORDER BY shipment_id"),
            ("versions", "SELECT shipment_id, promised_by, content FROM shipment_versions ORDER BY shipment_id, id"),
            ("waiting", "SELECT source_id, events FROM source_waiting ORDER BY source_id"),
            ("customers", "SELECT s.shipment_id, COUNT(*) FROM shipment_customers c JOIN shipments s ON s.\"key\" = c.shipment_key GROUP BY s.shipment_id ORDER BY s.shipment_id"),
            ("predictions", "SELECT s.shipment_id, p.score, p.threshold, p.flagged, p.expected_delay_minutes FROM predictions p JOIN shipments s ON s.\"key\" = p.shipment_key ORDER BY s.shipment_id, p.score, p.\"key\""),
            ("leads", "SELECT s.shipment_id, l.lead, l.score, l.recomputed, l.moment FROM lead_scores l JOIN shipments s ON s.\"key\" = l.shipment_key ORDER BY s.shipment_id, l.lead"),
            ("board", "SELECT shipment_id, state, score, flagged, promised_by, why, model_version, destination_area, service, feed_down, last_scan_at FROM board_rows ORDER BY shipment_id"),
            ("cases", "SELECT s.shipment_id, c.state FROM cases c JOIN shipments s ON s.\"key\" = c.shipment_key ORDER BY s.shipment_id"),
            ("flags", "SELECT s.shipment_id FROM held_flags f JOIN shipments s ON s.\"key\" = f.shipment_key ORDER BY s.shipment_id"),
        })
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var row = command.ExecuteReader();
            List<string> rows = [];
            while (row.Read())
                rows.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => Text(row.GetValue(i)))));
            yield return $"{table} {rows.Count}";
            foreach (var text in rows)
                yield return text;
        }
    }
}
