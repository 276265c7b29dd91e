using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Operations.Alerts;
using OpsConsole.Store;

namespace OpsConsole.Operations;

/// <summary>What failed with a shipment.</summary>
public enum SetAsideStage
{
    /// <summary>Its score.</summary>
    Scoring,

    /// <summary>Its outcome and tally.</summary>
    Settling,
}

/// <summary>A shipment that could not be scored or settled, how often that was tried, and why it failed.</summary>
public sealed class SetAsideRow
{
    /// <summary>What failed.</summary>
    public SetAsideStage Stage { get; set; }

    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>The shipment's input it failed with: a new fact begins the count anew.</summary>
    public long InputVersion { get; set; }

    /// <summary>How often it failed with that input.</summary>
    public int Tries { get; set; }

    /// <summary>The newest failure: its kind, without what it says, which may hold anything.</summary>
    public required string Error { get; set; }

    /// <summary>When it failed last.</summary>
    public DateTimeOffset At { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SetAsideRow>(row =>
    {
        row.ToTable("set_aside");
        row.HasKey(r => new { r.Stage, r.ShipmentKey });
        row.Property(r => r.Error).HasMaxLength(128);
    });
}

/// <summary>A shipment that is tried no more by itself.</summary>
/// <param name="Stage">What failed.</param>
/// <param name="ShipmentKey">Its key.</param>
/// <param name="ShipmentId">Its id.</param>
/// <param name="Tries">How often it was tried.</param>
/// <param name="Error">The kind of the newest failure; the log has the rest.</param>
/// <param name="At">When it failed last.</param>
public sealed record SetAsideShipment(SetAsideStage Stage, long ShipmentKey, string ShipmentId, int Tries, string Error, DateTimeOffset At);

/// <summary>
/// Keeps a shipment that fails again and again from being tried for ever: after <see cref="MostTries"/> failures with the same input it is set aside,
/// seen by an administrator, and tried again when they say so or when a new fact of it comes.
/// </summary>
public sealed class SetAside(StoreConnections connections, GroupedWriter writer, Audit audit)
{
    /// <summary>How often a shipment is tried with the same input.</summary>
    public const int MostTries = 5;

    /// <summary>How many <see cref="List"/> answers at most.</summary>
    public const int MostListed = 200;

    private const string StillAside =
        """
        FROM set_aside a JOIN shipments s ON s."key" = a.shipment_key
        WHERE a.tries >= 5 AND a.input_version = s.input_version
          AND ((a.stage = 0 AND s.next_score_at IS NULL AND s.state = 0) OR (a.stage = 1 AND s.next_settle_at IS NULL))
        """;

    private static readonly Statement Again = new(
        """
        UPDATE set_aside SET tries = CASE WHEN input_version = @p2 THEN tries + 1 ELSE 1 END, input_version = @p2, error = @p3, at = @p4
        WHERE stage = @p0 AND shipment_key = @p1
        """);
    private static readonly Statement First = new("INSERT INTO set_aside (stage, shipment_key, input_version, tries, error, at) VALUES (@p0, @p1, @p2, 1, @p3, @p4)");
    private static readonly Statement TriesOf = new("SELECT tries FROM set_aside WHERE stage = @p0 AND shipment_key = @p1");
    private static readonly Statement Forget = new("DELETE FROM set_aside WHERE stage = @p0 AND shipment_key = @p1");
    private static readonly Statement ScoreAgain = new("UPDATE shipments SET next_score_at = 0 WHERE \"key\" = @p0 AND next_score_at IS NULL AND state = 0");
    private static readonly Statement SettleAgain = new("UPDATE shipments SET next_settle_at = 0 WHERE \"key\" = @p0 AND next_settle_at IS NULL");
    private static readonly Statement Listed = new($"SELECT a.stage, a.shipment_key, s.shipment_id, a.tries, a.error, a.at {StillAside} ORDER BY a.at DESC");
    private static readonly Statement Counted = new($"SELECT COUNT(*) {StillAside}");

    /// <summary>Notes a failure in the transaction that puts the shipment off.</summary>
    /// <returns>Whether it is to be tried again by itself.</returns>
    public static bool Note(WriteSession session, SetAsideStage stage, long shipmentKey, long inputVersion, Exception failure)
    {
        var error = failure.GetType().Name;
        if (session.Execute(Again, (int)stage, shipmentKey, inputVersion, error, session.Received) == 0)
            session.Execute(First, (int)stage, shipmentKey, inputVersion, error, session.Received);
        return Convert.ToInt32(session.Scalar(TriesOf, (int)stage, shipmentKey), CultureInfo.InvariantCulture) < MostTries;
    }

    /// <summary>How many are set aside.</summary>
    public int Count()
    {
        using var connection = connections.OpenReader();
        using var command = Counted.Prepare(connection);
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Those set aside, the newest failure first.</summary>
    public IReadOnlyList<SetAsideShipment> List()
    {
        using var connection = connections.OpenReader();
        using var command = Listed.Prepare(connection);
        using var row = command.ExecuteReader();
        List<SetAsideShipment> rows = [];
        while (rows.Count < MostListed && row.Read())
            rows.Add(Read(row));
        return rows;
    }

    /// <summary>Tries one again, with all its tries before it.</summary>
    public Task RetryAsync(SetAsideShipment shipment, Caller who) => writer.WriteAsync(
        session =>
        {
            session.Execute(Forget, (int)shipment.Stage, shipment.ShipmentKey);
            session.Execute(shipment.Stage == SetAsideStage.Scoring ? ScoreAgain : SettleAgain, shipment.ShipmentKey);
            audit.Write(session, who, "shipment.triedAgain", shipment.ShipmentId, new { stage = shipment.Stage.ToString() });
        },
        WritePriority.People);

    private static SetAsideShipment Read(DbDataReader row) => new(
        (SetAsideStage)row.GetInt32(0), row.GetInt64(1), row.GetString(2), row.GetInt32(3), row.GetString(4), new DateTimeOffset(row.GetInt64(5), TimeSpan.Zero));
}

/// <summary>Shipments that are set aside.</summary>
internal sealed class SetAsideRule(SetAside aside) : IAlertRule
{
    public string Code => "setAside";

    public string Title => "Shipments are set aside";

    public string Unit => "shipments";

    public string Advice => "They failed five times and are tried no more by themselves: open Set aside in the settings, look into the log for why, mend it, and try them again there.";

    public Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        var count = aside.Count();
        return Task.FromResult<IReadOnlyList<AlertReading>>(
            [new("", count, string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "shipment is" : "shipments are")} set aside after {SetAside.MostTries} failures"))]);
    }
}
