using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>The promises of served shipments that wait to be settled: what they lie in is provisional.</summary>
internal sealed class Waiting(StoreConnections connections)
{
    private const int AtMost = 2_000;

    // By the promise as Prediction and by the one as tallied: it may be on its way from one to the other.
    private const string Due =
        """
        FROM shipments s LEFT JOIN tallies t ON t.shipment_key = s."key"
        WHERE s.loop IN (0, 1) AND s.next_settle_at <= @p0 AND s.history = 0
        """;

    private static readonly Statement Promises = new($"SELECT s.promise_counted, t.promise {Due}");

    /// <summary>What waits now.</summary>
    internal Found Read(DateTimeOffset now)
    {
        using var connection = connections.OpenReader();
        using var command = Promises.Prepare(connection);
        command.Parameters[0].Value = now.UtcTicks;
        using var row = command.ExecuteReader();
        List<long> promises = [];
        while (row.Read())
        {
            promises.Add(row.GetInt64(0));
            if (!row.IsDBNull(1))
                promises.Add(row.GetInt64(1));
            if (promises.Count >= AtMost)
                return new Found(null);
        }
        promises.Sort();
        return new Found(promises);
    }

    /// <summary>The promises that wait, in order; null: so many that everything counts as waiting.</summary>
    internal sealed record Found(List<long>? Promises)
    {
        internal bool Any(DateTimeOffset from, DateTimeOffset to)
        {
            if (Promises is null)
                return true;
            var at = Promises.BinarySearch(from.UtcTicks);
            at = at < 0 ? ~at : at;
            return at < Promises.Count && Promises[at] < to.UtcTicks;
        }
    }
}
