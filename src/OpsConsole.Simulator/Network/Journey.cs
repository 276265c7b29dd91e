using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>What will happen to one shipment if nobody acts, and what became of that.</summary>
internal sealed class Journey(Order order, DateTimeOffset promise, DateTimeOffset? delivered, List<Fact> facts)
{
    /// <summary>The shipment's id.</summary>
    internal string Id => order.Shipment.ShipmentId;

    /// <summary>The order.</summary>
    internal Order Order => order;

    /// <summary>The promise that counts: the first, or the one the customer asked for.</summary>
    internal DateTimeOffset Promise => promise;

    /// <summary>When it arrives; null when it never does.</summary>
    internal DateTimeOffset? Delivered { get; private set; } = delivered;

    /// <summary>What the courier's systems will send of it, in order of time.</summary>
    internal IReadOnlyList<Fact> Facts { get; private set; } = facts;

    /// <summary>Changes when somebody's act changes what will happen: what was planned before is void.</summary>
    internal int Plan { get; private set; }

    /// <summary>How many of its facts are still to come.</summary>
    internal int Left { get; set; }

    /// <summary>Late, or never delivered, as things stand.</summary>
    internal bool WillBeLate => Delivered is { } at && at > promise;

    /// <summary>Nothing more is sent of it.</summary>
    internal void Drop()
    {
        Plan++;
        Left = 0;
    }

    /// <summary>It gets there in time after all: what is known already stays, the rest is made anew.</summary>
    internal void Rescue(DateTimeOffset at, Dice dice)
    {
        var arrival = promise.AddMinutes(-dice.Between(4, 50));
        if (arrival < at.AddMinutes(15))
            arrival = at.AddMinutes(15);
        var known = Facts.Where(fact => fact.At <= at).ToList();
        var isOut = known.OfType<EventFact>().Any(fact => fact.Event.Type == EventType.OutForDelivery);
        Plan++;
        if (!isOut)
            known.Add(Again(EventType.OutForDelivery, at + (arrival - at) * 0.4, "o"));
        known.Add(Again(EventType.Delivered, arrival, "d"));
        (Delivered, Facts) = (arrival, known);
    }

    private EventFact Again(EventType type, DateTimeOffset occurredAt, string mark)
    {
        var at = new DateTimeOffset(occurredAt.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        return new EventFact(at.AddSeconds(20), new NewEvent
        {
            EventId = $"{Id}:act{Plan}{mark}",
            ShipmentId = Id,
            Type = type,
            OccurredAt = at,
            RecordedAt = at.AddSeconds(20),
            AreaCode = order.Destination.Code,
            Route = order.Round.Id,
            Vehicle = order.Round.Vehicle,
        });
    }
}
