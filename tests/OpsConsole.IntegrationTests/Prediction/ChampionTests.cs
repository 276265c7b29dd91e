using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.Numerics.Calibration;
using OpsConsole.Numerics.Intervals;
using OpsConsole.Numerics.Linear;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Prediction;

/// <summary>Trained versions: read from their files, appointed, and not believed when they aren't what was trained.</summary>
[Collection(nameof(Timed))]
public sealed class ChampionTests : IAsyncLifetime
{
    private readonly ConsoleFactory _console = new();

    private Champions Champions => _console.Services.GetRequiredService<Champions>();

    public Task InitializeAsync()
    {
        _ = _console.Client;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _console.DisposeAsync();

    private static ModelFile File()
    {
        var schema = ModelSchema.Base;
        var weights = Enumerable.Range(0, schema.SlotCount).Select(i => i % 7 == 0 ? 0.01 : 0).ToArray();
        var scales = Enumerable.Repeat(10.0, schema.SlotCount).ToArray();
        return new ModelFile
        {
            Trainer = "logistic",
            Schema = schema,
            Need = new AdditivePart(new LogisticModel(2, weights, new double[schema.SlotCount], scales)),
            NeedWeight = 1.5,
            TimeWeight = -1.2,
            TimeMean = 2,
            Offset = 1,
            Calibration = new CalibrationTable([-4, 0, 4], [-3, -0.5, 3]),
            Interval = new SplitConformal(0.8, new IntervalOffsets(-0.4, 0.5)),
            Threshold = 0.3,
        };
    }

    private async Task<int> AddAsync(string name, byte[] written, string hash)
    {
        var folder = ModelFiles.Folder(_console.Services.GetRequiredService<StoreOptions>());
        Directory.CreateDirectory(folder);
        await System.IO.File.WriteAllBytesAsync(Path.Combine(folder, name + ".model"), written);
        await using var db = await _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        var version = new ModelVersion { Version = name, Trainer = "logistic", FileName = name + ".model", FileHash = hash, Metrics = "{}", Threshold = 0.3 };
        db.Add(version);
        await db.SaveChangesAsync();
        return version.Id;
    }

    // As another instance does it: the row is there, and nobody has tried the file here.
    private async Task AppointElsewhereAsync(int version)
    {
        await using var db = await _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        db.Add(new ChampionTerm { From = TimeProvider.System.GetUtcNow(), ModelVersionId = version, Threshold = 0.3 });
        await db.SaveChangesAsync();
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "waited in vain");
            await tick.WaitForNextTickAsync();
        }
    }

    [Fact]
    public async Task Trained_Appointed_ServesAndItsStoredVectorRecomputesTheBits()
    {
        var bytes = File().ToBytes();
        await Champions.AppointAsync(await AddAsync("linear-1", bytes, ModelFile.HashOf(bytes)), 0.25, Caller.System);
        var shipment = Sent.Shipment().With("distanceKm", 300);
        await _console.Client.SendAsync("shipments", shipment);
        await _console.Client.SendAsync("events", Sent.Event(shipmentId: shipment["shipmentId"]!.GetValue<string>()));
        await _console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();

        var again = ModelFile.Read(bytes).ToModel("again");
        await using var db = await _console.Services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        var stored = await db.Set<StoredPrediction>().ToListAsync();
        Assert.NotEmpty(stored);
        Assert.All(stored, prediction =>
        {
            Assert.Equal(0.25, prediction.Threshold);
            var scores = new ModelScore[1];
            again.Score([again.Schema.Row(prediction.Vector)], scores);
            Assert.Equal(BitConverter.DoubleToInt64Bits(prediction.RawLogOdds), BitConverter.DoubleToInt64Bits(scores[0].RawLogOdds));
            Assert.Equal(BitConverter.DoubleToInt64Bits(prediction.Score), BitConverter.DoubleToInt64Bits(scores[0].Score));
            Assert.Equal(prediction.RawLogOdds, prediction.Baseline + PredictionAnswers.Read(prediction.Contributions).Sum(c => c.Amount), 1e-4);
        });
    }

    [Fact]
    public async Task Trained_WithAnotherFile_IsRefusedAndTheChampionStays()
    {
        var bytes = File().ToBytes();
        var bad = await AddAsync("swapped-1", [.. bytes[..^1], 1], ModelFile.HashOf(bytes));
        await Assert.ThrowsAsync<ModelUnavailableException>(() => Champions.AppointAsync(bad, 0.25, Caller.System));
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM champion_terms"));

        await AppointElsewhereAsync(bad);
        await WaitAsync(() => Champions.Problem is not null);
        Assert.Equal("rule-1", Champions.Current.Version);
        using var health = await _console.Anonymous.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Contains("\"champion\":\"degraded", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(health.IsSuccessStatusCode);

        // What serves goes on serving.
        await _console.Client.SendAsync("shipments", Sent.Shipment());
        await _console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
        Assert.Equal(0, _console.Count("SELECT COUNT(*) FROM shipments WHERE scored_version < input_version"));

        var good = await AddAsync("linear-2", bytes, ModelFile.HashOf(bytes));
        await AppointElsewhereAsync(good);
        await WaitAsync(() => Champions.Current.Version == "linear-2");
        Assert.Null(Champions.Problem);
    }

    [Fact]
    public async Task Champion_AppointedByAnotherInstance_ServesHereWithinASecondOrTwo()
    {
        await using var other = new ConsoleFactory(null,
            ("ConnectionStrings:OpsConsole", _console.Services.GetRequiredService<StoreOptions>().ConnectionString), ("DataDirectory", _console.Folder));
        _ = other.Client;
        var random = Champions.ByVersion("random-1")!;
        await Champions.AppointAsync(random.ModelVersionId, 0.5, Caller.System);
        var watch = Stopwatch.StartNew();
        var there = other.Services.GetRequiredService<Champions>();
        await WaitAsync(() => there.Current.Version == "random-1");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5);
        Assert.Equal(0.5, there.Current.Threshold);
    }

    [Fact]
    public void Calibration_OfATrainedModel_MakesNoTies()
    {
        var model = File().ToModel("m");
        var start = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
        var rows = Enumerable.Range(0, 400).Select(i => Row(start, 0.37 * (i + 1))).ToArray();
        var scores = new ModelScore[rows.Length];
        model.Score(rows, scores);
        Assert.Equal(rows.Length, scores.Select(s => s.RawLogOdds).Distinct().Count());
        Assert.Equal(rows.Length, scores.Select(s => s.Score).Distinct().Count());
        Assert.Equal(scores.OrderBy(s => s.RawLogOdds).Select(s => s.Score), scores.Select(s => s.Score).Order());
    }

    private static FeatureRow Row(DateTimeOffset start, double hoursLeft)
    {
        var content = new NewShipment
        {
            ShipmentId = "S",
            BookedAt = start,
            PromisedBy = start.AddHours(1 + hoursLeft),
            Origin = new Area { AreaCode = "A" },
            Destination = new Area { AreaCode = "B" },
            Service = "s",
        };
        var history = new OpsConsole.Intake.ShipmentHistory([new(content, null, start)], [], history: false, firstScoredAt: null);
        return Features.Of(history.AsOf(start.AddHours(1), OpsConsole.Intake.Knowledge.Received)!, OpsConsole.Intake.ConditionsAsOf.None, TimeZoneInfo.Utc);
    }
}
