using System.Data.Common;
using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.Measurement;

/// <summary>A shipment found to be due, with what guards the writing of its result.</summary>
/// <param name="Key">The shipment.</param>
/// <param name="InputVersion">The input that was read.</param>
/// <param name="Facts">What was read.</param>
internal sealed record DueShipment(long Key, long InputVersion, TallyFacts Facts);

/// <summary>Reads what is due to be settled. Bound to one connection; not for several threads.</summary>
internal sealed class SettleReader : IDisposable
{
    // What the scorer has yet to do comes first: the scores kept at the leads are part of the tally.
    private const string Due =
        """
        "key", shipment_id, source_id, simulated, history, held_out, first_scored_at, input_version
        FROM shipments WHERE loop = @p0 AND next_settle_at <= @p1 AND (next_score_at IS NULL OR next_score_at > @p1)
        ORDER BY next_settle_at
        """;

    private static readonly Statement DueOnSqlite = new($"SELECT {Due} LIMIT @p2");
    private static readonly Statement DueOnSqlServer = new($"SELECT TOP (@p2) {Due}");
    private static readonly Statement ScoresOf = new(
        """
        SELECT lead, moment, score, threshold, model_version_id, recomputed, expected_delay_minutes, delay_low, delay_high
        FROM lead_scores WHERE shipment_key = @p0
        """);
    private static readonly Statement CaseOf = new(
        "SELECT state, opened_at, opened_by_person, closed_at, closed_because FROM cases WHERE shipment_key = @p0");
    private static readonly Statement ContactsOf = new("SELECT COUNT(*), SUM(cost) FROM contacts WHERE shipment_id = @p0");
    private static readonly Statement Lags = new("SELECT id, reporting_lag_minutes FROM sources WHERE reporting_lag_minutes IS NOT NULL");
    private static readonly Statement WeatherOf = new(
        """
        SELECT observed_at, precipitation_mm, snow_cm, wind_kph FROM conditions
        WHERE area_code = @p0 AND observed_at > @p1 AND observed_at <= @p2 AND received_at <= @p2 ORDER BY observed_at DESC, received_at DESC, id DESC
        """);

    private readonly DbConnection _connection;
    private readonly HistoryReader _histories;
    private readonly JudgementReader _judgements;
    private readonly DbCommand _due;
    private readonly DbCommand _scores;
    private readonly DbCommand _case;
    private readonly DbCommand _contacts;
    private readonly DbCommand _weather;
    private readonly Dictionary<int, int> _lags = [];

    internal SettleReader(StoreConnections connections, StoreOptions options)
    {
        _connection = connections.OpenReader();
        (_histories, _judgements) = (new(_connection), new(_connection));
        _due = (options.IsSqlite ? DueOnSqlite : DueOnSqlServer).Prepare(_connection);
        (_scores, _case, _contacts, _weather) =
            (ScoresOf.Prepare(_connection), CaseOf.Prepare(_connection), ContactsOf.Prepare(_connection), WeatherOf.Prepare(_connection));
        using var lags = Lags.Prepare(_connection);
        using var row = lags.ExecuteReader();
        while (row.Read())
            _lags[row.GetInt32(0)] = row.GetInt32(1);
    }

    /// <summary>The shipments of a loop that are due, longest due first; what can't be read is handed to <paramref name="failed"/>.</summary>
    internal List<DueShipment> Read(int loop, DateTimeOffset now, int atMost, Action<long, long, Exception> failed)
    {
        List<(long Key, string Id, int Source, bool Simulated, bool History, bool HeldOut, DateTimeOffset? FirstScored, long Input)> rows = [];
        Set(_due, loop, now.UtcTicks, atMost);
        using (var row = _due.ExecuteReader())
        {
            while (row.Read())
                rows.Add((row.GetInt64(0), row.GetString(1), row.GetInt32(2), Flag(row, 3), Flag(row, 4), Flag(row, 5), Time(row, 6), row.GetInt64(7)));
        }
        List<DueShipment> due = [];
        foreach (var (key, id, source, simulated, history, heldOut, firstScored, input) in rows)
        {
            try
            {
                var (contacts, cost) = Contacts(id);
                due.Add(new DueShipment(key, input, new TallyFacts
                {
                    History = _histories.Read(id, history, firstScored),
                    Simulated = simulated,
                    HeldOut = heldOut,
                    SourceLagMinutes = _lags.TryGetValue(source, out var lag) ? lag : null,
                    Judgements = _judgements.Read(key),
                    Scores = history ? [] : Scores(key),
                    Case = history ? null : Case(key),
                    Contacts = contacts,
                    ContactCost = cost,
                    Weather = Weather,
                }));
            }
            catch (Exception failure) when (failure is not DbException)
            {
                failed(key, input, failure);
            }
        }
        return due;
    }

    private LeadScore?[] Scores(long key)
    {
        var scores = new LeadScore?[LeadGrid.Minutes.Count];
        Set(_scores, key);
        using var row = _scores.ExecuteReader();
        while (row.Read())
        {
            if (LeadGrid.IndexOf(row.GetInt32(0)) is var index and >= 0)
            {
                scores[index] = new LeadScore
                {
                    ShipmentKey = key,
                    Lead = row.GetInt32(0),
                    Moment = Time(row, 1)!.Value,
                    Score = row.GetDouble(2),
                    Threshold = row.GetDouble(3),
                    ModelVersionId = row.GetInt32(4),
                    Recomputed = Flag(row, 5),
                    ExpectedDelayMinutes = row.GetDouble(6),
                    DelayLow = Number(row, 7),
                    DelayHigh = Number(row, 8),
                    Vector = [],
                };
            }
        }
        return scores;
    }

    private Case? Case(long key)
    {
        Set(_case, key);
        using var row = _case.ExecuteReader();
        return !row.Read() ? null : new Case
        {
            ShipmentKey = key,
            State = (CaseState)row.GetInt32(0),
            OpenedAt = Time(row, 1)!.Value,
            OpenedByPerson = Flag(row, 2),
            ClosedAt = Time(row, 3),
            ClosedBecause = row.IsDBNull(4) ? null : (CloseReason)row.GetInt32(4),
        };
    }

    private (int Count, double Cost) Contacts(string id)
    {
        Set(_contacts, id);
        using var row = _contacts.ExecuteReader();
        row.Read();
        return (Convert.ToInt32(row.GetValue(0), CultureInfo.InvariantCulture), row.IsDBNull(1) ? 0 : row.GetDouble(1));
    }

    /// <summary>
    /// The weather at an area in the six hours before a moment, by the newest observation received by then: snow, wind from 50 km/h, rain from
    /// a millimetre an hour, else dry.
    /// </summary>
    private string? Weather(string area, DateTimeOffset moment)
    {
        Set(_weather, area, moment.AddHours(-6).UtcTicks, moment.UtcTicks);
        using var row = _weather.ExecuteReader();
        // One source may see the rain, another the traffic.
        while (row.Read())
        {
            var (rain, snow, wind) = (Number(row, 1), Number(row, 2), Number(row, 3));
            if (rain is not null || snow is not null || wind is not null)
                return snow > 0 ? "snow" : wind >= 50 ? "wind" : rain >= 1 ? "rain" : "dry";
        }
        return null;
    }

    private static void Set(DbCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);

    private static double? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    private static DateTimeOffset? Time(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetInt64(column), TimeSpan.Zero);

    /// <inheritdoc/>
    public void Dispose()
    {
        _histories.Dispose();
        _judgements.Dispose();
        _due.Dispose();
        _scores.Dispose();
        _case.Dispose();
        _contacts.Dispose();
        _weather.Dispose();
        _connection.Dispose();
    }
}
