using CsCheck;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Prediction;

namespace OpsConsole.Tests.Prediction;

public sealed class FeatureWordsTests
{
    [Fact]
    public void EveryFeature_HasWords_OfItsOwn()
    {
        var silent = FeatureRow.Base.Where(f => f.Name.Any(char.IsUpper) && FeatureWords.Of(f.Name) == f.Name).Select(f => f.Name);
        Assert.Empty(silent);
        Assert.Equal("shop floor", FeatureWords.Of("attr.shop floor"));
    }

    [Theory]
    [InlineData("customerAbsent", "customer absent")]
    [InlineData("ArrivedAtFacility", "arrived at facility")]
    [InlineData("weather", "weather")]
    [InlineData("Door code: B", "Door code: B")]
    [InlineData("HUB", "HUB")]
    [InlineData("", "")]
    public void Spaced_Code_IsReadAsWords(string code, string words) => Assert.Equal(words, FeatureWords.Spaced(code));

    [Theory]
    [InlineData("lastEvent", "DepartedFacility", "Last scan: departed facility")]
    [InlineData("attr.slotLoad", "high", "Slot load: high")]
    public void Why_Codes_AreSaidInWords(string feature, string value, string why) =>
        Assert.Equal(why, FeatureWords.Why(new Explanation(0, [new(feature, FeatureValue.Of(value), 1)], 1)));

    [Theory]
    [InlineData("hoursSinceCollected", "Not collected yet")]
    [InlineData("hoursSinceLastScan", "No scan yet")]
    [InlineData("destinationPrecipitationMm", "Rain at the destination unknown")]
    [InlineData("distanceKm", "Distance not known")]
    public void Why_OfAValueThatIsMissing_DoesNotSayItIsLargeOrLongAgo(string feature, string why) =>
        Assert.Equal(why, FeatureWords.Why(new Explanation(0, [new(feature, FeatureValue.Missing, 1)], 1)));

    [Fact]
    public void Why_OfAnyContribution_IsSixWordsAtMost()
    {
        var names = FeatureRow.Base.Select(f => f.Name).Append("attr.a name of a courier with many many words").Append("scan.x").ToArray();
        var contribution = from place in Gen.Int[0, names.Length - 1]
                           let name = names[place]
                           from number in Gen.Double[-1000, 1000]
                           from text in Gen.String[Gen.Char.AlphaNumeric, 0, 200]
                           from kind in Gen.Int[0, 2]
                           select new FeatureContribution(name, kind == 0 ? FeatureValue.Missing : kind == 1 ? FeatureValue.Of(number) : FeatureValue.Of(text), 1);
        contribution.Sample(c =>
        {
            var why = FeatureWords.Why(new Explanation(0, [c with { Feature = "weekday", Amount = -2 }, c], 1));
            Assert.NotNull(why);
            Assert.InRange(why.Length, 1, 64);
            Assert.InRange(why.Split(' ').Length, 1, 6);
        });
        Assert.Null(FeatureWords.Why(new Explanation(0, [new("stage", FeatureValue.Of(1d), -1)], -1)));
    }

    [Fact]
    public void Times_OfAnOpenShipment_AreTheGridAndTheOverdueScan()
    {
        var history = Parcels.History(Parcels.Content(24), Parcels.Event(EventType.Collected, 1));
        ShipmentAsOf At(double hours) => history.AsOf(Parcels.Start.AddHours(hours), Knowledge.Received)!;
        DateTimeOffset? Next(double hours) => ScoringTimes.Next(At(hours), history.PromiseCounted, Parcels.Start.AddHours(hours));

        // 0.4 of 24 hours after the collection at hour 1.
        Assert.Equal(Parcels.Start.AddMinutes(636), ScoringTimes.OverdueAt(At(2)));
        Assert.Equal(Parcels.Start.AddHours(6), Next(2));
        Assert.Equal(Parcels.Start.AddMinutes(636), Next(6));
        Assert.Equal(Parcels.Start.AddHours(12), Next(10.7));
        Assert.Equal(Parcels.Start.AddHours(24), Next(23.7));
        Assert.Null(Next(24));
        Assert.Equal([1440, 1080, 720, 480], ScoringTimes.Kept(history, Parcels.Start.AddHours(17)));
    }
}
