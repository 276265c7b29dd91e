using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>
/// One parcel's way, walked once from booking to its end: collection, centres, trunk, round, door. Each stage takes its planned time, stretched by
/// what surrounds it, and leaves the scans that the courier's systems get, some late, some never.
/// </summary>
internal sealed class Trip(Surroundings around, Troubles troubles, Order order, Dice dice)
{
    private readonly List<Fact> _facts = [];
    private DateTimeOffset _at = order.Shipment.BookedAt;
    private DateTimeOffset _promise = order.Promise;
    private DateTimeOffset _arrival = order.Arrival;
    private TimeSpan _onRoad;
    private int _events;

    private string Id => order.Shipment.ShipmentId;

    /// <summary>Walks it.</summary>
    internal Journey Walk()
    {
        _facts.Add(new ShipmentFact(order.Shipment.BookedAt, order.Shipment));
        if (!order.SameDay && dice.Chance(0.018))
            CustomerAsksForAnotherDay();
        Accept();
        Collect();
        Sort(order.Origin.Hub);
        if (order.Destination.Hub != order.Origin.Hub)
        {
            Trunk();
            Sort(order.Destination.Hub);
        }
        LeaveForDoor();
        var delivered = Deliver();
        if (delivered is { } late && late > _promise.AddMinutes(45) && dice.Chance(0.25))
            CourierMovesPromise(late);
        delivered = Cancelled() ? null : delivered;
        Call(delivered);
        return new Journey(order, _promise, delivered, [.. _facts.OrderBy(fact => fact.At)]);
    }

    private void CustomerAsksForAnotherDay()
    {
        var asked = order.Shipment.BookedAt + (_promise.AddHours(-9) - order.Shipment.BookedAt) * dice.Between(0.1, 0.95);
        var days = dice.Chance(0.7) ? 1 : 2;
        (_promise, _arrival) = (_promise.AddDays(days), _arrival.AddDays(days));
        Scan(EventType.PromiseChanged, asked, scan => scan with { PromisedBy = _promise, InitiatedBy = PromiseInitiator.Customer, Reason = "customer" }, sure: true);
    }

    private void Accept()
    {
        Pass(dice.Around(order.SameDay ? 5 : 14, 0.6));
        Scan(EventType.Accepted, _at);
    }

    private void Collect()
    {
        var traffic = around.TrafficAt(order.Origin, _at);
        Pass(dice.Around(order.SameDay ? 40 : 130, 0.45) * Math.Pow(traffic, 1.3) * around.WeatherAt(order.Origin, _at).Slows);
        if (dice.Chance(0.03))
        {
            Scan(EventType.Exception, _at, scan => scan with { Reason = "notReady", AreaCode = order.Origin.Code });
            Pass(dice.Around(order.SameDay ? 90 : 420, 0.4));
        }
        Scan(EventType.Collected, _at, scan => scan with { AreaCode = order.Origin.Code });
    }

    private void Sort(Hub hub)
    {
        Pass(dice.Around(order.SameDay ? 16 : 55, 0.3) * around.TrafficAt(order.Origin, _at) * (1 + Geography.LastKilometres(order.Origin) / 60));
        var load = around.LoadOf(hub, _at);
        Scan(EventType.ArrivedAtFacility, _at, scan => scan with
        {
            Facility = hub.Name,
            Attributes = new Dictionary<string, AttributeValue> { ["load"] = Math.Round(load, 2) },
        });
        Pass(dice.Around(order.SameDay ? 32 : 150, 0.35) * Math.Pow(load, 2.6));
        // Left lying: nothing is heard of it until somebody finds it.
        if (dice.Chance(0.02 * Math.Pow(load, 3)))
            Pass(dice.Around(order.SameDay ? 180 : 1_000, 0.6));
        Scan(EventType.DepartedFacility, _at, scan => scan with { Facility = hub.Name, CarrierEstimate = Estimate(_arrival, 20) });
    }

    private void Trunk()
    {
        // Trunks leave every three hours; who misses one waits for the next.
        const long every = TimeSpan.TicksPerHour * 3;
        _at = new DateTimeOffset((_at.UtcTicks + every - 1) / every * every, TimeSpan.Zero);
        var minutes = Geography.RoadKilometres(order.Origin.Hub, order.Destination.Hub) / 62 * 60;
        Pass(minutes * around.WeatherAt(order.Destination, _at).Slows * dice.Around(1, 0.1));
    }

    // It moves with the day that the customer asked for.
    private DateTimeOffset Departure() => order.Round.Departs + (_promise - order.Promise);

    private void LeaveForDoor()
    {
        var planned = order.SameDay ? _arrival.AddMinutes(-DoorMinutes()) : Departure();
        var ready = _at.AddMinutes(dice.Around(12, 0.4));
        _at = planned.AddMinutes(7 * dice.Normal());
        // Who misses the van waits for the late one, which leaves when that is nearly back.
        if (!order.SameDay && ready > _at.AddMinutes(10))
            _at = planned.AddMinutes(order.Shipment.Service == OrderBook.NextDay ? 420 : 720);
        if (_at < ready)
            _at = ready;
        _onRoad = order.SameDay || _at > planned.AddHours(1) ? TimeSpan.FromMinutes(DoorMinutes()) : _arrival - _at;
        Scan(EventType.OutForDelivery, _at, scan => scan with
        {
            AreaCode = order.Destination.Code,
            Route = order.Round.Id,
            Vehicle = order.Round.Vehicle,
            CarrierEstimate = Estimate(_at + _onRoad, 12),
        });
    }

    private DateTimeOffset? Deliver()
    {
        var slow = around.TrafficAt(order.Destination, _at) / Math.Sqrt(around.TrafficAt(order.Destination, order.Arrival.AddDays(-7)))
            * around.WeatherAt(order.Destination, _at).Slows;
        if (order.Round.BreaksDownFor > 0)
        {
            Scan(EventType.Exception, _at + _onRoad * dice.Between(0.1, 0.6), scan => scan with { Reason = "vehicleBreakdown", Vehicle = order.Round.Vehicle });
            Pass(order.Round.BreaksDownFor);
        }
        // A long round has time to make up for what held it up.
        var shortOfDrivers = order.Carrier.Name == Troubles.SlowCarrier && _at >= troubles.CarrierSlowsFrom ? 1.25 : 1;
        var held = slow * order.Round.Pace * order.Carrier.Pace * shortOfDrivers * dice.Around(1, 0.13);
        Pass(_onRoad.TotalMinutes * Math.Pow(held, Math.Min(1, 75 / Math.Max(1, _onRoad.TotalMinutes))));
        var ageCheck = order.Shipment.Attributes!["ageCheck"].Flag == true;
        if (dice.Chance((order.Destination.Type == AreaType.Urban ? 0.035 : 0.025) * (ageCheck ? 2.5 : 1)))
        {
            Scan(EventType.DeliveryAttempted, _at, scan => scan with { AreaCode = order.Destination.Code, Reason = dice.Chance(0.8) ? "customerAbsent" : "addressUnclear" });
            if (dice.Chance(0.12))
            {
                Pass(dice.Around(1_500, 0.3));
                Scan(EventType.Returned, _at, scan => scan with { Reason = "undeliverable" }, sure: true);
                return null;
            }
            Pass(dice.Around(order.SameDay ? 110 : 300, 0.7));
        }
        Scan(EventType.Delivered, _at, scan => scan with { AreaCode = order.Destination.Code, Vehicle = order.Round.Vehicle });
        return _at;
    }

    private void CourierMovesPromise(DateTimeOffset delivered)
    {
        var known = _promise.AddHours(-dice.Between(0.5, 4));
        if (known < order.Shipment.BookedAt.AddHours(1))
            return;
        var moved = OrderBook.HalfHourAfter(delivered.AddMinutes(40 * dice.Normal()));
        if (moved > _promise)
            Scan(EventType.PromiseChanged, known, scan => scan with { PromisedBy = moved, InitiatedBy = PromiseInitiator.Courier, Reason = "delay" }, sure: true);
    }

    private bool Cancelled()
    {
        if (!dice.Chance(0.01))
            return false;
        var at = order.Shipment.BookedAt.AddMinutes(dice.Between(10, order.SameDay ? 90 : 600));
        _facts.RemoveAll(fact => fact is EventFact { Event: var scan } && scan.OccurredAt >= at);
        Scan(EventType.Cancelled, at, scan => scan with { Reason = "customer" }, sure: true);
        return true;
    }

    /// <summary>Who waits, calls: the longer the wait the likelier.</summary>
    private void Call(DateTimeOffset? delivered)
    {
        var hours = delivered is { } at ? (at - _promise).TotalHours : 0;
        var chance = hours <= 0 ? 0.022 : Math.Min(0.65, 0.2 + 0.06 * hours);
        if (!dice.Chance(chance))
            return;
        var calls = hours > 6 && dice.Chance(0.3) ? 2 : 1;
        for (var call = 1; call <= calls; call++)
        {
            var when = Second(hours <= 0 ? order.Shipment.BookedAt + (_promise - order.Shipment.BookedAt) * dice.Between(0.3, 1.1) : _promise.AddHours(dice.Between(0.1, Math.Max(0.5, hours))));
            var channel = dice.Chance(0.7) ? "phone" : "email";
            _facts.Add(new ContactFact(when.AddMinutes(2), new NewContact
            {
                ContactId = $"{Id}:contact{call}",
                ShipmentId = Id,
                OccurredAt = when,
                RecordedAt = when.AddMinutes(2),
                Channel = channel,
                Cost = Math.Round(channel == "phone" ? dice.Between(4, 8) : dice.Between(2, 4), 2),
            }));
        }
    }

    /// <summary>Minutes from the centre to this door, as planned: the way out, then the stops before it.</summary>
    private double DoorMinutes() => Geography.LastKilometres(order.Destination) / 42 * 60 + 3.4 * order.Shipment.Stop!.Value + 6;

    private DateTimeOffset Estimate(DateTimeOffset planned, double spread)
    {
        var estimate = Second(planned.AddMinutes(spread * dice.Normal()));
        return estimate > _at ? estimate : Second(_at.AddMinutes(30));
    }

    private void Pass(double minutes) => _at = _at.AddMinutes(minutes);

    /// <summary>Leaves a scan, unless it is forgotten; some reach the systems hours later.</summary>
    private void Scan(EventType type, DateTimeOffset occurredAt, Func<NewEvent, NewEvent>? more = null, bool sure = false)
    {
        var number = _events++;
        var forgotten = dice.Chance(type == EventType.Delivered ? 0.003 : order.Carrier.MissedScans);
        var offline = dice.Chance(order.Destination.Type == AreaType.Rural ? 0.05 : 0.02);
        var lag = offline ? dice.Between(20, 240) * 60 : dice.Between(5, 120);
        if (forgotten && !sure)
            return;
        var occurred = Second(occurredAt);
        var recorded = sure ? occurred.AddSeconds(10) : occurred.AddSeconds(Math.Floor(lag));
        if (!sure && order.Carrier.Name == Troubles.StalledCarrier && Troubles.Holds(troubles.FeedStalls, recorded))
            recorded = Second(troubles.FeedStalls!.Value.Until.AddSeconds(Math.Floor(lag / 10)));
        var scan = new NewEvent { EventId = $"{Id}:{number}", ShipmentId = Id, Type = type, OccurredAt = occurred, RecordedAt = recorded };
        _facts.Add(new EventFact(recorded, more is null ? scan : more(scan)));
    }

    private static DateTimeOffset Second(DateTimeOffset at) => new(at.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
