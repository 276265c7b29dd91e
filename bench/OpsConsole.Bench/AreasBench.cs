using OpsConsole.Numerics.Calibration;
using OpsConsole.Numerics.Curves;
using OpsConsole.Numerics.Statistics;

namespace OpsConsole.Bench;

/// <summary>Areas under the curves of thirty days: from the days' histograms, against sorting all scores of the days.</summary>
internal sealed class AreasBench : IBenchPath
{
    private const int Days = 30;

    public string Name => "areas";

    public async Task RunAsync(Bench bench)
    {
        var count = bench.Size(3_000_000, 500_000);
        var (scores, labels) = Outcomes(count);
        var days = new ScoreHistogram[Days];
        for (var day = 0; day < Days; day++)
        {
            days[day] = new ScoreHistogram();
            for (var i = day; i < count; i += Days)
            {
                days[day].Add(scores[i], labels[i]);
            }
        }

        double roc = 0, precision = 0, sortedRoc = 0;
        await bench.CompareTimesAsync(
            $"ROC and PR area of 30 days, {count / 1e6:0.0} M outcomes",
            "exact sort",
            () => sortedRoc = BySorting(scores, labels).Roc,
            () => (roc, precision) = ByHistograms(days),
            1,
            50);

        double exactRoc = Areas.Roc(scores, labels), exactPrecision = Areas.AveragePrecision(scores, labels);
        bench.Check("the limit's own area is right", Math.Abs(sortedRoc - exactRoc) <= 1e-9, $"off by {Math.Abs(sortedRoc - exactRoc):0.0e0}");
        bench.Check("ROC area within 1e-5", Math.Abs(roc - exactRoc) <= 1e-5, $"off by {Math.Abs(roc - exactRoc):0.0e0}");
        bench.Check("PR area within 1e-4", Math.Abs(precision - exactPrecision) <= 1e-4, $"off by {Math.Abs(precision - exactPrecision):0.0e0}");
    }

    private static (double Roc, double Precision) ByHistograms(ScoreHistogram[] days)
    {
        var all = new ScoreHistogram();
        foreach (var day in days)
        {
            all.Add(day);
        }

        return (all.RocArea(), all.AveragePrecision());
    }

    /// <summary>One sort for both areas; ties, which these scores hardly have, are left in their order.</summary>
    private static (double Roc, double Precision) BySorting(double[] scores, bool[] labels)
    {
        var sorted = (double[])scores.Clone();
        var label = (bool[])labels.Clone();
        Array.Sort(sorted, label);
        double positives = 0, negatives = 0, area = 0, precision = 0;
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            if (label[i])
            {
                positives++;
                precision += positives / (sorted.Length - i);
            }
            else
            {
                negatives++;
                area += positives;
            }
        }

        return (area / positives / negatives, precision / positives);
    }

    /// <summary>Scores as models give them: most parcels are on time, and few scores are far out.</summary>
    private static (double[] Scores, bool[] Labels) Outcomes(int count)
    {
        var random = new Random(1);
        var scores = new double[count];
        var labels = new bool[count];
        for (var i = 0; i < count; i++)
        {
            // The sum of twelve uniform numbers is close to normal.
            var normal = -6.0;
            for (var j = 0; j < 12; j++)
            {
                normal += random.NextDouble();
            }

            scores[i] = Logit.ToProbability(-2.5 + 1.3 * normal);
            labels[i] = random.NextDouble() < scores[i];
        }

        return (scores, labels);
    }
}
