using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>Raised when somebody's session ended, or may have: open circuits look whether theirs still stands.</summary>
public sealed class SessionsEnded(Doorbell? doorbell = null) : Signal(doorbell, Bells.Access);

/// <summary>
/// Starts, ends and looks up sessions. Every request asks the store, so that signing out, another password, another role and being shut out
/// count at once and on every instance, whatever cookie is sent.
/// </summary>
public sealed class Sessions(
    IDbContextFactory<OpsConsoleDb> factory, AccessOptions options, IOptions<IdentityOptions> identity, SessionsEnded ended, TimeProvider time)
{
    /// <summary>The cookie's claim that names the session.</summary>
    internal const string Claim = "session";

    private static readonly TimeSpan UseIsNotedAfter = TimeSpan.FromMinutes(1);

    /// <summary>Sessions that are long over. The next sign-in removes them too; where nobody signs in, they would stay. None idles for two days.</summary>
    internal static readonly LeftoverRows Left = new(
        "sessions", "Sessions that are over", days: 7, fewest: 2,
        new Statement("SELECT id FROM sessions WHERE used_at < @p0"), new Statement("DELETE FROM sessions WHERE id = @p0 AND used_at < @p1"));

    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);

    /// <summary>What decides whether a session stands.</summary>
    internal sealed record Standing(string Id, long UserId, DateTimeOffset StartedAt, DateTimeOffset UsedAt, string? Stamp, DateTimeOffset? ShutUntil);

    /// <summary>Starts a session.</summary>
    internal async Task<string> StartAsync(long userId, string method, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        var session = new Session
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            UserId = userId,
            Method = method,
            StartedAt = now,
            UsedAt = now,
        };
        var (oldest, idlest) = (now - options.SessionLength, now - options.SessionIdle);
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db.Set<Session>().Where(s => s.StartedAt < oldest || s.UsedAt < idlest).ExecuteDeleteAsync(cancellation);
        db.Add(session);
        await db.SaveChangesAsync(cancellation);
        return session.Id;
    }

    /// <summary>Ends one session of a person; false when there was none.</summary>
    public async Task<bool> EndAsync(long userId, string id, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var gone = await db.Set<Session>().Where(s => s.UserId == userId && s.Id == id).ExecuteDeleteAsync(cancellation);
        ended.Raise();
        return gone > 0;
    }

    /// <summary>Ends a person's sessions, all or all but one; how many.</summary>
    public async Task<int> EndAllAsync(long userId, string? except = null, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var gone = await db.Set<Session>().Where(s => s.UserId == userId && s.Id != (except ?? "")).ExecuteDeleteAsync(cancellation);
        ended.Raise();
        return gone;
    }

    /// <summary>A person's sessions, the newest first.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(long userId, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        var (oldest, idlest) = (now - options.SessionLength, now - options.SessionIdle);
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<Session>().AsNoTracking().Where(s => s.UserId == userId && s.StartedAt >= oldest && s.UsedAt >= idlest)
            .OrderByDescending(s => s.StartedAt).ToListAsync(cancellation);
    }

    /// <summary>Whether the session of a cookie stands; if so, it counts as used now.</summary>
    internal async Task<bool> IsStandingAsync(ClaimsPrincipal principal, CancellationToken cancellation = default)
    {
        if (principal.FindFirstValue(Claim) is not { } id)
            return false;
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var standing = await Standings(db, db.Set<Session>().Where(s => s.Id == id)).SingleOrDefaultAsync(cancellation);
        if (!Holds(principal, standing))
            return false;
        NoteUse(id, standing!.UsedAt);
        return true;
    }

    /// <summary>Every session that has a row, by its id; for all open circuits at once.</summary>
    internal async Task<IReadOnlyDictionary<string, Standing>> AllAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await Standings(db, db.Set<Session>()).ToDictionaryAsync(s => s.Id, cancellation);
    }

    /// <summary>Whether what the store says of a session lets its principal stay.</summary>
    internal bool Holds(ClaimsPrincipal principal, Standing? standing)
    {
        if (standing is null)
            return false;
        var now = time.GetUtcNow();
        var used = _used.TryGetValue(standing.Id, out var noted) && noted > standing.UsedAt ? noted : standing.UsedAt;
        return principal.FindFirstValue(ClaimTypes.NameIdentifier) == standing.UserId.ToString(CultureInfo.InvariantCulture)
            && principal.FindFirstValue(identity.Value.ClaimsIdentity.SecurityStampClaimType) == standing.Stamp
            && now - standing.StartedAt < options.SessionLength
            && now - used < options.SessionIdle
            && !ConsoleUser.IsShutOut(standing.ShutUntil, now);
    }

    /// <summary>Something came from the person, not only from their browser.</summary>
    internal void NoteUse(ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue(Claim) is { } id)
            _used[id] = time.GetUtcNow();
    }

    private void NoteUse(string id, DateTimeOffset written)
    {
        var now = time.GetUtcNow();
        if (now - written >= UseIsNotedAfter)
            _used[id] = now;
    }

    /// <summary>Writes down which sessions were used; called once a minute.</summary>
    internal async Task WriteUseAsync(CancellationToken cancellation)
    {
        if (_used.IsEmpty)
            return;
        await using var db = await factory.CreateDbContextAsync(cancellation);
        foreach (var (id, at) in _used.ToList())
        {
            await db.Set<Session>().Where(s => s.Id == id && s.UsedAt < at).ExecuteUpdateAsync(set => set.SetProperty(s => s.UsedAt, at), cancellation);
            _used.TryRemove(new(id, at));
        }
    }

    private static IQueryable<Standing> Standings(OpsConsoleDb db, IQueryable<Session> sessions) =>
        from session in sessions
        join user in db.Users on session.UserId equals user.Id
        select new Standing(session.Id, session.UserId, session.StartedAt, session.UsedAt, user.SecurityStamp, user.LockoutEnd);
}
