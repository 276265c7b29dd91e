using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Operations.Alerts;

/// <summary>Has a say in the transaction that raises or clears an alert, such as to have it told.</summary>
public interface IFollowAlerts
{
    /// <summary>Writes beside it.</summary>
    void Follow(WriteSession session, Alert alert);
}

/// <summary>Keeps alerts: raises, reads on, acknowledges, clears. Each change is one unit of the grouped writer, and moves <see cref="Counter"/> on.</summary>
public sealed class AlertStore(
    IDbContextFactory<OpsConsoleDb> factory, GroupedWriter writer, Ids ids, TimeProvider time, Audit audit, IEnumerable<IFollowAlerts> followers)
{
    /// <summary>Moves on with every change of the alerts, so that who shows them sees cheaply whether to read them.</summary>
    internal const string Counter = "alerts";

    /// <summary>The code of an alert that somebody raised to see whether it arrives.</summary>
    internal const string Test = "test";

    private const int LongestWords = 400;

    // A second one for the same subject finds the first one open, and does nothing.
    private static readonly Statement Insert = new(
        """
        INSERT INTO alerts ("key", code, subject, state, raised_at, value, words, read_at)
        SELECT @p0, @p1, @p2, @p3, @p4, @p5, @p6, @p4 FROM counters
        WHERE name = @p7 AND NOT EXISTS (SELECT 1 FROM alerts WHERE code = @p1 AND subject = @p2 AND cleared_at IS NULL)
        """);
    private static readonly Statement ReadOn = new("""UPDATE alerts SET value = @p1, words = @p2, read_at = @p3 WHERE "key" = @p0 AND cleared_at IS NULL""");
    private static readonly Statement Clear = new("""UPDATE alerts SET state = @p1, cleared_at = @p2 WHERE "key" = @p0 AND cleared_at IS NULL""");
    private static readonly Statement Acknowledge = new(
        """UPDATE alerts SET state = @p1, acknowledged_at = @p2, acknowledged_by = @p3 WHERE "key" = @p0 AND state = @p4 AND cleared_at IS NULL""");
    private static readonly Statement Count = new("UPDATE counters SET value = value + 1 WHERE name = @p0");
    private static readonly Statement StartCount = new(
        "INSERT INTO counters (name, value) SELECT @p0, 0 WHERE NOT EXISTS (SELECT 1 FROM counters WHERE name = @p0)");

    /// <summary>The alerts that are not over, oldest first.</summary>
    internal async Task<List<Alert>> OpenAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<Alert>().AsNoTracking().Where(a => a.ClearedAt == null).OrderBy(a => a.Key).ToListAsync(cancellation);
    }

    /// <summary>What is over, newest first, below a key.</summary>
    internal async Task<List<Alert>> ClearedAsync(long below, int count, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<Alert>().AsNoTracking().Where(a => a.ClearedAt != null && a.Key < below).OrderByDescending(a => a.Key).Take(count).ToListAsync(cancellation);
    }

    /// <summary>How often the alerts have changed.</summary>
    internal async Task<long> VersionAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<Counter>().Where(c => c.Name == Counter).Select(c => c.Value).SingleOrDefaultAsync(cancellation);
    }

    internal Task RaiseAsync(string code, AlertReading reading, CancellationToken cancellation)
    {
        var alert = new Alert
        {
            Key = ids.Next(),
            Code = code,
            Subject = reading.Subject,
            RaisedAt = time.GetUtcNow(),
            Value = reading.Value,
            Words = Cut(reading.Words),
        };
        return writer.WriteAsync(
            session =>
            {
                session.Execute(StartCount, Counter);
                if (session.Execute(Insert, alert.Key, code, alert.Subject, AlertState.Firing, alert.RaisedAt, alert.Value, alert.Words, Counter) > 0)
                    Changed(session, alert);
            },
            WritePriority.People, cancellation: cancellation);
    }

    internal Task ReadOnAsync(Alert alert, AlertReading reading, CancellationToken cancellation) => writer.WriteAsync(
        session => session.Execute(ReadOn, alert.Key, reading.Value, Cut(reading.Words), time.GetUtcNow()), admitted: true, cancellation: cancellation);

    internal Task ClearAsync(Alert alert, CancellationToken cancellation)
    {
        var over = time.GetUtcNow();
        return writer.WriteAsync(
            session =>
            {
                if (session.Execute(Clear, alert.Key, AlertState.Cleared, over) == 0)
                    return;
                (alert.State, alert.ClearedAt) = (AlertState.Cleared, over);
                Changed(session, alert);
            },
            WritePriority.People, cancellation: cancellation);
    }

    /// <summary>Raises an alert that tells of nothing, and clears it: both are told like any other.</summary>
    internal async Task TestAsync(Caller who)
    {
        await RaiseAsync(Test, new AlertReading("", 0, $"{who.Name} tries whether alerts arrive. Nothing has to be done."), default);
        foreach (var test in (await OpenAsync(default)).Where(a => a.Code == Test))
            await ClearAsync(test, default);
    }

    /// <summary>Says that somebody looks into it. False when it is over, or somebody has said so already.</summary>
    internal async Task<bool> AcknowledgeAsync(Alert alert, Caller who)
    {
        var done = false;
        await writer.WriteAsync(
            session =>
            {
                done = session.Execute(Acknowledge, alert.Key, AlertState.Acknowledged, time.GetUtcNow(), who.Name, AlertState.Firing) > 0;
                if (!done)
                    return;
                session.Execute(Count, Counter);
                audit.Write(session, who, "alert.acknowledged", alert.Code, new { alert.Subject });
            },
            WritePriority.People);
        return done;
    }

    private void Changed(WriteSession session, Alert alert)
    {
        session.Execute(Count, Counter);
        foreach (var follower in followers)
            follower.Follow(session, alert);
    }

    private static string Cut(string words) => words.Length <= LongestWords ? words : words[..(LongestWords - 1)] + "…";
}
