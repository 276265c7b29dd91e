namespace OpsConsole.Learning;

/// <summary>
/// What makes up for labels that acting on cases took away (measurement.md, Learning from acted-on cases): a row that nobody touched stands for those
/// like it that were touched and on time, with a weight of 1 over the chance of being untouched, by the score people could see, the time left and the
/// area. Touched and late ones are known to be late and keep their weight.
/// </summary>
internal static class UntouchedWeights
{
    /// <summary>No row counts for more than so many.</summary>
    internal const double Most = 20;

    // In shipments: a group of fewer says little of its own and follows the wider one it lies in.
    private const double Hold = 10;
    private const int Bins = 10;

    /// <summary>One row as far as its chance of being untouched goes.</summary>
    /// <param name="Served">The score that people could see; null where none was: then nobody could act on it.</param>
    /// <param name="HoursLeft">Hours to the counted promise.</param>
    /// <param name="Area">Area of destination.</param>
    /// <param name="Weight">Of the row.</param>
    internal readonly record struct Row(double? Served, double HoursLeft, int Area, double Weight);

    /// <summary>The factor of each row that nobody touched.</summary>
    /// <param name="untouched">Rows that nobody touched, held-out ones too.</param>
    /// <param name="missing">Rows touched and on time.</param>
    /// <param name="heldOutShare">The share of the shipments served that was held out: no chance of being untouched is smaller.</param>
    internal static double[] Of(IReadOnlyList<Row> untouched, IReadOnlyList<Row> missing, double heldOutShare)
    {
        var edges = Edges([.. untouched.Concat(missing).Where(r => r.Served is not null).Select(r => r.Served!.Value)]);
        var groups = new Dictionary<(int Level, int Bin, int Left, int Area), (double Untouched, double Missing)>();
        foreach (var (rows, isMissing) in new[] { (untouched, false), (missing, true) })
        {
            foreach (var row in rows)
            {
                if (row.Served is null)
                    continue;
                foreach (var key in KeysOf(row, edges))
                {
                    var (u, m) = groups.GetValueOrDefault(key);
                    groups[key] = isMissing ? (u, m + row.Weight) : (u + row.Weight, m);
                }
            }
        }
        return [.. untouched.Select(row => row.Served is null ? 1 : Math.Min(Most, 1 / Math.Max(Chance(row), heldOutShare)))];

        double Chance(Row row)
        {
            var chance = 1.0;
            var first = true;
            foreach (var key in KeysOf(row, edges))
            {
                var (u, m) = groups.GetValueOrDefault(key);
                // From all rows to those of the score, then with as much time left, then of the area.
                chance = first ? (u + m > 0 ? u / (u + m) : 1) : (u + (Hold * chance)) / (u + m + Hold);
                first = false;
            }
            return Math.Max(chance, 1e-9);
        }
    }

    private static IEnumerable<(int Level, int Bin, int Left, int Area)> KeysOf(Row row, double[] edges)
    {
        var bin = Array.BinarySearch(edges, row.Served!.Value) is var at && at < 0 ? ~at : at;
        var left = row.HoursLeft switch { <= 2 => 0, <= 6 => 1, <= 24 => 2, _ => 3 };
        return [(0, 0, 0, 0), (1, bin, 0, 0), (2, bin, left, 0), (3, bin, left, row.Area)];
    }

    private static double[] Edges(double[] scores)
    {
        Array.Sort(scores);
        return scores.Length == 0 ? [] : [.. Enumerable.Range(1, Bins - 1).Select(k => scores[(int)((long)k * scores.Length / Bins)]).Distinct()];
    }
}
