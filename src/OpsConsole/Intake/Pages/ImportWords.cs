using System.Globalization;
using OpsConsole.Intake.Import;
using OpsConsole.Ui;

namespace OpsConsole.Intake.Pages;

/// <summary>How pages speak of files of history.</summary>
internal static class ImportWords
{
    internal static (string Words, ChipKind Kind) State(ImportState state) => state switch
    {
        ImportState.Mapping => ("Columns to assign", ChipKind.Provisional),
        ImportState.CheckWaiting => ("Waits for its check", ChipKind.Plain),
        ImportState.Checking => ("Being checked", ChipKind.Busy),
        ImportState.Checked => ("Checked", ChipKind.Provisional),
        ImportState.Waiting => ("Waits", ChipKind.Plain),
        ImportState.Importing => ("Coming in", ChipKind.Busy),
        ImportState.Done => ("In", ChipKind.Good),
        ImportState.Cancelled => ("Stopped", ChipKind.Warn),
        _ => ("Broke off", ChipKind.Bad),
    };

    internal static string Kind(ImportKind kind) => kind == ImportKind.Deliveries ? "deliveries" : "events";

    internal static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Percent(long part, long of) => of == 0 ? "" : (100.0 * part / of).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    internal static string Size(long bytes) => bytes < 1 << 20
        ? Math.Max(1, bytes >> 10).ToString("N0", CultureInfo.InvariantCulture) + " KiB"
        : (bytes / 1048576.0).ToString("#,##0.#", CultureInfo.InvariantCulture) + " MiB";

    internal static string Separator(char separator) => separator switch
    {
        ';' => "semicolon",
        '\t' => "tab",
        '|' => "|",
        _ => "comma",
    };

    internal static string Time(DateTimeOffset? time, TimeZoneInfo zone) =>
        time is { } moment ? TimeZoneInfo.ConvertTime(moment, zone).ToString("d MMM yyyy HH:mm", CultureInfo.InvariantCulture) : "";
}
