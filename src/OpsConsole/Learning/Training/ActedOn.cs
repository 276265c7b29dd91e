namespace OpsConsole.Learning;

/// <summary>What acting on cases hid from learning (measurement.md, Learning from acted-on cases).</summary>
/// <param name="HeldOutShipments">Shipments of the rows that were held out: nobody could act on them.</param>
/// <param name="Missing">Rows of the latest fifth whose label is missing, touched and on time, by weight.</param>
/// <param name="HeaviestWeight">The most that one row came to count for, in its own weight.</param>
/// <param name="Deciles">The latest fifth by score, a tenth each, the lowest first.</param>
internal sealed record ActedOn(int HeldOutShipments, double Missing, double HeaviestWeight, IReadOnlyList<MissingDecile> Deciles)
{
    /// <summary>Held-out shipments that make a hold-out.</summary>
    internal const int LeastHeldOut = 30;

    /// <summary>The most that may be missing of a decile above the threshold.</summary>
    internal const double MostMissing = 0.3;

    private const int Tenths = 10;

    /// <summary>Sorts rows with a label and rows without into tenths of equal weight, by score.</summary>
    internal static IReadOnlyList<MissingDecile> DecilesOf(IEnumerable<(double Score, double Weight, bool Missing)> rows, double threshold)
    {
        var sorted = rows.OrderBy(r => r.Score).ToList();
        var total = sorted.Sum(r => r.Weight);
        List<MissingDecile> deciles = [];
        var (at, passed) = (0, 0.0);
        for (var tenth = 1; tenth <= Tenths && at < sorted.Count; tenth++)
        {
            var (from, weight, missing) = (at, 0.0, 0.0);
            while (at < sorted.Count && (tenth == Tenths || passed < total * tenth / Tenths))
            {
                (weight, missing) = (weight + sorted[at].Weight, missing + (sorted[at].Missing ? sorted[at].Weight : 0));
                passed += sorted[at++].Weight;
            }
            if (weight > 0)
                deciles.Add(new(sorted[from].Score, sorted[at - 1].Score, at - from, missing / weight, sorted[at - 1].Score >= threshold));
        }
        return deciles;
    }
}

/// <summary>A tenth of rows by score.</summary>
/// <param name="From">Lowest score.</param>
/// <param name="To">Highest.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Missing">Share of them without a label, since somebody acted and they were on time.</param>
/// <param name="Above">Whether its highest score reaches the threshold.</param>
internal sealed record MissingDecile(double From, double To, int Rows, double Missing, bool Above);
