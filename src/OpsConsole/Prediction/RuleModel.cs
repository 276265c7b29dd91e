namespace OpsConsole.Prediction;

/// <summary>
/// What can be said without any data: the time a parcel still needs, by stage and distance, held against the hours left. At hand-over in a network
/// of days or weeks it needs 48 h and 0.15 h a km, the reference rule on real deliveries.
/// <para>
/// How quick a network is shows in what it promises: with a window under <see cref="SlowWindowHours"/> all hours shrink with the window, so that the
/// same rule holds for a courier of the same day, of the next day and for parcels of weeks. The last mile shrinks less: it counts in hours in any
/// network.
/// </para>
/// <para>
/// The delay is taken to be logistic around what is needed less what is left, so probability, median and interval are of one piece:
/// P(late) = 1 / (1 + e^(−median / scale)), and 80 % lie within ± ln 9 × scale.
/// </para>
/// </summary>
internal sealed class RuleModel(string version) : IModel
{
    /// <summary>From this window on, in hours, a network is as slow as the reference rule has it.</summary>
    internal const double SlowWindowHours = 120;

    // Below this the window says nothing (an hour's promise, or none that makes sense).
    private const double LeastPace = 1.0 / 60;
    private const double HoursPerKm = 0.15;
    private const double TypicalKm = 300;

    // By stage up to the last, at the pace of a slow network: hours needed from reaching it, spread in hours, and hours that never pass by waiting,
    // beside the last mile.
    private static readonly (double Hours, double Spread, double Still)[] Stages =
    [
        (60, 34, 22), // booked: first it must be handed over
        (54, 32, 18), // accepted
        (48, 30, 8),  // collected: the reference
        (32, 24, 0),  // at facilities
    ];

    // Share of the distance still ahead.
    private static readonly double[] Ways = [1, 1, 1, 0.6, 0];

    private static (double Hours, double Spread, double Still) Reference => Stages[(int)Stage.Collected];

    public string Version => version;

    public ModelSchema Schema => ModelSchema.Base;

    public void Score(ReadOnlySpan<FeatureRow> rows, Span<ModelScore> scores)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var terms = Terms.Of(rows[i]);
            var raw = terms.Raw;
            var (median, width) = (terms.MedianHours * 60, Math.Log(9) * terms.Scale * 60);
            scores[i] = ModelScore.Of(rows[i], raw, 1 / (1 + Math.Exp(-raw)), median, median - width, median + width);
        }
    }

    public Explanation Explain(FeatureRow row)
    {
        var terms = Terms.Of(row);
        return Explanation.Of(terms.Baseline, [.. terms.Parts.Select(p => new FeatureContribution(p.Feature, row[p.Feature], p.Hours / terms.Scale))], terms.Raw);
    }

    /// <summary>Median of the delay in hours, as the rule has it.</summary>
    internal static double MedianDelayHours(FeatureRow row) => Terms.Of(row).MedianHours;

    /// <summary>Half of the 80 % interval in minutes, as the rule has it.</summary>
    internal static double WidthMinutes(FeatureRow row) => Math.Log(9) * Terms.Of(row).Scale * 60;

    /// <summary>The median delay as a sum of parts, each an amount of hours against a typical shipment's.</summary>
    private readonly record struct Terms((string Feature, double Hours)[] Parts, double TypicalHours, double Scale)
    {
        internal double MedianHours => TypicalHours + Parts.Sum(p => p.Hours);

        internal double Baseline => TypicalHours / Scale;

        internal double Raw => MedianHours / Scale;

        internal static Terms Of(FeatureRow row)
        {
            var stage = (Stage)(int)Math.Clamp(row.Number("stage") ?? 0, 0, 4);
            var pace = Math.Clamp((row.Number("windowHours") ?? SlowWindowHours) / SlowWindowHours, LeastPace, 1);
            var km = row.Number("distanceKm") ?? TypicalKm;
            var way = Ways[(int)stage] * HoursPerKm * km * pace;
            var need = stage == Stage.OutForDelivery ? Need.AtTheDoor(pace) : Need.OnTheWay(Stages[(int)stage], pace, way);
            var waited = Math.Min(Math.Max(row.Number("hoursInStage") ?? 0, 0), need.Hours - need.Least);
            var halt = 24 * Math.Clamp(pace, 0.1, 0.35);
            var (typicalNeed, typicalWay, typicalLeft) = (Reference.Hours * pace, HoursPerKm * TypicalKm * pace, SlowWindowHours * pace);
            return new(
                [
                    ("stage", need.Hours - way - typicalNeed),
                    ("distanceKm", way - typicalWay),
                    ("hoursInStage", -waited),
                    ("exceptions", halt * Math.Min(row.Number("exceptions") ?? 0, 3) / 2),
                    ("attempts", halt * Math.Min(row.Number("attempts") ?? 0, 3)),
                    ("hoursLeftCounted", typicalLeft - (row.Number("hoursLeftCounted") ?? typicalLeft)),
                ],
                typicalNeed + typicalWay - typicalLeft,
                need.Spread(waited));
        }
    }

    /// <summary>What a stage needs: hours from reaching it, the least that is left however long it has waited, and the spread at either.</summary>
    private readonly record struct Need(double Hours, double Least, double Wide, double Narrow)
    {
        // Couriers plan parcels to the promise, so waiting is no sign until little more than the last mile is left.
        internal static Need OnTheWay((double Hours, double Spread, double Still) stage, double pace, double way)
        {
            var hours = (stage.Hours * pace) + way;
            var mile = 0.6 + (6 * Math.Min(pace, 0.25)) + (2 * Math.Max(pace - 0.25, 0)) + (stage.Still * pace);
            var least = Math.Min(Math.Max(mile, 0.4 * pace * pace * hours), hours);
            // A quick network is also the more regular one.
            var wide = stage.Spread * pace * (0.6 + (0.4 * pace));
            return new(hours, least, wide, Math.Min(wide, 0.35 + (0.4 * least)));
        }

        internal static Need AtTheDoor(double pace)
        {
            var slow = Math.Max(pace - 0.4, 0) / 0.6;
            return new(1.2 + (2.8 * slow), 0.35 + (0.85 * slow), 0.7 + (1.3 * slow), 0.5 + (0.5 * slow));
        }

        internal double Spread(double waited) =>
            Hours > Least ? Math.Max(Narrow, Narrow + ((Wide - Narrow) * (Hours - waited - Least) / (Hours - Least))) : Math.Max(Narrow, Wide);
    }
}
