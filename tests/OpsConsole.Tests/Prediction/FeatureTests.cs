using CsCheck;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Prediction;

namespace OpsConsole.Tests.Prediction;

public sealed class FeatureTests
{
    private static readonly Gen<VersionFact> AnyVersion =
        from received in Gen.Double[0.1, 80]
        from recorded in Gen.Bool
        from window in Gen.Double[2, 90]
        from weight in Gen.Double[0.1, 30]
        select new VersionFact(
            Parcels.Content(window) with { WeightKg = weight },
            recorded ? Parcels.Start.AddHours(received * 0.9) : null,
            Parcels.Start.AddHours(received));

    [Theory]
    [InlineData(Knowledge.Received)]
    [InlineData(Knowledge.Known)]
    public void Features_FactsKnownLaterMovedAbout_VectorStays(Knowledge knowledge)
    {
        var facts = from events in Parcels.AnyEvent.Array[0, 12]
                    from versions in AnyVersion.Array[0, 3]
                    from hours in Gen.Double[0, 60]
                    from others in Parcels.AnyEvent.Array[0, 6]
                    from otherVersions in AnyVersion.Array[0, 2]
                    select (events, versions, hours, others, otherVersions);
        facts.Sample(f =>
        {
            var first = new VersionFact(Parcels.Content(), null, Parcels.Start);
            var moment = Parcels.Start.AddHours(f.hours);
            var all = new ShipmentHistory([first, .. f.versions], f.events, false, null);
            bool Later(DateTimeOffset known, DateTimeOffset received) => (knowledge == Knowledge.Received ? received : known) > moment;
            // The same facts up to the moment; later ones are dropped, and others, later too, come in their place.
            var events = f.events.Where(e => !Later(all.KnownAt(e), e.ReceivedAt)).Concat(f.others.Where(e => Later(all.KnownAt(e), e.ReceivedAt)));
            var versions = f.versions.Where(v => !Later(all.KnownAt(v), v.ReceivedAt)).Concat(f.otherVersions.Where(v => Later(all.KnownAt(v), v.ReceivedAt)));
            var other = new ShipmentHistory([first, .. versions], [.. events], false, null);
            Assert.Equal(Vector(all, moment, knowledge), Vector(other, moment, knowledge));
        }, iter: 2000);
    }

    private static string Vector(ShipmentHistory history, DateTimeOffset moment, Knowledge knowledge)
    {
        var row = Features.Of(history.AsOf(moment, knowledge)!, ConditionsAsOf.None, TimeZoneInfo.Utc);
        return string.Join('\n', [
            .. FeatureRow.Base.Select(d => $"{d.Name} {row[d.Name]}"),
            .. row.AttributeNames.Order(StringComparer.Ordinal).Select(n => $"{n} {row[n]}"),
        ]);
    }

    [Fact]
    public void Features_OfAParcelUnderWay_SayWhatWasKnown()
    {
        var content = Parcels.Content(km: null, attributes: new Dictionary<string, AttributeValue> { ["fragile"] = true, ["floor"] = 3, ["shop"] = "north" });
        var row = Parcels.Row(Parcels.History(content, Parcels.Event(EventType.Collected, 2), Parcels.Event(EventType.ArrivedAtFacility, 5), Parcels.Event(EventType.DepartedFacility, 6, 9)), 8);

        Assert.Equal(16, row.Number("hoursLeft"));
        Assert.Equal(8.0 / 24, row.Number("windowShare"));
        Assert.Equal(6, row.Number("hoursSinceCollected"));
        Assert.Equal(3, row.Number("hoursSinceLastScan"));
        Assert.Equal((double)Stage.InNetwork, row.Number("stage"));
        Assert.Equal(3, row.Number("hoursInStage"));
        Assert.Equal(0, row.Number("departures"));
        Assert.InRange(row.Number("distanceKm")!.Value, 500, 510);
        Assert.Equal(16, row.Number("hourOfDay"));
        Assert.Equal(0, row.Number("weekday"));
        Assert.Equal("A1>B2", row["areaPair"].Text);
        Assert.Equal(1, row.Number("attr.fragile"));
        Assert.Equal(3, row.Number("attr.floor"));
        Assert.Equal("north", row["attr.shop"].Text);
        Assert.True(row["carrier"].IsMissing);
        Assert.DoesNotContain(FeatureRow.Base, d => d.Name.Contains("deprivation", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Schema_Learnt_EncodesWhatItLearnt()
    {
        var rows = Enumerable.Range(0, 400).Select(i =>
        {
            Dictionary<string, AttributeValue> attributes = new() { ["shop"] = $"s{i % 4}", ["depot"] = $"d{i % 20:00}", ["rare"] = $"r{i}" };
            if (i % 2 == 0)
                attributes["floor"] = i % 10;
            return Parcels.Row(Parcels.History(Parcels.Content(24 + (i % 5), attributes: attributes)), 1 + (i % 7));
        }).ToList();
        var schema = ModelSchema.Learn(rows, includeAttributes: true);

        var known = schema.Encode(rows[0]);
        Assert.Equal(schema.SlotCount, known.Length);
        Assert.All(known, slot => Assert.True(double.IsFinite(slot)));
        Assert.Equal(1, known[Slot("attr.shop=s0")]);
        Assert.Equal(0, known[Slot("attr.shop=other")]);
        Assert.Equal(0, known[Slot("attr.floor?missing")]);
        Assert.Equal(1, schema.Encode(rows[1])[Slot("attr.floor?missing")]);
        Assert.DoesNotContain("attr.rare#place", schema.SlotNames);
        Assert.DoesNotContain(schema.Features, f => f.Name == "carrier");

        var strange = Parcels.Row(Parcels.History(Parcels.Content(attributes: new Dictionary<string, AttributeValue> { ["shop"] = "new", ["depot"] = "d05x" })), 1);
        var encoded = schema.Encode(strange);
        Assert.Equal(1, encoded[Slot("attr.shop=other")]);
        Assert.Equal(5.5, encoded[Slot("attr.depot#place")]);
        Assert.DoesNotContain("attr.shop=s0", ModelSchema.Learn(rows, includeAttributes: false).SlotNames);

        int Slot(string name)
        {
            var at = schema.SlotNames.ToList().IndexOf(name);
            Assert.True(at >= 0, $"{name} is not among {string.Join(' ', schema.SlotNames)}");
            return at;
        }
    }

    [Fact]
    public void Vector_PackedAndUnpacked_EncodesToTheSameBits()
    {
        Parcels.AnyEvent.Array[0, 8].Select(Gen.Double[0, 60]).Sample((events, hours) =>
        {
            var row = Parcels.Row(Parcels.History(Parcels.Content(), events), hours);
            var schema = ModelSchema.Base;
            var packed = schema.Pack(row);
            var back = schema.Row(packed);
            Assert.Equal(schema.Encode(row).Select(BitConverter.DoubleToInt64Bits), schema.Encode(back).Select(BitConverter.DoubleToInt64Bits));
            Assert.Equal(packed, schema.Pack(back));
        }, iter: 300);
    }
}
