namespace OpsConsole.Labels;

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
        // The finest groups first, and the wider ones from them: there may be a million rows.
        Sum(untouched, isMissing: false);
        Sum(missing, isMissing: true);
        foreach (var ((_, bin, left, _), (u, m)) in groups.ToArray())
        {
            foreach (var key in Wider(bin, left))
            {
                var (sumU, sumM) = groups.GetValueOrDefault(key);
                groups[key] = (sumU + u, sumM + m);
            }
        }
        var factors = new Dictionary<(int Level, int Bin, int Left, int Area), double>();
        return [.. untouched.Select(FactorOf)];

        void Sum(IReadOnlyList<Row> rows, bool isMissing)
        {
            foreach (var row in rows)
            {
                if (row.Served is null)
                    continue;
                ref var sums = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(groups, KeyOf(row, edges), out _);
                sums = isMissing ? (sums.Untouched, sums.Missing + row.Weight) : (sums.Untouched + row.Weight, sums.Missing);
            }
        }

        double FactorOf(Row row)
        {
            if (row.Served is null)
                return 1;
            var key = KeyOf(row, edges);
            if (!factors.TryGetValue(key, out var factor))
                factors[key] = factor = Math.Min(Most, 1 / Math.Max(Chance(key), heldOutShare));
            return factor;
        }

        double Chance((int Level, int Bin, int Left, int Area) finest)
        {
            var chance = 1.0;
            var first = true;
            foreach (var key in Wider(finest.Bin, finest.Left).Append(finest))
            {
                var (u, m) = groups.GetValueOrDefault(key);
                // From all rows to those of the score, then with as much time left, then of the area.
                chance = first ? (u + m > 0 ? u / (u + m) : 1) : (u + (Hold * chance)) / (u + m + Hold);
                first = false;
            }
            return Math.Max(chance, 1e-9);
        }
    }

    private static IEnumerable<(int Level, int Bin, int Left, int Area)> Wider(int bin, int left) => [(0, 0, 0, 0), (1, bin, 0, 0), (2, bin, left, 0)];

    private static (int Level, int Bin, int Left, int Area) KeyOf(Row row, double[] edges)
    {
        var bin = Array.BinarySearch(edges, row.Served!.Value) is var at && at < 0 ? ~at : at;
        return (3, bin, row.HoursLeft switch { <= 2 => 0, <= 6 => 1, <= 24 => 2, _ => 3 }, row.Area);
    }

    private static double[] Edges(double[] scores)
    {
        Array.Sort(scores);
        return scores.Length == 0 ? [] : [.. Enumerable.Range(1, Bins - 1).Select(k => scores[(int)((long)k * scores.Length / Bins)]).Distinct()];
    }
}
