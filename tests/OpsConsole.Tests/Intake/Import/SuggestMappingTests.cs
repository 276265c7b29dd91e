using System.Globalization;
using System.Text;
using OpsConsole.Intake.Import;
using OpsConsole.Intake.Pages;

namespace OpsConsole.Tests.Imports;

/// <summary>Which columns are suggested for what, and what is left in doubt for people.</summary>
public sealed class SuggestMappingTests
{
    [Theory]
    [InlineData("tracking_number,order_date,promised_delivery,delivered_at,from_postcode,to_postcode,service_level", "shipmentId,bookedAt,promisedBy,events.delivered,origin.areaCode,destination.areaCode,service")]
    [InlineData("Sendungsnummer,Bestelldatum,Liefertermin,Zugestellt am,PLZ Absender,PLZ Empfänger,Versandart", "shipmentId,bookedAt,promisedBy,events.delivered,origin.areaCode,destination.areaCode,service")]
    [InlineData("id,createdAt,dueDate,actualDeliveryDate,origin,destination,product", "shipmentId,bookedAt,promisedBy,events.delivered,origin.areaCode,destination.areaCode,service")]
    public void Columns_ByTheirNames_FillTheFields(string columns, string fields)
    {
        var mapping = Suggest($"{columns}\n" + Rows(40, i => $"P-{i},2026-03-{1 + i % 28:00} 08:00,2026-03-{1 + i % 28:00} 18:00,2026-03-{1 + i % 28:00} 12:{i % 60:00},N{i % 4},S{i % 5},next day"), out _);
        Assert.Equal(
            fields.Split(',').Zip(columns.Split(','), (field, column) => (field, column)).Order(),
            mapping.Fields.Select(f => (f.Key, f.Value.Column!)).Order());
    }

    [Fact]
    public void Times_ThatCanBeReadInTwoWays_AreLeftToPeople()
    {
        var csv = "id,booked,promised,from,to,service\n" + Rows(30, i => $"P-{i},{1 + i % 12:00}/{1 + (i + 3) % 12:00}/2026 08:00,{13 + i % 12}/03/2026 18:00,N1,S1,x");
        using var file = new Csv(csv);
        var profile = file.Profile();
        Assert.Equal([TimeOrder.DayFirst, TimeOrder.MonthFirst], profile.Of("booked").Orders);
        Assert.Contains("January", profile.Of("booked").AmbiguousExample, StringComparison.Ordinal);
        // The promise can only be day first, and files are mostly written one way: that is suggested.
        Assert.Equal(TimeOrder.DayFirst, SuggestMapping.Of(ImportKind.Deliveries, profile, out _).Times["booked"].Order);

        using var alone = new Csv(csv.Replace("/03/2026", "/2026", StringComparison.Ordinal));
        var doubt = SuggestMapping.Of(ImportKind.Deliveries, alone.Profile(), out _);
        Assert.Null(doubt.Times["booked"].Order);
        Assert.Contains(doubt.Problems(ImportKind.Deliveries, alone.Profile()), p => p.Place == "booked" && p.What.Contains("two ways", StringComparison.Ordinal));
    }

    [Fact]
    public void Zone_OfTimesWithoutAnOffset_HasToBeChosen()
    {
        using var local = new Csv("id,booked,promised,from,to\n" + Rows(5, i => $"P-{i},2026-03-01 08:00,2026-03-01 18:00,N1,S1"));
        var mapping = SuggestMapping.Of(ImportKind.Deliveries, local.Profile(), out _);
        Assert.Equal(["booked", "promised"], mapping.Problems(ImportKind.Deliveries, local.Profile()).Select(p => p.Place));
        Assert.Empty((mapping with { Zone = "Europe/London" }).Problems(ImportKind.Deliveries, local.Profile()));
        Assert.NotEmpty((mapping with { Zone = "Mars/Olympus" }).Problems(ImportKind.Deliveries, local.Profile()));

        using var offset = new Csv("id,booked,promised,from,to\n" + Rows(5, i => $"P-{i},2026-03-01T08:00:00Z,2026-03-01T18:00:00+01:00,N1,S1"));
        Assert.Empty(SuggestMapping.Of(ImportKind.Deliveries, offset.Profile(), out _).Problems(ImportKind.Deliveries, offset.Profile()));
    }

    [Fact]
    public void OtherColumns_KnownOnlyAfterwardsOrAboutPeople_AreLeftOut()
    {
        var mapping = Suggest(
            "id,booked,promised,delivered,from,to,days late,customer name,size,planned until,loaded,weight_g,signed by\n"
            + Rows(60, i => $"P-{i},2026-03-01 08:00,2026-03-02 18:00,2026-03-02 12:00,N1,S1,{i % 3},Smith {i},{(i % 2 == 0 ? "big" : "small")},2026-03-01 {10 + i % 10}:00,yes,{100 + i},X{i}"),
            out var leftOut);
        Assert.Equal([("size", AttributeKind.Text), ("planned until", AttributeKind.HoursAfterBooking)], mapping.Attributes.Select(a => (a.Column, a.Kind)));
        Assert.Equal(["customer name", "days late", "loaded", "signed by"], leftOut.Select(l => l.Column).Order(StringComparer.Ordinal));
        Assert.Equal(0.001, mapping.Fields["weightKg"].Times);
    }

    [Fact]
    public void Postcodes_InTheirThousands_BecomeRegions()
    {
        var mapping = Suggest(
            "id,booked,promised,origin,dest_zip,dest_state\n" + Rows(600, i => $"P-{i},2026-03-01 08:00,2026-03-02 18:00,N1,{(i % 2 == 0 ? 1000 : 80_000) + i},{(i % 2 == 0 ? "SP" : "RJ")}"), out _);
        Assert.Equal(new FieldSource { Column = "dest_zip", Pad = 5, First = 2, Before = "dest_state" }, mapping.Fields["destination.areaCode"]);
    }

    [Fact]
    public void Words_OfEvents_MeanWhatTheySound()
    {
        using var file = new Csv("shipment_id;event;at\n" + Rows(40, i => $"P-{i % 10};{(i % 4) switch { 0 => "handed_over", 1 => "DELIVERED", 2 => "Out for delivery", _ => "weighed" }};2026-03-01 08:{i:00}"));
        var mapping = SuggestMapping.Of(ImportKind.Events, file.Profile(), out _);
        Assert.Equal(["collected", "delivered", "outForDelivery", ""], new[] { "handed_over", "DELIVERED", "Out for delivery", "weighed" }.Select(word => mapping.Types[word]));
    }

    [Fact]
    public void Mapping_ThatWasKept_ComesBackTheSame()
    {
        using var file = new Csv("id;booked;promised;from;to;g\n" + Rows(8, i => $"P {i};01.03.2026 08:00;02.03.2026;N1;S1;{i},5"));
        var suggested = SuggestMapping.Of(ImportKind.Deliveries, file.Profile(), out _) with { Zone = "Europe/Berlin", IdPrefix = "x-" };
        Assert.True(suggested is { DecimalComma: true, CleanIds: true });
        var look = new ImportLook(file.Profile(), suggested, new Dictionary<string, string>());
        var state = new MappingState(ImportKind.Deliveries, look, ImportMapping.Read(suggested.Write()));
        Assert.Equal(suggested.Write(), state.Mapping().Write());
        Assert.Empty(state.Problems());
    }

    [Fact]
    public void State_WhenAFieldGetsAColumn_TakesItFromTheAttributes()
    {
        using var file = new Csv("id,booked,promised,from,to,letter\n" + Rows(8, i => $"P-{i},2026-03-01 08:00,2026-03-02 18:00,N1,S1,{(i % 2 == 0 ? "a" : "b")}"));
        var look = new ImportLook(file.Profile(), SuggestMapping.Of(ImportKind.Deliveries, file.Profile(), out _), new Dictionary<string, string>());
        var state = new MappingState(ImportKind.Deliveries, look, look.Suggested);
        Assert.Contains(state.Mapping().Attributes, a => a.Column == "letter");
        state.Choose(state.Fields.Single(f => f.Field.Name == "service"), "letter");
        Assert.DoesNotContain(state.Free, a => a.Column == "letter");
        Assert.Equal("letter", state.Mapping().Fields["service"].Column);
    }

    private static ImportMapping Suggest(string csv, out IReadOnlyList<LeftOut> leftOut)
    {
        using var file = new Csv(csv);
        return SuggestMapping.Of(ImportKind.Deliveries, file.Profile(), out leftOut);
    }

    private static string Rows(int count, Func<int, FormattableString> row)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
            text.Append(row(i).ToString(CultureInfo.InvariantCulture)).Append('\n');
        return text.ToString();
    }
}
