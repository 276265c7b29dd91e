using OpsConsole.Client;
using OpsConsole.Simulator.Network;

namespace OpsConsole.Tests.Simulator;

public sealed class TroublesTests
{
    private const int Days = 6;
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly (DateTimeOffset From, DateTimeOffset Until) Third = (Start.AddDays(2), Start.AddDays(3));

    private static List<Fact> Facts(Troubles troubles) => [.. new CourierNetwork(new NetworkOptions
    {
        Seed = 7,
        From = Start,
        LastBooking = Start.AddDays(Days),
        ShipmentsPerDay = 500,
        ConditionsEvery = TimeSpan.FromHours(6),
        Troubles = troubles,
    }).Until(Start.AddDays(Days + 8))];

    /// <summary>The share that isn't delivered by the first promise, of the shipments that a condition picks.</summary>
    private static double ShareLate(List<Fact> facts, Func<NewShipment, bool> of)
    {
        var delivered = facts.OfType<EventFact>().Where(f => f.Event.Type == EventType.Delivered).ToDictionary(f => f.Event.ShipmentId, f => f.Event.OccurredAt);
        var shipments = facts.OfType<ShipmentFact>().Select(f => f.Shipment).Where(of).ToList();
        return shipments.Count(s => !delivered.TryGetValue(s.ShipmentId, out var at) || at > s.PromisedBy) / (double)shipments.Count;
    }

    private static bool PromisedThen(NewShipment shipment) => shipment.PromisedBy >= Third.From && shipment.PromisedBy < Third.Until;

    [Fact]
    public void Storm_IsSeenInTheWeather_AndMakesParcelsLate()
    {
        var (calm, storm) = (Facts(new Troubles()), Facts(new Troubles { Storm = Third }));

        Assert.All(
            storm.OfType<ConditionFact>().Where(f => f.At >= Third.From && f.At < Third.Until && f.Condition.ObservedAt == f.At),
            f => Assert.True(f.Condition.WindKph > 45 && f.Condition.PrecipitationMm + f.Condition.SnowCm > 2));
        Assert.True(ShareLate(storm, PromisedThen) > 1.3 * ShareLate(calm, PromisedThen));
        // Nothing else is another than it was.
        Assert.Equal(calm.OfType<ShipmentFact>().Select(f => f.Shipment.ShipmentId), storm.OfType<ShipmentFact>().Select(f => f.Shipment.ShipmentId));
        static IEnumerable<NewCondition> Before(List<Fact> facts) => facts.OfType<ConditionFact>().Select(f => f.Condition).Where(c => c.ObservedAt < Third.From);
        Assert.Equal(Before(calm), Before(storm));
    }

    [Fact]
    public void FailingHub_HoldsUpItsOwnParcels()
    {
        static bool ToTheWest(NewShipment s) => PromisedThen(s) && s.Destination.AreaCode.StartsWith('W');
        Assert.True(ShareLate(Facts(new Troubles { HubFails = Third }), ToTheWest) > 2 * ShareLate(Facts(new Troubles()), ToTheWest));
    }

    [Fact]
    public void StalledFeed_SendsItsScansWhenItComesBack_WithTheTimeTheyHappened()
    {
        var stall = (From: Third.From, Until: Third.From.AddHours(6));
        var facts = Facts(new Troubles { FeedStalls = stall });
        var carriers = facts.OfType<ShipmentFact>().ToDictionary(f => f.Shipment.ShipmentId, f => f.Shipment.Carrier);
        var scans = facts.OfType<EventFact>().Where(f => carriers[f.Event.ShipmentId] == Troubles.StalledCarrier
            && f.Event.Type is not (EventType.Cancelled or EventType.Returned or EventType.PromiseChanged)).ToList();

        Assert.DoesNotContain(scans, f => f.At >= stall.From && f.At < stall.Until);
        Assert.True(scans.Count(f => f.Event.OccurredAt >= stall.From && f.Event.OccurredAt < stall.Until && f.At >= stall.Until) > 20);
    }

    [Fact]
    public void SlowCarrier_IsLaterFromThenOn_TheOthersAreNot()
    {
        var (before, after) = (Facts(new Troubles()), Facts(new Troubles { CarrierSlowsFrom = Third.From }));
        static bool Then(NewShipment s) => s.PromisedBy >= Third.From;

        Assert.True(ShareLate(after, s => Then(s) && s.Carrier == Troubles.SlowCarrier) > 1.3 * ShareLate(before, s => Then(s) && s.Carrier == Troubles.SlowCarrier));
        Assert.Equal(ShareLate(before, s => s.Carrier != Troubles.SlowCarrier), ShareLate(after, s => s.Carrier != Troubles.SlowCarrier));
    }
}
