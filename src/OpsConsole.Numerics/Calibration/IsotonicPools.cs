namespace OpsConsole.Numerics.Calibration;

/// <summary>Isotonic regression of groups of rows, drawn towards a Platt line: the pools that <see cref="CalibrationTable"/> puts its knots on.</summary>
internal static class IsotonicPools
{
    /// <summary>Events of the rarer class a group should have, so that its rate says something beside the prior.</summary>
    private const double EventsPerGroup = 20;

    private const int MinGroups = 5;
    private const int MaxGroups = 200;

    /// <summary>Far out, where the line sees one event in millions, the prior must not outweigh any number of real rows.</summary>
    private const double MaxPriorRows = 1000;

    /// <summary>Centre (raw) and calibrated log-odds of each pool, both increasing; empty without rows.</summary>
    public static IReadOnlyList<(double Centre, double LogOdds)> Of(ReadOnlySpan<double> raw, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, Platt platt)
    {
        var pools = new Stack<Pool>();
        foreach (var group in Groups(raw, labels, weights, platt))
        {
            // Pool adjacent violators: whoever is not above the one before joins it.
            var pool = group;
            while (pools.TryPeek(out var before) && before.Rate >= pool.Rate)
            {
                pool = pools.Pop().With(pool);
            }

            pools.Push(pool);
        }

        return [.. pools.Reverse().Select(pool => (pool.Centre, Logit.Of(pool.Rate)))];
    }

    /// <summary>The rows by raw value, cut into groups of equal weight; equal raw values stay together.</summary>
    private static List<Pool> Groups(ReadOnlySpan<double> raw, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights, Platt platt)
    {
        var scale = RowWeights.Scale(raw.Length, labels.Length, weights);
        var order = new int[raw.Length];
        double total = 0, positive = 0;
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            var weight = scale * (weights.IsEmpty ? 1 : weights[i]);
            total += weight;
            positive += labels[i] ? weight : 0;
        }

        raw.ToArray().AsSpan().Sort(order);
        var count = Math.Clamp((int)(Math.Min(positive, total - positive) / EventsPerGroup), MinGroups, MaxGroups);
        var groups = new List<Pool>();
        double sum = 0, sumRaw = 0, sumPositive = 0, passed = 0;
        for (var i = 0; i < order.Length; i++)
        {
            var row = order[i];
            var weight = scale * (weights.IsEmpty ? 1 : weights[row]);
            sum += weight;
            sumRaw += weight * raw[row];
            sumPositive += labels[row] ? weight : 0;
            var last = i == order.Length - 1;
            if (last || (passed + sum >= total * (groups.Count + 1) / count && raw[order[i + 1]] > raw[row]))
            {
                if (sum > 0)
                {
                    groups.Add(Shrunken(sum, sumRaw / sum, sumPositive, platt));
                }

                passed += sum;
                (sum, sumRaw, sumPositive) = (0, 0, 0);
            }
        }

        return groups;
    }

    /// <summary>A group with the prior's rows added at the Platt line's rate: as many as hold <see cref="CalibrationTable.PriorEvents"/> events, up to a bound.</summary>
    private static Pool Shrunken(double weight, double centre, double positive, Platt platt)
    {
        var prior = Logit.ToProbability(Math.Clamp(platt.LogOdds(centre), -CalibrationTable.Bound, CalibrationTable.Bound));
        var rows = Math.Min(MaxPriorRows, CalibrationTable.PriorEvents / Math.Min(prior, 1 - prior));
        return new Pool(weight + rows, centre, (positive + rows * prior) / (weight + rows));
    }

    private readonly record struct Pool(double Weight, double Centre, double Rate)
    {
        public Pool With(Pool next)
        {
            var weight = Weight + next.Weight;
            return new Pool(weight, (Weight * Centre + next.Weight * next.Centre) / weight, (Weight * Rate + next.Weight * next.Rate) / weight);
        }
    }
}
