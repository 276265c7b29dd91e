using System.Data.Common;
using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.Labels;

/// <summary>How far a walk over the shipments is.</summary>
/// <param name="Shipments">Shipments looked at.</param>
/// <param name="OfShipments">Shipments in the range.</param>
/// <param name="Rows">Rows that came of them.</param>
public readonly record struct LabelProgress(long Shipments, long OfShipments, long Rows);

/// <summary>
/// Makes the rows of a labels file, one shipment at a time in the order of registration, from one snapshot of the store. Bound to one
/// connection; not for several threads.
/// </summary>
internal sealed class LabelRows : IDisposable
{
    private const int Page = 500;
    private readonly DbConnection _connection;
    private readonly DbTransaction _snapshot;
    private readonly HistoryReader _histories;
    private readonly JudgementReader _judgements;
    private readonly LabelMoments _moments;
    private readonly LabelRequest _request;
    private readonly LabelContext _context;

    /// <param name="connection">An open connection, its own.</param>
    /// <param name="snapshot">What is committed meanwhile is not seen: a file is of one moment.</param>
    /// <param name="request">Which rows.</param>
    /// <param name="context">What they have in common.</param>
    internal LabelRows(DbConnection connection, DbTransaction snapshot, LabelRequest request, LabelContext context)
    {
        (_connection, _snapshot, _request, _context) = (connection, snapshot, request, context);
        _histories = new HistoryReader(connection, snapshot, context.AsOf);
        _judgements = new JudgementReader(connection, snapshot);
        _moments = new LabelMoments(connection, snapshot, context);
    }

    /// <summary>What the rows have in common.</summary>
    internal LabelContext Context => _context;

    /// <summary>The rows.</summary>
    /// <param name="withFeatures">False where only their number is wanted.</param>
    /// <param name="progress">Told after each page of shipments.</param>
    /// <param name="cancellation">Stops.</param>
    internal IEnumerable<LabelRow> Read(bool withFeatures, IProgress<LabelProgress>? progress, CancellationToken cancellation)
    {
        var (seen, rows, total) = (0L, 0L, Count());
        progress?.Report(new(0, total, 0));
        for (var after = long.MinValue; ;)
        {
            var page = ReadPage(after);
            if (page.Count == 0)
                yield break;
            foreach (var shipment in page)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var row in RowsOf(shipment, withFeatures))
                {
                    rows++;
                    yield return row;
                }
            }
            after = page[^1].Key;
            progress?.Report(new(seen += page.Count, total, rows));
        }
    }

    private IEnumerable<LabelRow> RowsOf(LabelShipment shipment, bool withFeatures)
    {
        var firstScored = shipment.FirstScoredAt <= _context.AsOf ? shipment.FirstScoredAt : null;
        var history = _histories.Read(shipment.ShipmentId, shipment.History, firstScored);
        if (history.PromiseCounted < _request.From || history.PromiseCounted >= _request.To)
            yield break;
        var knowledge = shipment.History ? Knowledge.Known : Knowledge.Received;
        IReadOnlyList<Judgement>? judgements = null;
        foreach (var moment in _moments.Of(shipment, history))
        {
            judgements ??= _judgements.Read(shipment.Key);
            yield return Row(shipment, history, knowledge, judgements, moment, withFeatures);
        }
    }

    private LabelRow Row(
        LabelShipment shipment, ShipmentHistory history, Knowledge knowledge, IReadOnlyList<Judgement> judgements, LabelMoment moment, bool withFeatures)
    {
        var (settings, asOf) = (_context.Settings, _context.AsOf);
        var rules = OutcomeRules.Of(settings, _context.ReportingLags.GetValueOrDefault(shipment.SourceId));
        var outcome = history.OutcomeAt(asOf, rules, knowledge);
        var state = history.AsOf(moment.At, knowledge)!;
        return new LabelRow
        {
            ShipmentId = _request.Pseudonymise ? _context.Pseudonyms.Of(shipment.ShipmentId) : shipment.ShipmentId,
            DecidedAt = moment.At,
            LeadMinutes = (history.PromiseCounted - moment.At).TotalMinutes,
            Served = moment.Served,
            Judged = JudgedSummary.Of(judgements, asOf),
            OutcomeLate = outcome.Late,
            OutcomeDelayMinutes = outcome.DelayMinutes,
            OutcomeAt = outcome.At,
            Label = LabelRule.Of(outcome, judgements, rules, settings, asOf),
            HeldOut = shipment.HeldOut,
            Simulated = shipment.Simulated,
            Day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(history.PromiseCounted, settings.TimeZone).DateTime),
            PromisedFirst = history.PromisedFirst,
            PromisedBy = history.PromiseCounted,
            Content = state.Content,
            Features = withFeatures ? _moments.Features(moment, state, knowledge) : [],
        };
    }

    private List<LabelShipment> ReadPage(long after)
    {
        using var command = Command(
            $"""
            SELECT "key", shipment_id, history, first_scored_at, source_id, held_out, simulated FROM shipments
            WHERE "key" > @after AND {Range()} ORDER BY "key" {(_context.IsSqlite ? $"LIMIT {Page}" : $"OFFSET 0 ROWS FETCH NEXT {Page} ROWS ONLY")}
            """);
        Add(command, "@after", after);
        using var row = command.ExecuteReader();
        List<LabelShipment> page = [];
        while (row.Read())
        {
            page.Add(new LabelShipment(
                row.GetInt64(0), row.GetString(1), Flag(row, 2),
                row.IsDBNull(3) ? null : new DateTimeOffset(row.GetInt64(3), TimeSpan.Zero),
                row.GetInt32(4), Flag(row, 5), Flag(row, 6)));
        }
        return page;
    }

    private static readonly string PerhapsMoved = $"""
         OR EXISTS (SELECT 1 FROM shipment_versions v WHERE v.shipment_id = shipments.shipment_id AND v.received_at > @asOf)
            OR EXISTS (SELECT 1 FROM events e WHERE e.shipment_id = shipments.shipment_id AND e.type = {(int)EventType.PromiseChanged} AND e.received_at > @asOf)
        """;

    private long Count()
    {
        using var command = Command($"SELECT COUNT(*) FROM shipments WHERE {Range()}");
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    // The shipment's own column follows its facts within a second; of one that is behind, or whose counted promise was perhaps another at the file's
    // moment, the fold says whether it is in the range.
    private string Range() => $"""
        registered_at <= @asOf
        AND ((promise_counted >= @from AND promise_counted < @to) OR next_score_at = 0 OR next_settle_at = 0{(_request.AsOf is null ? "" : PerhapsMoved)})
        """ + _context.Simulated switch
    {
        SimulatedFilter.Exclude => " AND simulated = 0",
        SimulatedFilter.Only => " AND simulated = 1",
        _ => "",
    };

    private DbCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.Transaction = _snapshot;
        command.CommandText = sql;
        if (sql.Contains("@from", StringComparison.Ordinal))
        {
            Add(command, "@from", (_request.From ?? DateTimeOffset.MinValue).UtcTicks);
            Add(command, "@to", (_request.To ?? DateTimeOffset.MaxValue).UtcTicks);
        }
        Add(command, "@asOf", _context.AsOf.UtcTicks);
        return command;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _moments.Dispose();
        _judgements.Dispose();
        _histories.Dispose();
        _snapshot.Dispose();
        _connection.Dispose();
    }
}

/// <summary>What the rows of one file have in common.</summary>
/// <param name="AsOf">What had been received then: the moment asked for, at most the last committed stamp.</param>
/// <param name="Settings">The settings in force then.</param>
/// <param name="ReportingLags">Of the sources that had one of their own then, minutes.</param>
/// <param name="Decision">The moment of the rows.</param>
/// <param name="Simulated">Whether simulated shipments count.</param>
/// <param name="Schema">The schema whose features the file has.</param>
/// <param name="Champions">Reads the vectors that other versions stored.</param>
/// <param name="Pseudonyms">Replaces ids.</param>
/// <param name="IsSqlite">Which dialect.</param>
internal sealed record LabelContext(
    DateTimeOffset AsOf, OperationsSettings Settings, IReadOnlyDictionary<int, int?> ReportingLags, Decision Decision, SimulatedFilter Simulated, ModelSchema Schema,
    Champions Champions, Pseudonyms Pseudonyms, bool IsSqlite);

/// <summary>What of a shipment's row the file needs.</summary>
internal sealed record LabelShipment(
    long Key, string ShipmentId, bool History, DateTimeOffset? FirstScoredAt, int SourceId, bool HeldOut, bool Simulated);
