using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>The machine's clock is wrong and is put right, forwards and backwards, while it runs (quality.md F7).</summary>
[Collection(Faults.Name)]
public sealed class ClockTests(PublishedProgram program, ITestOutputHelper output)
{
    [NeedsTheory(Needs.Faketime)]
    [InlineData("Europe/London")]
    [InlineData("America/Sao_Paulo")]
    public async Task ClockJumps_ADayOnAndBackAgain_OrderHoldsAndNothingFails(string zone)
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-clock-").FullName;
        var offset = Path.Combine(data, "offset");
        await SetClockAsync(offset, "+0");
        using var running = program.Start(data, new Dictionary<string, string>
        {
            ["TZ"] = zone,
            ["LD_PRELOAD"] = Faketime(),
            ["FAKETIME_TIMESTAMP_FILE"] = offset,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        });
        await running.ReadyAsync(TimeSpan.FromSeconds(60));
        var ledger = new Ledger();
        List<DateTimeOffset> received = [];
        foreach (var clock in new[] { "+0", "+1d", "-1h", "+0", "-1d" })
        {
            await SetClockAsync(offset, clock);
            var shipment = $"S-{received.Count}";
            for (var batch = 0; batch < 20; batch++)
                Assert.Equal(HttpStatusCode.OK, await ledger.SendBatchAsync(running.Client, $"clock{received.Count}", batch));
            await RegisterAsync(running, shipment);
            received.Add(await ScoredAtAsync(running, shipment));
        }

        // Stamps grow with the order of the commits, whatever the clock says; a score is never older than what it is made of.
        Assert.Equal(received.Order(), received);
        var stamps = Ledger.Column(running.Database, "SELECT received_at FROM events ORDER BY rowid").Select(v => long.Parse(v, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(stamps.Order(), stamps);
        Assert.DoesNotContain(running.Lines, line => line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal));
        Assert.Equal(0, (await running.TerminateAsync()).ExitCode);
        ledger.Check(running.Database);
        output.WriteLine($"F7 ({zone}): {ledger.Acknowledged} events over jumps of +1 d, -1 h and -1 d; stamps in order, no error in the log");
        Directory.Delete(data, recursive: true);
    }

    private static async Task RegisterAsync(RunningProgram running, string shipment)
    {
        // Far enough ahead to be open by every clock of the test.
        var now = TimeProvider.System.GetUtcNow();
        using var answer = await running.Client.PostAsync(new Uri("/api/v1/shipments", UriKind.Relative), Json.Of(new
        {
            shipmentId = shipment,
            bookedAt = now.AddDays(-3),
            promisedBy = now.AddDays(3),
            origin = new { areaCode = "A" },
            destination = new { areaCode = "B" },
            service = "standard",
        }));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<DateTimeOffset> ScoredAtAsync(RunningProgram running, string shipment)
    {
        DateTimeOffset? scored = null;
        await Until.TrueAsync(
            async () =>
            {
                using var answer = JsonDocument.Parse(await running.Client.GetStringAsync(new Uri($"/api/v1/shipments/{shipment}", UriKind.Relative)));
                scored = answer.RootElement.GetProperty("prediction") is { ValueKind: JsonValueKind.Object } prediction
                    ? prediction.GetProperty("scoredAt").GetDateTimeOffset() : null;
                return scored is not null;
            },
            running);
        return scored!.Value;
    }

    /// <summary>Moves the clock: the whole file at once, since the program may look at any moment.</summary>
    private static async Task SetClockAsync(string file, string offset)
    {
        await File.WriteAllTextAsync(file + ".new", offset);
        File.Move(file + ".new", file, overwrite: true);
    }

    private static string Faketime() =>
        Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }).First();
}
