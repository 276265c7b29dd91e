using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement;
using OpsConsole.Operations;

namespace OpsConsole.IntegrationTests.Measurement;

/// <summary>What the board changes: held-out flagged shipments against those offered, by intention to treat.</summary>
public sealed class BoardEffectTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly QualityAsk All = new() { Lead = 240, Simulated = SimulatedFilter.Include };

    /// <summary>Each day two held out, both late four days of five; three offered, one of them late, the others acted on; and one that could not be drawn, late.</summary>
    private static async Task<MeasuredWorld> WithAsync(int days)
    {
        var world = await MeasuredWorld.StartAsync();
        for (var day = 0; day < days; day++)
        {
            for (var n = 0; n < 6; n++)
            {
                var (id, promise) = ($"S{day}-{n}", Day.AddDays(day).AddMinutes(n));
                await world.ShipAsync(id, promise, heldOut: n < 2);
                await world.ScoreAsync(id, promise, 0.7);
                if (n < 5)
                    await world.ExecuteAsync(id, "UPDATE shipments SET hold_out_chance = {0} WHERE shipment_id = {1}", 0.25, id);
                // Some days are better than others on both sides.
                var late = n < 2 ? day % 5 != 0 : n is 2 or 5;
                await world.EventAsync(id, EventType.Delivered, promise.AddMinutes(late ? 30 : -30));
                if (n is 3 or 4)
                    await world.JudgeAsync(id, promise.AddHours(-5), JudgementAction.Rerouted);
            }
        }
        await world.SettleAsync(Day.AddDays(days + 2));
        return world;
    }

    [Fact]
    public async Task Read_WithAHoldOut_IsTheDifferenceAmongThoseThatWereDrawnFor()
    {
        await using var world = await WithAsync(28);
        var effect = world.Get<KpiReader>().Read(All).BoardEffect!;

        Assert.Equal((56, 84), (effect.HeldOutLate!.N, effect.OfferedLate!.N));
        Assert.Equal(44 / 56.0, effect.HeldOutLate.Value, 9);
        Assert.Equal(1 / 3.0, effect.OfferedLate.Value, 9);
        var averted = (44 / 56.0) - (1 / 3.0);
        Assert.Equal(averted, effect.Averted!.Value, 9);
        Assert.InRange(effect.AvertedLow!.Value, 0.2, 0.44);
        Assert.InRange(effect.AvertedHigh!.Value, 0.46, 0.67);
        Assert.Null(effect.TooFew);
        Assert.Equal(2 / 3.0, effect.ActedOn!.Value, 9);
        Assert.Equal(averted / (2 / 3.0) / (44 / 56.0), effect.ChanceOfHelping!.Value, 9);
        var settings = new OperationsSettings();
        Assert.Equal(21 * ((averted * settings.CostMissedDelay) - settings.HandlingCost), effect.SavedPerWeek!.Value, 6);
        Assert.True(effect.SavedPerWeekLow < effect.SavedPerWeek && effect.SavedPerWeek < effect.SavedPerWeekHigh);
    }

    [Fact]
    public async Task Read_TooFewDays_SaysSoAndGivesNoMoney()
    {
        await using var world = await WithAsync(6);
        var effect = world.Get<KpiReader>().Read(All).BoardEffect!;

        Assert.Contains("6 promise days of 28", effect.TooFew, StringComparison.Ordinal);
        Assert.Equal((null, null, null, null), (effect.AvertedLow, effect.SavedPerWeek, effect.SavedPerWeekHigh, effect.ChanceOfHelping));
        Assert.Equal(12, effect.HeldOutLate!.N);
    }

    [Fact]
    public async Task Read_NothingHeldOut_CanNotBeKnown()
    {
        await using var world = await MeasuredWorld.StartAsync();
        await world.ShipAsync("S", Day);
        await world.ScoreAsync("S", Day, 0.7);
        await world.SettleAsync(Day.AddDays(1));

        Assert.Null(world.Get<KpiReader>().Read(All).BoardEffect);
    }
}
