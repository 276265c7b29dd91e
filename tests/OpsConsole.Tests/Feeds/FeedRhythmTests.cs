using OpsConsole.Intake.Feeds;

namespace OpsConsole.Tests.Feeds;

/// <summary>When silence is more than a pause.</summary>
public sealed class FeedRhythmTests
{
    // A Monday.
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A depot that works from 8 to 18 on working days, with something in 30 minutes of each hour.</summary>
    private static FeedRhythm Depot(int days, TimeZoneInfo? zone = null)
    {
        var hours = Enumerable.Range(0, days * 24).Select(h => Start.AddHours(h))
            .Where(h => h.Hour is >= 8 and < 18 && h.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .ToDictionary(FeedRhythm.NumberOf, _ => 30);
        return new FeedRhythm(Start.AddMinutes(-1), hours, Start.AddDays(days), zone ?? TimeZoneInfo.Utc);
    }

    [Fact]
    public void Silence_OnAWorkingMorning_IsNoticedOnceTenMinutesWithArrivalsWereDue()
    {
        var rhythm = Depot(14);
        var last = Start.AddDays(15).AddHours(10);
        Assert.Equal(15, rhythm.Expected(last, last.AddMinutes(30)), 1e-9);
        Assert.False(rhythm.IsSilent(last, last.AddMinutes(19)));
        Assert.True(rhythm.IsSilent(last, last.AddMinutes(20)));
    }

    [Fact]
    public void Silence_OverNightAndWeekend_IsAPause()
    {
        var rhythm = Depot(14);
        var fridayEvening = Start.AddDays(18).AddHours(17).AddMinutes(55);
        Assert.False(rhythm.IsSilent(fridayEvening, Start.AddDays(21).AddHours(8).AddMinutes(14)));
        Assert.True(rhythm.IsSilent(fridayEvening, Start.AddDays(21).AddHours(8).AddMinutes(16)));
    }

    [Fact]
    public void Silence_OfAFeedSeenForLessThanThreeDays_SaysNothing()
    {
        Assert.False(Depot(2).IsSilent(Start.AddDays(2).AddHours(10), Start.AddDays(2).AddHours(17)));
        Assert.True(Depot(3).IsSilent(Start.AddDays(3).AddHours(10), Start.AddDays(3).AddHours(17)));
    }

    [Fact]
    public void Silence_OfABusyFeed_IsNotNoticedBeforeAQuarterOfAnHour()
    {
        var busy = new FeedRhythm(
            Start.AddMinutes(-1), Enumerable.Range(0, 24 * 5).ToDictionary(h => FeedRhythm.NumberOf(Start.AddHours(h)), _ => 60), Start.AddDays(5), TimeZoneInfo.Utc);
        var last = Start.AddDays(4).AddHours(3);
        Assert.False(busy.IsSilent(last, last.AddMinutes(14)));
        Assert.True(busy.IsSilent(last, last.AddMinutes(15)));
    }

    [Fact]
    public void LagClasses_Each_TakeWhatIsWithinThem()
    {
        Assert.Equal(0, LagClasses.Of(TimeSpan.FromSeconds(-30)));
        Assert.Equal(0, LagClasses.Of(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, LagClasses.Of(TimeSpan.FromSeconds(11)));
        Assert.Equal("more than a day", LagClasses.Words(LagClasses.Of(TimeSpan.FromDays(400))));
        Assert.Equal(2, LagClasses.Within([5, 0, 4, 1], 0.9));
        Assert.Null(LagClasses.Within([0, 0], 0.5));
    }
}
