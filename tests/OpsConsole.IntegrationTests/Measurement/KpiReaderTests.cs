using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Measurement;

public sealed class KpiReaderTests
{
    private static readonly DateTimeOffset Day = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);

    private static async Task<MeasuredWorld> WithAsync(int shipments)
    {
        var world = await MeasuredWorld.StartAsync();
        for (var i = 0; i < shipments; i++)
        {
            var (id, promise) = ($"S{i}", Day.AddHours(12 + i * 5));
            await world.ShipAsync(id, promise, change: s => s with { Service = $"v{i % 2}" });
            await world.ScoreAsync(id, promise, i % 3 == 0 ? 0.7 : 0.2);
            if (i % 4 != 0)
                await world.EventAsync(id, EventType.Delivered, promise.AddMinutes(-20));
            if (i % 2 == 0)
                await world.EventAsync(id, EventType.OutForDelivery, promise.AddHours(-9), estimate: promise.AddMinutes(i % 8 == 0 ? 30 : -30));
            if (i % 3 == 0)
            {
                await world.AddAsync(id, new Case { ShipmentKey = world.Key(id), State = CaseState.Judged, OpenedAt = promise.AddHours(-5) });
                await world.JudgeAsync(id, promise.AddHours(-5).AddMinutes(4 + i), JudgementAction.None);
            }
            if (i % 5 == 0)
                await world.AddAsync(id, new SupportContact { ContactId = id, ShipmentId = id, OccurredAt = promise, ReceivedAt = promise, SourceId = 1, Cost = 3.5 });
        }
        await world.SettleAsync(Day.AddDays(12));
        return world;
    }

    private static readonly QualityAsk All = new() { Lead = 240, Simulated = SimulatedFilter.Include };

    [Fact]
    public async Task Read_WholeRange_IsTheFiguresOfTheFacts()
    {
        await using var world = await WithAsync(24);
        var total = world.Get<KpiReader>().Read(All).Total;
        Assert.Equal((24, 18 / 24.0, 24), (total.Shipments, total.OnTimeShare!.Value, total.OnTimeShare.N));
        // Late: 0, 4, 8 …; raised: 0, 12 of those.
        Assert.Equal((2 / 6.0, 6), (total.RaisedInTimeShare!.Value, total.RaisedInTimeShare.N));
        Assert.Equal((1000 * 5 / 24.0, 1000 * 17.5 / 24), (total.ContactsPer1000, total.ContactCostPer1000));
        Assert.Equal(14.5, total.TimeToAnswerMinutes);
        var settings = new OperationsSettings();
        Assert.Equal(ErrorCosts.Of(2, 6, 4, 0, settings), total.ErrorCost!.Value, 9);
        Assert.Equal(6 * 12, total.ErrorCostFlagNothing!.Value, 9);
        Assert.Equal(ErrorCosts.Of(6, 18, 0, 0, settings), total.ErrorCostByRule!.Value, 9);
        Assert.Equal(ErrorCosts.Of(3, 0, 3, 0, settings), total.ErrorCostByCarrierEstimate!.Value, 9);
        Assert.Equal((null, null, null), (total.CasesPerHour, total.WarnedInTimeShare, total.FalseAlarmsPer1000));
    }

    [Fact]
    public async Task Read_ByHourOrBySegment_AddsUpToTheDays()
    {
        await using var world = await WithAsync(24);
        var reader = world.Get<KpiReader>();
        var days = reader.Read(All);
        var hours = reader.Read(All with { Bucket = BucketSize.Hour });
        var split = reader.Read(All with { By = Dimension.Service });
        foreach (var other in (KpiAnswer[])[hours, split])
        {
            Assert.Equal(days.Total.Shipments, other.Total.Shipments);
            Assert.Equal(days.Total.ErrorCost!.Value, other.Total.ErrorCost!.Value, 9);
            Assert.Equal(days.Total.ErrorCostByCarrierEstimate!.Value, other.Total.ErrorCostByCarrierEstimate!.Value, 9);
            Assert.Equal(days.Total.TimeToAnswerMinutes, other.Total.TimeToAnswerMinutes);
        }
        Assert.Equal(24, hours.Buckets.Count);
        Assert.Equal(["v0", "v1"], split.Segments!.Select(s => s.Segment));
        Assert.Equal(days.Total.Shipments, split.Segments!.Sum(s => s.Shipments));
        Assert.Equal(days.Total.ErrorCost!.Value, split.Segments!.Sum(s => s.ErrorCost!.Value), 9);
        Assert.Equal(days.Buckets.Sum(b => b.Shipments), days.Total.Shipments);
    }

    [Fact]
    public async Task Read_RangeWithinADay_CountsOnlyWhatIsInIt()
    {
        await using var world = await WithAsync(6);
        var answer = world.Get<KpiReader>().Read(All with { From = Day.AddHours(12), To = Day.AddHours(17) });
        Assert.Equal(1, answer.Total.Shipments);
        Assert.Equal(Day.AddHours(12), Assert.Single(answer.Buckets).Start);
    }
}
