using OpsConsole.Client;
using OpsConsole.Measurement;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Measurement;

/// <summary>Curves, calibration and minutes equal what is counted from the facts one by one.</summary>
public sealed class CurvesReaderTests
{
    private static readonly DateTimeOffset First = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = First.AddDays(7);
    private static readonly QualityAsk Ask = new() { Lead = 240 };

    /// <summary>A shipment at risk; the delay is minutes after its promise, null: never delivered.</summary>
    private sealed record Fact(string Id, DateTimeOffset Promise, double Score, int? Delay, bool Touched)
    {
        internal bool Late => Delay is null or > 0;

        internal bool HasTruth => Late || !Touched;
    }

    [Fact]
    public async Task Read_Served_EqualsACountFromTheFacts()
    {
        await using var world = await MeasuredWorld.StartAsync(now: First.AddDays(-4));
        var facts = await SendAsync(world, Make(200));
        await world.SettleAsync(Now);
        var answer = world.Get<CurvesReader>().Read(Ask);

        var rows = facts.Where(f => f.HasTruth).ToList();
        var (late, onTime) = (rows.Where(r => r.Late).ToList(), rows.Where(r => !r.Late).ToList());
        Assert.Equal((rows.Count, late.Count, onTime.Count, facts.Count - rows.Count), (answer.Rows.N, answer.Rows.Late, answer.Rows.OnTime, answer.Rows.TouchedOnTime));
        Assert.Equal((5, "too few days to compare: 5 promise days of 28"), (answer.Rows.Days, answer.Rows.TooFew));
        Assert.Equal(answer.Total.AtRisk, answer.Rows.N + answer.Rows.TouchedOnTime + answer.Rows.WithoutScore);

        var pairs = late.Average(l => onTime.Average(o => l.Score > o.Score ? 1 : l.Score == o.Score ? 0.5 : 0));
        Assert.Equal(pairs, answer.RocAuc!.Value, 1e-12);
        var precision = late.Average(l => (double)late.Count(o => o.Score >= l.Score) / rows.Count(o => o.Score >= l.Score));
        Assert.Equal(precision, answer.AveragePrecision!.Value, 1e-12);
        Assert.True(answer.RocAuc.Low < pairs && pairs < answer.RocAuc.High);
        Assert.All(answer.Points, p =>
            Assert.Equal((late.Count(r => r.Score >= p.Threshold), onTime.Count(r => r.Score >= p.Threshold)), (p.Tp, p.Fp)));
        Assert.Equal((answer.Rows.Late, answer.Rows.OnTime), (answer.Points[^1].Tp, answer.Points[^1].Fp));
        Assert.Equal(answer.Total.StillOpenRule!.Precision, answer.Points[^1].Precision);

        Assert.Equal(facts.Count, answer.Scores.Sum(s => s.Late + s.OnTime + s.TouchedOnTime));
        Assert.All(answer.Scores, s => Assert.Equal(late.Count(r => r.Score >= s.From && (r.Score < s.To || s.To == 1)), s.Late));
        Assert.Equal(LeadGrid.Minutes, answer.Leads!.Select(l => l.Lead));
        Assert.Equal(("rerouted", 240), (answer.LastUsefulMoments[0].Action, answer.LastUsefulMoments[0].Minutes));
    }

    [Fact]
    public async Task Calibration_WhereSomeWereTouched_WeighsTheUntouchedAndAddsUp()
    {
        await using var world = await MeasuredWorld.StartAsync(now: First.AddDays(-4));
        var facts = await SendAsync(world, Make(200));
        await world.SettleAsync(Now);
        var calibration = world.Get<CurvesReader>().Read(Ask).Calibration!;

        Assert.True(calibration.Weighted && calibration.HeaviestWeight > 1);
        // Those left stand for those whose label is missing.
        Assert.InRange(calibration.Bins.Sum(b => b.Weight), facts.Count * 0.9, facts.Count * 1.1);
        Assert.Equal(calibration.Brier, calibration.Reliability - calibration.Resolution + calibration.Uncertainty + calibration.WithinBins, 1e-12);
        Assert.Equal(facts.Count(f => f.HasTruth), calibration.Bins.Sum(b => b.N));
        Assert.All(calibration.Bins, b => Assert.True(b.Low <= b.Came && b.Came <= b.High && b.From <= b.Said && b.Said <= b.To));
        Assert.Equal(facts.Count(f => !f.HasTruth), calibration.Missing.Sum(m => m.Missing));
        Assert.Equal(facts.Count, calibration.Missing.Sum(m => m.N));
    }

    [Fact]
    public async Task Minutes_OfDeliveredOnes_HoldErrorsAndCoverageWithWhatIsLeftOut()
    {
        await using var world = await MeasuredWorld.StartAsync(now: First.AddDays(-4));
        // Flagged and late by 30, 10 said; on time by 20, 0 said and outside; a late one that never came; one touched and on time; one without an interval.
        await SendAsync(world,
        [
            new("A", First, 0.9, 30, false), new("B", First, 0.1, -20, false), new("C", First.AddDays(1), 0.9, null, false),
            new("D", First.AddDays(1), 0.9, -5, true), new("E", First.AddDays(1), 0.2, -50, false),
        ]);
        await world.MinutesAsync("A", 10, -10, 40);
        await world.MinutesAsync("B", 0, -10, 10);
        await world.MinutesAsync("C", 15, 0, 30);
        await world.MinutesAsync("D", 15, 0, 30);
        await world.MinutesAsync("E", -40, null, null);
        await world.SettleAsync(Now);
        var minutes = world.Get<CurvesReader>().Read(Ask).Minutes!;

        Assert.Equal(new MinutesError(3, 1, 0, (20 + 20 + 10) / 3.0, 20, -10), minutes.All);
        Assert.Equal(new MinutesError(1, 1, 0, 20, 20, 20), minutes.Late);
        Assert.Equal(minutes.Late, minutes.Flagged);
        var coverage = minutes.Coverage;
        Assert.Equal((2, First.AddHours(-10), 2L, 0.5), (coverage.Days, coverage.From!.Value, coverage.All!.N, coverage.All.Value));
        Assert.Equal((1L, 1.0), (coverage.Flagged!.N, coverage.Flagged.Value));
        Assert.Equal((1L, 1.0), (coverage.Late!.N, coverage.Late.Value));
    }

    [Fact]
    public async Task Read_AfterACorrection_IsMadeAnew()
    {
        await using var world = await MeasuredWorld.StartAsync(now: First.AddDays(-4));
        await SendAsync(world, [new("A", First, 0.9, 30, false), new("B", First, 0.1, -20, false), new("C", First, 0.5, -30, false)]);
        await world.SettleAsync(Now);
        var reader = world.Get<CurvesReader>();
        var before = reader.Read(Ask);
        Assert.Equal((1, 2, 1.0), (before.Rows.Late, before.Rows.OnTime, before.RocAuc!.Value));
        Assert.Same(before.Points, reader.Read(Ask).Points);
        // B had not come in time after all.
        await world.ExecuteAsync("B", "UPDATE events SET occurred_at = {0} WHERE shipment_id = 'B'", First.AddHours(1).UtcTicks);
        await world.SettleAsync();
        var after = reader.Read(Ask);
        Assert.Equal((2, 1, 0.5), (after.Rows.Late, after.Rows.OnTime, after.RocAuc!.Value));
    }

    private static List<Fact> Make(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            // Some scores are equal.
            var score = random.Next(0, 80) / 80.0;
            int? delay = random.NextDouble() < score ? random.Next(8) == 0 ? null : random.Next(1, 300) : -random.Next(0, 200);
            return new Fact($"S{i}", First.AddDays(random.Next(5)).AddMinutes(random.Next(0, 600)), score, delay, score > 0.4 && random.Next(3) == 0);
        })];
    }

    private static async Task<List<Fact>> SendAsync(MeasuredWorld world, List<Fact> facts)
    {
        foreach (var fact in facts)
        {
            await world.ShipAsync(fact.Id, fact.Promise);
            if (fact.Delay is { } delay)
                await world.EventAsync(fact.Id, EventType.Delivered, fact.Promise.AddMinutes(delay));
            await world.ScoreAsync(fact.Id, fact.Promise, fact.Score, leads: [240]);
            if (fact.Touched)
                await world.JudgeAsync(fact.Id, fact.Promise.AddMinutes(-230), JudgementAction.Rerouted);
        }
        return facts;
    }
}
