using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Learning;
using OpsConsole.Numerics.Curves;
using OpsConsole.Prediction;
using OpsConsole.Simulator.Replay;

namespace OpsConsole.Tests.Learning;

/// <summary>A test that needs the public deliveries, which are not part of the repository; skipped, with that reason, where they aren't found.</summary>
internal sealed class OlistFactAttribute : FactAttribute
{
    public OlistFactAttribute() => Skip = OlistTests.Data is null
        ? "The Olist deliveries are not here: neither at ../shared/data/olist nor where OPSCONSOLE_DATA says." : null;
}

/// <summary>
/// The trainer on real deliveries, quickly: the same features, rows and recipe as in service, without store and API, which bench/olist/run.sh adds.
/// </summary>
public sealed class OlistTests
{
    private static readonly DateTimeOffset Cut = new(2018, 4, 13, 16, 43, 5, TimeSpan.FromHours(-3));
    private static readonly DateTimeOffset Later = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string? Root = FindRoot();

    internal static string? Data { get; } = FindData();

    [OlistFact]
    public async Task Train_OnTheEarlierDeliveries_RanksTheLaterOnesAboveTheRule()
    {
        var all = Deliveries().ToList();
        var plan = new TrainingPlan { Trainer = TrainingPlan.LightGbm, AsOf = Later, DecisionPoint = EventType.Collected, Name = "olist", Simulated = SimulatedFilter.Include };
        IEnumerable<TrainingRow> Earlier(LeftOut _) => all.Where(h => h.Newest.Content.BookedAt < Cut).SelectMany(h => Rows(h, plan));
        var set = await TrainingSet.ReadAsync(Earlier, plan, new LeftOut(), _ => Task.CompletedTask);

        var fitted = await new Recipe(set, new LightGbmLearner(1), 0.3, (_, _) => Task.CompletedTask).FitAsync([.. Enumerable.Range(0, set.Count)], keep: true, default);

        var (scores, late, errors) = Score(fitted.File.ToModel("olist"), [.. all.Where(h => h.Newest.Content.BookedAt >= Cut)]);
        Assert.Equal(4036, scores.Length);
        Assert.InRange(Areas.Roc(scores, late), 0.787, 1);
        Assert.InRange(Areas.AveragePrecision(scores, late), 0.33, 1);
        Assert.InRange(errors.Average(), 0, 5000);
    }

    private static (double[] Scores, bool[] Late, double[] Errors) Score(IModel model, List<ShipmentHistory> later)
    {
        var scores = new ModelScore[later.Count];
        model.Score([.. later.Select(AtHandOver)], scores);
        var delays = later.Select(h => h.OutcomeAt(Later, OutcomeRules.Default, Knowledge.Known).DelayMinutes!.Value).ToArray();
        return ([.. scores.Select(s => s.Score)], [.. delays.Select(d => d > 0)], [.. scores.Select((s, i) => Math.Abs(s.ExpectedDelayMinutes - delays[i]))]);
    }

    private static FeatureRow AtHandOver(ShipmentHistory history)
    {
        var moment = history.Events.First(e => e.Type == EventType.Collected).OccurredAt;
        return Features.Of(history.AsOf(moment, Knowledge.Known)!, ConditionsAsOf.None, TimeZoneInfo.Utc);
    }

    private static IEnumerable<TrainingRow> Rows(ShipmentHistory history, TrainingPlan plan)
    {
        foreach (var moment in TrainingRows.Moments(history, plan))
        {
            var outcome = history.OutcomeAt(Later, OutcomeRules.Default, Knowledge.Known);
            var left = (history.PromiseCounted - moment).TotalHours;
            var needed = left + (outcome.DelayMinutes!.Value / 60);
            var features = Features.Of(history.AsOf(moment, Knowledge.Known)!, ConditionsAsOf.None, TimeZoneInfo.Utc);
            yield return new(history.Newest.Content.ShipmentId, moment, features, outcome.Late!.Value, left, needed, needed, 1);
        }
    }

    private static IEnumerable<ShipmentHistory> Deliveries()
    {
        var mapping = Mapping.Parse(File.ReadAllText(Path.Combine(Root!, "bench", "olist", "mapping.json")));
        return new DeliveryFile(Path.Combine(Data!, "shipments.csv.gz"), mapping).Read().Select(d => new ShipmentHistory(
            [new VersionFact(d.Shipment, d.Shipment.RecordedAt, Later)],
            [.. d.Events.Select(e => new TrackingEvent
            {
                EventId = e.EventId, ShipmentId = e.ShipmentId, Type = e.Type, OccurredAt = e.OccurredAt, RecordedAt = e.RecordedAt, ReceivedAt = Later,
            })],
            history: true, firstScoredAt: null));
    }

    private static string? FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "OpsConsole.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder;
    }

    private static string? FindData()
    {
        string?[] places =
        [
            Environment.GetEnvironmentVariable("OPSCONSOLE_DATA"),
            Environment.GetEnvironmentVariable("OPSCONSOLE_DATA") is { } set ? Path.Combine(set, "olist") : null,
            Root is null ? null : Path.Combine(Root, "..", "shared", "data", "olist"),
        ];
        return places.FirstOrDefault(p => p is not null && File.Exists(Path.Combine(p, "shipments.csv.gz")));
    }
}
