namespace OpsConsole.Client;

/// <summary>
/// What the board changes, by intention to treat: held-out flagged shipments against all flagged ones that were offered to people, acted on or not.
/// </summary>
public sealed record BoardEffect
{
    /// <summary>Share of late ones among flagged shipments that were held out.</summary>
    public ShareFigure? HeldOutLate { get; init; }

    /// <summary>Share of late ones among flagged shipments that were offered to people.</summary>
    public ShareFigure? OfferedLate { get; init; }

    /// <summary>The former less the latter: late ones averted for each one offered.</summary>
    public double? Averted { get; init; }

    /// <summary>Lower end of its 95 % interval over whole promise days; null with too few.</summary>
    public double? AvertedLow { get; init; }

    /// <summary>Upper end.</summary>
    public double? AvertedHigh { get; init; }

    /// <summary>Promise days.</summary>
    public int Days { get; init; }

    /// <summary>Share of those offered that somebody acted on.</summary>
    public double? ActedOn { get; init; }

    /// <summary>Money saved a week: late ones averted at the cost of a missed delay, less the handling of all that were offered.</summary>
    public double? SavedPerWeek { get; init; }

    /// <summary>Lower end.</summary>
    public double? SavedPerWeekLow { get; init; }

    /// <summary>Upper end.</summary>
    public double? SavedPerWeekHigh { get; init; }

    /// <summary>The chance that an action helps a late one, measured; null: not enough to measure it, and amounts assume the settings'.</summary>
    public double? ChanceOfHelping { get; init; }

    /// <summary>Of the amounts.</summary>
    public string Currency { get; init; } = "";

    /// <summary>What is missing for a comparison, in words; null when nothing is.</summary>
    public string? TooFew { get; init; }
}
