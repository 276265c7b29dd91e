using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>How many days leftovers are kept, where an administrator has said so; the others as long as they say themselves.</summary>
public sealed class LeftoverDays(IDbContextFactory<OpsConsoleDb> factory, Audit audit, TimeProvider time)
{
    private const string Name = "leftovers";
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>What was set, by code, and the version it is.</summary>
    public async Task<(IReadOnlyDictionary<string, int> Set, Guid Version)> ReadAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        return row is null ? ([], Guid.Empty) : (Parse(row.Value), row.Version);
    }

    /// <summary>Says how many days one is kept.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer or more days than it may be kept.</exception>
    /// <exception cref="SettingsChangedMeanwhileException">The version isn't the newest.</exception>
    public async Task ChangeAsync(Leftover leftover, int days, Guid version, Caller who, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, leftover.Fewest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, Leftover.Most);
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        if ((row?.Version ?? Guid.Empty) != version)
            throw new SettingsChangedMeanwhileException();
        var set = row is null ? [] : Parse(row.Value);
        var before = set.GetValueOrDefault(leftover.Code, leftover.Days);
        set[leftover.Code] = days;
        if (row is null)
            db.Add(row = new Setting { Name = Name, Value = "" });
        (row.Value, row.ChangedAt, row.Version) = (JsonSerializer.Serialize(set, Json), time.GetUtcNow(), Guid.NewGuid());
        audit.Add(db, who, "retention.changed", leftover.Code, new { before, after = days });
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException failure) when (failure is DbUpdateConcurrencyException || version == Guid.Empty)
        {
            throw new SettingsChangedMeanwhileException();
        }
    }

    private static Dictionary<string, int> Parse(string json) => JsonSerializer.Deserialize<Dictionary<string, int>>(json, Json)!;
}
