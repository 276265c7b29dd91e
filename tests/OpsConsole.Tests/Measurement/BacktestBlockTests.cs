using OpsConsole.Intake;
using OpsConsole.Measurement;

namespace OpsConsole.Tests.Measurement;

/// <summary>What a backtest found, packed and read again.</summary>
public sealed class BacktestBlockTests
{
    private static readonly Backtest Of = new() { Key = 1, ModelVersionId = 7, Threshold = 0.25, Basis = "" };

    [Fact]
    public void Piece_PackedAndRead_IsTheSame()
    {
        EvaluatedShipment[] shipments = [Shipment(1, OutcomeClass.Late, 0.1 + 0.2, inSample: true), Shipment(2, OutcomeClass.Unknown, double.NaN, simulated: true), Shipment(3, OutcomeClass.OnTime, 0.25, touched: true)];

        var block = BacktestBlock.Unpack(BacktestBlock.PackFacts(shipments), BacktestBlock.PackLead(shipments, 1), Of);

        Assert.Equal([1, 2, 3], block.Rows.Select(r => r.ShipmentKey));
        Assert.Equal(shipments.Select(s => s.Promise), block.Rows.Select(r => r.Promise));
        Assert.Equal([0.1 + 0.2, null, 0.25], block.Rows.Select(r => r.Lead.Score));
        Assert.Equal([7, 0, 7], block.Rows.Select(r => r.ModelVersionId));
        Assert.Equal([true, false, true], block.Rows.Select(r => r.Lead.FlaggedAt(null)));
        Assert.Equal(shipments.Select(s => (s.Class, s.Touched, s.Simulated, s.InSample)), block.Rows.Select(r => (r.Class, r.Touched, r.Simulated, r.InSample)));
        Assert.Equal(["LS1", "LS2", "LS3"], block.Rows.Select(r => block.Segment(r, Dimension.OriginArea)));
        Assert.Equal(["unknown", "unknown", "unknown"], block.Rows.Select(r => block.Segment(r, Dimension.Carrier)));
    }

    [Fact]
    public void Sums_OfAFile_AreThoseOfItsPieces()
    {
        using var file = new MemoryStream();
        using (var writer = new BacktestFileWriter(file, [60, 0], Of.Threshold))
        {
            for (var n = 0; n < 20_000; n++)
                writer.Take(Shipment(n, (OutcomeClass)(n % 5), n % 100 / 100.0, inSample: n % 7 == 0, simulated: n % 3 == 0, day: 100 + (n % 2)));
            writer.Finish();
        }
        var blocks = BacktestFileWriter.Read(new MemoryStream(file.ToArray())).ToList();

        var facts = blocks.Where(b => b.Lead == BacktestBlock.Facts).ToList();
        Assert.True(facts.Count > 2, "a day of 10,000 goes into more than one piece");
        var counted = new Dictionary<DaySum, Counts>();
        foreach (var fact in facts)
        {
            foreach (var lead in (int[])[60, 0])
            {
                var at = blocks.Single(b => (b.Lead, b.Day, b.Part) == (lead, fact.Day, fact.Part));
                foreach (var row in BacktestBlock.Unpack(fact.Data, at.Data, Of).Rows)
                {
                    Counted(new(fact.Day, lead, row.Simulated, row.InSample)).AddLead(row.Class, row.Touched, row.Lead);
                    if (lead == 60)
                        Counted(new(fact.Day, BacktestBlock.Classes, row.Simulated, row.InSample)).AddClass(row.Class);
                }
            }
        }
        var sums = blocks.Where(b => b.Lead == BacktestBlock.Sums).SelectMany(b => BacktestBlock.UnpackSums(b.Data)).ToDictionary();
        Assert.Equal(counted.Keys.ToHashSet(), sums.Keys.ToHashSet());
        Assert.All(sums, s => Assert.All(Enum.GetValues<Count>(), c => Assert.Equal(counted[s.Key][c], s.Value[c])));
        Assert.Equal(20_000, sums.Where(s => s.Key.Lead == BacktestBlock.Classes).Sum(s => s.Value[Count.Shipments]));

        Counts Counted(DaySum of)
        {
            if (!counted.TryGetValue(of, out var counts))
                counted[of] = counts = new Counts();
            return counts;
        }
    }

    private static EvaluatedShipment Shipment(
        long key, OutcomeClass of, double score, bool touched = false, bool simulated = false, bool inSample = false, int day = 1) => new()
        {
            Key = key,
            Promise = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddMinutes(key),
            Day = day,
            Class = of,
            Touched = touched,
            Simulated = simulated,
            InSample = inSample,
            Segments = [$"LS{key % 5000}", "M1", null, "3", "next-day", null, "12", "dry"],
            Standings = [LeadStanding.FinishedEarlier, LeadStanding.AtRisk],
            Scores = [double.NaN, score],
        };
}
