using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Numerics.Statistics;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>
/// What the board changes, by intention to treat (measurement.md, Hold-out): of those flagged at the default lead, how many of the held-out ones came
/// late, and how many of those that were offered to people, acted on or not. Only shipments that were drawn for it count, by the chance of the day they
/// were registered: chance alone decided which was which.
/// </summary>
public sealed class BoardEffectReader(StoreConnections connections, SettingsStore settings)
{
    /// <summary>With fewer promise days nothing is compared.</summary>
    internal const int LeastDays = 28;

    /// <summary>With fewer flagged ones on either side nothing is measured.</summary>
    internal const int LeastFlagged = 30;

    private static readonly Statement Anything = new(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM tallies WHERE held_out = @p0 AND history = @p1 AND day >= @p2 AND day <= @p3) THEN 1 ELSE 0 END");
    private static readonly Statement Rows = new(
        """
        SELECT t.day, t.promise, t.simulated, t.held_out, t.class, t.touched, t.leads, s.hold_out_chance
        FROM tallies t JOIN shipments s ON s."key" = t.shipment_key
        WHERE t.history = @p0 AND t.class IN (@p1, @p2) AND t.day >= @p3 AND t.day <= @p4 AND s.hold_out_chance IS NOT NULL
        """);

    /// <summary>Flagged shipments of a day on one side. Each weighs one over the chance with which it came to be there.</summary>
    private sealed class Side
    {
        internal long Count { get; private set; }

        internal double Weight { get; private set; }

        internal double Late { get; private set; }

        internal double Touched { get; private set; }

        internal void Add(double weight, bool late, bool touched) => (Count, Weight, Late, Touched) =
            (Count + 1, Weight + weight, Late + (late ? weight : 0), Touched + (touched ? weight : 0));
    }

    private sealed record Day(Side HeldOut, Side Offered);

    /// <summary>The effect in a range; null where nothing was held out: then it can't be known.</summary>
    public BoardEffect? Read(QualityAsk ask)
    {
        var current = settings.Current;
        var buckets = new Buckets(current.TimeZone);
        if (ask.From >= ask.To)
            return null;
        var (first, last) = (ask.From is { } from ? buckets.DayOf(from) : 0, ask.To is { } to ? buckets.DayOf(to.AddTicks(-1)) : DateOnly.MaxValue.DayNumber);
        using var connection = connections.OpenReader();
        using (var anything = Anything.Prepare(connection))
        {
            QualityReader.Set(anything, 1, 0, first, last);
            if (Convert.ToInt32(anything.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) == 0)
                return null;
        }
        var days = new SortedDictionary<int, Day>();
        using var command = Rows.Prepare(connection);
        QualityReader.Set(command, 0, (int)OutcomeClass.Late, (int)OutcomeClass.OnTime, first, last);
        using var row = command.ExecuteReader();
        var index = LeadGrid.IndexOf(current.DefaultLeadMinutes);
        while (row.Read())
        {
            if (!ask.Counts(QualityReader.Flag(row, 2)) || !ask.Holds(new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero)))
                continue;
            var lead = LeadTally.Unpack((byte[])row.GetValue(6), index);
            if (lead.Standing != LeadStanding.AtRisk || !lead.FlaggedAt(null))
                continue;
            if (!days.TryGetValue(row.GetInt32(0), out var day))
                days[row.GetInt32(0)] = day = new Day(new Side(), new Side());
            var (heldOut, chance) = (QualityReader.Flag(row, 3), row.GetDouble(7));
            (heldOut ? day.HeldOut : day.Offered).Add(1 / (heldOut ? chance : 1 - chance), (OutcomeClass)row.GetInt32(4) == OutcomeClass.Late, QualityReader.Flag(row, 5));
        }
        return Of([.. days.Values], days.Count == 0 ? 0 : days.Keys.Last() - days.Keys.First() + 1, current);
    }

    private static BoardEffect Of(List<Day> days, int span, OperationsSettings settings)
    {
        var (held, offered) = (ShareOf(days, d => d.HeldOut), ShareOf(days, d => d.Offered));
        double? averted = held is not null && offered is not null ? held.Value - offered.Value : null;
        var (heldCount, offeredCount) = (held?.N ?? 0, offered?.N ?? 0);
        var enough = days.Count >= LeastDays && heldCount >= LeastFlagged && offeredCount >= LeastFlagged;
        var interval = enough ? ClusterBootstrap.Of(days, Difference) : null;
        var touched = offeredCount > 0 ? days.Sum(d => d.Offered.Touched) / days.Sum(d => d.Offered.Weight) : (double?)null;
        var perWeek = span > 0 ? offeredCount * 7.0 / span : 0;
        double Saved(double share) => perWeek * ((share * settings.CostMissedDelay) - settings.HandlingCost);
        return new BoardEffect
        {
            HeldOutLate = held,
            OfferedLate = offered,
            Averted = averted,
            AvertedLow = interval?.Low,
            AvertedHigh = interval?.High,
            Days = days.Count,
            ActedOn = touched,
            SavedPerWeek = averted is { } share && interval is not null ? Saved(share) : null,
            SavedPerWeekLow = interval is { Low: var low } ? Saved(low) : null,
            SavedPerWeekHigh = interval is { High: var high } ? Saved(high) : null,
            // Of the late ones that were acted on: the effect is thinned by those nobody acted on, and only late ones can be helped.
            ChanceOfHelping = interval is not null && touched > 0 && held!.Value > 0 ? Math.Clamp(averted!.Value / touched.Value / held.Value, 0, 1) : null,
            Currency = settings.Currency,
            TooFew = enough ? null : FormattableString.Invariant(
                $"too few to compare: {days.Count} promise days of {LeastDays}, {heldCount} held-out and {offeredCount} offered flagged shipments of {LeastFlagged} each"),
        };
    }

    private static ShareFigure? ShareOf(List<Day> days, Func<Day, Side> side)
    {
        var (count, weight, late) = (days.Sum(d => side(d).Count), days.Sum(d => side(d).Weight), days.Sum(d => side(d).Late));
        if (count == 0)
            return null;
        var effect = Proportion.DesignEffect(days.Select(d => (side(d).Weight > 0 ? side(d).Late / side(d).Weight * side(d).Count : 0, (double)side(d).Count)));
        var interval = Proportion.Wilson(Math.Min(count, late / weight * count), count, effect);
        return new ShareFigure(late / weight, interval.Low, interval.High, count);
    }

    private static double Difference(IReadOnlyList<Day> days, int[] times)
    {
        var (held, heldLate, offered, offeredLate) = (0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < times.Length; i++)
        {
            (held, heldLate) = (held + (times[i] * days[i].HeldOut.Weight), heldLate + (times[i] * days[i].HeldOut.Late));
            (offered, offeredLate) = (offered + (times[i] * days[i].Offered.Weight), offeredLate + (times[i] * days[i].Offered.Late));
        }
        return held > 0 && offered > 0 ? (heldLate / held) - (offeredLate / offered) : double.NaN;
    }
}
