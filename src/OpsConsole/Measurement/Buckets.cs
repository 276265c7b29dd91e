namespace OpsConsole.Measurement;

/// <summary>How long a bucket is.</summary>
public enum BucketSize
{
    /// <summary>An hour of the zone's clock.</summary>
    Hour,

    /// <summary>A day of the zone.</summary>
    Day,

    /// <summary>Monday to Sunday.</summary>
    Week,

    /// <summary>A calendar month.</summary>
    Month,
}

/// <summary>Days, weeks and months of a time zone, daylight saving and all.</summary>
public sealed class Buckets(TimeZoneInfo zone)
{
    private readonly Dictionary<int, DateTimeOffset> _days = [];

    /// <summary>The zone's day of a moment.</summary>
    public int DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime).DayNumber;

    /// <summary>The first moment of a day, which isn't midnight everywhere.</summary>
    public DateTimeOffset StartOf(int day)
    {
        if (!_days.TryGetValue(day, out var start))
            _days[day] = start = FirstMoment(DateOnly.FromDayNumber(day).ToDateTime(TimeOnly.MinValue));
        return start;
    }

    private DateTimeOffset FirstMoment(DateTime midnight)
    {
        // Skipped by a clock put forward: the day starts where the clock goes on.
        if (zone.IsInvalidTime(midnight))
            return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight.AddHours(-3))).ToUniversalTime();
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    /// <summary>The first day of the week or month (or the day itself) that a day lies in, and the day after its last.</summary>
    public static (int First, int After) DaysOf(int day, BucketSize size)
    {
        var date = DateOnly.FromDayNumber(day);
        switch (size)
        {
            case BucketSize.Week:
                var monday = day - ((int)date.DayOfWeek + 6) % 7;
                return (monday, monday + 7);
            case BucketSize.Month:
                var first = new DateOnly(date.Year, date.Month, 1);
                return (first.DayNumber, first.AddMonths(1).DayNumber);
            default:
                return (day, day + 1);
        }
    }

    /// <summary>Start and end of the bucket that a day lies in.</summary>
    public (DateTimeOffset Start, DateTimeOffset End) Of(int day, BucketSize size)
    {
        var (first, after) = DaysOf(day, size);
        return (StartOf(first), StartOf(after));
    }

    /// <summary>Start and end of the bucket that a moment lies in.</summary>
    public (DateTimeOffset Start, DateTimeOffset End) Of(DateTimeOffset moment, BucketSize size)
    {
        if (size != BucketSize.Hour)
            return Of(DayOf(moment), size);
        var utc = moment.ToUniversalTime();
        var into = (utc + zone.GetUtcOffset(utc)).Ticks % TimeSpan.TicksPerHour;
        var start = utc.AddTicks(-into);
        return (start, start.AddHours(1));
    }
}
