using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement;
using OpsConsole.Measurement.Thresholds;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Measurement;

public sealed class ThresholdTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly QualityAsk All = new() { Lead = 240, Simulated = SimulatedFilter.Include };
    // On an edge, a hair below one, nearly certain, and none at all.
    private static readonly double?[] Scores = [0.25, Math.BitDecrement(0.25), 0.0004, 0.9996, 0.3705, null, 0.5, 0.001];

    private static async Task<MeasuredWorld> WithAsync(int shipments, int hoursApart = 5)
    {
        var world = await MeasuredWorld.StartAsync();
        for (var i = 0; i < shipments; i++)
        {
            var (id, promise) = ($"S{i}", Day.AddHours(12 + (i * hoursApart)));
            await world.ShipAsync(id, promise, change: s => s with { Service = $"v{i % 2}" }, simulated: i % 7 == 0);
            if (Scores[i % Scores.Length] is { } score)
                await world.ScoreAsync(id, promise, score, threshold: 0.3);
            await world.EventAsync(id, EventType.Delivered, promise.AddMinutes(i % 3 != 0 ? -20 : 45));
            if (i % 5 == 0)
                await world.JudgeAsync(id, promise.AddHours(-6), JudgementAction.Rerouted);
        }
        await world.SettleAsync(Day.AddDays(40));
        return world;
    }

    private static ThresholdStudio Studio(MeasuredWorld world) =>
        new(world.Get<StoreConnections>(), world.Get<QualityReader>(), world.Get<BoardEffectReader>(), world.Get<SettingsStore>());

    [Theory]
    [InlineData(SimulatedFilter.Include)]
    [InlineData(SimulatedFilter.Exclude)]
    [InlineData(SimulatedFilter.Only)]
    public async Task Figures_AtAnyThreshold_AreTheQualityFigures(SimulatedFilter simulated)
    {
        await using var world = await WithAsync(40);
        var studio = Studio(world);
        foreach (var ask in (QualityAsk[])[All, All with { Segment = (Dimension.Service, "v1") }, All with { From = Day.AddHours(13), To = Day.AddDays(5).AddHours(7) }])
        {
            var range = studio.Load(ask with { Simulated = simulated });
            foreach (var threshold in (int[])[1, 2, 249, 250, 251, 370, 371, 500, 501, 999])
            {
                var there = world.Get<QualityReader>().Read(ask with { Simulated = simulated, Threshold = threshold / 1000.0 }).Total;
                var here = range.At(threshold);
                Assert.Equal(
                    (there.Tp, there.Fp, there.Fn, there.Tn, there.AvertedOrFalse, there.TouchedOnTime, there.AtRisk),
                    (here.Tp, here.Fp, here.Fn, here.Tn, here.AvertedOrFalse, here.TouchedOnTime, here.AtRisk));
            }
        }
    }

    [Fact]
    public async Task Days_ChangedSinceTheyWereRead_AreReadAgain()
    {
        await using var world = await WithAsync(16);
        var studio = Studio(world);
        var before = studio.Load(All).At(1);
        Assert.True(before.Tp > 1);
        // A scan that comes later with a time before the promise turns it on time.
        await world.EventAsync("S3", EventType.Delivered, Day.AddHours(12 + 15).AddMinutes(-5), received: world.Time.GetUtcNow());
        await world.SettleAsync();
        var after = studio.Load(All).At(1);
        Assert.Equal((before.Tp - 1, before.AtRisk), (after.Tp, after.AtRisk));
    }

    [Fact]
    public async Task Cost_AtTheThresholdKept_IsTheOneOfTheKpis()
    {
        await using var world = await WithAsync(40);
        var range = Studio(world).Load(All);
        var kpis = world.Get<KpiReader>().Read(All).Total;
        Assert.Equal(kpis.ErrorCost!.Value, range.At(300).CostPerWeek * range.Span / 7, 6);
        Assert.All(range.Costs, c => Assert.True(c.CostPerWeekLow <= c.CostPerWeek && c.CostPerWeek <= c.CostPerWeekHigh));
        Assert.Equal(range.Costs.Min(c => c.CostPerWeek), range.At(range.Cheapest).CostPerWeek);
    }

    [Fact]
    public async Task Compare_UnderFourWeeks_GivesNoRange_OverThemGivesOneThatHoldsTheDifference()
    {
        await using var world = await WithAsync(40);
        var few = Studio(world).Load(All with { To = Day.AddDays(5) }).Compare(300, 500);
        Assert.Null(few.CostDifferenceLow);
        await using var longer = await WithAsync(40, hoursApart: 20);
        var enough = Studio(longer).Load(All).Compare(300, 500);
        Assert.InRange(enough.CostDifference, enough.CostDifferenceLow!.Value, enough.CostDifferenceHigh!.Value);
        Assert.True(enough.Days >= ThresholdRange.LeastDays);
    }

    [Fact]
    public async Task Between_TwoThresholds_AreTheShipmentsWhoseFlagDiffers()
    {
        await using var world = await WithAsync(40);
        var (range, (rows, of)) = (Studio(world).Load(All), Studio(world).Between(All, 0.5, 0.2));
        Assert.Equal(range.At(200).Flags - range.At(500).Flags, of);
        Assert.All(rows, row => Assert.InRange(row.Score!.Value, 0.2, Math.BitDecrement(0.5)));
        Assert.True(rows.Count is > 0 and <= ThresholdStudio.Shown);
    }
}
