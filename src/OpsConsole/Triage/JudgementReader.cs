using System.Data.Common;
using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>Reads what was said of single shipments. Bound to one connection; not for several threads.</summary>
public sealed class JudgementReader : IDisposable
{
    private static readonly Statement OfShipment = new(
        """
        SELECT "key", judge_id, judge_name, late, reason, action, note, prediction_key, verdict, created_at, hindsight, withdrawn_at
        FROM judgements WHERE shipment_key = @p0 ORDER BY created_at, "key"
        """);

    private readonly DbCommand _command;

    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">The transaction to read in, if any.</param>
    public JudgementReader(DbConnection connection, DbTransaction? transaction = null)
    {
        _command = OfShipment.Prepare(connection);
        _command.Transaction = transaction;
    }

    /// <summary>All judgements of a shipment, oldest first, withdrawn and superseded ones too.</summary>
    public IReadOnlyList<Judgement> Read(long shipmentKey)
    {
        _command.Parameters[0].Value = shipmentKey;
        using var row = _command.ExecuteReader();
        List<Judgement> judgements = [];
        while (row.Read())
        {
            judgements.Add(new Judgement
            {
                Key = row.GetInt64(0),
                ShipmentKey = shipmentKey,
                JudgeId = row.GetString(1),
                JudgeName = row.GetString(2),
                Late = Flag(row, 3),
                Reason = row.IsDBNull(4) ? null : row.GetString(4),
                Action = (JudgementAction)row.GetInt32(5),
                Note = row.IsDBNull(6) ? null : row.GetString(6),
                PredictionKey = row.IsDBNull(7) ? null : row.GetInt64(7),
                Verdict = row.IsDBNull(8) ? null : (Verdict)row.GetInt32(8),
                CreatedAt = new DateTimeOffset(row.GetInt64(9), TimeSpan.Zero),
                Hindsight = Flag(row, 10),
                WithdrawnAt = row.IsDBNull(11) ? null : new DateTimeOffset(row.GetInt64(11), TimeSpan.Zero),
            });
        }
        return judgements;
    }

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();
}

/// <summary>Which judgements stand.</summary>
public static class Standing
{
    /// <summary>
    /// The standing judgements as of a moment: of each judge the newest that had been received by then and not been taken back by then.
    /// </summary>
    /// <param name="judgements">All of a shipment.</param>
    /// <param name="asOf">The moment; by default all time.</param>
    public static IReadOnlyList<Judgement> Of(IReadOnlyList<Judgement> judgements, DateTimeOffset? asOf = null)
    {
        var moment = asOf ?? DateTimeOffset.MaxValue;
        return [.. judgements.Where(j => j.CreatedAt <= moment && !(j.WithdrawnAt <= moment))
            .GroupBy(j => j.JudgeId, StringComparer.Ordinal)
            .Select(of => of.MaxBy(j => (j.CreatedAt, j.Key))!)
            .OrderBy(j => j.CreatedAt)];
    }
}
