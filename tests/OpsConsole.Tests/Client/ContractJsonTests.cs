using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Tests.Client;

public sealed class ContractJsonTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void NewShipment_WithAttributesAndConsent_IsWrittenAsTheContractSays()
    {
        var shipment = new NewShipment
        {
            ShipmentId = "s1",
            BookedAt = Noon,
            PromisedBy = Noon.AddHours(5),
            Origin = new Area { AreaCode = "N1", AreaType = AreaType.Suburban, DeprivationBand = 3 },
            Destination = new Area { AreaCode = "S2" },
            Service = "sameDay",
            Attributes = new Dictionary<string, AttributeValue> { ["items"] = 2, ["fragile"] = true, ["category"] = "toys" },
            Customer = new Customer
            {
                Channel = ContactChannel.Sms,
                Consent = new Consent { Channels = new Dictionary<string, ChannelConsent> { ["sms"] = new(true, Noon, "checkout") } },
            },
        };

        var json = JsonSerializer.Serialize(shipment, ContractJson.Requests.NewShipment);

        Assert.Equal(
            """{"shipmentId":"s1","bookedAt":"2026-11-24T12:00:00+00:00","promisedBy":"2026-11-24T17:00:00+00:00","origin":{"areaCode":"N1","areaType":"suburban","deprivationBand":3},"destination":{"areaCode":"S2"},"service":"sameDay","attributes":{"items":2,"fragile":true,"category":"toys"},"customer":{"channel":"sms","consent":{"sms":{"given":true,"at":"2026-11-24T12:00:00+00:00","source":"checkout"}}}}""",
            json);
        var back = JsonSerializer.Deserialize(json, ContractJson.Requests.NewShipment)!;
        Assert.Equal(shipment.Attributes["category"], back.Attributes!["category"]);
        Assert.Equal(shipment.Customer.Consent.Channels["sms"], back.Customer!.Consent!.Channels!["sms"]);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void Consent_ForAllChannels_IsABoolean(string json, bool expected)
    {
        var consent = JsonSerializer.Deserialize($$"""{"consent":{{json}}}""", ContractJson.Requests.Customer)!.Consent!;

        Assert.Equal(expected, consent.All);
        Assert.Equal($$"""{"consent":{{json}}}""", JsonSerializer.Serialize(new Customer { Consent = consent }, ContractJson.Requests.Customer));
    }

    [Fact]
    public void EveryEnum_HasCamelCaseNamesUnderAnyOptions()
    {
        var enums = typeof(ContractJson).Assembly.GetExportedTypes().Where(t => t.IsEnum).ToList();

        Assert.NotEmpty(enums);
        foreach (var type in enums)
        {
            foreach (var value in Enum.GetValues(type))
            {
                var expected = $"\"{JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!)}\"";
                Assert.Equal(expected, JsonSerializer.Serialize(value, type));
                Assert.Equal(expected, JsonSerializer.Serialize(value, type, ContractJson.Default));
            }
        }
    }

    [Fact]
    public void Answer_WithoutPrecision_WritesNull()
    {
        var json = JsonSerializer.Serialize(
            new QualityAnswer { Basis = "served", TimeZone = "UTC", Lead = null, Buckets = [], Total = new QualityBucket() }, ContractJson.Default.QualityAnswer);

        Assert.Contains("\"lead\":null", json, StringComparison.Ordinal);
        Assert.Contains("\"precision\":null", json, StringComparison.Ordinal);
        Assert.DoesNotContain("segment", json, StringComparison.Ordinal);
    }

    [Fact]
    public void ItemPrediction_ThatFailed_HasItsErrorInsteadOfFigures()
    {
        var json = JsonSerializer.Serialize(new ItemPrediction { ShipmentId = "s1", AsOf = Noon, Error = "before booking" }, ContractJson.Default.ItemPrediction);

        Assert.Equal("""{"shipmentId":"s1","asOf":"2026-11-24T12:00:00+00:00","error":"before booking"}""", json);
    }

    [Fact]
    public void Attribute_OfAnotherKind_IsRefused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AttributeValue>("[1]"));

    [Fact]
    public void Attribute_NotFinite_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AttributeValue.FromDouble(double.NaN));
}
