using OpsConsole.Client;
using OpsConsole.Triage.Pages;

namespace OpsConsole.Tests.Triage;

public sealed class WordTests
{
    [Theory]
    [InlineData(0.001, "hardly any")]
    [InlineData(0.32, "1 in 3")]
    [InlineData(0.51, "1 in 2")]
    [InlineData(0.89, "9 in 10")]
    [InlineData(0.999, "nearly sure")]
    public void Chance_Score_IsSaidAsPeopleDo(double score, string words) => Assert.Equal(words, BoardWords.Chance(score));

    [Theory]
    [InlineData(0.001, "under 1 %")]
    [InlineData(0.854, "85 %")]
    [InlineData(0.9999, "over 99 %")]
    public void Percent_Score_IsNeverCertain(double score, string words) => Assert.Equal(words, BoardWords.Percent(score));

    [Theory]
    [InlineData(true, 125, 240, "Probably late by 2–4 h")]
    [InlineData(true, -30, 50, "May be late, by up to 50 min")]
    [InlineData(false, -240, -125, "Should make it with 2–4 h to spare")]
    [InlineData(false, -240, 62, "Should make it; at worst 60 min late")]
    [InlineData(true, 103, 2200, "Probably late by 1.5 h to 1.5 d")]
    [InlineData(true, 118, 122, "Probably late by about 2 h")]
    public void Sentence_Open_SaysWhatTheIntervalSays(bool late, double low, double high, string sentence) =>
        Assert.Equal(sentence, BoardWords.Sentence(ShipmentState.Open, Desk.Start.AddHours(5), null, late, low, high, Desk.Start));

    [Fact]
    public void Sentence_PromisePassed_SaysByHowMuch() =>
        Assert.Equal("Late already, by 25 min", BoardWords.Sentence(ShipmentState.Open, Desk.Start.AddMinutes(-25), null, true, 1, 2, Desk.Start));

    [Theory]
    [InlineData(ShipmentState.Delivered, 180, "Delivered, 3 h late")]
    [InlineData(ShipmentState.Delivered, -5, "Delivered in time")]
    [InlineData(ShipmentState.Returned, 5, "Returned to its sender")]
    public void Sentence_Finished_SaysHow(ShipmentState state, double minutes, string sentence) =>
        Assert.Equal(sentence, BoardWords.Sentence(state, Desk.Start, Desk.Start.AddMinutes(minutes), false, null, null, Desk.Start.AddDays(1)));

    [Fact]
    public void Reasons_SameThingInOtherWords_IsOneReasonWithItsSum()
    {
        var reasons = ReasonWords.Of(
        [
            new("hoursLeft", 3.5, 0.8), new("windowShare", 0.82, 0.3), new("destinationTrafficIndex", 1.8, 0.4), new("weightKg", 2, 0.001), new("attr.doorCode", "B", -0.5),
        ]);
        Assert.Equal(["3.5 h left to the promise", "Door code: B", "Traffic 1.8 times as slow there"], reasons.Select(r => r.Words));
        Assert.Equal([11, -5, 4], reasons.Select(r => r.Points));
    }

    [Theory]
    [InlineData("hoursToEstimate", null, "No estimate from the carrier")]
    [InlineData("rest", null, "Many small things together")]
    [InlineData("lastEvent", "arrivedAtFacility", "Newest scan: arrived at facility")]
    [InlineData("lastReason", "customerAbsent", "Carrier's word: customer absent")]
    public void Reasons_CodesAndGaps_AreSaidInWords(string feature, string? value, string words) =>
        Assert.Equal(words, ReasonWords.Say(new(feature, value is null ? (AttributeValue?)null : (AttributeValue)value, 1)));

    [Fact]
    public void Reasons_TheSmallOnesTogether_ComeLast() =>
        Assert.Equal(["1 piece", "Many small things together"], ReasonWords.Of([new("rest", null, 2), new("pieces", 1, 0.5)]).Select(r => r.Words));

    [Fact]
    public void Reasons_ValueMissing_SaysSo() => Assert.Equal(
        ["Distance not known", "Not collected yet", "Declared value not known"],
        new[] { "distanceKm", "hoursSinceCollected", "declaredValue" }.Select(feature => ReasonWords.Say(new(feature, null, 1))));
}
