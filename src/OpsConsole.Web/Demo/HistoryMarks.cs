using System.Globalization;
using OpsConsole.Store;

namespace OpsConsole.Web.Demo;

/// <summary>How far the demo's history is: from when to when it is made, and until when it is done.</summary>
internal sealed record HistorySpan(DateTimeOffset From, DateTimeOffset Until, DateTimeOffset Done)
{
    /// <summary>All of it is there and handed over.</summary>
    internal bool Whole { get; init; }
}

/// <summary>
/// Keeps how far the history is in the store itself, so that a process that was killed in the middle goes on where it was. A step that was cut off is
/// made again: its facts have the same ids and are known, so that nothing is doubled.
/// </summary>
internal sealed class HistoryMarks(StoreConnections connections, GroupedWriter writer)
{
    private const string From = "demo:from";
    private const string Until = "demo:until";
    private const string Done = "demo:done";
    private const string Whole = "demo:whole";

    private static readonly Statement Change = new("UPDATE counters SET value = @p1 WHERE name = @p0");
    private static readonly Statement Insert = new("INSERT INTO counters (name, value) VALUES (@p0, @p1)");

    // Only what the history's loop worked on is its to hand over; what is open there is looked at again at once.
    private static readonly Statement HandOver = new(
        """
        UPDATE shipments SET loop = 0,
            next_score_at = CASE WHEN state = 0 THEN 0 ELSE next_score_at END,
            next_settle_at = CASE WHEN state = 0 THEN 0 ELSE next_settle_at END
        WHERE loop = 1
        """);

    // The terms of the past lead up to the live one: what the history ended with serves on, unless somebody has decided otherwise meanwhile.
    private static readonly Statement HandOverTerms = new(
        "UPDATE champion_terms SET loop = 0 WHERE loop = 1 AND (SELECT COUNT(*) FROM champion_terms WHERE loop = 0) = 1");

    // Its threshold holds for the live stream's parcels from now on too: they are held against it at once, not at their next scan.
    private static readonly Statement ScoreAgain = new("UPDATE shipments SET next_score_at = 0 WHERE loop = 0 AND state = 0 AND next_score_at IS NOT NULL");

    private static readonly Statement HandOverFlags = new("UPDATE held_flags SET loop = 0 WHERE loop = 1");

    /// <summary>How far it is; null when it was never begun.</summary>
    internal HistorySpan? Read()
    {
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, value FROM counters WHERE name LIKE 'demo:%'";
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        using (var row = command.ExecuteReader())
        {
            while (row.Read())
                values[row.GetString(0)] = Convert.ToInt64(row.GetValue(1), CultureInfo.InvariantCulture);
        }
        return !values.TryGetValue(From, out var from) ? null : new HistorySpan(Time(from), Time(values[Until]), Time(values[Done]))
        {
            Whole = values.ContainsKey(Whole),
        };
    }

    /// <summary>Says that it begins.</summary>
    internal Task BeginAsync(HistorySpan span, CancellationToken cancellation) => writer.WriteAsync(
        session =>
        {
            session.Execute(Insert, From, span.From.UtcTicks);
            session.Execute(Insert, Until, span.Until.UtcTicks);
            session.Execute(Insert, Done, span.Done.UtcTicks);
        },
        cancellation: cancellation);

    /// <summary>Says that everything up to a moment is done.</summary>
    internal Task DoneAsync(DateTimeOffset until, CancellationToken cancellation) =>
        writer.WriteAsync(session => session.Execute(Change, Done, until.UtcTicks), cancellation: cancellation);

    /// <summary>Hands everything to the live loop, and says that it is whole: both or neither.</summary>
    internal Task HandOverAsync(CancellationToken cancellation) => writer.WriteAsync(
        session =>
        {
            session.Execute(HandOver);
            session.Execute(HandOverFlags);
            if (session.Execute(HandOverTerms) > 0)
                session.Execute(ScoreAgain);
            session.Execute(Insert, Whole, 1L);
        },
        cancellation: cancellation);

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
