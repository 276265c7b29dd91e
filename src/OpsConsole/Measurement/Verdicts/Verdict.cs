using OpsConsole.Operations;

namespace OpsConsole.Measurement.Verdicts;

/// <summary>A figure against the line that the brief draws for it.</summary>
/// <param name="Value">The figure; null: it can't be known.</param>
/// <param name="Low">Lower end of its 95 % interval; null: too few days to say.</param>
/// <param name="High">Upper end.</param>
/// <param name="N">Of how many.</param>
/// <param name="Line">What it must reach, or stay under.</param>
/// <param name="MoreIsBetter">Whether it must reach the line, rather than stay under it.</param>
public sealed record AgainstLine(double? Value, double? Low, double? High, long N, double Line, bool MoreIsBetter)
{
    /// <summary>True: its whole interval is on the good side; false: on the bad one; null: it can't be told.</summary>
    public bool? Holds => Low is not { } low || High is not { } high ? null
        : MoreIsBetter ? (low >= Line ? true : high < Line ? false : null)
        : high <= Line ? true : low > Line ? false : null;

    /// <summary>On which side the figure itself stands; null: it can't be known.</summary>
    public bool? Stands => Value is not { } value ? null : MoreIsBetter ? value >= Line : value <= Line;
}

/// <summary>Good enough or not: one figure of the model and one of the business, each against its line (measurement.md, KPIs).</summary>
/// <param name="Brief">Which figures, and their lines.</param>
/// <param name="Draft">Nobody has written the brief: its lines are a draft's.</param>
/// <param name="Model">The model's.</param>
/// <param name="Business">The business's.</param>
/// <param name="Since">The first settled week since when both stand where they stand now; null: not for a whole week.</param>
/// <param name="Lead">Minutes before the promise at which the model's is read.</param>
public sealed record Verdict(Brief Brief, bool Draft, AgainstLine Model, AgainstLine Business, DateTimeOffset? Since, int Lead)
{
    /// <summary>True: both hold; false: one doesn't; null: it can't be told.</summary>
    public bool? Good => Model.Holds == false || Business.Holds == false ? false : Model.Holds == true && Business.Holds == true ? true : null;
}
