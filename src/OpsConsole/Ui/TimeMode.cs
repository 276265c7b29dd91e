namespace OpsConsole.Ui;

/// <summary>How a moment is told.</summary>
public enum TimeMode
{
    /// <summary>From now: "8 s ago", "in 2 h".</summary>
    Ago,

    /// <summary>By the clock: "14:05", "tomorrow 09:00", "Tue 3 Mar 14:05".</summary>
    Clock,

    /// <summary>What is left until then: "38 min", "2 h 10", "over".</summary>
    Left,

    /// <summary>Day and clock, always: "3 Mar 2026, 14:05".</summary>
    Full,
}
