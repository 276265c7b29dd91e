using System.Data.Common;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>
/// Weather and traffic of an area as known at a moment: what was seen last, and what was forecast for the delivery. Each value may come
/// from a source of its own; null where nobody knew.
/// </summary>
public sealed record ConditionsAsOf
{
    /// <summary>Nothing is known.</summary>
    public static ConditionsAsOf None { get; } = new();

    /// <summary>Rain and the like, millimetres in the hour.</summary>
    public double? PrecipitationMm { get; init; }

    /// <summary>Snow, centimetres.</summary>
    public double? SnowCm { get; init; }

    /// <summary>Wind, km/h.</summary>
    public double? WindKph { get; init; }

    /// <summary>Temperature, °C.</summary>
    public double? TemperatureC { get; init; }

    /// <summary>Traffic, 1 = free flow.</summary>
    public double? TrafficIndex { get; init; }

    /// <summary>Road incidents.</summary>
    public int? Incidents { get; init; }

    /// <summary>Rain and the like forecast for the delivery, millimetres in the hour.</summary>
    public double? ForecastPrecipitationMm { get; init; }

    /// <summary>Snow forecast for the delivery, centimetres.</summary>
    public double? ForecastSnowCm { get; init; }

    /// <summary>Wind forecast for the delivery, km/h.</summary>
    public double? ForecastWindKph { get; init; }
}

/// <summary>Reads the conditions of areas as of moments. Bound to one connection; not for several threads.</summary>
public sealed class ConditionsReader : IDisposable
{
    /// <summary>How old an observation may be, and how far from the promise a forecast.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromHours(6);

    // Of each key (time and source) the newest version comes first: the later ones of the same key are amended by it.
    private const string Columns =
        "SELECT observed_at, source_id, known_at, precipitation_mm, snow_cm, wind_kph, temperature_c, traffic_index, incidents FROM conditions ";

    private static readonly Statement BetweenReceived = new(
        Columns + "WHERE area_code = @p0 AND observed_at >= @p1 AND observed_at <= @p2 AND received_at <= @p3 ORDER BY observed_at DESC, source_id, known_at DESC, id DESC");
    private static readonly Statement BetweenKnown = new(
        Columns + "WHERE area_code = @p0 AND observed_at >= @p1 AND observed_at <= @p2 AND known_at <= @p3 AND received_at <= @p4 ORDER BY observed_at DESC, source_id, known_at DESC, id DESC");

    private readonly DbCommand _received;
    private readonly DbCommand _known;
    private readonly List<Seen> _seen = [];

    private readonly record struct Seen(long ObservedAt, bool Forecast, double? Rain, double? Snow, double? Wind, double? Temperature, double? Traffic, int? Incidents);

    /// <param name="connection">An open connection, of <see cref="StoreConnections.OpenReader"/> as a rule.</param>
    /// <param name="transaction">The transaction to read in, if any.</param>
    /// <param name="receivedBy">Nothing received later is read; by default all.</param>
    public ConditionsReader(DbConnection connection, DbTransaction? transaction = null, DateTimeOffset? receivedBy = null)
    {
        (_received, _known) = (BetweenReceived.Prepare(connection), BetweenKnown.Prepare(connection));
        _received.Transaction = _known.Transaction = transaction;
        _known.Parameters[4].Value = (receivedBy ?? DateTimeOffset.MaxValue).UtcTicks;
    }

    /// <summary>What was known of an area at a moment.</summary>
    /// <param name="areaCode">The area.</param>
    /// <param name="moment">The moment; known at it counts as known.</param>
    /// <param name="knowledge">Which clock "known" goes by.</param>
    /// <param name="promise">The promise whose delivery the forecast is for: of those within six hours of it, the nearest counts. Null, or
    /// passed: the nearest ahead.</param>
    public ConditionsAsOf Read(string areaCode, DateTimeOffset moment, Knowledge knowledge, DateTimeOffset? promise = null)
    {
        var target = promise is { } by && by > moment ? by : moment;
        Load(areaCode, moment - Reach, target + Reach, moment, knowledge);
        var now = new ConditionsAsOf();
        foreach (var seen in _seen)
        {
            // Newest first. A forecast whose hour has come is not an observation.
            if (seen.Forecast || seen.ObservedAt > moment.UtcTicks)
                continue;
            now = now with
            {
                PrecipitationMm = now.PrecipitationMm ?? seen.Rain,
                SnowCm = now.SnowCm ?? seen.Snow,
                WindKph = now.WindKph ?? seen.Wind,
                TemperatureC = now.TemperatureC ?? seen.Temperature,
                TrafficIndex = now.TrafficIndex ?? seen.Traffic,
                Incidents = now.Incidents ?? seen.Incidents,
            };
        }
        return WithForecast(now, moment.UtcTicks, target.UtcTicks);
    }

    private ConditionsAsOf WithForecast(ConditionsAsOf now, long moment, long target)
    {
        foreach (var seen in _seen.Where(s => s.Forecast && s.ObservedAt > moment && Math.Abs(s.ObservedAt - target) <= Reach.Ticks)
            .OrderBy(s => Math.Abs(s.ObservedAt - target)))
        {
            now = now with
            {
                ForecastPrecipitationMm = now.ForecastPrecipitationMm ?? seen.Rain,
                ForecastSnowCm = now.ForecastSnowCm ?? seen.Snow,
                ForecastWindKph = now.ForecastWindKph ?? seen.Wind,
            };
        }
        return now;
    }

    private void Load(string area, DateTimeOffset from, DateTimeOffset to, DateTimeOffset moment, Knowledge knowledge)
    {
        _seen.Clear();
        var command = knowledge == Knowledge.Received ? _received : _known;
        (command.Parameters[0].Value, command.Parameters[1].Value) = (area, from.UtcTicks);
        (command.Parameters[2].Value, command.Parameters[3].Value) = (to.UtcTicks, moment.UtcTicks);
        using var row = command.ExecuteReader();
        var (key, source) = (-1L, -1);
        while (row.Read())
        {
            var (observed, by) = (row.GetInt64(0), row.GetInt32(1));
            if (observed == key && by == source)
                continue;
            (key, source) = (observed, by);
            _seen.Add(new Seen(observed, row.GetInt64(2) < observed, Number(row, 3), Number(row, 4), Number(row, 5), Number(row, 6), Number(row, 7),
                row.IsDBNull(8) ? null : row.GetInt32(8)));
        }
    }

    private static double? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    /// <inheritdoc/>
    public void Dispose()
    {
        _received.Dispose();
        _known.Dispose();
    }
}
