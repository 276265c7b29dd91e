using System.Globalization;

namespace OpsConsole.Intake.Import;

/// <summary>What cells of exports mean: nothing, a number, yes or no.</summary>
internal static class CellText
{
    private static readonly HashSet<string> Nothing =
        new(["", "-", "--", "null", "\\n", "n/a", "na", "nan", "none", "nil", "#n/a", "(null)", "<null>", "keine", "k.a."], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Units = ["kg", "km", "cm3", "dm3", "m3", "eur", "usd", "gbp", "brl", "chf", "lbs", "lb", "mi", "g", "l", "m", "€", "$", "£", "%"];

    private static readonly HashSet<string> Yes = new(["true", "yes", "y", "ja", "j", "oui", "si", "sim", "x", "wahr"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> No = new(["false", "no", "n", "nein", "non", "não", "falsch"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a cell says that there is no value.</summary>
    internal static bool IsNothing(string cell) => cell.Length <= 6 && Nothing.Contains(cell);

    /// <summary>Reads yes or no; false when it is neither.</summary>
    internal static bool TryFlag(string cell, out bool flag)
    {
        flag = Yes.Contains(cell);
        return flag || No.Contains(cell);
    }

    /// <summary>Reads a number, with groups of thousands and a unit behind it if there are; false when it is none.</summary>
    internal static bool TryNumber(ReadOnlySpan<char> cell, bool decimalComma, out double number)
    {
        number = 0;
        cell = WithoutUnit(cell.Trim());
        if (cell.Length is 0 or > 40)
            return false;
        var (point, group) = decimalComma ? (',', '.') : ('.', ',');
        Span<char> plain = stackalloc char[cell.Length];
        var (length, sincePoint, sinceGroup) = (0, -1, -1);
        foreach (var c in cell)
        {
            if (c == point && sincePoint < 0 && sinceGroup is -1 or 3)
                (plain[length++], sincePoint) = ('.', 0);
            else if ((c == group || c is '\'' or '\u00A0' or '\u202F' or ' ') && sincePoint < 0 && length > 0 && sinceGroup is -1 or 3)
                sinceGroup = 0;
            else if (char.IsAsciiDigit(c) || (length == 0 && c is '-' or '+') || c is 'e' or 'E' || (length > 0 && c is '-' or '+' && plain[length - 1] is 'e' or 'E'))
                (plain[length++], sinceGroup, sincePoint) = (c, sinceGroup < 0 || sincePoint >= 0 ? sinceGroup : sinceGroup + 1, sincePoint < 0 ? -1 : sincePoint + 1);
            else
                return false;
        }
        return (sinceGroup is -1 or 3) && double.TryParse(plain[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    private static ReadOnlySpan<char> WithoutUnit(ReadOnlySpan<char> cell)
    {
        if (cell.Length > 1 && cell[0] is '€' or '$' or '£')
            cell = cell[1..].TrimStart();
        if (cell.IsEmpty || char.IsAsciiDigit(cell[^1]))
            return cell;
        foreach (var unit in Units)
        {
            if (cell.EndsWith(unit, StringComparison.OrdinalIgnoreCase) && cell[..^unit.Length].TrimEnd() is { Length: > 0 } rest && char.IsAsciiDigit(rest[^1]))
                return rest;
        }
        return cell;
    }
}
