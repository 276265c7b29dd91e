using System.Globalization;
using OpsConsole.Intake.Feeds;
using OpsConsole.Ui;

namespace OpsConsole.Intake.Pages;

/// <summary>How the pages of sources say things.</summary>
internal static class SourceWords
{
    internal static string Uri(string source) => "/sources/" + System.Uri.EscapeDataString(source);

    internal static string State(IReadOnlyList<SilentFeed> down, DateTimeOffset? last) =>
        down.Any(f => f.Facility.Length == 0) ? "Down" : down.Count > 0 ? "Partly down" : last is null ? "Nothing yet" : "Sends";

    internal static ChipKind Kind(IReadOnlyList<SilentFeed> down, DateTimeOffset? last) =>
        down.Count > 0 ? ChipKind.Bad : last is null ? ChipKind.Plain : ChipKind.Good;

    internal static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Day(int day) => DateOnly.FromDayNumber(day).ToString("ddd yyyy-MM-dd", CultureInfo.InvariantCulture);

    internal static string Percent(long of, long all) => all == 0 ? "—" : (100.0 * of / all).ToString(of < all && of * 200 > all * 199 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %";

    internal static string Kind(FeedKind kind) => kind.ToString();
}
