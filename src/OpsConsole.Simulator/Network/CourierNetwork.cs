using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>
/// A courier that doesn't exist: hubs, rounds, weather, traffic, customers, and everything its systems would send, in order of time. The same seed
/// gives the same facts, however they are asked for; only what people do (<see cref="Act"/>) changes what comes. Not for several threads.
/// </summary>
public sealed class CourierNetwork
{
    private readonly NetworkOptions _options;
    private readonly Surroundings _around;
    private readonly OrderBook _orders;
    private readonly PriorityQueue<Item, (long At, long Number)> _queue = new();
    private readonly Dictionary<string, Journey> _underWay = new(StringComparer.Ordinal);
    private long _nextDay;
    private long _number;

    private const long JourneyDice = 200;
    private const long ActDice = 201;
    private static readonly int[] ForecastHours = [3, 6];

    /// <summary>Something to come: a day's bookings, a booking, a moment of observation, or a fact of a journey's plan.</summary>
    private sealed record Item(DateTimeOffset At, Journey? Journey = null, int Plan = 0, Fact? Fact = null, (long Day, int Number)? Booking = null);

    /// <param name="options">What kind of courier it is.</param>
    public CourierNetwork(NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _around = new Surroundings(options.Seed, options.Troubles);
        _orders = new OrderBook(options);
        _nextDay = OrderBook.DayOf(options.From);
        if (options.ConditionsEvery > TimeSpan.Zero)
        {
            var every = options.ConditionsEvery.Ticks;
            Enqueue(new Item(new DateTimeOffset((options.From.UtcTicks + every - 1) / every * every, TimeSpan.Zero)));
        }
    }

    /// <summary>Shipments of which something is still to come.</summary>
    public int UnderWay => _underWay.Count;

    /// <summary>The codes of the areas it serves.</summary>
    public static IReadOnlyList<string> Areas { get; } = [.. Geography.Sites.Select(site => site.Code)];

    /// <summary>What is sent from where it was left off until that moment, in order of time. Facts are made as they are taken.</summary>
    public IEnumerable<Fact> Until(DateTimeOffset moment)
    {
        while (true)
        {
            BookDaysUntil(moment);
            if (!_queue.TryPeek(out var item, out _) || item.At > moment)
                yield break;
            _queue.Dequeue();
            if (item.Booking is { } booking)
                SetOut(booking.Day, booking.Number, item.At);
            else if (item.Journey is null)
            {
                foreach (var condition in Observe(item.At))
                    yield return condition;
            }
            else if (item.Plan == item.Journey.Plan)
            {
                if (--item.Journey.Left == 0)
                    _underWay.Remove(item.Journey.Id);
                yield return item.Fact!;
            }
        }
    }

    /// <summary>As <see cref="Until(DateTimeOffset)"/>, with what people did on the way, oldest first: how a network that was left off is taken up again.</summary>
    public IEnumerable<Fact> Until(DateTimeOffset moment, IEnumerable<PastAction> actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        foreach (var action in actions)
        {
            if (action.At > moment)
                break;
            foreach (var fact in Until(action.At))
                yield return fact;
            Act(action.ShipmentId, action.Action, action.At);
        }
        foreach (var fact in Until(moment))
            yield return fact;
    }

    /// <summary>Sends nothing more of a shipment.</summary>
    public void Forget(string shipmentId)
    {
        if (_underWay.Remove(shipmentId, out var journey))
            journey.Drop();
    }

    /// <summary>Whether a shipment will be late if nobody acts; null when it isn't under way, or will never be delivered.</summary>
    public bool? WillBeLate(string shipmentId) =>
        _underWay.TryGetValue(shipmentId, out var journey) && journey.Delivered is not null ? journey.WillBeLate : null;

    /// <summary>The promise that counts for a shipment under way; null when it isn't.</summary>
    public DateTimeOffset? PromiseOf(string shipmentId) => _underWay.TryGetValue(shipmentId, out var journey) ? journey.Promise : null;

    /// <summary>
    /// Somebody does something about a shipment. A parcel that would be late then arrives in time with the action's chance, if there is time left
    /// for it. A parcel has its luck once: asking again, or after a new start of the program, changes nothing.
    /// </summary>
    /// <returns>True when that changed what will happen.</returns>
    public bool Act(string shipmentId, JudgementAction action, DateTimeOffset at)
    {
        if (!_underWay.TryGetValue(shipmentId, out var journey) || !journey.WillBeLate || !_options.ChanceOfAction.TryGetValue(action, out var chance))
            return false;
        var needed = action == JudgementAction.Rerouted ? 90 : 45;
        var dice = Dice.Of(_options.Seed, ActDice, Dice.Number(shipmentId));
        if (!dice.Chance(chance) || at.AddMinutes(needed) > journey.Promise || journey.Delivered <= at)
            return false;
        journey.Rescue(at, dice);
        Enqueue(journey, at);
        return true;
    }

    private void BookDaysUntil(DateTimeOffset moment)
    {
        for (; _nextDay <= OrderBook.DayOf(moment); _nextDay++)
        {
            foreach (var (at, number) in _orders.MomentsOf(_nextDay))
            {
                if (at >= _options.From && at <= (_options.LastBooking ?? DateTimeOffset.MaxValue))
                    Enqueue(new Item(at, Booking: (_nextDay, number)));
            }
        }
    }

    private void SetOut(long day, int number, DateTimeOffset at)
    {
        var order = _orders.Make(day, number, at);
        if (_options.Wanted?.Invoke(order.Shipment) == false)
            return;
        var journey = new Trip(_around, _options.Troubles, order, Dice.Of(_options.Seed, JourneyDice, Dice.Number(order.Shipment.ShipmentId))).Walk();
        _underWay[journey.Id] = journey;
        Enqueue(journey, DateTimeOffset.MinValue);
    }

    private void Enqueue(Journey journey, DateTimeOffset after)
    {
        journey.Left = 0;
        foreach (var fact in journey.Facts)
        {
            if (fact.At <= after)
                continue;
            journey.Left++;
            Enqueue(new Item(fact.At, journey, journey.Plan, fact));
        }
    }

    private void Enqueue(Item item) => _queue.Enqueue(item, (item.At.UtcTicks, _number++));

    private IEnumerable<ConditionFact> Observe(DateTimeOffset at)
    {
        Enqueue(new Item(at + _options.ConditionsEvery));
        var forecasts = at.UtcTicks / _options.ConditionsEvery.Ticks % _options.ForecastEvery == 0;
        foreach (var site in Geography.Sites)
        {
            yield return Condition(site, at, at, _around.WeatherAt(site, at));
            if (!forecasts)
                continue;
            foreach (var hours in ForecastHours)
                yield return Condition(site, at, at.AddHours(hours), _around.ForecastOf(site, at.AddHours(hours), hours));
        }
    }

    private ConditionFact Condition(Site site, DateTimeOffset at, DateTimeOffset about, Weather weather)
    {
        var now = about == at;
        return new ConditionFact(at, new NewCondition
        {
            AreaCode = site.Code,
            ObservedAt = about,
            RecordedAt = at,
            PrecipitationMm = Math.Round(weather.RainMm, 1),
            SnowCm = Math.Round(weather.SnowCm, 1),
            WindKph = Math.Round(weather.WindKph, 0),
            TemperatureC = Math.Round(weather.TemperatureC, 1),
            TrafficIndex = now ? Math.Round(_around.TrafficAt(site, at), 2) : null,
            Incidents = now ? _around.IncidentsAt(site, at) : null,
        });
    }
}
