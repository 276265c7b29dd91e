using System.Data.Common;
using System.Globalization;
using OpsConsole.Client;

namespace OpsConsole.Live;

/// <summary>Reads <see cref="BoardRow"/>s from a query whose columns start with <see cref="Columns"/>.</summary>
public static class BoardRowReader
{
    /// <summary>The columns, of a table that the query calls <c>b</c>.</summary>
    public const string Columns =
        """
        b.shipment_key, b.version, b.shipment_id, b.simulated, b.state, b.score, b.threshold, b.late, b.flagged, b.silent, b.expected_delay_minutes,
        b.delay_low, b.delay_high, b.promised_by, b.carrier_estimate, b.destination_area, b.service, b.carrier, b.declared_value, b.model_version,
        b.prediction_key, b.why, b.last_scan_at, b.case_state, b.assignee, b.judged_at, b.finished_at, b.feed_down
        """;

    /// <summary>How many columns that are.</summary>
    public const int Count = 28;

    /// <summary>The row the reader stands on; null where an outer join found none.</summary>
    public static BoardRow? Read(DbDataReader row) => row.IsDBNull(0) ? null : new BoardRow
    {
        ShipmentKey = row.GetInt64(0),
        Version = row.GetInt64(1),
        ShipmentId = row.GetString(2),
        Simulated = Flag(row, 3),
        State = (ShipmentState)row.GetInt32(4),
        Score = Number(row, 5),
        Threshold = Number(row, 6),
        Late = Flag(row, 7),
        Flagged = Flag(row, 8),
        Silent = Flag(row, 9),
        ExpectedDelayMinutes = Number(row, 10),
        DelayLow = Number(row, 11),
        DelayHigh = Number(row, 12),
        PromisedBy = Time(row, 13)!.Value,
        CarrierEstimate = Time(row, 14),
        DestinationArea = row.GetString(15),
        Service = row.GetString(16),
        Carrier = Text(row, 17),
        DeclaredValue = Number(row, 18),
        ModelVersion = Text(row, 19),
        PredictionKey = row.IsDBNull(20) ? null : row.GetInt64(20),
        Why = Text(row, 21),
        LastScanAt = Time(row, 22),
        CaseState = row.IsDBNull(23) ? null : (CaseState)row.GetInt32(23),
        Assignee = Text(row, 24),
        JudgedAt = Time(row, 25),
        FinishedAt = Time(row, 26),
        FeedDown = Flag(row, 27),
    };

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);

    private static double? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetInt64(column), TimeSpan.Zero);
}
