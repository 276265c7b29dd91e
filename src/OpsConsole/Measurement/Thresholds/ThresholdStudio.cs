using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Measurement.Thresholds;

/// <summary>Answers what a threshold would have done, and what it would do now.</summary>
public sealed class ThresholdStudio(StoreConnections connections, QualityReader quality, BoardEffectReader effects, SettingsStore settings)
{
    /// <summary>How many shipments that would change sides are shown.</summary>
    internal const int Shown = 10;

    private static readonly Statement Flips = new(
        "SELECT COUNT(*) FROM board_rows WHERE state = @p0 AND score >= @p1 AND score < @p2");

    private readonly ScoredDays _days = new(connections, quality);

    /// <summary>Takes a range into memory.</summary>
    internal ThresholdRange Load(QualityAsk ask)
    {
        var current = settings.Current;
        ask = ask with { Lead = current.DefaultLeadMinutes, Threshold = null };
        var measured = ask.Segment is null ? effects.Read(ask)?.ChanceOfHelping : null;
        return new ThresholdRange(_days.Read(ask, new Buckets(current.TimeZone)), current, measured);
    }

    /// <summary>The last shipments of a range that would change sides between two thresholds, and how many there are.</summary>
    internal (IReadOnlyList<CountedShipment> Rows, int Of) Between(QualityAsk ask, double one, double other)
    {
        var (low, high) = (Math.Min(one, other), Math.Max(one, other));
        if (low == high)
            return ([], 0);
        var current = settings.Current;
        var (first, last) = ask.Days(new Buckets(current.TimeZone));
        List<BlockRow> found =
        [
            .. quality.Rows(ask with { Lead = current.DefaultLeadMinutes, Threshold = null, By = Dimension.None }, first, last).Select(r => r.Row)
                .Where(row => row.Standing == LeadStanding.AtRisk && row.Class is OutcomeClass.Late or OutcomeClass.OnTime && row.Score >= low && row.Score < high),
        ];
        return (quality.List(found.OrderByDescending(r => r.Promise).Take(Shown), other, Shown), found.Count);
    }

    /// <summary>How many open shipments would get a flag, or lose theirs, at once.</summary>
    internal int OpenBetween(double one, double other)
    {
        using var connection = connections.OpenReader();
        using var command = Flips.Prepare(connection);
        QualityReader.Set(command, (int)ShipmentState.Open, Math.Min(one, other), Math.Max(one, other));
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
