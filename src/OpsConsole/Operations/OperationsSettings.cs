using OpsConsole.Client;

namespace OpsConsole.Operations;

/// <summary>
/// What the operation has set, as one snapshot. Changed on the settings page while the product runs, except for what the configuration
/// holds (<see cref="TimeZone"/>, <see cref="DefaultLeadMinutes"/>, <see cref="ReportingLagMinutes"/>).
/// </summary>
public sealed record OperationsSettings
{
    /// <summary>Days, weeks, calendar features and quiet hours: <c>Operations:TimeZone</c>, or <see cref="ZoneName"/> where that says nothing but UTC.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The IANA name of the zone that was chosen while the product runs; null: none.</summary>
    public string? ZoneName { get; init; }

    /// <summary><c>Operations:DefaultLeadMinutes</c>: the lead figures are shown at unless asked otherwise; of the lead grid.</summary>
    public int DefaultLeadMinutes { get; init; } = 240;

    /// <summary><c>Operations:ReportingLagMinutes</c>: how late outcomes may be reported, 0 to 10,080.</summary>
    public int ReportingLagMinutes { get; init; } = 15;

    /// <summary>Late is later than the promise plus this, 0 to 1,440 minutes.</summary>
    public int GraceMinutes { get; init; }

    /// <summary>Undelivered this long after the promise, and not seen since: unknown; 1 to 90 days.</summary>
    public int UnknownAfterDays { get; init; } = 14;

    /// <summary>Actions that can change the outcome, so that what was on time after them has no truth.</summary>
    public IReadOnlyCollection<JudgementAction> TouchingActions { get; init; } = [.. Enum.GetValues<JudgementAction>().Where(a => a != JudgementAction.None)];

    /// <summary>How long a flag must stand before it opens a case, 0 to 240 minutes.</summary>
    public int HoldBackMinutes { get; init; }

    /// <summary>Share of shipments held out from the board to measure its effect, 0 to 0.5.</summary>
    public double HoldOutShare { get; init; }

    /// <summary>Shipments of a declared value above this are never held out; 0: whatever their value.</summary>
    public double HoldOutMostValue { get; init; }

    /// <summary>Services whose shipments are never held out, parted by commas.</summary>
    public string HoldOutExceptServices { get; init; } = "";

    /// <summary>Whether a shipment may be held out at all.</summary>
    public bool MayHoldOut(string service, double? declaredValue) =>
        !(HoldOutMostValue > 0 && declaredValue > HoldOutMostValue)
        && !HoldOutExceptServices.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Contains(service, StringComparer.OrdinalIgnoreCase);

    /// <summary>Of all amounts; ISO 4217.</summary>
    public string Currency { get; init; } = "EUR";

    /// <summary>What a missed delay costs.</summary>
    public double CostMissedDelay { get; init; } = 12;

    /// <summary>What a false alarm costs that a customer was told of.</summary>
    public double CostFalseAlarm { get; init; } = 1.5;

    /// <summary>Minutes a person needs for a case.</summary>
    public double HandlingMinutes { get; init; } = 3;

    /// <summary>What an hour of that person costs.</summary>
    public double WagePerHour { get; init; } = 18;

    /// <summary>Hours of a shift, 1 to 24.</summary>
    public double ShiftHours { get; init; } = 8;

    /// <summary>People on a shift who answer cases, 0 to 10,000; 0: it isn't said, and no capacity is drawn.</summary>
    public double DispatchersOnShift { get; init; } = 1;

    /// <summary>Whether a proposed threshold must be applied by somebody else than who proposed it.</summary>
    public bool ThresholdNeedsReview { get; init; } = true;

    /// <summary>Minutes until the dispatcher looks again: what waiting means.</summary>
    public int NextLookMinutes { get; init; } = 15;

    /// <summary>What is assumed of each action.</summary>
    public IReadOnlyDictionary<JudgementAction, ActionTerms> Actions { get; init; } = new Dictionary<JudgementAction, ActionTerms>
    {
        [JudgementAction.None] = new(0, 0, 0),
        [JudgementAction.CustomerContacted] = new(0.4, 0.5, 30),
        [JudgementAction.Rerouted] = new(3, 0.45, 240),
        [JudgementAction.Reprioritised] = new(1, 0.35, 120),
        [JudgementAction.PromiseChanged] = new(0.4, 0.3, 60),
        [JudgementAction.Other] = new(1, 0.2, 60),
    };

    /// <summary>What handling one case costs.</summary>
    public double HandlingCost => HandlingMinutes / 60 * WagePerHour;

    /// <summary>The terms of an action.</summary>
    public ActionTerms Terms(JudgementAction action) => Actions.TryGetValue(action, out var terms) ? terms : new(0, 0, 0);

    /// <summary>What is wrong with these settings, by setting, in words; empty when nothing is.</summary>
    public IReadOnlyDictionary<string, string> Problems()
    {
        var problems = new Dictionary<string, string>(StringComparer.Ordinal);
        void Range(string name, double value, double low, double high)
        {
            if (!(value >= low && value <= high))
                problems[name] = FormattableString.Invariant($"must be {low:0.##} to {high:0.##}");
        }
        Range(nameof(GraceMinutes), GraceMinutes, 0, 1440);
        Range(nameof(UnknownAfterDays), UnknownAfterDays, 1, 90);
        Range(nameof(HoldBackMinutes), HoldBackMinutes, 0, 240);
        Range(nameof(HoldOutShare), HoldOutShare, 0, 0.5);
        Range(nameof(HoldOutMostValue), HoldOutMostValue, 0, 1e9);
        if (HoldOutExceptServices.Length > 1000 || HoldOutExceptServices.Any(char.IsControl))
            problems[nameof(HoldOutExceptServices)] = "must be up to 1,000 characters: services parted by commas";
        Range(nameof(CostMissedDelay), CostMissedDelay, 0, 1e6);
        Range(nameof(CostFalseAlarm), CostFalseAlarm, 0, 1e6);
        Range(nameof(HandlingMinutes), HandlingMinutes, 0.1, 240);
        Range(nameof(WagePerHour), WagePerHour, 0, 1e5);
        Range(nameof(ShiftHours), ShiftHours, 1, 24);
        Range(nameof(DispatchersOnShift), DispatchersOnShift, 0, 10_000);
        Range(nameof(NextLookMinutes), NextLookMinutes, 1, 240);
        foreach (var (action, terms) in Actions)
        {
            Range($"{action} cost", terms.Cost, 0, 1e5);
            Range($"{action} chance", terms.Chance, 0, 1);
            Range($"{action} last useful moment", terms.LastUsefulMinutes, 0, 2880);
        }
        if (ZoneName is not null && !IsZone(ZoneName))
            problems["Time zone"] = "must be the IANA name of a time zone, such as Europe/London";
        if (Currency.Length != 3 || !Currency.All(char.IsAsciiLetterUpper))
            problems[nameof(Currency)] = "must be a currency of three letters, such as EUR";
        return problems;
    }

    /// <summary>Whether there is a time zone of that IANA name.</summary>
    internal static bool IsZone(string name) =>
        name == "UTC" || (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId && zone.Id == name);
}

/// <summary>What is assumed of an action until a hold-out measures it.</summary>
/// <param name="Cost">What taking it costs, handling not included.</param>
/// <param name="Chance">The chance that it saves a parcel that would be late, taken in time; 0 to 1.</param>
/// <param name="LastUsefulMinutes">How many minutes before the promise it can help at the latest.</param>
public sealed record ActionTerms(double Cost, double Chance, int LastUsefulMinutes);
