namespace OpsConsole.Ui;

/// <summary>What kind of state a chip tells.</summary>
public enum ChipKind
{
    /// <summary>Neither good nor bad: a dot.</summary>
    Plain,

    /// <summary>As it should be: a ring.</summary>
    Good,

    /// <summary>Late, wrong, failed: a filled triangle.</summary>
    Bad,

    /// <summary>Needs a look: a diamond.</summary>
    Warn,

    /// <summary>In somebody's hands, or running: a half circle.</summary>
    Busy,

    /// <summary>Not settled yet: a hollow, dashed ring.</summary>
    Provisional,
}
