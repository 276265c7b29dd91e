using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>Reads what the panel shows of one shipment.</summary>
public sealed class ShipmentPanelQuery(StoreConnections connections, LoopClock clock)
{
    private const int MostEarlier = 50;
    private static readonly TimeSpan ConditionsKeep = TimeSpan.FromHours(24);

    private static readonly Statement FindShipment = new(
        """SELECT "key", simulated, history, held_out, first_scored_at FROM shipments WHERE shipment_id = @p0""");
    private static readonly Statement FindPredictions = new(
        """
        SELECT p."key", p.scored_at, p.score, p.threshold, p.flagged, m.version, p.expected_delay_minutes, p.delay_low, p.delay_high, p.contributions
        FROM predictions p JOIN model_versions m ON m.id = p.model_version_id
        WHERE p.shipment_key = @p0 ORDER BY p.scored_at DESC, p."key" DESC
        """);
    private static readonly Statement FindConditions = new(
        """
        SELECT observed_at, recorded_at, received_at, known_at, precipitation_mm, snow_cm, wind_kph, temperature_c, traffic_index, incidents
        FROM conditions WHERE area_code = @p0 AND observed_at <= @p1 AND observed_at > @p2 AND received_at <= @p1
        ORDER BY observed_at DESC, known_at DESC, id DESC
        """);
    private static readonly Statement FindCase = new(
        """
        SELECT state, opened_at, opened_by_person, flagged_since, assignee, assignee_name, claimed_until, judged_at, closed_at, closed_because, version
        FROM cases WHERE shipment_key = @p0
        """);

    /// <summary>The shipment as it stands now; null when there is no such shipment.</summary>
    public Task<ShipmentPanel?> ReadAsync(string shipmentId, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        using var connection = connections.OpenReader();
        return Task.FromResult(Read(connection, shipmentId));
    }

    private ShipmentPanel? Read(DbConnection connection, string shipmentId)
    {
        long key;
        bool simulated, isHistory, heldOut;
        DateTimeOffset? firstScored;
        using (var row = Ask(connection, FindShipment, shipmentId))
        {
            if (!row.Read())
                return null;
            (key, simulated, isHistory, heldOut, firstScored) = (row.GetInt64(0), Flag(row, 1), Flag(row, 2), Flag(row, 3), CaseBook.Time(row, 4));
        }
        using var histories = new HistoryReader(connection);
        var history = histories.Read(shipmentId, isHistory, firstScored);
        // By everything received: the clock may stand a little before the newest stamp.
        var now = history.AsOf(DateTimeOffset.MaxValue, Knowledge.Received)!;
        List<PanelPrediction> predictions = heldOut ? [] : ReadPredictions(connection, key);
        return new ShipmentPanel
        {
            ShipmentKey = key,
            ShipmentId = shipmentId,
            Simulated = simulated,
            History = isHistory,
            HeldOut = heldOut,
            RegisteredAt = history.RegisteredAt,
            State = now.State,
            Content = now.Content,
            PromisedFirst = history.PromisedFirst,
            PromiseCounted = history.PromiseCounted,
            PromisedBy = now.PromisedBy,
            CarrierEstimate = now.CarrierEstimate,
            Events = now.Events,
            Conditions = ReadConditions(connection, now.Content.Destination.AreaCode),
            Prediction = predictions.FirstOrDefault(),
            Earlier = [.. predictions.Skip(1)],
            Judgements = ReadJudgements(connection, key),
            Case = heldOut ? null : ReadCase(connection, key),
        };
    }

    private static List<PanelPrediction> ReadPredictions(DbConnection connection, long key)
    {
        List<PanelPrediction> predictions = [];
        using var row = Ask(connection, FindPredictions, key);
        while (predictions.Count <= MostEarlier && row.Read())
        {
            predictions.Add(new PanelPrediction(
                row.GetInt64(0), CaseBook.Time(row, 1)!.Value, row.GetDouble(2), row.GetDouble(3), Flag(row, 4), row.GetString(5), row.GetDouble(6),
                row.GetDouble(7), row.GetDouble(8), JsonSerializer.Deserialize(row.GetString(9), ContractJson.Default.IReadOnlyListContribution) ?? []));
        }
        return predictions;
    }

    private static List<PanelJudgement> ReadJudgements(DbConnection connection, long key)
    {
        using var reader = new JudgementReader(connection);
        var judgements = reader.Read(key);
        var standing = Standing.Of(judgements).Select(j => j.Key).ToHashSet();
        return [.. judgements.Select(j => new PanelJudgement(j, standing.Contains(j.Key)))];
    }

    private Condition? ReadConditions(DbConnection connection, string area)
    {
        var now = clock.Now;
        using var row = Ask(connection, FindConditions, area, now.UtcTicks, (now - ConditionsKeep).UtcTicks);
        return !row.Read() ? null : new Condition
        {
            AreaCode = area,
            ObservedAt = CaseBook.Time(row, 0)!.Value,
            RecordedAt = CaseBook.Time(row, 1),
            ReceivedAt = CaseBook.Time(row, 2)!.Value,
            KnownAt = CaseBook.Time(row, 3)!.Value,
            PrecipitationMm = Number(row, 4),
            SnowCm = Number(row, 5),
            WindKph = Number(row, 6),
            TemperatureC = Number(row, 7),
            TrafficIndex = Number(row, 8),
            Incidents = row.IsDBNull(9) ? null : row.GetInt32(9),
        };
    }

    private static Case? ReadCase(DbConnection connection, long key)
    {
        using var row = Ask(connection, FindCase, key);
        return row.Read() ? CaseBook.ReadCase(row, 0, key) : null;
    }

    private static DbDataReader Ask(DbConnection connection, Statement statement, params ReadOnlySpan<object> values)
    {
        var command = statement.Prepare(connection);
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        return command.ExecuteReader();
    }

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);

    private static double? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
