using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Operations;
using OpsConsole.Web.Demo;

namespace OpsConsole.IntegrationTests.Demo;

public sealed class DemoHistoryTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 10, 10, 0, TimeSpan.Zero);
    private static readonly DemoOptions Tiny = new() { Days = 2, Shipments = 120, LivePerDay = 0 };

    private readonly string _folder = Directory.CreateTempSubdirectory("opsconsole-demo-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private string Store(string name) => Path.Combine(_folder, name);

    /// <summary>The program with a small demo, on a store that outlives it. What the operation calls now stands still.</summary>
    private static ConsoleFactory Start(string store, DemoOptions? options = null, DateTimeOffset? now = null) => new(
        services =>
        {
            services.AddSingleton(options ?? Tiny);
            services.AddSingleton(new LoopClock(new FakeTimeProvider(now ?? Now)));
        },
        ("Demo:Enabled", "true"),
        ("ConnectionStrings:OpsConsole", $"Data Source={store}"));

    /// <summary>Waits until the progress is so.</summary>
    private static async Task UntilAsync(ConsoleFactory console, Func<DemoProgress, bool> so)
    {
        var progress = console.Services.GetRequiredService<DemoProgress>();
        var happened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (so(progress))
                happened.TrySetResult();
        }
        progress.Changed += Look;
        Look();
        await happened.Task.WaitAsync(TimeSpan.FromMinutes(2));
        progress.Changed -= Look;
    }

    private static async Task WholeAsync(ConsoleFactory console)
    {
        await UntilAsync(console, progress => !progress.Running && progress.Share > 0);
        Assert.Equal("", console.Services.GetRequiredService<DemoProgress>().Words);
    }

    private static List<string> Rows(string store, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={store}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        List<string> rows = [];
        while (row.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, row.FieldCount).Select(i => Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture))));
        return rows;
    }

    [Fact]
    public async Task FirstStart_MakesServedHistory_AndHandsItOver()
    {
        await using var console = Start(Store("first.db"));
        await WholeAsync(console);

        Assert.InRange(console.Count("SELECT COUNT(*) FROM shipments"), 110, 130);
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM shipments WHERE simulated = 0 OR history = 1 OR loop <> 0"));
        // Registered within the step after it was booked: served, not told afterwards.
        Assert.Equal(0, console.Count($"SELECT COUNT(*) FROM shipments WHERE registered_at < booked_at OR registered_at - booked_at > {Tiny.Step.Ticks + TimeSpan.TicksPerSecond}"));
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM shipments WHERE first_scored_at IS NULL"));
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM predictions p JOIN shipments s ON s.\"key\" = p.shipment_key WHERE p.scored_at < s.booked_at"));
        Assert.True(console.Count("SELECT COUNT(*) FROM predictions WHERE flagged = 1") > 0);
        Assert.Equal(0, console.Count($"SELECT COUNT(*) FROM lead_scores l WHERE recomputed = 1 AND NOT EXISTS (SELECT 1 FROM shipments s WHERE s.\"key\" = l.shipment_key AND s.promise_counted > {Now.AddHours(-1).UtcTicks})"));
        Assert.True(console.Count("SELECT COUNT(*) FROM judgements") > 0);
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM judgements WHERE judge_name NOT LIKE 'sim%'"));
        Assert.True(console.Count("SELECT COUNT(*) FROM outcomes") > 50);
        Assert.True(console.Count("SELECT COUNT(*) FROM tallies") > 50);
        Assert.True(console.Count("SELECT COUNT(*) FROM contacts") > 0);
        Assert.True(console.Count("SELECT COUNT(*) FROM conditions") > 0);
        // The live loop's first, the history's first, and the change in its seventh week, at the history's own time; that one serves on.
        Assert.Equal(3, console.Count("SELECT COUNT(*) FROM champion_terms WHERE loop = 0"));
        Assert.Equal(1, console.Count(
            $"SELECT COUNT(*) FROM champion_terms WHERE \"from\" BETWEEN {Now.AddDays(-1).UtcTicks} AND {Now.AddHours(-8).UtcTicks} AND id = (SELECT MAX(id) FROM champion_terms)"));
        Assert.Equal(1, console.Count("SELECT COUNT(*) FROM audit WHERE what = 'champion.appointed'"));
    }

    [Fact]
    public async Task StoppedInTheMiddle_NextStartGoesOn_AsIfNothingHadBeen()
    {
        var (through, stopped) = (Store("through.db"), Store("stopped.db"));
        await using (var console = Start(through))
            await WholeAsync(console);
        await using (var console = Start(stopped))
            await UntilAsync(console, progress => progress.Share > 0.55);
        Assert.Empty(Rows(stopped, "SELECT 1 FROM counters WHERE name = 'demo:whole'"));
        // As if it had been killed after the step's work and before its mark.
        Rows(stopped, $"UPDATE counters SET value = value - {Tiny.Step.Ticks} WHERE name = 'demo:done'");

        await using (var console = Start(stopped))
            await WholeAsync(console);

        foreach (var sql in new[]
        {
            "SELECT shipment_id, loop, promised_first, registered_at / 10000000 FROM shipments ORDER BY 1",
            "SELECT event_id, type, occurred_at, recorded_at FROM events ORDER BY 1",
            "SELECT contact_id, occurred_at FROM contacts ORDER BY 1",
            "SELECT area_code, observed_at, recorded_at, traffic_index FROM conditions ORDER BY 1, 2, 3",
            "SELECT s.shipment_id, j.judge_id, j.late, j.action, j.verdict FROM judgements j JOIN shipments s ON s.\"key\" = j.shipment_key ORDER BY 1, 2",
            $"SELECT s.shipment_id, COUNT(*) FROM predictions p JOIN shipments s ON s.\"key\" = p.shipment_key WHERE p.scored_at < {Now.AddHours(-1).UtcTicks} GROUP BY 1 ORDER BY 1",
            $"SELECT s.shipment_id, o.truth, o.delay_minutes FROM outcomes o JOIN shipments s ON s.\"key\" = o.shipment_key WHERE s.promise_counted < {Now.AddHours(-1).UtcTicks} ORDER BY 1",
        })
        {
            Assert.Equal(Rows(through, sql), Rows(stopped, sql));
        }
    }

    [Fact]
    public async Task LiveStream_FromTheStart_ShowsParcelsUnderWay_AndTellsNothingTwice()
    {
        var store = Store("live.db");
        var options = Tiny with { Days = 0, LivePerDay = 300 };
        async Task<List<string>> RunAsync()
        {
            await using var console = Start(store, options);
            await console.Services.GetRequiredService<RunDemo>().ParcelsUnderWay.WaitAsync(TimeSpan.FromMinutes(1));
            return Rows(store, "SELECT shipment_id FROM shipments ORDER BY 1");
        }

        var first = await RunAsync();
        var second = await RunAsync();

        Assert.Equal(first, second);
        Assert.InRange(first.Count, 100, 400);
        Assert.Equal(["1"], Rows(store, "SELECT DISTINCT simulated FROM shipments"));
        Assert.Empty(Rows(store, $"SELECT 1 FROM shipments WHERE history = 1 OR promised_first <= {Now.UtcTicks}"));
        Assert.Empty(Rows(store, "SELECT 1 FROM events e WHERE NOT EXISTS (SELECT 1 FROM shipments s WHERE s.shipment_id = e.shipment_id)"));
    }

    [Fact]
    public async Task LaterStart_HistoryWhole_TellsWhatHappenedMeanwhile()
    {
        var store = Store("later.db");
        await using (var console = Start(store))
            await WholeAsync(console);
        var (shipments, open) = (Rows(store, "SELECT shipment_id FROM shipments"), Rows(store, Undelivered));

        await using (var console = Start(store, now: Now.AddHours(12)))
            await console.Services.GetRequiredService<RunDemo>().HistoryWhole.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(shipments, Rows(store, "SELECT shipment_id FROM shipments"));
        Assert.InRange(Rows(store, Undelivered).Count, 1, open.Count - 5);
        Assert.Empty(Rows(store, $"SELECT 1 FROM events WHERE occurred_at > {Now.AddHours(12).UtcTicks}"));
        Assert.NotEmpty(Rows(store, $"SELECT 1 FROM events WHERE occurred_at > {Now.UtcTicks}"));
    }

    private const string Undelivered = "SELECT s.shipment_id FROM shipments s WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.shipment_id = s.shipment_id AND e.type >= 8)";

    [Fact]
    public async Task DemoOff_NothingIsThere()
    {
        await using var console = new ConsoleFactory();
        Assert.Empty(console.Services.GetServices<RunDemo>());
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM shipments"));
    }
}
