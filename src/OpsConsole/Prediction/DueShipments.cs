using System.Data.Common;
using OpsConsole.Store;

namespace OpsConsole.Prediction;

/// <summary>A shipment that is due, as it stood when it was read: what a write is held against.</summary>
internal sealed record DueShipment
{
    internal required long Key { get; init; }

    internal required string ShipmentId { get; init; }

    /// <summary>The source that registered it.</summary>
    internal required int SourceId { get; init; }

    internal required bool Simulated { get; init; }

    internal required bool HeldOut { get; init; }

    internal required bool History { get; init; }

    internal required long InputVersion { get; init; }

    internal required long ScoredVersion { get; init; }

    /// <summary>In ticks; 0: at once.</summary>
    internal required long NextScoreAt { get; init; }

    /// <summary>In ticks; 0: never.</summary>
    internal required long ScoredAt { get; init; }

    internal required DateTimeOffset? FirstScoredAt { get; init; }

    internal required double? Score { get; init; }

    internal required bool Flagged { get; init; }

    /// <summary>The newest stored prediction.</summary>
    internal required StoredBrief? Stored { get; init; }

    internal sealed record StoredBrief(long Key, double Score, double Threshold, int ModelVersionId, bool Flagged);
}

/// <summary>A shipment that could not be scored, and why.</summary>
internal readonly record struct FailedShipment(DueShipment Due, Exception Why);

/// <summary>Reads what is due, nearest promise first, a bounded number at a time. Bound to one connection.</summary>
internal sealed class DueShipments : IDisposable
{
    private const string Columns =
        """
        s."key", s.shipment_id, s.simulated, s.held_out, s.history, s.input_version, s.scored_version, s.next_score_at, s.scored_at,
        s.first_scored_at, s.score, s.flagged, p."key", p.score, p.threshold, p.model_version_id, p.flagged, s.source_id
        FROM shipments s LEFT JOIN predictions p ON p."key" = s.prediction_key
        WHERE s.loop = @p0 AND
        """;

    // What is behind comes by the promise straight from the index; what is due by time, by that time, which near the promise is the same.
    private static readonly (Statement Behind, Statement ByTime) Sqlite = (
        new($"SELECT {Columns} s.next_score_at = 0 ORDER BY s.promise_counted LIMIT @p1"),
        new($"SELECT {Columns} s.next_score_at > 0 AND s.next_score_at <= @p1 ORDER BY s.next_score_at LIMIT @p2"));

    private static readonly (Statement Behind, Statement ByTime) SqlServer = (
        new($"SELECT TOP (@p1) {Columns} s.next_score_at = 0 ORDER BY s.promise_counted"),
        new($"SELECT TOP (@p2) {Columns} s.next_score_at > 0 AND s.next_score_at <= @p1 ORDER BY s.next_score_at"));

    private static readonly Statement LeadsOf = new("SELECT lead, moment FROM lead_scores WHERE shipment_key = @p0");

    private readonly DbCommand _behind;
    private readonly DbCommand _byTime;
    private readonly DbCommand _leads;

    internal DueShipments(DbConnection connection, bool sqlite)
    {
        var (behind, byTime) = sqlite ? Sqlite : SqlServer;
        (_behind, _byTime, _leads) = (behind.Prepare(connection), byTime.Prepare(connection), LeadsOf.Prepare(connection));
    }

    /// <summary>Shipments behind their input.</summary>
    internal List<DueShipment> Behind(int loop, int atMost)
    {
        (_behind.Parameters[0].Value, _behind.Parameters[1].Value) = (loop, atMost);
        return Read(_behind);
    }

    /// <summary>Shipments due by time.</summary>
    internal List<DueShipment> ByTime(int loop, DateTimeOffset now, int atMost)
    {
        (_byTime.Parameters[0].Value, _byTime.Parameters[1].Value, _byTime.Parameters[2].Value) = (loop, now.UtcTicks, atMost);
        return Read(_byTime);
    }

    /// <summary>The scores kept so far, by lead, with their moments.</summary>
    internal Dictionary<int, DateTimeOffset> Leads(long shipmentKey)
    {
        _leads.Parameters[0].Value = shipmentKey;
        using var row = _leads.ExecuteReader();
        Dictionary<int, DateTimeOffset> leads = [];
        while (row.Read())
            leads[row.GetInt32(0)] = new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero);
        return leads;
    }

    private static List<DueShipment> Read(DbCommand command)
    {
        using var row = command.ExecuteReader();
        List<DueShipment> due = [];
        while (row.Read())
        {
            due.Add(new DueShipment
            {
                Key = row.GetInt64(0),
                ShipmentId = row.GetString(1),
                SourceId = row.GetInt32(17),
                Simulated = row.GetBoolean(2),
                HeldOut = row.GetBoolean(3),
                History = row.GetBoolean(4),
                InputVersion = row.GetInt64(5),
                ScoredVersion = row.GetInt64(6),
                NextScoreAt = row.GetInt64(7),
                ScoredAt = row.IsDBNull(8) ? 0 : row.GetInt64(8),
                FirstScoredAt = row.IsDBNull(9) ? null : new DateTimeOffset(row.GetInt64(9), TimeSpan.Zero),
                Score = row.IsDBNull(10) ? null : row.GetDouble(10),
                Flagged = row.GetBoolean(11),
                Stored = row.IsDBNull(12) ? null : new(row.GetInt64(12), row.GetDouble(13), row.GetDouble(14), row.GetInt32(15), row.GetBoolean(16)),
            });
        }
        return due;
    }

    public void Dispose()
    {
        _behind.Dispose();
        _byTime.Dispose();
        _leads.Dispose();
    }
}
