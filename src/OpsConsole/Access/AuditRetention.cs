using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>How long audit entries are kept; for ever unless an administrator says otherwise.</summary>
public sealed class AuditRetention(IDbContextFactory<OpsConsoleDb> factory, Audit audit, TimeProvider time)
{
    /// <summary>The fewest days.</summary>
    public const int Fewest = 90;

    /// <summary>The most days.</summary>
    public const int Most = 36_500;

    private const string Name = "audit-retention";

    /// <summary>After how many days entries are removed; null: never.</summary>
    public async Task<int?> DaysAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        return row is null || row.Value == "null" ? null : int.Parse(row.Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Says after how many days entries are removed; null: never.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 90 days, or more than 36,500.</exception>
    public async Task ChangeAsync(int? days, Caller who, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days ?? Fewest, Fewest, nameof(days));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days ?? Most, Most, nameof(days));
        var before = await DaysAsync(cancellation);
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        if (row is null)
            db.Add(row = new Setting { Name = Name, Value = "" });
        (row.Value, row.ChangedAt, row.Version) = (days?.ToString(CultureInfo.InvariantCulture) ?? "null", time.GetUtcNow(), Guid.NewGuid());
        audit.Add(db, who, "auditRetention.changed", null, new { before, after = days });
        await db.SaveChangesAsync(cancellation);
    }
}

/// <summary>
/// Removes audit entries that are older than they are to be kept, once a day on one instance: from the start of the chain, with their links, and
/// leaves an entry that says up to where, so that what is left can still be held against its seal. Stops before an entry that is missing: what
/// somebody else did stays to be seen.
/// </summary>
public sealed class TrimAudit(LeasedWorkTools tools, AuditRetention retention, GroupedWriter writer, Audit audit, TimeProvider time) : LeasedWork(tools)
{
    private const int AtOnce = 2_000;

    private static readonly Statement Oldest = new(
        """
        SELECT s.position, s.seal, a.at FROM audit_seals s LEFT JOIN audit a ON a."key" = s.entry_key ORDER BY s.position
        """);
    private static readonly Statement RemoveEntries = new(
        """DELETE FROM audit WHERE "key" IN (SELECT entry_key FROM audit_seals WHERE position <= @p0)""");
    private static readonly Statement RemoveLinks = new("DELETE FROM audit_seals WHERE position <= @p0");

    /// <inheritdoc/>
    protected override string Name => "audit-trim";

    /// <inheritdoc/>
    protected override TimeSpan Period => TimeSpan.FromDays(1);

    /// <inheritdoc/>
    protected override async Task WorkAsync(HeldLease lease, CancellationToken cancellation)
    {
        while (await TrimAsync(lease.Require, cancellation) == AtOnce)
        {
        }
    }

    /// <summary>Removes up to 2,000 entries that are too old; how many there were.</summary>
    internal async Task<long> TrimAsync(Action<WriteSession> require, CancellationToken cancellation)
    {
        if (await retention.DaysAsync(cancellation) is not { } days)
            return 0;
        var before = time.GetUtcNow().AddDays(-days);
        var removed = 0L;
        await writer.WriteAsync(
            session =>
            {
                require(session);
                if (Find(session, before) is not { } old)
                    return;
                session.Execute(RemoveEntries, old.Through);
                session.Execute(RemoveLinks, old.Through);
                audit.Write(session, Caller.System, VerifyAudit.Trimmed, null, old);
                removed = old.Entries;
            },
            cancellation: cancellation);
        return removed;
    }

    private static TrimDetails? Find(WriteSession session, DateTimeOffset before)
    {
        TrimDetails? old = null;
        using var rows = session.Query(Oldest);
        while ((old?.Entries ?? 0) < AtOnce && rows.Read() && !rows.IsDBNull(2) && rows.GetInt64(2) < before.UtcTicks)
            old = new TrimDetails(rows.GetInt64(0), Convert.ToHexStringLower((byte[])rows.GetValue(1)), (old?.Entries ?? 0) + 1);
        return old;
    }
}
