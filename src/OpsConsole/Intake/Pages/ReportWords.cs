using System.Globalization;
using OpsConsole.Intake.Import;
using OpsConsole.Ui;

namespace OpsConsole.Intake.Pages;

/// <summary>What stands out in a check, in sentences, each with its count.</summary>
internal static class ReportWords
{
    private const int FewDeliveries = 1_000;

    /// <summary>What stands out, what matters most first.</summary>
    internal static IReadOnlyList<(ChipKind Kind, string Chip, string Text)> Findings(ImportKind kind, QualityReport report)
    {
        List<(ChipKind, string, string)> found = [];
        void Say(bool when, ChipKind chip, string word, FormattableString text)
        {
            if (when)
                found.Add((chip, word, text.ToString(CultureInfo.InvariantCulture)));
        }
        if (kind == ImportKind.Deliveries)
        {
            Say(report.Delivered == 0, ChipKind.Bad, "No outcome", $"No row says when it was delivered. Nothing can be learned from it until events bring that.");
            Say(report.Delivered is > 0 and < FewDeliveries, ChipKind.Warn, "Few rows", $"{report.Delivered:N0} deliveries are few to train on; some thousands are better.");
            Say(report.Delivered >= FewDeliveries && report.Late == 0, ChipKind.Bad, "None late", $"None of {report.Delivered:N0} deliveries is late. Is the promise the right column, and are both in the same time zone?");
            Say(report.Delivered > 0 && report.Late > 0.5 * report.Delivered, ChipKind.Warn, "Most late", $"{report.Late:N0} of {report.Delivered:N0} deliveries are late. Is the promise the right column, in the right order of day and month?");
            Say(report.FarOff > 0, ChipKind.Warn, "Far off", $"{report.FarOff:N0} deliveries lie more than 60 days from their promise.");
            Say(report.NoEnd > 0, ChipKind.Plain, "No end", $"{report.NoEnd:N0} rows were promised in the past and never ended; their outcome is unknown, and they teach nothing.");
            Say(report.RepeatedIds > 0, ChipKind.Warn, "Ids twice", $"{report.RepeatedIds:N0} rows have the id of an earlier row: the same again is harmless, another content amends the one before. Is the id one a delivery?");
            Say(report.AreasWithoutCoordinates > 0, ChipKind.Plain, "No coordinates", $"{report.AreasWithoutCoordinates:N0} of {report.Areas:N0} areas have no coordinates; without them, or a distance, the model doesn't know how far it is.");
        }
        foreach (var time in report.Times)
        {
            Say(time.BeforeBooking > 0, ChipKind.Warn, "Before booking", $"{time.Words}: {time.BeforeBooking:N0} of {time.Count:N0} lie before the booking.");
            Say(time.Count >= 100 && time.Night > 0.25 * (time.Count - time.Midnight - time.DayOnly) && time.Count - time.Midnight - time.DayOnly > 50, ChipKind.Warn, "Odd hours",
                $"{time.Words}: {time.Night:N0} of {time.Count:N0} lie between midnight and five. Is the time zone right?");
            Say(time.Midnight > 0.9 * time.Count && time.Count >= 100, ChipKind.Plain, "Midnights",
                $"{time.Words}: {time.Midnight:N0} of {time.Count:N0} are exactly midnight, so probably only days.{(time.Field == "promisedBy" ? " A promise at 00:00 has passed when its day begins." : "")}");
            Say(time.LeftOut > 0, ChipKind.Warn, "No such hour", $"{time.Words}: {time.LeftOut:N0} lie in an hour that the clocks left out in spring. Is the time zone right?");
        }
        return found;
    }
}
