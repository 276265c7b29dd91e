namespace OpsConsole.Intake.Reading;

/// <summary>Reads RFC 3339 times from UTF-8 without making text of them first, as each item has several.</summary>
internal static class Rfc3339
{
    /// <summary>Reads <c>2026-03-01T08:30:00[.fraction]Z</c> or with <c>±hh:mm</c>, in UTC; false for anything else.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':')
            return false;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day)
            || !Digits(text[11..13], out var hour) || !Digits(text[14..16], out var minute) || !Digits(text[17..19], out var second))
        {
            return false;
        }
        var rest = text[19..];
        if (!Fraction(ref rest, out var fraction) || !Offset(rest, out var offset))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;
        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + fraction - offset;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
            return false;
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    // Seven digits are kept; what is finer than a tick is cut.
    private static bool Fraction(ref ReadOnlySpan<byte> rest, out long ticks)
    {
        ticks = 0;
        if (rest.Length == 0 || rest[0] != '.')
            return true;
        var count = 1;
        for (var worth = TimeSpan.TicksPerSecond / 10; count < rest.Length && char.IsAsciiDigit((char)rest[count]); count++, worth /= 10)
            ticks += (rest[count] - '0') * worth;
        rest = rest[count..];
        return count > 1;
    }

    private static bool Offset(ReadOnlySpan<byte> rest, out long ticks)
    {
        ticks = 0;
        if (rest.Length == 1)
            return (rest[0] | 0x20) == 'z';
        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':'
            || !Digits(rest[1..3], out var hours) || !Digits(rest[4..], out var minutes) || hours > 23 || minutes > 59)
        {
            return false;
        }
        ticks = (hours * 60 + minutes) * TimeSpan.TicksPerMinute * (rest[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit((char)c))
                return false;
            number = number * 10 + (c - '0');
        }
        return true;
    }
}
