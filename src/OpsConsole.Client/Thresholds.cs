namespace OpsConsole.Client;

/// <summary>What a threshold would have done in a range, at the default lead, had it been in force throughout (measurement.md, Money).</summary>
public sealed record ThresholdFigures
{
    /// <summary>The threshold, a multiple of 0.001.</summary>
    public double Threshold { get; init; }

    /// <summary>Shipments at risk: late and on time, registered and open at the lead.</summary>
    public long AtRisk { get; init; }

    /// <summary>Flagged and late.</summary>
    public long Tp { get; init; }

    /// <summary>Flagged, on time, untouched.</summary>
    public long Fp { get; init; }

    /// <summary>Late, not flagged.</summary>
    public long Fn { get; init; }

    /// <summary>On time, untouched, not flagged.</summary>
    public long Tn { get; init; }

    /// <summary>Flagged, touched, on time: averted or false, nobody knows.</summary>
    public long AvertedOrFalse { get; init; }

    /// <summary>Not flagged, touched, on time.</summary>
    public long TouchedOnTime { get; init; }

    /// <summary>Flags: TP + FP + A.</summary>
    public long Flags { get; init; }

    /// <summary>Flags a shift, over all shifts of the range's days.</summary>
    public double FlagsPerShift { get; init; }

    /// <summary>Late ones not flagged, a week.</summary>
    public double MissedPerWeek { get; init; }

    /// <summary>Of 1,000 shipments at risk, those that a customer would be told of for nothing (FP), if every flag were told.</summary>
    public double NeedlessPer1000 { get; init; }

    /// <summary>Hours of handling a week.</summary>
    public double HoursPerWeek { get; init; }

    /// <summary>Cost of errors a week: FN × missed + TP × (1 − chance) × missed + FP × false alarm + flags × (handling + action).</summary>
    public double CostPerWeek { get; init; }

    /// <summary>The least it can have been, whatever would have become of the touched ones.</summary>
    public double CostPerWeekLow { get; init; }

    /// <summary>The most it can have been.</summary>
    public double CostPerWeekHigh { get; init; }
}

/// <summary>Two thresholds held against each other on the same shipments.</summary>
public sealed record ThresholdAnswer
{
    /// <summary>Minutes before the promise at which scores were held against it.</summary>
    public int Lead { get; init; }

    /// <summary>Promise days counted.</summary>
    public int Days { get; init; }

    /// <summary>Of all amounts.</summary>
    public required string Currency { get; init; }

    /// <summary>Whether the chance that an action helps is measured by a hold-out; else the settings' is assumed.</summary>
    public bool ChanceMeasured { get; init; }

    /// <summary>The chance that an action helps.</summary>
    public double ChanceOfHelping { get; init; }

    /// <summary>The threshold in force.</summary>
    public required ThresholdFigures Now { get; init; }

    /// <summary>The threshold asked for.</summary>
    public required ThresholdFigures Then { get; init; }

    /// <summary>Then − now, in cost a week; less is better.</summary>
    public double CostDifference { get; init; }

    /// <summary>
    /// Lower end of what the difference can be: whole promise days drawn again, and the touched ones counted either way; null under 28 days.
    /// </summary>
    public double? CostDifferenceLow { get; init; }

    /// <summary>Upper end of it.</summary>
    public double? CostDifferenceHigh { get; init; }

    /// <summary>The threshold of the least cost in this range; chance has a part in it.</summary>
    public double Cheapest { get; init; }

    /// <summary>The lowest threshold whose flags a shift can answer; null when none, or no capacity is set.</summary>
    public double? WithinCapacity { get; init; }

    /// <summary>What a shift can answer; null when nobody is set to be on shift.</summary>
    public double? CapacityPerShift { get; init; }
}
