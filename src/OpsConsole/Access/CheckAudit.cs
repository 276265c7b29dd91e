using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OpsConsole.Operations;
using OpsConsole.Operations.Alerts;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>What the newest look at the whole audit found.</summary>
/// <param name="At">When.</param>
/// <param name="Sealed">Entries with a place in the chain.</param>
/// <param name="Problems">How many were changed, deleted, added or moved by somebody else.</param>
public sealed record AuditCheck(DateTimeOffset At, long Sealed, long Problems);

/// <summary>Keeps what the newest look found in the store, as counters, for whichever instance reads the alerts.</summary>
public sealed class AuditChecks(IDbContextFactory<OpsConsoleDb> factory, GroupedWriter writer)
{
    private const string At = "audit-check-at";
    private const string Sealed = "audit-check-sealed";
    private const string Problems = "audit-check-problems";

    private static readonly Statement Update = new("UPDATE counters SET value = @p1 WHERE name = @p0");
    private static readonly Statement Insert = new("INSERT INTO counters (name, value) VALUES (@p0, @p1)");

    /// <summary>The newest look; null: there was none yet.</summary>
    public async Task<AuditCheck?> ReadAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var found = await db.Set<Counter>().AsNoTracking().Where(c => c.Name == At || c.Name == Sealed || c.Name == Problems)
            .ToDictionaryAsync(c => c.Name, c => c.Value, cancellation);
        return found.TryGetValue(At, out var at) ? new AuditCheck(new DateTimeOffset(at, TimeSpan.Zero), found[Sealed], found[Problems]) : null;
    }

    internal Task KeepAsync(AuditCheck check, Action<WriteSession> require, CancellationToken cancellation) => writer.WriteAsync(
        session =>
        {
            require(session);
            Set(session, At, check.At.UtcTicks);
            Set(session, Sealed, check.Sealed);
            Set(session, Problems, check.Problems);
        },
        cancellation: cancellation);

    private static void Set(WriteSession session, string name, long value)
    {
        if (session.Execute(Update, name, value) == 0)
            session.Execute(Insert, name, value);
    }
}

/// <summary>
/// Holds the whole audit against its seal once an hour, on one instance, so that a changed or broken one is told of without anybody asking.
/// </summary>
public sealed partial class CheckAudit(LeasedWorkTools tools, VerifyAudit verify, AuditChecks checks, TimeProvider time, ILogger<CheckAudit> log) : LeasedWork(tools)
{
    /// <inheritdoc/>
    protected override string Name => "audit-check";

    /// <inheritdoc/>
    protected override TimeSpan Period => TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override Task WorkAsync(HeldLease lease, CancellationToken cancellation) => CheckAsync(lease.Require, cancellation);

    /// <summary>Looks at all of it, and keeps what it found.</summary>
    internal async Task<AuditCheck> CheckAsync(Action<WriteSession> require, CancellationToken cancellation)
    {
        // Reads every entry: not on the thread of who asks.
        var verdict = await Task.Run(() => verify.Look(cancellation), cancellation);
        var check = new AuditCheck(time.GetUtcNow(), verdict.Sealed, verdict.Problems.Count);
        // The log first: it is kept elsewhere, and who rules over the database can't take it back.
        if (verdict.Problems is [var first, ..])
            LogBroken(log, check.Problems, first);
        await checks.KeepAsync(check, require, cancellation);
        return check;
    }

    [LoggerMessage(EventId = 2008, Level = LogLevel.Error, Message = "The audit doesn't hold against its seal: {Count} problems, the first: {First}")]
    private static partial void LogBroken(ILogger logger, long count, string first);
}

/// <summary>The audit was changed past the program.</summary>
internal sealed class AuditRule(AuditChecks checks) : IAlertRule
{
    public string Code => "audit";

    public string Title => "The audit was changed past the program";

    public string Unit => "entries";

    public string Advice =>
        "Somebody with access to the database changed, deleted, added or moved entries. Keep a copy of the database as it is, run --verify-audit, and compare with the links in the log.";

    // Raised by the first entry; over only when a later look has found nothing, and that stood for five minutes.
    public AlertThresholds Thresholds => new(1, 0, 0, 300);

    public async Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        if (await checks.ReadAsync(cancellation) is not { } check)
            return [];
        var words = check.Problems == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{check.Sealed:N0} sealed entries hold")
            : string.Create(CultureInfo.InvariantCulture, $"{check.Problems:N0} {(check.Problems == 1 ? "problem" : "problems")} among {check.Sealed:N0} sealed entries; Check the seal names them");
        return [new AlertReading("", check.Problems, words)];
    }
}
