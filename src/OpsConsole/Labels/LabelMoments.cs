using System.Data.Common;
using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Labels;

/// <summary>One decision of a shipment.</summary>
/// <param name="At">When.</param>
/// <param name="Served">What was served then; null where the row is computed.</param>
/// <param name="ModelVersionId">The version that stored the vector.</param>
/// <param name="Vector">The stored vector; null where it is to be computed.</param>
internal sealed record LabelMoment(DateTimeOffset At, ServedAtDecision? Served = null, int ModelVersionId = 0, byte[]? Vector = null);

/// <summary>Finds the decisions of a shipment, and the features it had at them. Bound to one connection.</summary>
internal sealed class LabelMoments : IDisposable
{
    private static readonly Statement AtLead = new(
        """
        SELECT moment, model_version_id, score, threshold, expected_delay_minutes, vector FROM lead_scores
        WHERE shipment_key = @p0 AND lead = @p1 AND moment = @p2 AND written_at <= @p3
        UNION ALL
        SELECT moment, model_version_id, score, threshold, expected_delay_minutes, vector FROM replaced_lead_scores
        WHERE shipment_key = @p0 AND lead = @p1 AND moment = @p2 AND written_at <= @p3 AND replaced_at > @p3
        """);
    private static readonly Statement Stored = new(
        """
        SELECT scored_at, model_version_id, score, threshold, expected_delay_minutes, vector, flagged FROM predictions
        WHERE shipment_key = @p0 ORDER BY scored_at, "key"
        """);

    private readonly LabelContext _context;
    private readonly DbCommand _atLead;
    private readonly DbCommand _stored;
    private readonly FeatureReader _features;

    internal LabelMoments(DbConnection connection, DbTransaction snapshot, LabelContext context)
    {
        _context = context;
        (_atLead, _stored) = (AtLead.Prepare(connection), Stored.Prepare(connection));
        _atLead.Transaction = _stored.Transaction = snapshot;
        _atLead.Parameters[3].Value = context.AsOf.UtcTicks;
        _features = new FeatureReader(connection, context.Settings.TimeZone, snapshot, context.AsOf);
    }

    /// <summary>The decisions that have a row: registered at or before, not finished as known then, and not after the file's moment.</summary>
    internal IEnumerable<LabelMoment> Of(LabelShipment shipment, ShipmentHistory history)
    {
        var decision = _context.Decision;
        var knowledge = shipment.History ? Knowledge.Known : Knowledge.Received;
        var (since, finished) = (history.ExistsSince(knowledge), history.FinishedAt(knowledge));
        var moments = decision.Kind switch
        {
            DecisionKind.Lead => [OfLead(shipment, history.PromiseCounted.AddMinutes(-decision.Lead), decision.Lead)],
            DecisionKind.Point => OfPoint(history, decision.Point, knowledge),
            DecisionKind.FirstFlag => OfStored(shipment).Where(m => m.Served!.Flagged).Take(1),
            _ => OfStored(shipment),
        };
        return moments.Where(m => since <= m.At && m.At <= _context.AsOf && !(finished <= m.At));
    }

    /// <summary>The raw feature values at a decision, in the order of the file's schema.</summary>
    internal IReadOnlyList<FeatureValue> Features(LabelMoment moment, ShipmentAsOf state, Knowledge knowledge)
    {
        if (moment.Vector is null)
            return _context.Schema.Raw(_features.Of(state, knowledge));
        var stored = _context.Champions.ById(moment.ModelVersionId).Schema;
        var values = stored.Unpack(moment.Vector);
        if (ReferenceEquals(stored, _context.Schema))
            return values;
        // Another version's vector: by name; what it didn't have is empty.
        var byName = stored.Features.Select((feature, index) => (feature.Name, index)).ToDictionary(f => f.Name, f => values[f.index], StringComparer.Ordinal);
        return [.. _context.Schema.Features.Select(f => byName.GetValueOrDefault(f.Name))];
    }

    private LabelMoment OfLead(LabelShipment shipment, DateTimeOffset at, int lead)
    {
        if (shipment.History)
            return new LabelMoment(at);
        // A score kept for another moment is one of a promise that no longer counts; it is being replaced.
        (_atLead.Parameters[0].Value, _atLead.Parameters[1].Value, _atLead.Parameters[2].Value) = (shipment.Key, lead, at.UtcTicks);
        using var row = _atLead.ExecuteReader();
        return row.Read() ? Read(row, row.GetDouble(2) >= row.GetDouble(3)) : new LabelMoment(at);
    }

    private static IEnumerable<LabelMoment> OfPoint(ShipmentHistory history, EventType type, Knowledge knowledge)
    {
        var known = history.Events.Where(e => e.Type == type).Select(e => knowledge == Knowledge.Received ? e.ReceivedAt : history.KnownAt(e)).ToList();
        return known.Count == 0 ? [] : [new LabelMoment(known.Min())];
    }

    private List<LabelMoment> OfStored(LabelShipment shipment)
    {
        _stored.Parameters[0].Value = shipment.Key;
        using var row = _stored.ExecuteReader();
        List<LabelMoment> moments = [];
        while (row.Read())
            moments.Add(Read(row, Convert.ToBoolean(row.GetValue(6), CultureInfo.InvariantCulture)));
        return moments;
    }

    private LabelMoment Read(DbDataReader row, bool flagged)
    {
        var version = row.GetInt32(1);
        var served = new ServedAtDecision(_context.Champions.ById(version).Version, row.GetDouble(2), row.GetDouble(3), flagged, row.GetDouble(4));
        return new LabelMoment(new DateTimeOffset(row.GetInt64(0), TimeSpan.Zero), served, version, row.GetFieldValue<byte[]>(5));
    }

    public void Dispose()
    {
        _atLead.Dispose();
        _stored.Dispose();
        _features.Dispose();
    }
}
