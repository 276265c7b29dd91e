using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>What a key entitles to, once it was recognised.</summary>
internal sealed record KeyGrant(
    string Id, byte[] Hash, int SourceId, string SourceName, bool Simulated, bool IsBootstrap, IReadOnlyList<string> Scopes, int? CallsPerSecond, DateTimeOffset? ExpiresAt)
{
    /// <summary>How it is used.</summary>
    internal ApiKeyKind Kind { get; init; }

    /// <summary>The networks it may be used from; none: anywhere.</summary>
    internal IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>The caller this key stands for; made once, since every call needs it.</summary>
    internal ClaimsPrincipal Principal => field ??= MakePrincipal();

    /// <summary>Whether it may be used from an address.</summary>
    internal bool Admits(IPAddress? address) => Networks.Count == 0 || (address is not null && OpsConsole.Access.Networks.Contain(Networks, address));

    /// <summary>The caller with no more scopes than those.</summary>
    internal ClaimsPrincipal WithScopes(IReadOnlyCollection<string> scopes) =>
        Scopes.All(scopes.Contains) ? Principal : (this with { Scopes = [.. Scopes.Intersect(scopes)] }).MakePrincipal();

    private ClaimsPrincipal MakePrincipal()
    {
        var identity = new ClaimsIdentity(ApiKeyHandler.SchemeName, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new(ClaimTypes.Name, SourceName));
        identity.AddClaim(new(Caller.KeyIdClaim, Id));
        identity.AddClaim(new(Caller.SourceIdClaim, SourceId.ToString(CultureInfo.InvariantCulture)));
        identity.AddClaim(new(Caller.SourceNameClaim, SourceName));
        if (Simulated)
            identity.AddClaim(new(Caller.SimulatedClaim, "true"));
        if (IsBootstrap)
            identity.AddClaim(new(Caller.BootstrapClaim, "true"));
        if (CallsPerSecond is { } limit)
            identity.AddClaim(new(ApiKeyHandler.LimitClaim, limit.ToString(CultureInfo.InvariantCulture)));
        foreach (var scope in Scopes)
            identity.AddClaim(new(ScopeQuestions.ClaimType, scope));
        return new ClaimsPrincipal(identity);
    }
}

/// <summary>A key to be made.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="SourceId">The source it belongs to.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="ExpiresAt">When it lapses; null: never.</param>
public sealed record NewApiKey(string Name, int SourceId, IReadOnlyCollection<string> Scopes, DateTimeOffset? ExpiresAt)
{
    /// <summary>How it is used.</summary>
    public ApiKeyKind Kind { get; init; }

    /// <summary>The networks it may be used from; none: anywhere.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];
}

/// <summary>
/// Makes, changes, revokes and recognises keys. What is read from the store is read anew after a change here or a ring of another instance, and is
/// at most a second and a half old without.
/// </summary>
public sealed class ApiKeys(
    IDbContextFactory<OpsConsoleDb> factory, AccessOptions options, Sources sources, Audit audit, TimeProvider time, AccessChanged changed)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan FreshForUnknown = TimeSpan.FromMilliseconds(100);

    private readonly Signal.Listener _changed = changed.Listen();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private Task<Snapshot>? _loading;
    private KeyGrant? _bootstrap;

    private sealed record Snapshot(DateTimeOffset LoadedAt, Dictionary<string, KeyGrant> Grants);

    /// <summary>Makes a key. Its text is in the answer and nowhere else.</summary>
    /// <exception cref="ArgumentException">A scope that isn't one, or none.</exception>
    public async Task<(ApiKey Key, string Text)> IssueAsync(
        string name, int sourceId, IReadOnlyCollection<string> scopes, DateTimeOffset? expiresAt, Caller who, CancellationToken cancellation = default) =>
        await IssueAsync(new NewApiKey(name, sourceId, scopes, expiresAt), who, cancellation);

    /// <summary>Makes a key, or a client with its secret. Its text is in the answer and nowhere else.</summary>
    /// <exception cref="ArgumentException">A scope that isn't one, or none.</exception>
    public async Task<(ApiKey Key, string Text)> IssueAsync(NewApiKey wanted, Caller who, CancellationToken cancellation = default)
    {
        var (name, sourceId, scopes, expiresAt) = wanted;
        if (scopes.Count == 0 || scopes.Except(OpsConsole.Access.Scopes.All).Any())
            throw new ArgumentException($"A key needs scopes of {string.Join(", ", OpsConsole.Access.Scopes.All)}.", nameof(wanted));
        var (id, text) = ApiKeyFormat.Create(wanted.Kind);
        var key = new ApiKey
        {
            Id = id,
            Hash = ApiKeyFormat.Hash(text),
            Name = name,
            SourceId = sourceId,
            Scopes = string.Join(' ', scopes),
            CreatedAt = time.GetUtcNow(),
            CreatedBy = who.AuditName,
            ExpiresAt = expiresAt,
            Kind = wanted.Kind,
            AllowedNetworks = wanted.Networks.Count == 0 ? null : Networks.Text(wanted.Networks),
        };
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Add(key);
        audit.Add(db, who, "apiKey.issued", id, new { key.Kind, sourceId, key.Scopes, expiresAt, key.AllowedNetworks });
        await db.SaveChangesAsync(cancellation);
        changed.Raise();
        return (key, text);
    }

    /// <summary>Revokes a key: at once here, within two seconds on other instances. False when there is no such key, or it was revoked before.</summary>
    public Task<bool> RevokeAsync(string id, Caller who, CancellationToken cancellation = default) =>
        ChangeAsync(id, who, "apiKey.revoked", null, key => key.RevokedAt = time.GetUtcNow(), cancellation);

    /// <summary>Changes how many calls a second a key may make; null: the default.</summary>
    public Task<bool> LimitAsync(string id, int? callsPerSecond, Caller who, CancellationToken cancellation = default) =>
        ChangeAsync(id, who, "apiKey.limited", new { callsPerSecond }, key => key.CallsPerSecond = callsPerSecond, cancellation);

    /// <summary>Changes from which networks a key may be used; none: from anywhere.</summary>
    public Task<bool> RestrictAsync(string id, IReadOnlyList<IPNetwork> networks, Caller who, CancellationToken cancellation = default)
    {
        var text = networks.Count == 0 ? null : Networks.Text(networks);
        return ChangeAsync(id, who, "apiKey.restricted", new { networks = text }, key => key.AllowedNetworks = text, cancellation);
    }

    /// <summary>Every key, newest first, revoked ones too.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<ApiKey>().AsNoTracking().OrderByDescending(k => k.CreatedAt).ToListAsync(cancellation);
    }

    /// <summary>What the key entitles to; null when it isn't one, or no longer.</summary>
    internal async ValueTask<KeyGrant?> RecogniseAsync(string text)
    {
        var hash = ApiKeyFormat.Hash(text);
        if (options.BootstrapKeyHash is { } bootstrap && CryptographicOperations.FixedTimeEquals(hash, bootstrap))
            return _bootstrap ??= new KeyGrant(Sources.Bootstrap, bootstrap, sources.BootstrapId, Sources.Bootstrap, false, true, OpsConsole.Access.Scopes.All, null, null);
        return ApiKeyFormat.IdOf(text, ApiKeyKind.Key) is { } id && await FindAsync(id) is { Kind: ApiKeyKind.Key } grant && Fits(hash, grant) ? Note(grant) : null;
    }

    /// <summary>The client of an id, with its right secret, from where it may call; null else.</summary>
    internal async ValueTask<KeyGrant?> RecogniseClientAsync(string id, string secret, IPAddress? address)
    {
        var hash = ApiKeyFormat.Hash(secret);
        return ApiKeyFormat.IdOf(secret, ApiKeyKind.Client) == id && await FindClientAsync(id) is { } grant && Fits(hash, grant) && grant.Admits(address) ? grant : null;
    }

    /// <summary>The client of an id, as long as it is one.</summary>
    internal async ValueTask<KeyGrant?> FindClientAsync(string id) => await FindAsync(id) is { Kind: ApiKeyKind.Client } grant ? Note(grant) : null;

    /// <summary>Whether the key or client that a caller came with may still be used, from where they are.</summary>
    internal async ValueTask<bool> StandsAsync(ClaimsPrincipal who, IPAddress? address) =>
        who.HasClaim(Caller.BootstrapClaim, "true")
        || (who.FindFirstValue(Caller.KeyIdClaim) is { } id && await FindAsync(id) is { } grant && grant.Admits(address));

    private static bool Fits(byte[] hash, KeyGrant grant) => CryptographicOperations.FixedTimeEquals(hash, grant.Hash);

    private async ValueTask<KeyGrant?> FindAsync(string id)
    {
        var snapshot = await SnapshotAsync(Fresh);
        // Perhaps another instance has just made it; guesses are not looked up one by one.
        if (!snapshot.Grants.ContainsKey(id))
            snapshot = await SnapshotAsync(FreshForUnknown);
        return snapshot.Grants.TryGetValue(id, out var grant) && !(grant.ExpiresAt <= time.GetUtcNow()) ? grant : null;
    }

    private KeyGrant Note(KeyGrant grant)
    {
        _used[grant.Id] = time.GetUtcNow();
        return grant;
    }

    /// <summary>Writes down when keys were last used; called once a minute.</summary>
    internal async Task NoteUseAsync(CancellationToken cancellation)
    {
        if (_used.IsEmpty)
            return;
        await using var db = await factory.CreateDbContextAsync(cancellation);
        foreach (var id in _used.Keys.ToList())
        {
            if (!_used.TryRemove(id, out var at))
                continue;
            await db.Set<ApiKey>().Where(k => k.Id == id && (k.LastUsedAt == null || k.LastUsedAt < at)).ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, at), cancellation);
        }
    }

    private async Task<bool> ChangeAsync(string id, Caller who, string what, object? details, Action<ApiKey> change, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await db.Set<ApiKey>().SingleOrDefaultAsync(k => k.Id == id && k.RevokedAt == null, cancellation) is not { } key)
            return false;
        change(key);
        audit.Add(db, who, what, id, details);
        await db.SaveChangesAsync(cancellation);
        changed.Raise();
        return true;
    }

    private async ValueTask<Snapshot> SnapshotAsync(TimeSpan fresh)
    {
        Task<Snapshot> loading;
        lock (_lock)
        {
            var stale = _changed.TakeRaised() || _loading is null || _loading.IsFaulted
                || (_loading.IsCompletedSuccessfully && time.GetUtcNow() - _loading.Result.LoadedAt > fresh);
            loading = stale ? _loading = LoadAsync() : _loading!;
        }
        return await loading;
    }

    private async Task<Snapshot> LoadAsync()
    {
        var at = time.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync();
        var rows = await (
            from key in db.Set<ApiKey>()
            join source in db.Set<Source>() on key.SourceId equals source.Id
            where key.RevokedAt == null
            select new { key, source.Name, source.Simulated }).AsNoTracking().ToListAsync();
        return new Snapshot(at, rows.ToDictionary(
            r => r.key.Id,
            r => new KeyGrant(r.key.Id, r.key.Hash, r.key.SourceId, r.Name, r.Simulated, false, r.key.Scopes.Split(' '), r.key.CallsPerSecond, r.key.ExpiresAt)
            {
                Kind = r.key.Kind,
                Networks = Networks.TryParse(r.key.AllowedNetworks, out var networks, out _) ? networks : throw new InvalidOperationException($"The networks of the key {r.key.Id} can't be read."),
            },
            StringComparer.Ordinal));
    }
}
