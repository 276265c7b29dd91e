using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Prediction;

/// <summary>What becomes of a shipment by its facts, and by time alone.</summary>
public sealed class ScoringTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Start);
    private readonly ConsoleFactory _console;

    public ScoringTests() => _console = new ConsoleFactory(services => services.AddSingleton(new LoopClock(_time)));

    private ScoreWhatIsBehind Sweep => _console.Services.GetRequiredService<ScoreWhatIsBehind>();

    private Champions Champions => _console.Services.GetRequiredService<Champions>();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _console.DisposeAsync();

    private async Task<string> RegisterAsync(double promisedInHours, string? id = null)
    {
        var item = Sent.Shipment(id).With("bookedAt", Sent.Time(_time.GetUtcNow())).With("promisedBy", Sent.Time(_time.GetUtcNow().AddHours(promisedInHours))).With("distanceKm", 120);
        Assert.Equal(1, (await _console.Client.SendAsync("shipments", item)).Accepted);
        await Sweep.DrainAsync();
        return item["shipmentId"]!.GetValue<string>();
    }

    private async Task SendAsync(string shipmentId, string type, params (string Name, JsonNode Value)[] more)
    {
        var item = Sent.Event(shipmentId: shipmentId).With("type", type).With("occurredAt", Sent.Time(_time.GetUtcNow()));
        foreach (var (name, value) in more)
            item = item.With(name, value);
        Assert.Equal(1, (await _console.Client.SendAsync("events", item)).Accepted);
        await Sweep.DrainAsync();
    }

    private async Task PassAsync(double hours, double stepHours)
    {
        for (var passed = 0.0; passed < hours - 1e-9; passed += stepHours)
        {
            _time.Advance(TimeSpan.FromHours(stepHours));
            await Sweep.DrainAsync();
        }
    }

    private long Count(string sql) => _console.Count(sql);

    private long One(string column, string id) => Count($"SELECT {column} FROM shipments WHERE shipment_id = '{id}'");

    private string Leads(string id, string more = "") => string.Join(' ', Read(
        $"SELECT lead FROM lead_scores WHERE shipment_key = (SELECT \"key\" FROM shipments WHERE shipment_id = '{id}') {more} ORDER BY lead DESC"));

    private List<string> Read(string sql)
    {
        using var connection = _console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        List<string> rows = [];
        while (row.Read())
            rows.Add(Convert.ToString(row.GetValue(0), CultureInfo.InvariantCulture)!);
        return rows;
    }

    [Fact]
    public async Task Start_Again_LeavesVersionsAndTermAsTheyAre()
    {
        _ = _console.Client;
        await Champions.StartAsync(CancellationToken.None);
        Assert.Equal(["random-1", "rule-1"], Read("SELECT version FROM model_versions ORDER BY version"));
        Assert.Equal(1, Count("SELECT COUNT(*) FROM champion_terms"));
        Assert.Equal(("rule-1", 0.374), (Champions.Current.Version, Champions.Current.Threshold));
    }

    [Fact]
    public async Task Shipment_JustRegistered_HasAPredictionThatItsVectorRecomputes()
    {
        var id = await RegisterAsync(30);
        await SendAsync(id, "collected");
        Assert.Equal(One("input_version", id), One("scored_version", id));
        using var connection = _console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT vector, raw_log_odds, model_version_id, baseline, contributions FROM predictions";
        using var row = command.ExecuteReader();
        var seen = 0;
        while (row.Read())
        {
            seen++;
            var model = Champions.ById(row.GetInt32(2));
            var scores = new ModelScore[1];
            model.Score([model.Schema.Row((byte[])row.GetValue(0))], scores);
            Assert.Equal(BitConverter.DoubleToInt64Bits(row.GetDouble(1)), BitConverter.DoubleToInt64Bits(scores[0].RawLogOdds));
            Assert.Equal(row.GetDouble(1), row.GetDouble(3) + PredictionAnswers.Read(row.GetString(4)).Sum(c => c.Amount), 1e-4);
        }
        Assert.True(seen >= 1);
    }

    [Fact]
    public async Task Shipment_Silent_IsFlaggedByTimeAloneAndItsGridIsKept()
    {
        var id = await RegisterAsync(30);
        Assert.Equal(0, One("flagged", id));
        await PassAsync(29, 0.25);
        Assert.Equal((1, 1), (One("flagged", id), One("silent", id)));
        Assert.Equal(["Not handed over yet"], Read("SELECT why FROM board_rows WHERE flagged = 1 AND silent = 1"));
        Assert.Equal(1, Count("SELECT COUNT(*) FROM cases"));
        Assert.True(Count($"SELECT COUNT(*) FROM predictions WHERE flagged = 1") >= 1);
        await PassAsync(2, 0.25);
        Assert.Equal("1440 1080 720 480 360 240 180 120 60 30 0", Leads(id));
        Assert.Equal("", Leads(id, "AND recomputed = 1"));
        Assert.Equal(0, One("flagged", id));
        Assert.Equal(1, Count($"SELECT next_score_at IS NULL FROM shipments WHERE shipment_id = '{id}'"));
    }

    [Fact]
    public async Task Grid_AfterDowntime_IsCompleteAndMarked()
    {
        var id = await RegisterAsync(10);
        _time.Advance(TimeSpan.FromHours(9.5) + TimeSpan.FromMinutes(1));
        await Sweep.DrainAsync();
        Assert.Equal("480 360 240 180 120 60 30", Leads(id));
        Assert.Equal("480 360 240 180 120 60", Leads(id, "AND recomputed = 1"));
        // As of the moment: the hours then left, not those left when it was computed.
        var model = Champions.Current.Model;
        using var connection = _console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT lead, vector, score FROM lead_scores";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var vector = model.Schema.Row((byte[])row.GetValue(1));
            Assert.Equal(row.GetInt32(0) / 60.0, vector.Number("hoursLeftCounted"));
        }
    }

    [Fact]
    public async Task Grid_OfAShipmentDeliveredInBetween_EndsWithTheDelivery()
    {
        var id = await RegisterAsync(10);
        await PassAsync(5, 1);
        await SendAsync(id, "delivered");
        await PassAsync(6, 1);
        Assert.Equal("480 360", Leads(id));
        Assert.Equal((1, 0), (One("state", id), One("flagged", id)));
        Assert.Equal(1, Count("SELECT COUNT(*) FROM board_rows WHERE state = 1 AND flagged = 0 AND finished_at IS NOT NULL"));
        Assert.Equal(1, Count($"SELECT next_score_at IS NULL FROM shipments WHERE shipment_id = '{id}'"));
    }

    [Fact]
    public async Task Grid_CustomerMovesThePromise_MovesWithIt()
    {
        var id = await RegisterAsync(10);
        await PassAsync(5, 1);
        Assert.Equal("480 360", Leads(id));
        await SendAsync(id, "promiseChanged", ("promisedBy", Sent.Time(Start.AddHours(11))), ("initiatedBy", "customer"));
        Assert.Equal("480 360", Leads(id));
        Assert.Equal("480 360", Leads(id, "AND recomputed = 1"));
        Assert.Equal(Start.AddHours(3).UtcTicks, Count("SELECT moment FROM lead_scores WHERE lead = 480"));
        await SendAsync(id, "promiseChanged", ("promisedBy", Sent.Time(Start.AddHours(60))), ("initiatedBy", "customer"));
        Assert.Equal("", Leads(id));
    }

    [Fact]
    public async Task Threshold_Changed_RestoresFlagsAndStoresWhatFlips()
    {
        var id = await RegisterAsync(30);
        var stored = Count("SELECT COUNT(*) FROM predictions");
        await Champions.AppointAsync(Champions.Current.ModelVersionId, 0.001, Caller.System);
        await Sweep.DrainAsync();
        Assert.Equal((1, stored + 1), (One("flagged", id), Count("SELECT COUNT(*) FROM predictions")));
        await Champions.AppointAsync(Champions.Current.ModelVersionId, 0.999, Caller.System);
        await Sweep.DrainAsync();
        Assert.Equal((0, stored + 2), (One("flagged", id), Count("SELECT COUNT(*) FROM predictions")));
        Assert.Equal(2, Count("SELECT COUNT(*) FROM audit WHERE what = 'champion.appointed'"));
    }

    [Fact]
    public async Task Champion_Appointed_ServesFromThenOnAndTheOldOneBefore()
    {
        await RegisterAsync(30);
        await PassAsync(1, 1);
        var random = Champions.ByVersion("random-1")!;
        await Champions.AppointAsync(random.ModelVersionId, 0.5, Caller.System);
        await Sweep.DrainAsync();
        Assert.Equal("random-1", Champions.Current.Version);
        Assert.Equal("rule-1", Champions.AsOf(Start.AddMinutes(30)).Version);
        Assert.Equal(1, Count($"SELECT COUNT(*) FROM predictions WHERE model_version_id = {random.ModelVersionId}"));
        Assert.Equal(["champion", "retired"], Read("SELECT CASE state WHEN 2 THEN 'champion' WHEN 3 THEN 'retired' END FROM model_versions ORDER BY version"));
    }

    [Fact]
    public async Task TwoScorers_AtTheSameShipments_WriteOnce()
    {
        _ = _console.Client;
        var items = Enumerable.Range(0, 300)
            .Select(i => (JsonNode)Sent.Shipment($"T{i}").With("bookedAt", Sent.Time(Start)).With("promisedBy", Sent.Time(Start.AddHours(20))))
            .ToArray();
        var others = Enumerable.Range(0, 3).Select(_ => ActivatorUtilities.CreateInstance<ScoreWhatIsBehind>(_console.Services)).ToList();
        await _console.Client.SendAsync("shipments", items);
        await Task.WhenAll(others.Select(o => Task.Run(() => o.DrainAsync())));
        await Sweep.DrainAsync();
        Assert.Equal(300, Count("SELECT COUNT(*) FROM predictions"));
        _time.Advance(TimeSpan.FromHours(8));
        await Task.WhenAll(others.Select(o => Task.Run(() => o.DrainAsync())));
        await Sweep.DrainAsync();
        Assert.Equal(300, Count("SELECT COUNT(*) FROM lead_scores WHERE lead = 720"));
        Assert.Equal(0, Count("SELECT COUNT(*) FROM (SELECT shipment_key, scored_at FROM predictions GROUP BY shipment_key, scored_at HAVING COUNT(*) > 1) AS twice"));
    }

    [Fact]
    public async Task History_IsNeverScored()
    {
        var item = Sent.Shipment("H1").With("bookedAt", Sent.Time(Start.AddDays(-5))).With("promisedBy", Sent.Time(Start.AddDays(-3)));
        await _console.Client.SendAsync("shipments", item);
        await Sweep.DrainAsync();
        Assert.Equal((0, 0), (Count("SELECT COUNT(*) FROM predictions"), Count("SELECT COUNT(*) FROM lead_scores")));
    }
}
