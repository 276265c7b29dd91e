namespace OpsConsole.Intake.Feeds;

/// <summary>
/// How often something usually comes of a feed: by the hour of the day, on working days and at weekends, the minutes of that hour in which something
/// came, over the last four weeks. An hour that was not seen three times says nothing, so that a new feed is never called silent.
/// </summary>
public sealed class FeedRhythm
{
    /// <summary>How far back it looks.</summary>
    public static readonly TimeSpan Looks = TimeSpan.FromDays(28);

    /// <summary>A feed is silent when so many minutes with arrivals were to be expected, and none came.</summary>
    public const double SilentFrom = 10;

    /// <summary>…and not before so long.</summary>
    public static readonly TimeSpan LeastSilence = TimeSpan.FromMinutes(15);

    private const int Slots = 48;
    private const int SeenAtLeast = 3;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly double[] _rates = new double[Slots];
    private readonly TimeZoneInfo _zone;

    /// <param name="since">Since when the feed is known.</param>
    /// <param name="minutes">By hour (counted from the year 1), the minutes in which something came.</param>
    /// <param name="last">When something came last: what has not come since then is no rhythm, and may be the very silence that is looked for.</param>
    /// <param name="zone">Of the operation.</param>
    public FeedRhythm(DateTimeOffset since, IReadOnlyDictionary<int, int> minutes, DateTimeOffset last, TimeZoneInfo zone)
    {
        _zone = zone;
        var (seen, sums) = (new int[Slots], new double[Slots]);
        var from = since > last - Looks ? since : last - Looks;
        // Whole hours only: the one in which it began and the newest one tell too little.
        for (var hour = NumberOf(from) + 1; hour < NumberOf(last); hour++)
        {
            var slot = SlotOf(hour);
            seen[slot]++;
            sums[slot] += minutes.GetValueOrDefault(hour);
        }
        for (var slot = 0; slot < Slots; slot++)
            _rates[slot] = seen[slot] >= SeenAtLeast ? sums[slot] / seen[slot] : 0;
    }

    /// <summary>How many minutes with arrivals are to be expected between two moments.</summary>
    public double Expected(DateTimeOffset from, DateTimeOffset to)
    {
        if (to - from > Looks)
            from = to - Looks;
        var expected = 0.0;
        for (var at = from; at < to;)
        {
            var hour = NumberOf(at);
            var end = new DateTimeOffset((hour + 1) * Hour.Ticks, TimeSpan.Zero);
            var until = end < to ? end : to;
            expected += _rates[SlotOf(hour)] * (until - at).TotalHours;
            at = until;
        }
        return expected;
    }

    /// <summary>Whether a feed that last came at a moment is silent.</summary>
    public bool IsSilent(DateTimeOffset last, DateTimeOffset now) => now - last >= LeastSilence && Expected(last, now) >= SilentFrom;

    /// <summary>The hour of a moment, counted from the year 1.</summary>
    public static int NumberOf(DateTimeOffset moment) => (int)(moment.UtcTicks / Hour.Ticks);

    private int SlotOf(int hour)
    {
        var local = TimeZoneInfo.ConvertTime(new DateTimeOffset(hour * Hour.Ticks, TimeSpan.Zero), _zone);
        return local.Hour + (local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 24 : 0);
    }
}
