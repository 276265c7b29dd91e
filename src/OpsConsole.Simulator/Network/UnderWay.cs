using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>What a console that starts to listen now is told: the shipments that are under way, with all that happened to them so far.</summary>
public static class UnderWay
{
    private static readonly TimeSpan ConditionsOf = TimeSpan.FromMinutes(70);

    /// <summary>
    /// Runs the network up to that moment and gives what is still of interest: shipments not finished whose promise lies ahead, and those that the
    /// console knows from before and holds open, each with its events and contacts; and the conditions of the last hour with what is forecast.
    /// Of all others nothing is sent any more.
    /// </summary>
    /// <param name="network">A network that was made to begin some days before.</param>
    /// <param name="now">The moment.</param>
    /// <param name="known">What the console knows from before: ids, and whether it holds them open.</param>
    /// <param name="actions">What people did about them, oldest first.</param>
    public static IReadOnlyList<Fact> At(
        CourierNetwork network, DateTimeOffset now, IReadOnlyDictionary<string, bool>? known = null, IEnumerable<PastAction>? actions = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        List<Fact> conditions = [];
        var ofShipments = new Dictionary<string, List<Fact>>(StringComparer.Ordinal);
        void Add(string id, Fact fact)
        {
            if (!ofShipments.TryGetValue(id, out var facts))
                ofShipments[id] = facts = [];
            facts.Add(fact);
        }
        foreach (var fact in network.Until(now, actions ?? []))
        {
            if (ShipmentOf(fact) is { } id)
                Add(id, fact);
            else if (fact.At > now - ConditionsOf)
                conditions.Add(fact);
        }
        List<Fact> wanted = [];
        foreach (var (id, facts) in ofShipments)
        {
            if (known?.TryGetValue(id, out var open) == true ? open : IsAhead(facts, now))
                wanted.AddRange(facts);
            else
                network.Forget(id);
        }
        return [.. conditions.Concat(wanted).OrderBy(fact => fact.At)];
    }

    /// <summary>The shipment that a fact is about; null for conditions.</summary>
    public static string? ShipmentOf(Fact fact) => fact switch
    {
        ShipmentFact shipment => shipment.Shipment.ShipmentId,
        EventFact scan => scan.Event.ShipmentId,
        ContactFact contact => contact.Contact.ShipmentId,
        _ => null,
    };

    private static bool IsAhead(List<Fact> facts, DateTimeOffset now) =>
        facts.OfType<ShipmentFact>().Any(fact => fact.Shipment.PromisedBy > now)
        && !facts.OfType<EventFact>().Any(fact => fact.Event.Type is EventType.Delivered or EventType.Returned or EventType.Cancelled);
}
