using OpsConsole.Measurement.Verdicts;
using OpsConsole.Operations;

namespace OpsConsole.Tests.Measurement;

public sealed class VerdictTests
{
    [Theory]
    [InlineData(0.51, 0.6, true, true)]
    [InlineData(0.5, 0.6, true, true)]
    [InlineData(0.3, 0.49, true, false)]
    [InlineData(0.3, 0.6, true, null)]
    [InlineData(0.3, 0.49, false, true)]
    [InlineData(0.51, 0.6, false, false)]
    [InlineData(0.3, 0.6, false, null)]
    public void Holds_OnlyWhereTheWholeIntervalDoes(double low, double high, bool more, bool? holds) =>
        Assert.Equal(holds, new AgainstLine((low + high) / 2, low, high, 100, 0.5, more).Holds);

    [Theory]
    [InlineData(0.6, 0.7, 0.6, 0.7, true, "Good enough")]
    [InlineData(0.6, 0.7, 0.2, 0.3, false, "Not good enough")]
    [InlineData(0.6, 0.7, 0.4, 0.7, null, "Not shown to be good enough")]
    [InlineData(0.2, 0.3, 0.4, 0.7, false, "Not good enough")]
    public void Sentence_SaysWhetherBothHold(double low, double high, double businessLow, double businessHigh, bool? good, string words)
    {
        var verdict = new Verdict(
            Brief.Draft(new OperationsSettings()), false, new((low + high) / 2, low, high, 40, 0.5, true), new((businessLow + businessHigh) / 2, businessLow, businessHigh, 90, 0.5, true), null, 240);
        Assert.Equal(good, verdict.Good);
        var sentence = VerdictWords.Sentence(verdict, "EUR", TimeZoneInfo.Utc);
        Assert.StartsWith(words + ":", sentence, StringComparison.Ordinal);
        Assert.Contains("n = 40", sentence, StringComparison.Ordinal);
        Assert.Contains("at least 50 % asked", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Sentence_OfWhatIsUnknown_SaysSo()
    {
        var nothing = new AgainstLine(null, null, null, 0, 0.5, true);
        var verdict = new Verdict(Brief.Draft(new OperationsSettings()), true, nothing, nothing, null, 240);
        Assert.StartsWith("Nothing can be said yet: precision can't be known yet", VerdictWords.Sentence(verdict, "EUR", TimeZoneInfo.Utc), StringComparison.Ordinal);
        Assert.Contains("draft", VerdictWords.Ground(verdict), StringComparison.Ordinal);
    }
}
