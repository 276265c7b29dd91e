using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Intake.Import;
using OpsConsole.Operations;
using OpsConsole.Ui;

namespace OpsConsole.Intake.Pages;

/// <summary>What the check of a file found: counts, doubts, leaks, refusals.</summary>
public sealed partial class ReportView
{
    private const int Shown = 30;

    [CascadingParameter]
    private ImportView View { get; set; } = null!;

    [Inject]
    private SettingsStore Settings { get; set; } = null!;

    private QualityReport Report => View.Report!;

    private TimeZoneInfo Zone => View.Mapping?.Zone is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : Settings.Current.TimeZone;

    private IReadOnlyList<(ChipKind Kind, string Chip, string Text)> Findings => ReportWords.Findings(View.Import.Kind, Report);

    private static string Notes(TimeFinding time) => string.Join("; ", new[]
    {
        Said(time.DayOnly, "without a time of day"),
        Said(time.Midnight, "at exactly midnight"),
        Said(time.LeftOut, "in an hour that the clocks left out, taken for the one after"),
        Said(time.Twice, "in an hour that came twice, taken for the later"),
        Said(time.BeforeBooking, "before the booking"),
    }.OfType<string>());

    private static string? Said(long count, string what) => count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}");
}
