using OpsConsole.Numerics.Calibration;
using OpsConsole.Numerics.Curves;
using OpsConsole.Numerics.Statistics;
using Xunit.Abstractions;

namespace OpsConsole.Numerics.Tests.Statistics;

/// <summary>
/// The intervals hold what they say: in a made-up network with hubs and storms, where days share their luck, 93 to 97 % of the 95 % intervals hold the
/// figure of the network, which is taken over very many days. <c>OPSCONSOLE_COVERAGE=long</c> draws more of them, over more lengths.
/// </summary>
public sealed class CoverageTests(ITestOutputHelper output)
{
    private const double Threshold = 0.25;
    private const ulong Seed = 20261201;

    private static readonly bool Long = Environment.GetEnvironmentVariable("OPSCONSOLE_COVERAGE") == "long";
    private static readonly Dictionary<string, double> Truth = Of(Days(new Random(1), 40_000), null).ToDictionary(f => f.Name, f => f.Value);

    /// <summary>A figure with its interval; null where it has none.</summary>
    private sealed record Figure(string Name, double Value, Interval? Interval);

    [Theory]
    [InlineData(28)]
    [InlineData(90)]
    public void Intervals_WithHubsAndStorms_HoldTheTruthAsOftenAsTheySay(int days)
    {
        var worlds = Long ? 2000 : days == 28 ? 300 : 120;
        var held = new Dictionary<string, (int Held, int Low, int Of)>();
        for (var world = 0; world < worlds; world++)
        {
            foreach (var (name, _, interval) in Of(Days(new Random(1000 + world), days), Long ? 1000 : 400))
            {
                var (inside, low, of) = held.GetValueOrDefault(name);
                held[name] = interval is not { } found ? (inside, low, of + 1)
                    : (inside + (found.Low <= Truth[name] && Truth[name] <= found.High ? 1 : 0), low + (found.High < Truth[name] ? 1 : 0), of + 1);
            }
        }
        foreach (var (name, (inside, low, of)) in held)
            output.WriteLine(FormattableString.Invariant($"{name,-22} {days} days: {100.0 * inside / of:0.0} % of {of} hold {Truth[name]:0.0000}; {100.0 * low / of:0.0} % lie under it"));
        // In few worlds the share itself scatters: as much is allowed beyond as chance makes of 95 % in one of a thousand.
        var room = Long ? 0 : Math.Max(0, 3.3 * Math.Sqrt(0.05 * 0.95 / worlds) - 0.02);
        Assert.All(held, f => Assert.InRange((double)f.Value.Held / f.Value.Of, 0.93 - room, 0.97 + room));
    }

    /// <summary>The figures of some days; without draws no intervals.</summary>
    private static List<Figure> Of(List<(double Score, bool Late, int Day)> rows, int? draws)
    {
        var days = rows[^1].Day + 1;
        var (tp, flags, late) = (new double[days], new double[days], new double[days]);
        var (bin, inBin) = (new double[days], new double[days]);
        foreach (var row in rows)
        {
            var flagged = row.Score >= Threshold;
            tp[row.Day] += flagged && row.Late ? 1 : 0;
            flags[row.Day] += flagged ? 1 : 0;
            late[row.Day] += row.Late ? 1 : 0;
            if (row.Score is < 0.1 or >= 0.15)
                continue;
            bin[row.Day] += row.Late ? 1 : 0;
            inBin[row.Day]++;
        }
        var ranked = new RankedScores([.. rows.Select(r => r.Score)], [.. rows.Select(r => r.Late)], [.. rows.Select(r => r.Day)]);
        var (roc, precision) = ranked.Areas();
        var (rocInterval, precisionInterval) = draws is { } sets ? ranked.Intervals(sets, Seed) : (null, null);
        return
        [
            Rate("precision", tp, flags, draws), Rate("recall", tp, late, draws), Rate("a bin's rate", bin, inBin, draws),
            new("ROC area", roc, rocInterval), new("average precision", precision, precisionInterval), Brier(rows, draws),
        ];
    }

    private static Figure Rate(string name, double[] hits, double[] n, int? draws)
    {
        var effect = Proportion.DesignEffect(hits.Zip(n));
        return new(name, hits.Sum() / n.Sum(), draws is null ? null : Proportion.Wilson(hits.Sum(), n.Sum(), effect));
    }

    private static Figure Brier(List<(double Score, bool Late, int Day)> rows, int? draws)
    {
        if (draws is null)
            return new("Brier", Areas.Brier([.. rows.Select(r => r.Score)], [.. rows.Select(r => r.Late)]), null);
        var found = Reliability.Of([.. rows.Select(r => r.Score)], [.. rows.Select(r => r.Late)], [], [.. rows.Select(r => r.Day)], seed: Seed)!;
        return new("Brier", found.Brier, found.BrierInterval);
    }

    /// <summary>
    /// Parcels of some days: five hubs, each with days of its own; a storm every tenth day; busy and quiet days. The scores know the parcel, and half of
    /// the weather.
    /// </summary>
    private static List<(double Score, bool Late, int Day)> Days(Random random, int days)
    {
        List<(double, bool, int)> rows = [];
        for (var day = 0; day < days; day++)
        {
            var storm = random.NextDouble() < 0.1 ? 1 + random.NextDouble() : 0;
            var weather = storm + 0.25 * Normal(random);
            for (var hub = 0; hub < 5; hub++)
            {
                var here = 0.3 * Normal(random) + (random.NextDouble() < 0.02 ? 1.5 : 0);
                for (var parcel = random.Next(6, 18); parcel > 0; parcel--)
                {
                    var risk = -2.2 + 1.1 * Normal(random);
                    var score = Logit.ToProbability(risk + 0.5 * storm);
                    rows.Add((score, random.NextDouble() < Logit.ToProbability(risk + weather + here), day));
                }
            }
        }
        return rows;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
