using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Simulator.Network;

namespace OpsConsole.Tests.Simulator;

public sealed class CourierNetworkTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    private static CourierNetwork Network(int days, double perDay = 400, int seed = 7, string prefix = "SIM") => new(new NetworkOptions
    {
        Seed = seed,
        From = Start,
        LastBooking = Start.AddDays(days),
        ShipmentsPerDay = perDay,
        Prefix = prefix,
        ConditionsEvery = TimeSpan.FromHours(2),
    });

    /// <summary>A shipment and how it ended, read from the facts alone.</summary>
    private sealed record Story(NewShipment Shipment, DateTimeOffset Promise, List<NewEvent> Events)
    {
        public NewEvent? End => Events.Where(e => e.Type is EventType.Delivered or EventType.Returned or EventType.Cancelled).MinBy(e => e.OccurredAt);

        public bool? Late => End switch
        {
            { Type: EventType.Cancelled } => null,
            { } end => end.OccurredAt > Promise,
            null => true,
        };
    }

    private static List<Story> Stories(CourierNetwork network, int days)
    {
        var facts = network.Until(Start.AddDays(days + 8)).ToList();
        var events = facts.OfType<EventFact>().ToLookup(fact => fact.Event.ShipmentId, fact => fact.Event);
        return [.. facts.OfType<ShipmentFact>().Select(fact => new Story(
            fact.Shipment,
            events[fact.Shipment.ShipmentId].LastOrDefault(e => e.InitiatedBy == PromiseInitiator.Customer)?.PromisedBy ?? fact.Shipment.PromisedBy,
            [.. events[fact.Shipment.ShipmentId]]))];
    }

    [Fact]
    public void Until_SameSeed_GivesTheSameFactsInAnyPortions()
    {
        var whole = Network(2).Until(Start.AddDays(4)).Select(Text).ToList();
        var other = Network(2);
        var portions = Enumerable.Range(1, 24 * 4 * 3).SelectMany(step => other.Until(Start.AddMinutes(20 * step)).ToList()).Select(Text).ToList();

        Assert.Equal(whole, portions);
        Assert.NotEqual(whole, Network(2, seed: 8).Until(Start.AddDays(4)).Select(Text));

        static string Text(Fact fact) => fact switch
        {
            ShipmentFact shipment => JsonSerializer.Serialize(shipment.Shipment, ContractJson.Requests.NewShipment),
            EventFact scan => JsonSerializer.Serialize(scan.Event, ContractJson.Requests.NewEvent),
            ConditionFact condition => JsonSerializer.Serialize(condition.Condition, ContractJson.Requests.NewCondition),
            ContactFact contact => JsonSerializer.Serialize(contact.Contact, ContractJson.Requests.NewContact),
            _ => throw new InvalidOperationException(),
        };
    }

    [Fact]
    public void Until_AnyMoment_GivesFactsInOrderOfTimeWithIdsOfTheirOwn()
    {
        var facts = Network(2).Until(Start.AddDays(4)).ToList();

        Assert.Equal(facts.OrderBy(fact => fact.At).Select(fact => fact.At), facts.Select(fact => fact.At));
        Assert.Distinct(facts.OfType<ShipmentFact>().Select(fact => fact.Shipment.ShipmentId));
        Assert.Distinct(facts.OfType<EventFact>().Select(fact => fact.Event.EventId));
        Assert.Distinct(facts.OfType<ContactFact>().Select(fact => fact.Contact.ContactId));
        Assert.Distinct(facts.OfType<ConditionFact>().Select(fact => (fact.Condition.AreaCode, fact.Condition.ObservedAt, fact.Condition.RecordedAt)));
        Assert.All(facts.OfType<ShipmentFact>(), fact => Assert.True(fact.Shipment.PromisedBy > fact.Shipment.BookedAt));
    }

    [Fact]
    public void Until_FourteenDays_HoldAsManyShipmentsAsAsked()
    {
        var count = Network(14, 5_000 / 14.0).Until(Start.AddDays(14)).OfType<ShipmentFact>().Count();
        Assert.InRange(count, 4_995, 5_005);
    }

    [Fact]
    public void Shipments_OfTwoWeeks_AreLateInEightToFifteenOfAHundred()
    {
        var stories = Stories(Network(14), 14);
        var known = stories.Where(story => story.Late is not null).ToList();
        var late = known.Where(story => story.Late == true).ToList();
        var silent = late.Count(story => story.Events.All(e => e.RecordedAt > story.Promise || e.RecordedAt < story.Promise.AddHours(-4)));

        Assert.InRange((double)late.Count / known.Count, 0.08, 0.15);
        Assert.InRange((double)silent / late.Count, 0.05, 0.6);
    }

    [Fact]
    public void Lateness_FourHoursBefore_CanBeToldInPart()
    {
        var known = Stories(Network(14), 14).Where(story => story.Late is not null && !(story.End?.OccurredAt <= story.Promise.AddHours(-4))).ToList();

        var area = Auc(known, SimpleRule);

        // Worth a model, and no giveaway.
        Assert.InRange(area, 0.6, 0.92);
    }

    [Fact]
    public void Contacts_OfLateParcels_AreManyTimesMore()
    {
        var stories = Stories(Network(14), 14).ToDictionary(story => story.Shipment.ShipmentId);
        var contacts = Network(14).Until(Start.AddDays(22)).OfType<ContactFact>().Select(fact => stories[fact.Contact.ShipmentId].Late == true).ToList();
        var lateShare = contacts.Count(late => late) / (double)stories.Values.Count(s => s.Late == true);
        var onTimeShare = contacts.Count(late => !late) / (double)stories.Values.Count(s => s.Late != true);

        Assert.True(lateShare > 5 * onTimeShare, $"{lateShare} {onTimeShare}");
    }

    [Fact]
    public void Act_InTime_SavesAsManyAsItsChance()
    {
        var network = Network(14);
        var (acted, saved) = (0, 0);
        var delivered = new Dictionary<string, NewEvent>();
        var rescued = new Dictionary<string, DateTimeOffset>();
        var promises = new Dictionary<string, DateTimeOffset>();
        var asked = new HashSet<string>();
        for (var at = Start; at < Start.AddDays(20); at = at.AddHours(1))
        {
            foreach (var fact in network.Until(at).ToList())
            {
                if (fact is ShipmentFact { Shipment: var shipment })
                    promises[shipment.ShipmentId] = shipment.PromisedBy;
                else if (fact is EventFact { Event: { Type: EventType.Delivered } end })
                    Assert.True(delivered.TryAdd(end.ShipmentId, end));
            }
            foreach (var id in promises.Where(p => p.Value - at is { TotalHours: > 3.5 and < 6 }).Select(p => p.Key))
            {
                if (network.WillBeLate(id) != true || !asked.Add(id))
                    continue;
                acted++;
                var promise = network.PromiseOf(id)!.Value;
                if (network.Act(id, JudgementAction.Rerouted, at))
                {
                    saved++;
                    rescued[id] = promise;
                    Assert.False(network.WillBeLate(id));
                }
            }
        }

        Assert.InRange(saved / (double)acted, 0.36, 0.54);
        Assert.All(rescued, saving => Assert.True(delivered[saving.Key].OccurredAt < saving.Value));
    }

    /// <summary>What anybody would say four hours before the promise, from what is known then.</summary>
    private static double SimpleRule(Story story)
    {
        var at = story.Promise.AddHours(-4);
        var known = story.Events.Where(e => e.RecordedAt <= at).ToList();
        var stage = known.Select(e => e.Type switch
        {
            EventType.Collected => 1,
            EventType.ArrivedAtFacility => 2,
            EventType.DepartedFacility => 3,
            EventType.OutForDelivery => 4,
            _ => 0,
        }).DefaultIfEmpty(0).Max();
        return -stage + story.Shipment.Attributes!["slotLoad"].Number!.Value * 2 + story.Shipment.Stop!.Value / 20.0;
    }

    private static double Auc(IReadOnlyList<Story> stories, Func<Story, double> score)
    {
        var late = stories.Where(s => s.Late == true).Select(score).ToList();
        var onTime = stories.Where(s => s.Late == false).Select(score).ToList();
        return late.Average(high => onTime.Average(low => high > low ? 1 : high == low ? 0.5 : 0));
    }
}
