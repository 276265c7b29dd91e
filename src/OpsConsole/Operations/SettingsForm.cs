using OpsConsole.Client;

namespace OpsConsole.Operations;

/// <summary>The settings while somebody edits them, and what would be wrong with them.</summary>
internal sealed class SettingsForm
{
    private readonly OperationsSettings _original;

    /// <param name="original">What is in force.</param>
    /// <param name="version">Its version.</param>
    internal SettingsForm(OperationsSettings original, Guid version)
    {
        (_original, Version) = (original, version);
        Zone = original.ZoneName ?? "";
        GraceMinutes = original.GraceMinutes;
        UnknownAfterDays = original.UnknownAfterDays;
        HoldBackMinutes = original.HoldBackMinutes;
        HoldOutPercent = Math.Round(original.HoldOutShare * 100, 4);
        HoldOutMostValue = original.HoldOutMostValue;
        HoldOutExceptServices = original.HoldOutExceptServices;
        Currency = original.Currency;
        CostMissedDelay = original.CostMissedDelay;
        CostFalseAlarm = original.CostFalseAlarm;
        HandlingMinutes = original.HandlingMinutes;
        WagePerHour = original.WagePerHour;
        NextLookMinutes = original.NextLookMinutes;
        ShiftHours = original.ShiftHours;
        DispatchersOnShift = original.DispatchersOnShift;
        ThresholdNeedsReview = original.ThresholdNeedsReview;
        Actions = [.. Enum.GetValues<JudgementAction>().Where(a => a != JudgementAction.None).Select(a => new ActionRow(a, original.Terms(a), original.TouchingActions.Contains(a)))];
    }

    /// <summary>The version it was made from.</summary>
    internal Guid Version { get; }

    public string? Zone { get; set; }

    public int GraceMinutes { get; set; }

    public int UnknownAfterDays { get; set; }

    public int HoldBackMinutes { get; set; }

    public double HoldOutPercent { get; set; }

    public double HoldOutMostValue { get; set; }

    public string HoldOutExceptServices { get; set; }

    public string Currency { get; set; }

    public double CostMissedDelay { get; set; }

    public double CostFalseAlarm { get; set; }

    public double HandlingMinutes { get; set; }

    public double WagePerHour { get; set; }

    public int NextLookMinutes { get; set; }

    public double ShiftHours { get; set; }

    public double DispatchersOnShift { get; set; }

    public bool ThresholdNeedsReview { get; set; }

    public IReadOnlyList<ActionRow> Actions { get; }

    /// <summary>The settings as they stand in the form.</summary>
    internal OperationsSettings ToSettings() => _original with
    {
        ZoneName = Zone?.Trim() is { Length: > 0 } zone and not "UTC" ? zone : null,
        GraceMinutes = GraceMinutes,
        UnknownAfterDays = UnknownAfterDays,
        HoldBackMinutes = HoldBackMinutes,
        HoldOutShare = HoldOutPercent / 100,
        HoldOutMostValue = HoldOutMostValue,
        HoldOutExceptServices = HoldOutExceptServices.Trim(),
        Currency = Currency.Trim().ToUpperInvariant(),
        CostMissedDelay = CostMissedDelay,
        CostFalseAlarm = CostFalseAlarm,
        HandlingMinutes = HandlingMinutes,
        WagePerHour = WagePerHour,
        NextLookMinutes = NextLookMinutes,
        ShiftHours = ShiftHours,
        DispatchersOnShift = DispatchersOnShift,
        ThresholdNeedsReview = ThresholdNeedsReview,
        TouchingActions = [.. Actions.Where(a => a.Touches).Select(a => a.Action)],
        Actions = new Dictionary<JudgementAction, ActionTerms>(Actions.Select(a => KeyValuePair.Create(a.Action, a.ToTerms())))
        {
            [JudgementAction.None] = new(0, 0, 0),
        },
    };

    /// <summary>An action, as the board says it.</summary>
    internal static string Words(JudgementAction action) => action switch
    {
        JudgementAction.CustomerContacted => "Told customer",
        JudgementAction.Rerouted => "Rerouted",
        JudgementAction.Reprioritised => "Gave priority",
        JudgementAction.PromiseChanged => "Moved promise",
        _ => action.ToString(),
    };

    /// <summary>What an action costs and brings, as edited.</summary>
    internal sealed class ActionRow(JudgementAction action, ActionTerms terms, bool touches)
    {
        public JudgementAction Action => action;

        public string Name => Words(action);

        public double Cost { get; set; } = terms.Cost;

        public double ChancePercent { get; set; } = Math.Round(terms.Chance * 100, 4);

        public int LastUsefulMinutes { get; set; } = terms.LastUsefulMinutes;

        public bool Touches { get; set; } = touches;

        internal ActionTerms ToTerms() => new(Cost, ChancePercent / 100, LastUsefulMinutes);
    }
}
