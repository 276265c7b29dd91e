using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Store;

namespace OpsConsole.Operations;

/// <summary>Somebody else changed the settings since they were read.</summary>
public sealed class SettingsChangedMeanwhileException() : Exception("The settings were changed by somebody else meanwhile.");

/// <summary>
/// Holds the newest settings for everybody who asks, keeps them in the store, and notices what another instance changed: at once when it rings,
/// else within two seconds.
/// </summary>
/// <param name="configured">The defaults, with what the configuration says.</param>
/// <param name="factory">The store.</param>
/// <param name="time">The clock of the machinery.</param>
/// <param name="log">Log.</param>
/// <param name="doorbell">Tells other instances; null where there are none.</param>
public sealed partial class SettingsStore(
    OperationsSettings configured, IDbContextFactory<OpsConsoleDb> factory, TimeProvider time, ILogger<SettingsStore> log, Doorbell? doorbell = null)
    : BackgroundService
{
    private const string Name = "operations";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1.5);
    // Of the configuration, or computed: neither is kept in the store.
    private static readonly string[] NotStored =
        ["timeZone", "defaultLeadMinutes", "reportingLagMinutes", "handlingCost"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new NoTimeZone() },
    };

    private readonly SettingsChanged _changed = new(doorbell);
    // What is read must not be taken over after what was changed since.
    private readonly SemaphoreSlim _one = new(1, 1);
    private (OperationsSettings Settings, Guid Version) _current = (configured, Guid.Empty);

    private sealed class SettingsChanged(Doorbell? doorbell) : Signal(doorbell, Bells.Settings);

    /// <summary>Raised after a change, here or elsewhere; who is told re-reads <see cref="Current"/>. Must be quick.</summary>
    public event Action? Changed;

    /// <summary>The newest settings.</summary>
    public OperationsSettings Current => _current.Settings;

    /// <summary>The settings with their version, for who means to change them.</summary>
    public (OperationsSettings Settings, Guid Version) Read() => _current;

    /// <summary>Replaces the settings.</summary>
    /// <param name="settings">All of them; what the configuration holds is left out.</param>
    /// <param name="version">The version they were made from (<see cref="Read"/>).</param>
    /// <param name="together">Writes in the same transaction, such as the audit; null: nothing.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">A value outside its range.</exception>
    /// <exception cref="SettingsChangedMeanwhileException">The version isn't the newest.</exception>
    public async Task ChangeAsync(OperationsSettings settings, Guid version, Action<OpsConsoleDb>? together = null, CancellationToken cancellation = default)
    {
        if (settings.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems.Select(p => $"{p.Key} {p.Value}")), nameof(settings));
        await _one.WaitAsync(cancellation);
        try
        {
            await StoreAsync(settings, version, together, cancellation);
        }
        finally
        {
            _one.Release();
        }
        _changed.Raise();
    }

    private async Task StoreAsync(OperationsSettings settings, Guid version, Action<OpsConsoleDb>? together, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        if ((row?.Version ?? Guid.Empty) != version)
            throw new SettingsChangedMeanwhileException();
        if (row is null)
            db.Add(row = new Setting { Name = Name, Value = "" });
        row.Value = Write(settings);
        row.ChangedAt = time.GetUtcNow();
        row.Version = Guid.NewGuid();
        together?.Invoke(db);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException failure) when (failure is DbUpdateConcurrencyException || version == Guid.Empty)
        {
            throw new SettingsChangedMeanwhileException();
        }
        Take(Parse(row.Value), row.Version);
    }

    /// <summary>What differs between two settings, each with its value before and after; for the audit.</summary>
    public static IReadOnlyDictionary<string, object> Differences(OperationsSettings before, OperationsSettings after)
    {
        var (old, now) = (JsonSerializer.SerializeToNode(before, Json)!.AsObject(), JsonSerializer.SerializeToNode(after, Json)!.AsObject());
        return now.Where(member => !JsonNode.DeepEquals(member.Value, old[member.Key]))
            .ToDictionary(member => member.Key, member => (object)new { before = old[member.Key]?.DeepClone(), after = member.Value?.DeepClone() });
    }

    /// <summary>All of the settings, what the configuration holds included, for who keeps their history.</summary>
    internal static JsonNode WriteAll(OperationsSettings settings)
    {
        var node = JsonSerializer.SerializeToNode(settings, Json)!.AsObject();
        node["timeZone"] = settings.TimeZone.Id;
        node.Remove("handlingCost");
        return node;
    }

    /// <summary>Reads what <see cref="WriteAll"/> wrote; what is newer than it has its default.</summary>
    internal static OperationsSettings ReadAll(JsonNode settings)
    {
        var node = settings.DeepClone().AsObject();
        var zone = TimeZoneInfo.FindSystemTimeZoneById(node["timeZone"]!.GetValue<string>());
        node.Remove("timeZone");
        return node.Deserialize<OperationsSettings>(Json)! with { TimeZone = zone };
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
        using var raised = _changed.Listen();
        try
        {
            while (true)
            {
                await raised.WaitAsync(LookAgain, stoppingToken);
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

    private async Task LookAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            await using var db = await factory.CreateDbContextAsync(cancellation);
            var row = await db.Set<Setting>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
            if (row is not null && row.Version != _current.Version)
                Take(Parse(row.Value), row.Version);
        }
        finally
        {
            _one.Release();
        }
    }

    private void Take(OperationsSettings settings, Guid version)
    {
        _current = (settings, version);
        Changed?.Invoke();
    }

    private static string Write(OperationsSettings settings)
    {
        var node = JsonSerializer.SerializeToNode(settings, Json)!.AsObject();
        foreach (var name in NotStored)
            node.Remove(name);
        return node.ToJsonString(Json);
    }

    private OperationsSettings Parse(string json)
    {
        // What was stored before a setting existed has its default.
        var node = JsonSerializer.SerializeToNode(configured, Json)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject().ToList())
            node[name] = value?.DeepClone();
        var settings = node.Deserialize<OperationsSettings>(Json)!;
        return settings with
        {
            TimeZone = configured.TimeZone.Id == "UTC" && settings.ZoneName is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : configured.TimeZone,
            DefaultLeadMinutes = configured.DefaultLeadMinutes,
            ReportingLagMinutes = configured.ReportingLagMinutes,
        };
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "The settings could not be read; the ones known stay in force")]
    private static partial void LogNotRead(ILogger logger, Exception failure);

    /// <summary>A zone is kept by its name (<see cref="OperationsSettings.ZoneName"/>).</summary>
    private sealed class NoTimeZone : JsonConverter<TimeZoneInfo>
    {
        public override TimeZoneInfo? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => null;

        public override void Write(Utf8JsonWriter writer, TimeZoneInfo value, JsonSerializerOptions options) => writer.WriteNullValue();
    }
}
