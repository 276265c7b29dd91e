using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>From where anybody may call at all.</summary>
/// <param name="Allowed">Only from these; none: from anywhere.</param>
/// <param name="Blocked">Never from these.</param>
public sealed record NetworkRules(IReadOnlyList<IPNetwork> Allowed, IReadOnlyList<IPNetwork> Blocked)
{
    /// <summary>From anywhere.</summary>
    public static NetworkRules Anywhere { get; } = new([], []);

    /// <summary>Whether an address may call. This machine itself always may, so that what was set wrongly can be set right.</summary>
    public bool Admit(IPAddress? address) =>
        address is null || IPAddress.IsLoopback(address)
        || (!Networks.Contain(Blocked, address) && (Allowed.Count == 0 || Networks.Contain(Allowed, address)));
}

/// <summary>
/// Holds the lists of allowed and blocked networks for every call, keeps them in the store, and notices within a second and a half what another
/// instance changed.
/// </summary>
public sealed partial class NetworkLists(IDbContextFactory<OpsConsoleDb> factory, Audit audit, TimeProvider time, ILogger<NetworkLists> log) : BackgroundService
{
    private const string Name = "networks";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1.5);

    private volatile NetworkRules _current = NetworkRules.Anywhere;
    private Guid _version;

    private sealed record Stored(string Allowed, string Blocked);

    /// <summary>The rules in force.</summary>
    public NetworkRules Current => _current;

    /// <summary>Replaces the lists. What is wrong, in words; null when it was done.</summary>
    /// <param name="rules">Both lists.</param>
    /// <param name="from">From where who changes them calls: lists that would shut them out are refused.</param>
    /// <param name="who">Who.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<string?> ChangeAsync(NetworkRules rules, IPAddress? from, Caller who, CancellationToken cancellation = default)
    {
        if (!rules.Admit(from))
            return $"These lists would shut you out: you call from {from}.";
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        if (row is null)
            db.Add(row = new Setting { Name = Name, Value = "" });
        var stored = new Stored(Networks.Text(rules.Allowed), Networks.Text(rules.Blocked));
        (row.Value, row.ChangedAt, row.Version) = (JsonSerializer.Serialize(stored, JsonSerializerOptions.Web), time.GetUtcNow(), Guid.NewGuid());
        audit.Add(db, who, "networks.changed", Name, new
        {
            before = new { allowed = Networks.Text(_current.Allowed), blocked = Networks.Text(_current.Blocked) },
            after = new { stored.Allowed, stored.Blocked },
        });
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException)
        {
            return "Somebody else changed the lists in the same moment: look at them again.";
        }
        (_current, _version) = (rules, row.Version);
        return null;
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookAgain, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogNotRead(log, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    internal async Task LookAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        if (row is null || row.Version == _version)
            return;
        var stored = JsonSerializer.Deserialize<Stored>(row.Value, JsonSerializerOptions.Web)!;
        if (!Networks.TryParse(stored.Allowed, out var allowed, out var problem) || !Networks.TryParse(stored.Blocked, out var blocked, out problem))
            throw new InvalidOperationException($"The lists of networks in the store can't be read: {problem}");
        (_current, _version) = (new NetworkRules(allowed, blocked), row.Version);
    }

    [LoggerMessage(EventId = 2022, Level = LogLevel.Warning, Message = "The lists of networks could not be read; the ones known stay in force")]
    private static partial void LogNotRead(ILogger logger, Exception failure);
}
