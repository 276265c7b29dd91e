using Microsoft.EntityFrameworkCore;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>The sources there are, and the two that always exist.</summary>
public sealed class Sources(IDbContextFactory<OpsConsoleDb> factory, Audit audit, TimeProvider time)
{
    /// <summary>The source of what people enter by hand.</summary>
    public const string Console = "console";

    /// <summary>The source of <c>Bootstrap:ApiKey</c>.</summary>
    public const string Bootstrap = "bootstrap";

    /// <summary>Key of <see cref="Console"/>; known once the host has started.</summary>
    public int ConsoleId { get; private set; }

    /// <summary>Key of <see cref="Bootstrap"/>; known once the host has started.</summary>
    public int BootstrapId { get; private set; }

    /// <summary>Every source, by name.</summary>
    public async Task<IReadOnlyList<Source>> ListAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<Source>().AsNoTracking().OrderBy(s => s.Name).ToListAsync(cancellation);
    }

    /// <summary>The source of that name, made if there is none.</summary>
    public async Task<Source> EnsureAsync(string name, bool simulated, Caller who, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == name, cancellation) is { } existing)
            return existing;
        var source = new Source { Name = name, Simulated = simulated, CreatedAt = time.GetUtcNow() };
        db.Add(source);
        audit.Add(db, who, "source.added", name, new { simulated });
        try
        {
            await db.SaveChangesAsync(cancellation);
            return source;
        }
        catch (DbUpdateException)
        {
            // Another instance was faster; if it was something else, there is none and Single says so.
            await using var again = await factory.CreateDbContextAsync(cancellation);
            return await again.Set<Source>().AsNoTracking().SingleAsync(s => s.Name == name, cancellation);
        }
    }

    /// <summary>Says how late a source's outcomes may be reported, 0 to 10,080 minutes; null: the operation's own lag.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public async Task SetReportingLagAsync(int id, int? minutes, Caller who, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minutes ?? 0, nameof(minutes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minutes ?? 0, 10_080, nameof(minutes));
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var source = await db.Set<Source>().SingleAsync(s => s.Id == id, cancellation);
        audit.Add(db, who, "source.reportingLag", source.Name, new { before = source.ReportingLagMinutes, after = minutes });
        source.ReportingLagMinutes = minutes;
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>Says after how many minutes of silence a source counts as down, 5 to 10,080; null: by the rhythm that is learnt.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public async Task SetSilentAfterAsync(int id, int? minutes, Caller who, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minutes ?? 5, 5, nameof(minutes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minutes ?? 5, 10_080, nameof(minutes));
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var source = await db.Set<Source>().SingleAsync(s => s.Id == id, cancellation);
        audit.Add(db, who, "source.silentAfter", source.Name, new { before = source.SilentAfterMinutes, after = minutes });
        source.SilentAfterMinutes = minutes;
        await db.SaveChangesAsync(cancellation);
    }

    internal async Task StartAsync(CancellationToken cancellation)
    {
        ConsoleId = (await EnsureAsync(Console, simulated: false, Caller.System, cancellation)).Id;
        BootstrapId = (await EnsureAsync(Bootstrap, simulated: false, Caller.System, cancellation)).Id;
    }
}
