using OpsConsole.Measurement;

namespace OpsConsole.Tests.Measurement;

public sealed class BucketsTests
{
    private static Buckets Of(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTimeOffset Utc(string time) => DateTimeOffset.Parse(time + "Z", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("Europe/London", "2026-03-29T12:00", "2026-03-29T00:00", "2026-03-29T23:00")] // 23 hours
    [InlineData("Europe/London", "2026-10-25T12:00", "2026-10-24T23:00", "2026-10-26T00:00")] // 25 hours
    [InlineData("America/Sao_Paulo", "2018-11-04T12:00", "2018-11-04T03:00", "2018-11-05T02:00")] // starts at one o'clock: midnight was skipped
    [InlineData("America/Sao_Paulo", "2018-02-17T12:00", "2018-02-17T02:00", "2018-02-18T03:00")] // its last hour came twice
    [InlineData("Asia/Kathmandu", "2026-03-29T18:20", "2026-03-29T18:15", "2026-03-30T18:15")]
    [InlineData("UTC", "2026-03-29T00:00", "2026-03-29T00:00", "2026-03-30T00:00")]
    public void Day_OfAZone_StartsAndEndsWhereItsClockSays(string zone, string moment, string start, string end)
    {
        var bucket = Of(zone).Of(Utc(moment), BucketSize.Day);
        Assert.Equal((Utc(start), Utc(end)), bucket);
    }

    [Theory]
    [InlineData("Europe/London", "2026-10-25T00:30", "2026-10-25T00:00")] // the first one to two
    [InlineData("Europe/London", "2026-10-25T01:30", "2026-10-25T01:00")] // the second
    [InlineData("Asia/Kathmandu", "2026-03-29T10:20", "2026-03-29T10:15")]
    public void Hour_OfAZone_IsAnHourOfItsClock(string zone, string moment, string start)
    {
        var bucket = Of(zone).Of(Utc(moment), BucketSize.Hour);
        Assert.Equal((Utc(start), Utc(start).AddHours(1)), bucket);
    }

    [Theory]
    [InlineData("2026-03-29T12:00", "2026-03-23T00:00", "2026-03-29T23:00")] // a Sunday
    [InlineData("2026-03-30T12:00", "2026-03-29T23:00", "2026-04-05T23:00")] // a Monday
    public void Week_StartsOnMonday(string moment, string start, string end) =>
        Assert.Equal((Utc(start), Utc(end)), Of("Europe/London").Of(Utc(moment), BucketSize.Week));

    [Fact]
    public void Month_IsTheCalendars() =>
        Assert.Equal((Utc("2026-03-01T00:00"), Utc("2026-03-31T23:00")), Of("Europe/London").Of(Utc("2026-03-15T00:00"), BucketSize.Month));

    [Theory]
    [InlineData("Europe/London")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("Pacific/Apia")] // skipped a whole day
    public void Days_OfYears_FollowEachOtherWithoutGap(string zone)
    {
        var buckets = Of(zone);
        var first = new DateOnly(2010, 1, 1).DayNumber;
        for (var day = first; day < first + 3000; day++)
        {
            var (start, end) = buckets.Of(day, BucketSize.Day);
            Assert.Equal(end, buckets.StartOf(day + 1));
            Assert.True(start <= end);
            if (start < end)
                Assert.Equal((day, day), (buckets.DayOf(start), buckets.DayOf(end.AddTicks(-1))));
        }
    }
}
