using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>Told when a message was put into the outbox.</summary>
public sealed class AlertPosted : Signal;

/// <summary>
/// The outbox of alerts: a message is written with what it tells of, tried until it is taken, each time later, and given up after a day. A message whose
/// receiver took it and didn't say so in time is sent again: at least once.
/// </summary>
public sealed class AlertOutbox(
    IDbContextFactory<OpsConsoleDb> factory, GroupedWriter writer, AlertOptions options, Ids ids, TimeProvider time, AlertPosted posted, Audit audit) : IFollowAlerts
{
    /// <summary>How long a message is tried.</summary>
    internal static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(1);

    /// <summary>How long an attempt may take before another instance takes the message over.</summary>
    internal static readonly TimeSpan Attempt = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan DeadIsNews = TimeSpan.FromDays(3);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Messages that were taken or given up. For three days one that was given up is still news to the alert about it.</summary>
    internal static readonly LeftoverRows Left = new(
        "alertDeliveries", "Messages of alerts, sent or given up", days: 30, fewest: 4,
        new Statement("""SELECT "key" FROM alert_deliveries WHERE state <> 0 AND COALESCE(sent_at, next_at) < @p0"""),
        new Statement("""DELETE FROM alert_deliveries WHERE "key" = @p0 AND state <> 0 AND COALESCE(sent_at, next_at) < @p1"""));

    private static readonly Statement Insert = new(
        """
        INSERT INTO alert_deliveries ("key", alert_key, "over", channel, target, state, attempts, next_at, created_at)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, 0, @p6, @p6)
        """);
    private static readonly Statement Take = new(
        """UPDATE alert_deliveries SET next_at = @p2, attempts = attempts + 1 WHERE "key" = @p0 AND next_at = @p1 AND state = @p3""");
    private static readonly Statement Sent = new("""UPDATE alert_deliveries SET state = @p1, sent_at = @p2, problem = NULL WHERE "key" = @p0""");
    private static readonly Statement Failed = new("""UPDATE alert_deliveries SET state = @p1, next_at = @p2, problem = @p3 WHERE "key" = @p0""");
    private static readonly Statement Again = new(
        """UPDATE alert_deliveries SET state = @p1, next_at = @p2, created_at = @p2, attempts = 0 WHERE "key" = @p0 AND state <> @p3""");

    /// <inheritdoc/>
    public void Follow(WriteSession session, Alert alert)
    {
        foreach (var (channel, target) in options.Targets())
        {
            session.Execute(
                Insert, ids.Next(), alert.Key, alert.State == AlertState.Cleared, channel, target, DeliveryState.Waiting, time.GetUtcNow());
        }
        session.OnCommitted(posted.Raise);
    }

    /// <summary>What is due, oldest first.</summary>
    internal async Task<List<(AlertDelivery Delivery, Alert Alert)>> DueAsync(int count, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var due = await db.Set<AlertDelivery>().AsNoTracking().Where(d => d.State == DeliveryState.Waiting && d.NextAt <= now)
            .Join(db.Set<Alert>(), d => d.AlertKey, a => a.Key, (d, a) => new { d, a }).OrderBy(p => p.d.Key).Take(count).ToListAsync(cancellation);
        return [.. due.Select(p => (p.d, p.a))];
    }

    /// <summary>What was not taken yet, and what was given up, newest first.</summary>
    internal async Task<List<(AlertDelivery Delivery, Alert Alert)>> UnsentAsync(int count, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var unsent = await db.Set<AlertDelivery>().AsNoTracking().Where(d => d.State != DeliveryState.Sent)
            .Join(db.Set<Alert>(), d => d.AlertKey, a => a.Key, (d, a) => new { d, a }).OrderByDescending(p => p.d.Key).Take(count).ToListAsync(cancellation);
        return [.. unsent.Select(p => (p.d, p.a))];
    }

    /// <summary>How many were given up within three days, and how many have waited for longer than <paramref name="late"/>.</summary>
    internal async Task<(int Dead, int Late)> CountAsync(TimeSpan late, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var (before, lately) = (time.GetUtcNow() - late, time.GetUtcNow() - DeadIsNews);
        return (await db.Set<AlertDelivery>().CountAsync(d => d.State == DeliveryState.Dead && d.NextAt >= lately, cancellation),
            await db.Set<AlertDelivery>().CountAsync(d => d.State == DeliveryState.Waiting && d.CreatedAt <= before, cancellation));
    }

    /// <summary>Takes a message for one attempt; false when somebody else has.</summary>
    internal async Task<bool> TakeAsync(AlertDelivery delivery, CancellationToken cancellation)
    {
        var taken = false;
        await writer.WriteAsync(
            session => taken = session.Execute(Take, delivery.Key, delivery.NextAt, time.GetUtcNow() + Attempt, DeliveryState.Waiting) > 0,
            admitted: true, cancellation: cancellation);
        return taken;
    }

    internal Task SentAsync(AlertDelivery delivery, CancellationToken cancellation) => writer.WriteAsync(
        session => session.Execute(Sent, delivery.Key, DeliveryState.Sent, time.GetUtcNow()), admitted: true, cancellation: cancellation);

    /// <summary>Whether it has been tried for long enough.</summary>
    internal bool IsTooOld(AlertDelivery delivery) => time.GetUtcNow() - delivery.CreatedAt >= GivenUpAfter;

    /// <summary>Puts a message off that was not taken, or gives it up.</summary>
    internal Task FailedAsync(AlertDelivery delivery, string problem, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var dead = IsTooOld(delivery);
        return writer.WriteAsync(
            session => session.Execute(Failed, delivery.Key, dead ? DeliveryState.Dead : DeliveryState.Waiting, now + Wait(delivery.Attempts), problem),
            admitted: true, cancellation: cancellation);
    }

    /// <summary>Tries a message anew for a day.</summary>
    internal Task AgainAsync(AlertDelivery delivery, Caller who) => writer.WriteAsync(
        session =>
        {
            if (session.Execute(Again, delivery.Key, DeliveryState.Waiting, time.GetUtcNow(), DeliveryState.Sent) > 0)
                audit.Write(session, who, "alertDelivery.again", delivery.Channel);
            session.OnCommitted(posted.Raise);
        },
        WritePriority.People);

    /// <summary>Twice as long each time, up to ten minutes, and a fifth more or less, so that what failed together isn't tried together.</summary>
    internal static TimeSpan Wait(int attempts)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(attempts, 10));
        return (wait < LongestWait ? wait : LongestWait) * (0.8 + 0.4 * Random.Shared.NextDouble());
    }
}
