using System.Globalization;
using System.Text;
using OpsConsole.Intake.Import;

namespace OpsConsole.Tests.Imports;

/// <summary>Columns that tell the outcome are found; those that merely help aren't called so.</summary>
public sealed class LeakWatchTests
{
    private static readonly IReadOnlyList<Leak> Found = Find();

    [Theory]
    [InlineData("hours_over", "alone it tells")]      // a number that is the outcome
    [InlineData("grade", "alone it tells")]           // a text that is the outcome
    [InlineData("goodwill", "alone it tells")]        // filled for late ones only
    [InlineData("handed_to", "came to an end")]       // filled for delivered ones only
    [InlineData("again", "alone it tells")]           // the delivery's time once more
    [InlineData("review", "its name says")]
    public void Column_ThatTellsTheOutcome_IsALeak(string column, string why)
    {
        var leak = Assert.Single(Found, l => l.Column == column);
        Assert.True(leak.Severe);
        Assert.Contains(why, leak.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("size")]
    [InlineData("row")]
    [InlineData("driver")]
    [InlineData("cutoff")]
    public void Column_ThatMerelyHelps_IsNone(string column) => Assert.DoesNotContain(Found, l => l.Column == column);

    private static IReadOnlyList<Leak> Find()
    {
        var random = new Random(4);
        var text = new StringBuilder("id,booked,promised,delivered,from,to,hours_over,grade,goodwill,handed_to,again,review,size,row,driver,cutoff\n");
        for (var i = 0; i < 2_000; i++)
        {
            var booked = new DateTime(2026, 1, 1).AddHours(i);
            var promised = booked.AddHours(30);
            var big = random.NextDouble() < 0.5;
            var late = random.NextDouble() < (big ? 0.5 : 0.2);
            var delivered = promised.AddHours(late ? 1 + 5 * random.NextDouble() : -1 - 9 * random.NextDouble());
            var here = i % 20 != 0;
            string Time(DateTime time) => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            text.Append(string.Create(CultureInfo.InvariantCulture,
                $"P-{i},{Time(booked)},{Time(promised)},{(here ? Time(delivered) : "")},N1,S1,{(here && late ? (delivered - promised).TotalHours : 0):0.0},{(late ? "C" : "A")},{(late ? "5" : "")},{(here ? "door" : "")},{(here ? Time(delivered) : "")},{random.Next(5)},{(big ? "big" : "small")},{i},F{random.Next(400)},{Time(booked.AddHours(random.Next(20)))}\n"));
        }
        using var csv = new Csv(text.ToString());
        var mapping = SuggestMapping.Of(ImportKind.Deliveries, csv.Profile(), out _) with { Zone = "UTC" };
        using var file = csv.Open();
        using var maker = new RowMaker(ImportKind.Deliveries, mapping, file.Shape);
        var watch = new LeakWatch(mapping, file.Shape);
        while (file.Next())
        {
            maker.Begin(file);
            var delivered = maker.Times[maker.Place("events.delivered")];
            watch.Add(file, maker.Times[maker.Place("promisedBy")], delivered, delivered is not null);
        }
        return watch.Leaks();
    }
}
