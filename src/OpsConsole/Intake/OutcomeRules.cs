using OpsConsole.Operations;

namespace OpsConsole.Intake;

/// <summary>The settings that decide what counts as late (measurement.md, Late).</summary>
/// <param name="Grace">A delivery up to this long after the promise is on time.</param>
/// <param name="UnknownAfter">Undelivered and unheard of for this long after promise plus grace: unknown, since a lost scan is not a late parcel.</param>
/// <param name="ReportingLag">Until this long after promise plus grace a shipment is pending, whatever is known of it.</param>
/// <param name="AttemptDelivers">A delivery attempt counts as the delivery.</param>
public sealed record OutcomeRules(TimeSpan Grace, TimeSpan UnknownAfter, TimeSpan ReportingLag, bool AttemptDelivers = false)
{
    /// <summary>No grace, 14 days, a quarter of an hour.</summary>
    public static OutcomeRules Default { get; } = new(TimeSpan.Zero, TimeSpan.FromDays(14), TimeSpan.FromMinutes(15));

    /// <summary>The rules that the settings say.</summary>
    /// <param name="settings">The operation's settings.</param>
    /// <param name="sourceLagMinutes">The source's own reporting lag, if it has one (<see cref="Access.Source.ReportingLagMinutes"/>); the later counts.</param>
    public static OutcomeRules Of(OperationsSettings settings, int? sourceLagMinutes = null) => new(
        TimeSpan.FromMinutes(settings.GraceMinutes),
        TimeSpan.FromDays(settings.UnknownAfterDays),
        TimeSpan.FromMinutes(Math.Max(settings.ReportingLagMinutes, sourceLagMinutes ?? 0)));
}

/// <summary>What a shipment is in a figure.</summary>
public enum OutcomeClass
{
    /// <summary>Promise plus grace plus reporting lag has not passed.</summary>
    Pending,

    /// <summary>Delivered after promise plus grace, or not delivered by then.</summary>
    Late,

    /// <summary>Delivered by promise plus grace.</summary>
    OnTime,

    /// <summary>Never heard of again.</summary>
    Unknown,

    /// <summary>Returned or cancelled by promise plus grace.</summary>
    Excluded,
}

/// <summary>How a shipment ended, as far as it is known at one moment.</summary>
/// <param name="Class">Its class in the cohort; pending until the reporting lag has passed.</param>
/// <param name="Truth">The class without regard to the lag: pending only while it is open and its promise has not passed.</param>
/// <param name="DelayMinutes">Delivered − counted promise in minutes, signed; null while undelivered.</param>
/// <param name="At">When it was decided: the delivery, return or cancellation, or promise plus grace passing; null while pending.</param>
/// <param name="PromiseCounted">The promise it was held against.</param>
/// <param name="TerminalReceivedAt">Time received of the terminal event that counts; null without one.</param>
/// <param name="NextChangeAt">The next moment at which time alone may change it; null when none.</param>
public sealed record Outcome(
    OutcomeClass Class,
    OutcomeClass Truth,
    double? DelayMinutes,
    DateTimeOffset? At,
    DateTimeOffset PromiseCounted,
    DateTimeOffset? TerminalReceivedAt,
    DateTimeOffset? NextChangeAt)
{
    /// <summary>Late or on time; null where it is neither.</summary>
    public bool? Late => Truth switch { OutcomeClass.Late => true, OutcomeClass.OnTime => false, _ => null };
}
