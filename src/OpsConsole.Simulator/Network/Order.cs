using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>A van's round: one area, one window, one day. What slows it slows all of its parcels.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Vehicle">The van.</param>
/// <param name="Load">How full its window was sold, 1 = as planned.</param>
/// <param name="Pace">How long the driver takes, 1 = as planned.</param>
/// <param name="BreaksDownFor">Minutes it stands still; mostly zero.</param>
/// <param name="Departs">When its van leaves the centre; parcels of hours go one by one.</param>
internal sealed record Round(string Id, string Vehicle, double Load, double Pace, double BreaksDownFor, DateTimeOffset Departs);

/// <summary>What a customer ordered, before anything happened to it.</summary>
internal sealed record Order(
    NewShipment Shipment, Site Origin, Site Destination, Carrier Carrier, Round Round, DateTimeOffset Arrival, DateTimeOffset Promise)
{
    /// <summary>Delivered within hours; else on the day of its window.</summary>
    internal bool SameDay => Shipment.Service == OrderBook.SameDay;
}

/// <summary>Who orders what when: days and hours of demand, services and their promises, parcels, customers.</summary>
internal sealed class OrderBook(NetworkOptions options)
{
    internal const string SameDay = "sameDay";
    internal const string NextDay = "nextDay";

    private const int Customers = 4_000;
    private static readonly double[] OfWeekday = [0.72, 1.16, 1.10, 1.06, 1.04, 1.08, 0.84]; // From Sunday; a week sums to 7.
    private static readonly double[] OfHour =
        [0.45, 0.4, 0.35, 0.35, 0.4, 0.5, 0.7, 1.0, 1.3, 1.5, 1.6, 1.5, 1.35, 1.2, 1.15, 1.1, 1.1, 1.15, 1.25, 1.4, 1.45, 1.3, 0.95, 0.65];
    private static readonly int[] WindowEnds = [10, 12, 14, 16, 18, 20, 22];
    private static readonly string[] Packagings = ["box", "bag", "tube", "envelope"];
    private static readonly int[] Hours = [.. Enumerable.Range(0, 24)];
    private readonly long _prefix = Dice.Number(options.Prefix);

    private enum What
    {
        Order = 100,
        Moment,
        Round,
        Customer,
    }

    /// <summary>The number of a day.</summary>
    internal static long DayOf(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerDay;

    /// <summary>When things are booked on a day, in order, each with its number.</summary>
    internal IEnumerable<(DateTimeOffset At, int Number)> MomentsOf(long day)
    {
        var start = new DateTimeOffset(day * TimeSpan.TicksPerDay, TimeSpan.Zero);
        // Rounded over the weeks, so that fourteen days hold what fourteen days should.
        var count = (int)(Math.Floor(Expected(day + 1)) - Math.Floor(Expected(day)));
        return Enumerable.Range(0, count).Select(number =>
        {
            var dice = Dice.Of(options.Seed, (long)What.Moment, _prefix, day, number);
            var seconds = Math.Floor(3600 * (dice.Pick(Hours, hour => OfHour[hour]) + dice.Next()));
            return (start.AddSeconds(seconds), number);
        }).OrderBy(moment => moment.Item1).ThenBy(moment => moment.number);
    }

    /// <summary>The order of that number of that day.</summary>
    internal Order Make(long day, int number, DateTimeOffset bookedAt)
    {
        var dice = Dice.Of(options.Seed, (long)What.Order, _prefix, day, number);
        var origin = dice.Pick(Geography.Sites, site => site.Type == AreaType.Rural ? 0.3 : site.Demand);
        var service = dice.Next() switch { < 0.6 => SameDay, < 0.9 => NextDay, _ => "twoDay" };
        // Nobody sells delivery within hours across the country.
        var sites = service == SameDay ? [.. Geography.Sites.Where(site => site.Hub == origin.Hub)] : Geography.Sites;
        var destination = dice.Pick(sites, site => site.Demand);
        var carrier = dice.Pick(Geography.Carriers, one => one.Share);
        var distance = Geography.RoadKilometres(origin, destination);
        var (from, promise) = Window(dice, service, bookedAt, distance);
        var round = RoundOf(destination, service, promise);
        var stop = 1 + dice.Below(26);
        var id = $"{options.Prefix}-{bookedAt.UtcDateTime:yyMMdd}-{number:D5}";
        var shipment = Parcel(dice, id, bookedAt) with
        {
            PromisedBy = promise,
            PromisedFrom = from,
            Origin = origin.At(dice),
            Destination = destination.At(dice),
            Service = service,
            Carrier = carrier.Name,
            DistanceKm = Math.Round(distance * dice.Between(0.96, 1.08), 1),
            Route = round.Id,
            Stop = stop,
        };
        shipment = shipment with { Attributes = Attributes(dice, destination, round) };
        var arrival = from + (promise - from) * (0.08 + 0.58 * (stop + dice.Next()) / 27);
        return new Order(shipment, origin, destination, carrier, round, arrival, promise);
    }

    /// <summary>The next half hour, where promises lie.</summary>
    internal static DateTimeOffset HalfHourAfter(DateTimeOffset at)
    {
        const long half = TimeSpan.TicksPerHour / 2;
        return new DateTimeOffset((at.UtcTicks + half - 1) / half * half, TimeSpan.Zero);
    }

    private static (DateTimeOffset From, DateTimeOffset Promise) Window(Dice dice, string service, DateTimeOffset bookedAt, double distance)
    {
        if (service == SameDay)
        {
            var end = HalfHourAfter(bookedAt.AddHours(dice.Pick([4.5, 6, 8], hours => hours == 6 ? 2 : 1)).AddMinutes(distance * 1.2));
            return (end.AddHours(-2), end);
        }
        var day = new DateTimeOffset(bookedAt.UtcDateTime.Date, TimeSpan.Zero).AddDays(service == NextDay ? 1 : 2);
        // What is booked in the evening comes in the afternoon at the earliest.
        var earliest = bookedAt.AddHours(service == NextDay ? 21 : 26).AddMinutes(distance * 1.5);
        var ends = WindowEnds.Select(hour => day.AddHours(hour)).Where(end => end >= earliest).ToList();
        var promise = ends.Count == 0 ? day.AddHours(34) : ends[dice.Below(ends.Count)];
        return (promise.AddHours(service == NextDay ? -4 : -8), promise);
    }

    private Round RoundOf(Site destination, string service, DateTimeOffset promise)
    {
        var hour = promise.UtcTicks / (TimeSpan.TicksPerHour * 2);
        var dice = Dice.Of(options.Seed, (long)What.Round, destination.Number, hour);
        var weekday = promise.DayOfWeek is DayOfWeek.Monday or DayOfWeek.Friday ? 1.1 : 1;
        var load = Math.Clamp(dice.Around(0.86, 0.2) * weekday, 0.3, 1.6);
        return new Round(
            $"R-{destination.Code}-{promise:HH}",
            $"V-{"NESW"[destination.Hub.Number]}{10 + (destination.Number * 7 + hour) % 23}",
            load,
            dice.Around(1, 0.1) * (1 + 0.45 * Math.Max(-0.2, load - 0.9)),
            dice.Chance(0.015) ? dice.Between(80, 220) : 0,
            promise.AddMinutes(-dice.Between(450, 510) - (service == NextDay ? 0 : 330)));
    }

    private NewShipment Parcel(Dice dice, string id, DateTimeOffset bookedAt)
    {
        var weight = Math.Round(Math.Clamp(dice.Around(1.8, 0.9), 0.05, 60), 2);
        var nowhere = new Area { AreaCode = "-" };
        return new NewShipment
        {
            ShipmentId = id,
            BookedAt = bookedAt,
            RecordedAt = bookedAt,
            PromisedBy = bookedAt,
            Origin = nowhere,
            Destination = nowhere,
            Service = SameDay,
            WeightKg = weight,
            VolumeDm3 = Math.Round(weight * dice.Around(4, 0.5), 1),
            Pieces = dice.Chance(0.12) ? 2 + dice.Below(3) : 1,
            DeclaredValue = Math.Round(dice.Around(45, 0.9), 2),
            Reference = $"PO-{(uint)Dice.Number(id) % 1_000_000:D6}",
            Customer = CustomerOf(1 + dice.Below(Customers)),
        };
    }

    private static Dictionary<string, AttributeValue> Attributes(Dice dice, Site destination, Round round)
    {
        var attributes = new Dictionary<string, AttributeValue>
        {
            ["fragile"] = dice.Chance(0.14),
            ["basketItems"] = 1 + dice.Below(9),
            ["packaging"] = dice.Pick(Packagings, kind => kind == "box" ? 5 : 1),
            ["ageCheck"] = dice.Chance(0.05),
            ["slotLoad"] = Math.Round(round.Load + 0.03 * dice.Normal(), 2),
        };
        if (destination.Type == AreaType.Urban && dice.Chance(0.7))
            attributes["floor"] = dice.Below(9);
        return attributes;
    }

    /// <summary>People who don't exist: addresses under example.org, numbers that are kept free for films.</summary>
    private Customer CustomerOf(int number)
    {
        var dice = Dice.Of(options.Seed, (long)What.Customer, number);
        var channel = dice.Next() switch { < 0.5 => ContactChannel.Email, < 0.85 => ContactChannel.Sms, < 0.95 => ContactChannel.App, _ => ContactChannel.None };
        var since = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(dice.Below(300));
        var given = dice.Chance(0.8);
        return new Customer
        {
            CustomerId = $"C-{number:D5}",
            Channel = channel,
            Address = channel switch
            {
                ContactChannel.Email => $"customer{number:D5}@example.org",
                ContactChannel.Sms => $"+447700900{number % 1000:D3}",
                ContactChannel.App => $"device-{number:D5}",
                _ => null,
            },
            Consent = channel == ContactChannel.None
                ? new Consent { All = false }
                : new Consent { Channels = new Dictionary<string, ChannelConsent> { [NameOf(channel)] = new(given, since, "checkout") } },
            Locale = "en-GB",
            TimeZone = "Europe/London",
        };
    }

    private static string NameOf(ContactChannel channel) => channel switch { ContactChannel.Email => "email", ContactChannel.Sms => "sms", _ => "app" };

    /// <summary>How many are booked before a day, since the calendar began.</summary>
    private double Expected(long day)
    {
        var week = day / 7;
        var sum = week * 7.0;
        // Day 0 of the calendar was a Monday.
        for (var d = week * 7; d < day; d++)
            sum += OfWeekday[(int)((d + 1) % 7)];
        return sum * options.ShipmentsPerDay;
    }
}
