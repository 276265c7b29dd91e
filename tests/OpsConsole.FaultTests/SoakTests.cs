using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>
/// Boards open for long while facts stream in: memory stays flat, nothing fails unseen (quality.md F23). A minute with a few boards by itself;
/// <c>OPSCONSOLE_SOAK_MINUTES</c> and <c>OPSCONSOLE_SOAK_BOARDS</c> ask for more.
/// </summary>
[Collection(Faults.Name)]
public sealed class SoakTests(PublishedProgram program, ITestOutputHelper output)
{
    private const int EventsPerSecond = 40;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(Asked("OPSCONSOLE_SOAK_MINUTES", 1));
    private static readonly int Boards = Asked("OPSCONSOLE_SOAK_BOARDS", 4);

    [Fact]
    public async Task OpenBoardsUnderLoad_KeepMemoryFlatAndLogNoError()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-soak-").FullName;
        using var running = program.Start(data, new Dictionary<string, string>(Tabs.Settings)
        {
            ["Access__CircuitsPerPerson"] = "1000",
            ["Access__SessionHours"] = "24",
        });
        await running.ReadyAsync(TimeSpan.FromSeconds(60));
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(running, stop.Token);
        await Until.TrueAsync(() => AsksForAnAnswerAsync(running), running, TimeSpan.FromMinutes(3));
        await using var tabs = await Tabs.OpenAsync(running.Client.BaseAddress!);
        for (var i = 0; i < Boards; i++)
            await tabs.BoardAsync("/");
        var samples = await SampleAsync(running, Length);
        await stop.CancelAsync();
        var (sent, refused) = await load;

        // The middle third against the last: what grows without end shows there, what warms up doesn't.
        var (middle, last) = (Median(samples, 1), Median(samples, 2));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"F23: {Length.TotalMinutes} min, {Boards} boards, {sent} events, {refused} refused; memory {middle:0} MB in the middle third, {last:0} MB in the last, {samples.Max():0} MB at most"));
        Assert.True(last <= (middle * 1.1) + 20, $"memory grew from {middle:0} to {last:0} MB");
        Assert.Equal(0, refused);
        Assert.DoesNotContain(running.Lines, line => line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal));
        var ended = await running.TerminateAsync();
        Assert.True(ended.ExitCode == 0, $"ended with {ended.ExitCode}:\n{running.Log}");
        Ledger.CheckWhole(running.Database);
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Whether a case is there that the board shows: an open one worth acting on, with an hour in which to.</summary>
    private static async Task<bool> AsksForAnAnswerAsync(RunningProgram running)
    {
        var queue = await running.Client.GetFromJsonAsync<JsonElement>("/api/v1/cases?state=open", CancellationToken.None);
        return queue.GetProperty("items").EnumerateArray().Any(item =>
            item.GetProperty("expectedSaving") is { ValueKind: JsonValueKind.Number } saving && saving.GetDouble() > 0 &&
            item.GetProperty("promisedBy").GetDateTimeOffset() > TimeProvider.System.GetUtcNow().AddHours(1));
    }

    /// <summary>New shipments, promised within hours so that some are flagged, and their scans, at a steady rate.</summary>
    private static async Task<(int Sent, int Refused)> LoadAsync(RunningProgram running, CancellationToken stop)
    {
        var (sent, refused) = (0, 0);
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            var now = TimeProvider.System.GetUtcNow();
            object[] shipments =
            [
                .. Enumerable.Range(0, 2).Select(i => new
                {
                    shipmentId = $"SOAK-{turn}-{i}",
                    bookedAt = now.AddDays(-2),
                    promisedBy = now.AddMinutes(10 + ((turn * 7) + i) % 400),
                    origin = new { areaCode = $"A{turn % 9}" },
                    destination = new { areaCode = $"B{turn % 11}" },
                    service = "standard",
                    distanceKm = 50 + (turn * 13 % 600),
                }),
            ];
            object[] events =
            [
                .. Enumerable.Range(0, EventsPerSecond).Select(i => new
                {
                    eventId = $"SOAK-{turn}-{i}",
                    shipmentId = $"SOAK-{Math.Max(0, turn - (i % 60))}-{i % 2}",
                    type = i % 20 == 19 ? "delivered" : "arrivedAtFacility",
                    occurredAt = now.AddSeconds(-i),
                    facility = $"HUB-{i % 5}",
                }),
            ];
            foreach (var (path, items) in new[] { ("/api/v1/shipments", shipments), ("/api/v1/events", events) })
            {
                using var answer = await running.Client.PostAsJsonAsync(path, items, CancellationToken.None);
                sent += items.Length;
                refused += answer.IsSuccessStatusCode ? 0 : items.Length;
            }
            await second.WaitForNextTickAsync(CancellationToken.None);
        }
        return (sent, refused);
    }

    /// <summary>Memory of the process in MB, each second.</summary>
    private static async Task<List<double>> SampleAsync(RunningProgram running, TimeSpan length)
    {
        using var process = Process.GetProcessById(running.ProcessId);
        List<double> samples = [];
        var started = Stopwatch.GetTimestamp();
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            process.Refresh();
            samples.Add(process.WorkingSet64 / 1048576.0);
            await second.WaitForNextTickAsync(CancellationToken.None);
        }
        return samples;
    }

    private static double Median(List<double> samples, int third) =>
        samples.Skip(samples.Count * third / 3).Take(samples.Count / 3).Order().ElementAt(samples.Count / 6);

    private static int Asked(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var asked) ? asked : otherwise;
}
