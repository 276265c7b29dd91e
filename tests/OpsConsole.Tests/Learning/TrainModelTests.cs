using OpsConsole.Client;
using OpsConsole.Learning;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Tests.Learning;

public sealed class TrainModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("opsconsole-learn-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TrainingPlan.LightGbm)]
    [InlineData(TrainingPlan.Logistic)]
    public async Task Train_LatenessHasCauses_BeatsTheRuleAndChanceOnRowsItNeverSaw(string trainer)
    {
        var metrics = (await TrainAsync(Network.Plan(trainer), 3000)).Metrics;

        var (mine, rule, random) = (metrics.GetProperty("rocAuc").GetDouble(), Of(metrics, "rule"), Of(metrics, "random"));
        Assert.InRange(mine, rule + 0.03, 1);
        Assert.InRange(random, 0.4, 0.6);
        Assert.InRange(metrics.GetProperty("model").GetProperty("intervalCoverage").GetDouble(), 0.7, 0.9);
        Assert.True(metrics.GetProperty("maeMinutes").GetDouble() < metrics.GetProperty("rule").GetProperty("maeMinutes").GetDouble());
        Assert.Equal(600, metrics.GetProperty("holdOut").GetProperty("rows").GetInt32());

        static double Of(System.Text.Json.JsonElement metrics, string of) => metrics.GetProperty(of).GetProperty("rocAuc").GetDouble();
    }

    [Fact]
    public async Task Train_LightGbm_TreesAreThoseOfMlNetToTheLastBit()
    {
        var parity = (await TrainAsync(Network.Plan(TrainingPlan.LightGbm), 1500)).Metrics.GetProperty("parity");

        Assert.InRange(parity.GetProperty("rows").GetInt32(), 1400, 20_000);
        Assert.Equal(0, parity.GetProperty("different").GetInt32());
    }

    [Theory]
    [InlineData(TrainingPlan.LightGbm, EventType.Collected)]
    [InlineData(TrainingPlan.LightGbm, null)]
    [InlineData(TrainingPlan.Logistic, EventType.Collected)]
    public async Task Train_SameRowsAndSeed_IsTheSameFile(string trainer, EventType? point)
    {
        var first = await TrainAsync(Network.Plan(trainer, point), 500);
        var second = await TrainAsync(Network.Plan(trainer, point), 500);

        Assert.Equal(first.FileHash, second.FileHash);
        Assert.Equal(first.DataHash, second.DataHash);
    }

    [Theory]
    [InlineData(TrainingPlan.LightGbm)]
    [InlineData(TrainingPlan.Logistic)]
    public async Task StoredModel_ReadBack_ScoresAndExplainsTheSameFromAStoredVector(string trainer)
    {
        var plan = Network.Plan(trainer);
        var trained = await TrainAsync(plan, 1200);
        var model = Load(trained).ToModel("test");
        var again = Load(trained).ToModel("test");
        // More rows than are scored side by side, and not a whole number of blocks.
        var rows = Network.Rows(plan, 300).Select(r => r.Features).ToArray();
        var scores = new ModelScore[rows.Length];
        model.Score(rows, scores);

        for (var i = 0; i < rows.Length; i++)
        {
            var alone = new ModelScore[1];
            again.Score([again.Schema.Row(model.Schema.Pack(rows[i]))], alone);
            Assert.Equal(scores[i], alone[0]);
            var why = model.Explain(rows[i]);
            Assert.Equal(scores[i].RawLogOdds, why.RawLogOdds);
            Assert.Equal(scores[i].RawLogOdds, why.Baseline + why.Contributions.Sum(c => c.Amount), 1e-9);
            Assert.InRange(scores[i].ExpectedDelayMinutes, scores[i].DelayLow, scores[i].DelayHigh);
        }
        Assert.Equal(scores.Length, scores.Select(s => s.Score).Distinct().Count());
    }

    [Fact]
    public async Task StoredModel_ByteChanged_IsRefused()
    {
        var trained = await TrainAsync(Network.Plan(TrainingPlan.Logistic), 500);
        var path = Path.Combine(_folder, "models", trained.FileName);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^3] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        Assert.Throws<InvalidDataException>(() => Load(trained));
        Assert.Throws<InvalidDataException>(() => ModelFile.Read(bytes[..(bytes.Length / 2)]));
    }

    [Fact]
    public async Task Model_TimeRunsOut_RisksGrow()
    {
        var plan = Network.Plan(TrainingPlan.LightGbm, point: null);
        var model = Load(await TrainAsync(plan, 800)).ToModel("test");
        var history = Network.Shipment(5001, new Random(3)).History;
        var scores = new[] { 24, 12, 4, 1, -1 }
            .Select(hours => Features.Of(history.AsOf(history.PromiseCounted.AddHours(-hours), Intake.Knowledge.Known)!, Intake.ConditionsAsOf.None, TimeZoneInfo.Utc))
            .Select(row =>
            {
                var score = new ModelScore[1];
                model.Score([row], score);
                return score[0].Score;
            }).ToArray();

        Assert.True(scores[3] > scores[0]);
        Assert.InRange(scores[4], 0.998, 1);
    }

    [Fact]
    public async Task Train_TooFewRows_SaysHowManyAreNeeded()
    {
        var failure = await Assert.ThrowsAsync<TrainingException>(() => TrainAsync(Network.Plan(TrainingPlan.LightGbm), 40));

        Assert.Contains("needed are 200 rows", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_Cancelled_Stops()
    {
        using var stop = new CancellationTokenSource();
        Task Tell(RunProgress progress)
        {
            if (progress.Progress > 0.15)
                stop.Cancel();
            return Task.CompletedTask;
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TrainAsync(Network.Plan(TrainingPlan.LightGbm), 600, Tell, stop.Token));
        Assert.False(Directory.Exists(Path.Combine(_folder, "models")));
    }

    private async Task<TrainedFile> TrainAsync(TrainingPlan plan, int shipments, Func<RunProgress, Task>? tell = null, CancellationToken cancellation = default)
    {
        tell ??= _ => Task.CompletedTask;
        var leftOut = new LeftOut();
        var set = await TrainingSet.ReadAsync(_ => Network.Rows(plan, shipments), plan, leftOut, tell);
        var settings = new SettingsStore(new OperationsSettings(), null!, TimeProvider.System, null!);
        var train = new TrainModel(null!, settings, new StoreOptions { ConnectionString = "", DataDirectory = _folder });
        return await train.RunAsync(plan, set, leftOut, tell, cancellation);
    }

    private ModelFile Load(TrainedFile trained) => ModelFile.Load(Path.Combine(_folder, "models", trained.FileName), trained.FileHash);
}
