namespace OpsConsole.Operations;

/// <summary>Text that goes into a file which people open as a spreadsheet.</summary>
internal static class SpreadsheetText
{
    private const string Formula = "=+-@\t\r＝＋－＠";

    /// <summary>The text, with an apostrophe before it if a spreadsheet would run it as a formula.</summary>
    internal static string Harmless(string text) => text.Length > 0 && Formula.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
}
