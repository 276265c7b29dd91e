using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Live;

/// <summary>
/// Writes <see cref="BoardRow"/>s in the very transaction of what changed. Each write takes the next number of the counter <c>board</c>, whose row
/// stays locked until the commit, so that versions appear in commit order on both databases. Of the live loop only; never what is held out, and
/// never history.
/// </summary>
public sealed class BoardRows(BoardChanged changed)
{
    /// <summary>The counter of the newest version.</summary>
    internal const string VersionCounter = "board";

    /// <summary>The counter of the highest version that was removed.</summary>
    internal const string RemovedCounter = "board:removed";

    /// <summary>How long a row stays after its shipment has finished.</summary>
    public static readonly TimeSpan KeptAfterFinish = TimeSpan.FromHours(24);

    private static readonly string[] Columns =
    [
        "shipment_key", "version", "simulated", "state", "score", "threshold", "late", "flagged", "silent", "expected_delay_minutes", "delay_low", "delay_high",
        "promised_by", "carrier_estimate", "destination_area", "service", "carrier", "declared_value", "model_version", "prediction_key", "why", "last_scan_at",
        "finished_at", "feed_down", "shipment_id",
    ];

    private static readonly Statement RaiseVersion = new("UPDATE counters SET value = value + @p1 WHERE name = @p0");
    private static readonly Statement ReadVersion = new("SELECT value FROM counters WHERE name = @p0");
    private static readonly Statement FirstVersion = new("INSERT INTO counters (name, value) VALUES (@p0, @p1)");

    private static readonly Statement Update = new(
        """
        UPDATE board_rows SET version = @p1, simulated = @p2, state = @p3, score = @p4, threshold = @p5, late = @p6, flagged = @p7, silent = @p8,
            expected_delay_minutes = @p9, delay_low = @p10, delay_high = @p11, promised_by = @p12, carrier_estimate = @p13, destination_area = @p14,
            service = @p15, carrier = @p16, declared_value = @p17, model_version = @p18, prediction_key = @p19, why = @p20, last_scan_at = @p21,
            finished_at = @p22, feed_down = @p23
        WHERE shipment_key = @p0
        """);

    // The row says itself what is on no board; whoever scores it need not.
    private static readonly Statement Insert = new(
        """
        INSERT INTO board_rows (shipment_key, version, simulated, state, score, threshold, late, flagged, silent, expected_delay_minutes, delay_low,
            delay_high, promised_by, carrier_estimate, destination_area, service, carrier, declared_value, model_version, prediction_key, why,
            last_scan_at, finished_at, feed_down, shipment_id)
        SELECT @p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, @p18, @p19, @p20, @p21, @p22, @p23, @p24
        FROM shipments WHERE "key" = @p0 AND history = 0 AND held_out = 0
        """);

    private static readonly ManyRows UpdateAll = new(Update, "board_updates", "board_rows", Columns[..^1]);
    private static readonly ManyRows InsertAll = new(Insert, "board_inserts", "board_rows", Columns);

    private static readonly Statement UpdateCase = new(
        "UPDATE board_rows SET version = @p1, case_state = @p2, assignee = @p3, judged_at = @p4 WHERE shipment_key = @p0");

    /// <summary>Writes the columns that Prediction owns; the first time it makes the row.</summary>
    public void Scored(WriteSession session, BoardScore score)
    {
        if (session.Loop != LoopClock.Live || score.HeldOut)
            return;
        var values = Values(score, NextVersion(session));
        // What left the board a day after it finished doesn't come back by a late scan.
        if (session.Execute(Update, values.AsSpan(..^1)) == 0 && !HasLeft(session, score))
            session.Execute(Insert, values);
        session.OnCommitted(changed.Raise);
    }

    /// <summary>The same for many shipments, each of them once.</summary>
    public void ScoredAll(WriteSession session, IEnumerable<BoardScore> scores)
    {
        var shown = session.Loop == LoopClock.Live ? scores.Where(s => !s.HeldOut).ToList() : [];
        if (shown.Count == 0)
            return;
        var version = NextVersion(session, shown.Count) - shown.Count;
        var rows = shown.ConvertAll(score => Values(score, ++version));
        var there = session.ExecuteAll(UpdateAll, rows.ConvertAll(row => row[..^1]));
        session.ExecuteAll(InsertAll, [.. rows.Where((row, i) => !there.Contains(row[0]!) && !HasLeft(session, shown[i]))]);
        session.OnCommitted(changed.Raise);
    }

    /// <summary>Writes the columns that Triage owns. Without effect while the shipment has no row.</summary>
    /// <param name="session">The transaction of the change.</param>
    /// <param name="shipmentKey">The shipment.</param>
    /// <param name="state">State of its case; null: it has none.</param>
    /// <param name="assignee">Name of who holds it.</param>
    /// <param name="judgedAt">When it was judged last.</param>
    public void CaseChanged(WriteSession session, long shipmentKey, CaseState? state, string? assignee, DateTimeOffset? judgedAt)
    {
        if (session.Loop != LoopClock.Live)
            return;
        session.Execute(UpdateCase, shipmentKey, NextVersion(session), state, assignee, judgedAt);
        session.OnCommitted(changed.Raise);
    }

    private static bool HasLeft(WriteSession session, BoardScore score) => score.FinishedAt <= session.Received - KeptAfterFinish;

    private static object?[] Values(BoardScore score, long version) =>
    [
        score.ShipmentKey, version, score.Simulated, score.State, score.Score, score.Threshold, score.Late, score.Flagged, score.Silent,
        score.ExpectedDelayMinutes, score.DelayLow, score.DelayHigh, score.PromisedBy, score.CarrierEstimate, score.DestinationArea, score.Service,
        score.Carrier, score.DeclaredValue, score.ModelVersion, score.PredictionKey, score.Why, score.LastScanAt, score.FinishedAt, score.FeedDown, score.ShipmentId,
    ];

    // The last of as many as are taken.
    private static long NextVersion(WriteSession session, int taken = 1)
    {
        if (session.Execute(RaiseVersion, VersionCounter, taken) == 0)
            session.Execute(FirstVersion, VersionCounter, taken);
        return Convert.ToInt64(session.Scalar(ReadVersion, VersionCounter), CultureInfo.InvariantCulture);
    }
}
