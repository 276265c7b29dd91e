using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>
/// Carries a plan out: reads the rows, holds the latest fifth out and says how a model that never saw it does there, then trains the model that is
/// kept on all rows and writes its file. Reads the store and writes one file; whoever started it records the version.
/// </summary>
public sealed class TrainModel(TrainingRows rows, SettingsStore settings, StoreOptions store, Champions? champions = null)
{
    private const int LeastRows = 200;
    private const int LeastOfEach = 30;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    /// <summary>Trains.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="tell">Is told how far it is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="TrainingException">It can't be done; the message says why.</exception>
    public async Task<TrainedFile> RunAsync(TrainingPlan plan, Func<RunProgress, Task> tell, CancellationToken cancellation)
    {
        var leftOut = new LeftOut();
        var set = await TrainingSet.ReadAsync(await rows.OpenAsync(plan, cancellation), plan, leftOut, tell, champions?.Current.Model);
        return await RunAsync(plan, set, leftOut, tell, cancellation);
    }

    /// <summary>Trains on rows that were read.</summary>
    internal async Task<TrainedFile> RunAsync(TrainingPlan plan, TrainingSet set, LeftOut leftOut, Func<RunProgress, Task> tell, CancellationToken cancellation)
    {
        var operation = settings.Current;
        Check(set, leftOut);
        var holdOut = new HoldOut(set, operation);
        var (earlier, latest) = holdOut.Split();
        if (earlier.Length < LeastRows / 2 || !earlier.Any(set.Late) || earlier.All(set.Late))
            throw new TrainingException("The earlier four fifths of the rows hold too few, or only late, or only punctual shipments. Choose a longer window.");

        var byCost = CostThreshold.Of(operation);
        var trial = await Recipe(set, plan, byCost, tell, 0.15, 0.5, "On the earlier four fifths: ").FitAsync(earlier, keep: false, cancellation);
        var scored = holdOut.Score(trial.File, latest);
        var threshold = holdOut.CheapestThreshold(latest, scored.Probabilities);

        var all = Enumerable.Range(0, set.Count).ToArray();
        var learner = Learner(plan);
        var final = await new Recipe(set, learner, threshold, Telling(tell, 0.5, 0.95, "On all rows: ")).FitAsync(all, keep: true, cancellation);
        await tell(new(0.96, "Writing the model's file"));
        var bytes = final.File.ToBytes();
        var hash = ModelFile.HashOf(bytes);
        var name = await WriteAsync(bytes, hash, cancellation);
        var figures = holdOut.FiguresOf(latest, scored, threshold);
        var comparison = new Comparison(set, latest);
        var theirs = latest.Select(set.Champion).ToArray();
        var metrics = new TrainingResult
        {
            Version = plan.Name,
            Decision = plan.Decision,
            Rows = set.Count,
            Shipments = set.ShipmentCount,
            Late = all.Where(set.Late).Sum(set.Weight),
            LeftOut = leftOut,
            DataHash = set.DataHash,
            FittedOn = FormattableString.Invariant($"all {set.Count:N0} rows of {set.ShipmentCount:N0} shipments, after the figures were taken from a model fitted on the earlier {earlier.Length:N0} rows and held against the latest {latest.Length:N0}"),
            HoldOut = new(latest.Length, latest.Where(set.Late).Sum(set.Weight), Time(set.Moment(latest[0])), Time(set.Moment(latest[^1]))),
            RocAuc = figures.RocAuc,
            PrAuc = figures.PrAuc,
            Brier = figures.Brier,
            LogLoss = figures.LogLoss,
            Precision = figures.Precision,
            Recall = figures.Recall,
            MaeMinutes = figures.MaeMinutes,
            Threshold = threshold,
            Model = figures,
            Rule = holdOut.FiguresOf(latest, holdOut.Rule(latest), byCost),
            Random = holdOut.FiguresOf(latest, HoldOut.Random(latest, plan.Seed), byCost),
            Calibration = comparison.CalibrationOf(scored.Probabilities, theirs, plan.Seed),
            Comparison = Compare(holdOut, comparison, latest, scored, threshold, theirs),
            ActedOn = ActedOnOf(set, trial.File, latest, scored, threshold, operation),
            Parity = (learner as LightGbmLearner)?.Parity,
            Choices = new(final.File.Offset, final.NeedSize, final.ClassifierSize, final.File.NeedWeight, final.File.ClassifierWeight, final.File.TimeWeight, set.Slots),
        };
        return new(name, hash, set.DataHash, threshold, JsonSerializer.SerializeToElement(metrics, Json));
    }

    // Each at its best threshold on these rows, the champion at its own if that is cheaper: what was chosen here must not be an advantage.
    private ChampionComparison Compare(HoldOut holdOut, Comparison comparison, int[] latest, Scored scored, double threshold, double[] theirs)
    {
        var champion = champions?.Current;
        var best = holdOut.CheapestThreshold(latest, theirs);
        var theirCosts = new[] { best, champion?.Threshold ?? best }.Select(t => holdOut.CostsOf(latest, theirs, t)).MinBy(costs => costs.Sum())!;
        return comparison.Of(
            scored.Probabilities, theirs, (champion?.Version ?? Champions.Rule, champion?.Model is TrainedModel),
            holdOut.CostsOf(latest, scored.Probabilities, threshold), theirCosts);
    }

    private static ActedOn ActedOnOf(TrainingSet set, ModelFile file, int[] latest, Scored scored, double threshold, OperationsSettings settings)
    {
        var cut = latest.Min(set.Moment);
        var missing = set.Missing!;
        int[] hidden = [.. Enumerable.Range(0, missing.Count).Where(row => missing.Moment(row) >= cut)];
        var scores = hidden.Length > 0 ? new HoldOut(missing, settings).Score(file, hidden).Probabilities : [];
        // By their own weight: what makes up for the missing ones would hide them here.
        var rows = latest.Select((row, i) => (scored.Probabilities[i], set.OwnWeight(row), false))
            .Concat(hidden.Select((row, i) => (scores[i], missing.OwnWeight(row), true)));
        return new ActedOn(set.HeldOutShipments, hidden.Sum(missing.OwnWeight), set.HeaviestWeight, ActedOn.DecilesOf(rows, threshold));
    }

    private static Recipe Recipe(TrainingSet set, TrainingPlan plan, double threshold, Func<RunProgress, Task> tell, double from, double to, string what) =>
        new(set, Learner(plan), threshold, Telling(tell, from, to, what));

    private static ILearner Learner(TrainingPlan plan) => plan.Trainer == TrainingPlan.Logistic ? new LinearLearner() : new LightGbmLearner(plan.Seed);

    private static Func<string, double, Task> Telling(Func<RunProgress, Task> tell, double from, double to, string what) =>
        (line, share) => tell(new(from + (share * (to - from)), what + char.ToLowerInvariant(line[0]) + line[1..]));

    private static void Check(TrainingSet set, LeftOut leftOut)
    {
        var late = Enumerable.Range(0, set.Count).Where(set.Late).Select(set.Shipment).Distinct().Count();
        var onTime = set.ShipmentCount - late;
        if (set.Count >= LeastRows && late >= LeastOfEach && onTime >= LeastOfEach)
            return;
        throw new TrainingException(FormattableString.Invariant(
            $"There is too little to learn from: {set.Count} rows of {late} late and {onTime} punctual shipments; needed are {LeastRows} rows and {LeastOfEach} shipments of each. ")
            + FormattableString.Invariant($"Of {leftOut.Shipments} shipments {leftOut.Unresolved} were not resolved, {leftOut.NoDecision} had no decision moment."));
    }

    // Written aside and moved, so that a file of its name is always whole. Its name is its hash: the same model again is the same file.
    private async Task<string> WriteAsync(byte[] bytes, string hash, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(ModelFiles.Folder(store)).FullName;
        var name = $"{hash}.model";
        var aside = Path.Combine(folder, $"{Guid.NewGuid():N}.part");
        await File.WriteAllBytesAsync(aside, bytes, cancellation);
        File.Move(aside, Path.Combine(folder, name), overwrite: true);
        return name;
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
