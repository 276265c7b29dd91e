using OpsConsole.Operations;
using OpsConsole.Ui;

namespace OpsConsole.Intake.Pages;

/// <summary>One step of the set-up, as it stands.</summary>
/// <param name="Name">As the address has it.</param>
/// <param name="Title">As people read it.</param>
/// <param name="Done">Nothing is left to do.</param>
/// <param name="Skipped">Left for later.</param>
internal sealed record SetUpStep(string Name, string Title, bool Done, bool Skipped)
{
    /// <summary>How it stands, in a word.</summary>
    internal string Words => Done ? "Done" : Skipped ? "Later" : "To do";

    /// <summary>The chip's kind.</summary>
    internal ChipKind Kind => Done ? ChipKind.Good : Skipped ? ChipKind.Plain : ChipKind.Busy;
}

/// <summary>The steps in their order, by what the store shows: they can be left, and taken up by somebody else.</summary>
internal static class SetUpSteps
{
    internal const string Zone = "time-zone";
    internal const string Money = "costs";
    internal const string Source = "source";
    internal const string Event = "first-event";
    internal const string Brief = "brief";

    /// <summary>The steps.</summary>
    internal static IReadOnlyList<SetUpStep> Of(SetUpMarks marks, bool key, bool arrived, bool brief)
    {
        SetUpStep Step(string name, string title, bool done) => new(name, title, done, !done && marks.Skipped.Contains(name));
        return
        [
            Step(Zone, "Time zone", marks.Confirmed.Contains(Zone)),
            Step(Money, "Currency and costs", marks.Confirmed.Contains(Money)),
            Step(Source, "A source and its key", key),
            Step(Event, "The first event", arrived),
            Step(Brief, "The brief", brief),
        ];
    }

    /// <summary>The step to open: the one asked for, else the first that is neither done nor skipped; null when there is none.</summary>
    internal static string? Open(IReadOnlyList<SetUpStep> steps, string? asked) =>
        steps.Any(s => s.Name == asked) ? asked : steps.FirstOrDefault(s => s is { Done: false, Skipped: false })?.Name;
}
