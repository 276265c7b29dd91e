using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Operations;

/// <summary>A change of the brief, as the audit has it.</summary>
/// <param name="At">When.</param>
/// <param name="Who">Who, as the audit names them.</param>
/// <param name="Fields">Which fields.</param>
public sealed record BriefChange(DateTimeOffset At, string Who, IReadOnlyList<string> Fields);

/// <summary>Keeps the brief, and with each change what stood before, in the audit.</summary>
public sealed class BriefStore(IDbContextFactory<OpsConsoleDb> factory, Audit audit, TimeProvider time)
{
    private const string Name = "brief";
    private const string Changed = "brief.changed";
    private const int ChangesShown = 20;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>The brief with its version; null while nobody has saved one.</summary>
    public async Task<(Brief? Brief, Guid Version)> ReadAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        return row is null ? (null, Guid.Empty) : (JsonSerializer.Deserialize<Brief>(row.Value, Json), row.Version);
    }

    /// <summary>Replaces the brief.</summary>
    /// <exception cref="ArgumentException">Something is wrong with it.</exception>
    /// <exception cref="SettingsChangedMeanwhileException">The version isn't the newest.</exception>
    public async Task SaveAsync(Brief brief, Guid version, Caller who, CancellationToken cancellation = default)
    {
        if (brief.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(brief));
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        if ((row?.Version ?? Guid.Empty) != version)
            throw new SettingsChangedMeanwhileException();
        var before = row is null ? null : JsonSerializer.Deserialize<Brief>(row.Value, Json);
        row ??= db.Add(new Setting { Name = Name, Value = "" }).Entity;
        (row.Value, row.ChangedAt, row.Version) = (JsonSerializer.Serialize(brief, Json), time.GetUtcNow(), Guid.NewGuid());
        audit.Add(db, who, Changed, Name, Differences(before, brief));
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException failure) when (failure is DbUpdateConcurrencyException || version == Guid.Empty)
        {
            throw new SettingsChangedMeanwhileException();
        }
    }

    /// <summary>Who changed what, newest first.</summary>
    public async Task<IReadOnlyList<BriefChange>> ChangesAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var entries = await db.Set<AuditEntry>().AsNoTracking().Where(e => e.What == Changed).OrderByDescending(e => e.Key).Take(ChangesShown).ToListAsync(cancellation);
        return [.. entries.Select(e => new BriefChange(e.At, e.Who, [.. JsonNode.Parse(e.Details ?? "{}")!.AsObject().Select(member => member.Key)]))];
    }

    private static Dictionary<string, object> Differences(Brief? before, Brief after)
    {
        var old = before is null ? [] : JsonSerializer.SerializeToNode(before, Json)!.AsObject();
        var now = JsonSerializer.SerializeToNode(after, Json)!.AsObject();
        return now.Where(member => !JsonNode.DeepEquals(member.Value, old[member.Key]))
            .ToDictionary(member => member.Key, member => (object)new { before = old[member.Key]?.DeepClone(), after = member.Value?.DeepClone() });
    }
}
