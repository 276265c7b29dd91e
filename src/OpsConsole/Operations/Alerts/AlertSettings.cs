using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Operations.Alerts;

/// <summary>The thresholds that an administrator has set, by rule; the others have those of their rule.</summary>
public sealed class AlertSettings(IDbContextFactory<OpsConsoleDb> factory, Audit audit, TimeProvider time)
{
    private const string Name = "alerts";
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>What was set, and the version it is.</summary>
    internal async Task<(IReadOnlyDictionary<string, AlertThresholds> Set, Guid Version)> ReadAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        return row is null ? ([], Guid.Empty) : (Parse(row.Value), row.Version);
    }

    /// <summary>Sets the thresholds of a rule; those of the rule itself take back what was set.</summary>
    /// <exception cref="ArgumentException">Thresholds that can't be.</exception>
    /// <exception cref="SettingsChangedMeanwhileException">The version isn't the newest.</exception>
    internal async Task ChangeAsync(IAlertRule rule, AlertThresholds thresholds, Guid version, Caller who)
    {
        if (thresholds.Problem() is { } problem)
            throw new ArgumentException(problem, nameof(thresholds));
        await using var db = await factory.CreateDbContextAsync();
        var row = await db.Set<Setting>().SingleOrDefaultAsync(s => s.Name == Name);
        if ((row?.Version ?? Guid.Empty) != version)
            throw new SettingsChangedMeanwhileException();
        var set = row is null ? [] : Parse(row.Value);
        var before = set.GetValueOrDefault(rule.Code, rule.Thresholds);
        if (thresholds == rule.Thresholds)
            set.Remove(rule.Code);
        else
            set[rule.Code] = thresholds;
        if (row is null)
            db.Add(row = new Setting { Name = Name, Value = "" });
        (row.Value, row.ChangedAt, row.Version) = (JsonSerializer.Serialize(set, Json), time.GetUtcNow(), Guid.NewGuid());
        audit.Add(db, who, "alertThresholds.changed", rule.Code, new { before, after = thresholds });
        try
        {
            await db.SaveChangesAsync();
        }
        catch (DbUpdateException failure) when (failure is DbUpdateConcurrencyException || version == Guid.Empty)
        {
            throw new SettingsChangedMeanwhileException();
        }
    }

    private static Dictionary<string, AlertThresholds> Parse(string json) => JsonSerializer.Deserialize<Dictionary<string, AlertThresholds>>(json, Json)!;
}
