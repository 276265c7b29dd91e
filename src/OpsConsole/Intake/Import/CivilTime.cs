using System.Globalization;

namespace OpsConsole.Intake.Import;

/// <summary>In which order a column's times are written.</summary>
public enum TimeOrder
{
    /// <summary>2026-03-04 17:05</summary>
    YearFirst,

    /// <summary>04.03.2026 17:05</summary>
    DayFirst,

    /// <summary>03/04/2026 5:05 PM</summary>
    MonthFirst,

    /// <summary>20260304 or 20260304170500</summary>
    Compact,

    /// <summary>Seconds since 1970.</summary>
    UnixSeconds,

    /// <summary>Milliseconds since 1970.</summary>
    UnixMilliseconds,

    /// <summary>Days since 1900, as Excel counts them.</summary>
    ExcelDays,
}

/// <summary>What stands in a cell with a time.</summary>
/// <param name="Local">The calendar's day and the clock's time, as written.</param>
/// <param name="HasClock">A time of day is written, not only a day.</param>
/// <param name="Offset">The offset, where one is written; Unix times have none to doubt: zero.</param>
internal readonly record struct CivilTime(DateTime Local, bool HasClock, TimeSpan? Offset)
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>Reads a cell; false when it is no time in that order.</summary>
    internal static bool TryRead(ReadOnlySpan<char> text, TimeOrder order, out CivilTime time)
    {
        text = text.Trim();
        time = default;
        if (text.Length is < 4 or > 40)
            return false;
        return order switch
        {
            TimeOrder.UnixSeconds => TryCount(text, 5e8, 1e10, DateTime.UnixEpoch, TimeSpan.TicksPerSecond, TimeSpan.Zero, out time),
            TimeOrder.UnixMilliseconds => TryCount(text, 5e11, 1e13, DateTime.UnixEpoch, TimeSpan.TicksPerMillisecond, TimeSpan.Zero, out time),
            TimeOrder.ExcelDays => TryCount(text, 30_000, 80_000, new DateTime(1899, 12, 30), TimeSpan.TicksPerDay, null, out time),
            TimeOrder.Compact => TryCompact(text, out time),
            _ => TryParts(text, order, out time),
        };
    }

    private static bool TryCount(ReadOnlySpan<char> text, double low, double high, DateTime from, long ticks, TimeSpan? offset, out CivilTime time)
    {
        time = default;
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count < low || count > high)
            return false;
        // Excel's fractions of days are seconds, to a rounding.
        var moment = from.AddTicks((long)Math.Round(count * ticks / TimeSpan.TicksPerMillisecond) * TimeSpan.TicksPerMillisecond);
        time = new CivilTime(DateTime.SpecifyKind(moment, DateTimeKind.Unspecified), HasClock: offset is not null || count != Math.Floor(count), offset);
        return true;
    }

    private static bool TryCompact(ReadOnlySpan<char> text, out CivilTime time)
    {
        time = default;
        if (text.Length is not (8 or 12 or 14) || text.ContainsAnyExceptInRange('0', '9'))
            return false;
        var clock = text.Length > 8;
        return Make(
            Whole(text[..4]), Whole(text[4..6]), Whole(text[6..8]), clock ? Whole(text[8..10]) : 0, clock ? Whole(text[10..12]) : 0,
            text.Length == 14 ? Whole(text[12..14]) : 0, 0, clock, null, out time);
    }

    private static bool TryParts(ReadOnlySpan<char> text, TimeOrder order, out CivilTime time)
    {
        time = default;
        Span<int> day = stackalloc int[3];
        var named = -1;
        for (var i = 0; i < 3; i++)
        {
            if (i > 0 && !Skip(ref text, "-/. ,"))
                return false;
            if (named < 0 && i < 2 && Month(ref text) is { } month)
                (day[i], named) = (month, i);
            else if (!Number(ref text, out day[i], out _))
                return false;
        }
        if (named >= 0 && order != (named == 0 ? TimeOrder.MonthFirst : order == TimeOrder.YearFirst ? TimeOrder.YearFirst : TimeOrder.DayFirst))
            return false;
        var (year, monthOf, dayOf) = order switch
        {
            TimeOrder.YearFirst => (day[0], day[1], day[2]),
            TimeOrder.DayFirst => (day[2], day[1], day[0]),
            _ => (day[2], day[0], day[1]),
        };
        if (year < 100 && order != TimeOrder.YearFirst)
            year += 2000;
        if (text.IsEmpty)
            return Make(year, monthOf, dayOf, 0, 0, 0, 0, clock: false, null, out time);
        return Skip(ref text, "T ,") && TryClock(text, out var clock, out var fraction, out var offset)
            && Make(year, monthOf, dayOf, clock.Hour, clock.Minute, clock.Second, fraction, clock: true, offset, out time);
    }

    private static bool TryClock(ReadOnlySpan<char> text, out (int Hour, int Minute, int Second) clock, out long fraction, out TimeSpan? offset)
    {
        (clock, fraction, offset) = ((0, 0, 0), 0, null);
        if (!Number(ref text, out var hour, out _) || text.IsEmpty || text[0] is not (':' or '.' or 'h'))
            return false;
        text = text[1..];
        if (!Number(ref text, out var minute, out var digits) || digits != 2)
            return false;
        var second = 0;
        if (!text.IsEmpty && text[0] is ':' or '.')
        {
            text = text[1..];
            if (!Number(ref text, out second, out digits) || digits != 2)
                return false;
        }
        if (!text.IsEmpty && text[0] is '.' or ',')
        {
            text = text[1..];
            var worth = TimeSpan.TicksPerSecond / 10;
            for (; !text.IsEmpty && char.IsAsciiDigit(text[0]); text = text[1..], worth /= 10)
                fraction += (text[0] - '0') * worth;
        }
        text = text.Trim();
        if (text.Length >= 2 && (text[1] | 0x20) == 'm' && (text[0] | 0x20) is 'a' or 'p')
        {
            if (hour is < 1 or > 12)
                return false;
            hour = hour % 12 + ((text[0] | 0x20) == 'p' ? 12 : 0);
            text = text[2..].Trim();
        }
        if (text.Equals("Uhr", StringComparison.OrdinalIgnoreCase))
            text = [];
        clock = (hour, minute, second);
        return text.IsEmpty || TryOffset(text, out offset);
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan? offset)
    {
        offset = null;
        if (text.Equals("Z", StringComparison.OrdinalIgnoreCase) || text.Equals("UTC", StringComparison.OrdinalIgnoreCase))
        {
            offset = TimeSpan.Zero;
            return true;
        }
        var sign = text[0] is '+' ? 1 : text[0] is '-' ? -1 : 0;
        text = text[1..];
        if (sign == 0 || !Number(ref text, out var hours, out var digits))
            return false;
        var minutes = 0;
        if (digits == 4)
            (hours, minutes) = (hours / 100, hours % 100);
        else if (digits > 2 || (!text.IsEmpty && (text[0] != ':' || !Number(ref text, 1, out minutes))))
            return false;
        if (!text.IsEmpty || hours > 14 || minutes > 59)
            return false;
        offset = sign * new TimeSpan(hours, minutes, 0);
        return true;
    }

    private static bool Make(int year, int month, int day, int hour, int minute, int second, long fraction, bool clock, TimeSpan? offset, out CivilTime time)
    {
        time = default;
        // 24:00 is the midnight after.
        var after = hour == 24 && minute == 0 && second == 0;
        if (year is < 1900 or > 2200 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || minute > 59 || second > 59 || (hour > 23 && !after))
            return false;
        var local = new DateTime(year, month, day, after ? 0 : hour, minute, second).AddTicks(fraction).AddDays(after ? 1 : 0);
        time = new CivilTime(local, clock, offset);
        return true;
    }

    private static bool Skip(ref ReadOnlySpan<char> text, string any)
    {
        var length = 0;
        while (length < text.Length && length < 3 && any.Contains(text[length], StringComparison.Ordinal))
            length++;
        text = text[length..];
        return length > 0 && !text.IsEmpty;
    }

    private static int? Month(ref ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiLetter(text[length]))
            length++;
        if (length < 3)
            return null;
        for (var i = 0; i < Months.Length; i++)
        {
            if (!text.StartsWith(Months[i], StringComparison.OrdinalIgnoreCase))
                continue;
            text = text[length..];
            return i + 1;
        }
        return null;
    }

    private static bool Number(ref ReadOnlySpan<char> text, int from, out int number)
    {
        text = text[from..];
        return Number(ref text, out number, out _);
    }

    private static bool Number(ref ReadOnlySpan<char> text, out int number, out int digits)
    {
        (number, digits) = (0, 0);
        while (digits < text.Length && digits < 4 && char.IsAsciiDigit(text[digits]))
            number = number * 10 + (text[digits++] - '0');
        text = text[digits..];
        return digits > 0;
    }

    private static int Whole(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}
