using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>Weather of an area in an hour.</summary>
internal readonly record struct Weather(double RainMm, double SnowCm, double WindKph, double TemperatureC)
{
    /// <summary>How much longer driving takes, 1 = dry and calm.</summary>
    internal double Slows => 1 + 0.075 * Math.Min(RainMm, 9) + 0.14 * Math.Min(SnowCm, 5) + 0.006 * Math.Max(0, WindKph - 35);
}

/// <summary>
/// What the network lives in: fronts that cross it from the west, roads that fill twice a day, centres that are sometimes overrun. Every value is a
/// function of seed, place and hour alone, so that history, the live stream and a program started again agree about it.
/// </summary>
internal sealed class Surroundings(int seed, Troubles troubles)
{
    private const int Kept = 100_000;
    private const int FailingHub = 3;

    private readonly Dictionary<(int Kind, int Place, long Hour), double> _numbers = [];
    private readonly Dictionary<(int Place, long Hour), Weather> _weather = [];
    private readonly Dictionary<long, Front[]> _fronts = [];

    private enum What
    {
        Front = 1,
        Temperature,
        Traffic,
        Incidents,
        HubDay,
        HubHour,
        Forecast,
    }

    private sealed record Front(double StartHour, double Speed, double Width, double Intensity);

    /// <summary>The weather of an area.</summary>
    internal Weather WeatherAt(Site site, DateTimeOffset at)
    {
        var hour = HourOf(at);
        if (_weather.TryGetValue((site.Number, hour), out var known))
            return known;
        if (_weather.Count >= Kept)
            _weather.Clear();
        return _weather[(site.Number, hour)] = MakeWeather(site, at, hour);
    }

    /// <summary>Traffic of an area, 1 = free flow.</summary>
    internal double TrafficAt(Site site, DateTimeOffset at) => Keep(What.Traffic, site.Number, at, hour =>
    {
        var weekend = at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        var busy = site.Type switch { AreaType.Urban => 0.55, AreaType.Suburban => 0.38, _ => 0.16 };
        var peaks = weekend ? 0.6 * Bell(at.Hour, 13, 3.5) : Bell(at.Hour, 8, 1.6) + 1.15 * Bell(at.Hour, 17, 2.0) + 0.3 * Bell(at.Hour, 12.5, 2);
        var dice = Dice.Of(seed, (long)What.Traffic, site.Number, hour);
        return Math.Max(1, 1 + busy * peaks + 0.35 * IncidentsAt(site, at) + 0.5 * (WeatherAt(site, at).Slows - 1) + 0.06 * dice.Normal());
    });

    /// <summary>Road incidents in an area.</summary>
    internal int IncidentsAt(Site site, DateTimeOffset at) => (int)Keep(What.Incidents, site.Number, at, hour =>
    {
        // An incident blocks a road for two or three hours.
        var count = 0;
        for (var back = 0; back < 3; back++)
        {
            var dice = Dice.Of(seed, (long)What.Incidents, site.Number, hour - back);
            count += dice.Chance(0.012 * (site.Type == AreaType.Rural ? 0.6 : 1.3) * (back == 2 ? 0.5 : 1)) ? 1 : 0;
        }
        return count;
    });

    /// <summary>How full a centre is, 1 = as planned.</summary>
    internal double LoadOf(Hub hub, DateTimeOffset at) => Keep(What.HubHour, hub.Number, at, hour =>
    {
        var day = hour / 24;
        var ofDay = Dice.Of(seed, (long)What.HubDay, hub.Number, day);
        var weekday = at.DayOfWeek switch { DayOfWeek.Monday => 1.16, DayOfWeek.Friday => 1.08, DayOfWeek.Sunday => 0.84, _ => 1.0 };
        var load = hub.Strain * weekday * ofDay.Around(1, 0.2) * (0.82 + 0.3 * Bell(at.Hour, 20, 3) + 0.18 * Bell(at.Hour, 6, 2));
        if (ofDay.Chance(0.05))
        {
            // A sorter stands still for some hours.
            var start = ofDay.Below(20);
            if (at.Hour >= start && at.Hour < start + 4)
                load *= 1.9;
        }
        if (hub.Number == FailingHub && Troubles.Holds(troubles.HubFails, at))
            load *= 1.9;
        return load * Dice.Of(seed, (long)What.HubHour, hub.Number, hour).Around(1, 0.05);
    });

    /// <summary>What the weather service says of an area in so many hours: the truth, less sure the further away it is.</summary>
    internal Weather ForecastOf(Site site, DateTimeOffset about, int hoursAhead)
    {
        var truth = WeatherAt(site, about);
        var dice = Dice.Of(seed, (long)What.Forecast, site.Number, HourOf(about), hoursAhead);
        var spread = 0.12 * Math.Sqrt(hoursAhead);
        return new Weather(
            truth.RainMm * dice.Around(1, spread),
            truth.SnowCm * dice.Around(1, spread),
            truth.WindKph * dice.Around(1, spread / 2),
            truth.TemperatureC + spread * 2 * dice.Normal());
    }

    private Weather MakeWeather(Site site, DateTimeOffset at, long hour)
    {
        var day = hour / 24;
        var rain = 0.0;
        var gust = 0.0;
        for (var back = 0; back <= 2; back++)
        {
            foreach (var front in FrontsOf(day - back))
            {
                var hours = (hour - (day - back) * 24) - front.StartHour;
                var distance = (site.Longitude - (-3.2 + front.Speed * hours)) / front.Width;
                var near = Math.Exp(-distance * distance);
                rain += front.Intensity * near;
                gust += 9 * Math.Sqrt(front.Intensity) * near;
            }
        }
        if (Troubles.Holds(troubles.Storm, at))
            (rain, gust) = (rain + 5 + 2 * Math.Sin(hour * 0.7), gust + 38);
        var season = -Math.Cos((at.DayOfYear - 20) / 365.25 * 2 * Math.PI);
        var ofDay = Dice.Of(seed, (long)What.Temperature, day);
        var temperature = 9.5 + 6.5 * season + 3 * Math.Sin((at.Hour - 9) / 24.0 * 2 * Math.PI) + 2.5 * ofDay.Normal();
        var dry = rain < 0.08;
        var snows = temperature < 0.5 && !dry;
        return new Weather(dry ? 0 : snows ? 0.2 * rain : rain, snows ? 0.9 * rain : 0, 11 + Math.Abs(4 * ofDay.Normal()) + gust, temperature);
    }

    private Front[] FrontsOf(long day)
    {
        if (_fronts.TryGetValue(day, out var known))
            return known;
        if (_fronts.Count >= Kept)
            _fronts.Clear();
        var dice = Dice.Of(seed, (long)What.Front, day);
        var fronts = new Front[dice.Next() switch { < 0.45 => 0, < 0.85 => 1, _ => 2 }];
        for (var i = 0; i < fronts.Length; i++)
            fronts[i] = new(dice.Between(0, 24), dice.Between(0.12, 0.4), dice.Between(0.35, 0.9), dice.Around(2.2, 0.7) * (dice.Chance(0.1) ? 3 : 1));
        return _fronts[day] = fronts;
    }

    private double Keep(What kind, int place, DateTimeOffset at, Func<long, double> make)
    {
        var key = ((int)kind, place, HourOf(at));
        if (_numbers.TryGetValue(key, out var known))
            return known;
        if (_numbers.Count >= Kept)
            _numbers.Clear();
        var made = make(key.Item3);
        _numbers[key] = made;
        return made;
    }

    private static long HourOf(DateTimeOffset at) => at.UtcTicks / TimeSpan.TicksPerHour;

    private static double Bell(double hour, double centre, double width) => Math.Exp(-Math.Pow((hour - centre) / width, 2));
}
