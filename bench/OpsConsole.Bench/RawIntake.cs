using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Store;

namespace OpsConsole.Bench;

/// <summary>The limit: what a programmer would write who needs nothing but the rows. A file of its own with the product's schema.</summary>
internal sealed class RawIntake : IDisposable
{
    private const int RowsOfTransaction = 1_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("opsconsole-bench-raw-").FullName;
    private readonly ServiceProvider _services;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _bump;

    private RawIntake()
    {
        var options = new StoreOptions { ConnectionString = $"Data Source={Path.Combine(_folder, "raw.db")}", DataDirectory = _folder };
        var services = new ServiceCollection();
        services.AddLogging(log => log.ClearProviders());
        services.AddSingleton(TimeProvider.System);
        // Without the product's gate: nobody else writes here.
        services.AddDbContextFactory<OpsConsoleDb>(builder => StoreRoom.Use(builder, options));
        services.AddSingleton(options);
        _services = services.BuildServiceProvider();
        using (var db = _services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContext())
            db.Database.Migrate();
        _connection = new SqliteConnection(options.ConnectionString);
        _connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;");
        _insert = Prepare(
            """
            INSERT INTO events (event_id, shipment_id, type, occurred_at, recorded_at, received_at, source_id, content_hash, facility, reason, promised_by,
              initiated_by, carrier_estimate, details)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """, 14);
        _bump = Prepare("UPDATE shipments SET input_version = input_version + 1, next_score_at = 0, next_settle_at = 0 WHERE shipment_id = $0", 1);
    }

    internal static async Task<RawIntake> StartAsync(int shipments)
    {
        var raw = new RawIntake();
        await using var db = await raw._services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        for (var i = 0; i < shipments; i++)
        {
            db.Add(new Shipment
            {
                Key = i + 1,
                ShipmentId = FormattableString.Invariant($"SHIP-{i:D6}"),
                Service = "next-day",
                OriginArea = "LS1",
                DestinationArea = "M1",
                NextScoreAt = 0,
                NextSettleAt = 0,
            });
        }
        await db.SaveChangesAsync();
        return raw;
    }

    /// <summary>Writes events and raises their shipments' versions, 1,000 rows a transaction.</summary>
    internal void Write(IReadOnlyList<NewEvent> events)
    {
        for (var at = 0; at < events.Count; at += RowsOfTransaction)
        {
            using var transaction = _connection.BeginTransaction();
            _insert.Transaction = _bump.Transaction = transaction;
            for (var i = at; i < Math.Min(at + RowsOfTransaction, events.Count); i++)
            {
                var e = events[i];
                Bind(_insert, e.EventId, e.ShipmentId, (int)e.Type, e.OccurredAt.UtcTicks, null, e.OccurredAt.UtcTicks, 1, (long)i, e.Facility, null, null, null, null, null);
                _insert.ExecuteNonQuery();
                Bind(_bump, e.ShipmentId);
                _bump.ExecuteNonQuery();
            }
            transaction.Commit();
        }
    }

    /// <summary>Writes the same rows the usual way: a context, an entity, SaveChanges.</summary>
    internal async Task WriteByEntityFrameworkAsync(NewEvent e)
    {
        await using var db = await _services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        var shipment = await db.Set<Shipment>().SingleAsync(s => s.ShipmentId == e.ShipmentId);
        (shipment.InputVersion, shipment.NextScoreAt, shipment.NextSettleAt) = (shipment.InputVersion + 1, 0, 0);
        db.Add(new TrackingEvent { EventId = e.EventId, ShipmentId = e.ShipmentId, Type = e.Type, OccurredAt = e.OccurredAt, ReceivedAt = e.OccurredAt, SourceId = 1, Facility = e.Facility });
        await db.SaveChangesAsync();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _bump.Dispose();
        _connection.Dispose();
        _services.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = FormattableString.Invariant($"${i}") });
        return command;
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
