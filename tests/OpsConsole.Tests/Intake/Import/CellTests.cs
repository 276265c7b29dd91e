using System.Globalization;
using OpsConsole.Intake.Import;

namespace OpsConsole.Tests.Imports;

/// <summary>What cells of exports mean: times in their orders, numbers in their ways, nothing.</summary>
public sealed class CellTests
{
    [Theory]
    [InlineData("2026-03-04 17:05:06", TimeOrder.YearFirst, "2026-03-04T17:05:06")]
    [InlineData("2026-03-04T17:05:06.25", TimeOrder.YearFirst, "2026-03-04T17:05:06.25")]
    [InlineData("2026/3/4 7:05", TimeOrder.YearFirst, "2026-03-04T07:05:00")]
    [InlineData("04.03.2026 17:05", TimeOrder.DayFirst, "2026-03-04T17:05:00")]
    [InlineData("4.3.26, 17:05 Uhr", TimeOrder.DayFirst, "2026-03-04T17:05:00")]
    [InlineData("04/03/2026", TimeOrder.DayFirst, "2026-03-04T00:00:00")]
    [InlineData("4 Mar 2026 17:05", TimeOrder.DayFirst, "2026-03-04T17:05:00")]
    [InlineData("03/04/2026 5:05 PM", TimeOrder.MonthFirst, "2026-03-04T17:05:00")]
    [InlineData("03/04/2026 12:05 am", TimeOrder.MonthFirst, "2026-03-04T00:05:00")]
    [InlineData("March 4, 2026", TimeOrder.MonthFirst, "2026-03-04T00:00:00")]
    [InlineData("Mar 4, 2026 17:05", TimeOrder.MonthFirst, "2026-03-04T17:05:00")]
    [InlineData("20260304", TimeOrder.Compact, "2026-03-04T00:00:00")]
    [InlineData("20260304170506", TimeOrder.Compact, "2026-03-04T17:05:06")]
    [InlineData("1772643906", TimeOrder.UnixSeconds, "2026-03-04T17:05:06")]
    [InlineData("1772643906000", TimeOrder.UnixMilliseconds, "2026-03-04T17:05:06")]
    [InlineData("46085.7119", TimeOrder.ExcelDays, "2026-03-04T17:05:08.16")]
    [InlineData("2026-03-04 24:00", TimeOrder.YearFirst, "2026-03-05T00:00:00")]
    public void Time_InItsOrder_IsRead(string cell, TimeOrder order, string local)
    {
        Assert.True(CivilTime.TryRead(cell, order, out var time));
        Assert.Equal(DateTime.Parse(local, CultureInfo.InvariantCulture), time.Local);
    }

    [Theory]
    [InlineData("30.02.2026", TimeOrder.DayFirst)]
    [InlineData("13/13/2026", TimeOrder.MonthFirst)]
    [InlineData("2026-03-04 25:00", TimeOrder.YearFirst)]
    [InlineData("2026-03-04 10:60", TimeOrder.YearFirst)]
    [InlineData("04.03.2026 17:05 morgens", TimeOrder.DayFirst)]
    [InlineData("2026-03-04", TimeOrder.DayFirst)]
    [InlineData("=NOW()", TimeOrder.YearFirst)]
    [InlineData("99999999999999999999", TimeOrder.UnixSeconds)]
    public void Time_ThatIsNone_IsNotRead(string cell, TimeOrder order) => Assert.False(CivilTime.TryRead(cell, order, out _));

    [Theory]
    [InlineData("2026-03-04T17:05:06Z", 0)]
    [InlineData("2026-03-04 17:05:06+02:00", 120)]
    [InlineData("2026-03-04 17:05:06 -0330", -210)]
    [InlineData("2026-03-04 17:05:06", null)]
    public void Time_WithAnOffset_SaysIt(string cell, int? minutes)
    {
        Assert.True(CivilTime.TryRead(cell, TimeOrder.YearFirst, out var time));
        Assert.Equal(minutes is { } m ? TimeSpan.FromMinutes(m) : null, time.Offset);
    }

    [Theory]
    [InlineData("2026-03-29 02:30:00", "2026-03-29T01:30:00Z", (int)TimeDoubt.LeftOut)]
    [InlineData("2026-10-25 02:30:00", "2026-10-25T01:30:00Z", (int)TimeDoubt.Twice)]
    [InlineData("2026-03-30 02:30:00", "2026-03-30T00:30:00Z", (int)TimeDoubt.None)]
    [InlineData("2026-03-29T02:30:00Z", "2026-03-29T02:30:00Z", (int)TimeDoubt.None)]
    public void Clock_WhereTheClocksChange_SaysItsDoubt(string cell, string moment, int doubt)
    {
        var clock = new ColumnClock(TimeOrder.YearFirst, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.True(clock.TryRead(cell, endOfDay: false, out var time, out var found));
        Assert.Equal((DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture), (TimeDoubt)doubt), (time, found));
    }

    [Fact]
    public void Clock_OfAPromisedDay_TakesItToItsEnd()
    {
        var clock = new ColumnClock(TimeOrder.DayFirst, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.True(clock.TryRead("29.03.2026", endOfDay: true, out var time, out var doubt));
        Assert.Equal((new DateTimeOffset(2026, 3, 29, 21, 59, 59, TimeSpan.Zero), TimeDoubt.DayOnly), (time, doubt));
    }

    [Theory]
    [InlineData("1,234.5", false, 1234.5)]
    [InlineData("1.234,5", true, 1234.5)]
    [InlineData("12,5 kg", true, 12.5)]
    [InlineData("€ 3,00", true, 3.0)]
    [InlineData("1.234", true, 1234.0)]
    [InlineData("1.234", false, 1.234)]
    [InlineData("1 234 567,25", true, 1234567.25)]
    [InlineData("-3.5e2", false, -350.0)]
    [InlineData("1,23", false, null)]
    [InlineData("1.2.3", true, null)]
    [InlineData("12a", false, null)]
    [InlineData("", false, null)]
    [InlineData("=1+1", false, null)]
    public void Number_WrittenInItsWay_IsRead(string cell, bool comma, double? number)
    {
        Assert.Equal(number is not null, CellText.TryNumber(cell, comma, out var read));
        if (number is { } expected)
            Assert.Equal(expected, read, 9);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("NULL", true)]
    [InlineData("n/a", true)]
    [InlineData("-", true)]
    [InlineData("0", false)]
    [InlineData("nothing", false)]
    public void Cell_ThatSaysNothing_IsMissing(string cell, bool nothing) => Assert.Equal(nothing, CellText.IsNothing(cell));
}
