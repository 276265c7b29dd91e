using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Operations;

/// <summary>What of the guided set-up an administrator has gone through, beside what the store shows by itself.</summary>
/// <param name="Confirmed">Steps that were seen and confirmed.</param>
/// <param name="Skipped">Steps that were left for later.</param>
public sealed record SetUpMarks(IReadOnlyList<string> Confirmed, IReadOnlyList<string> Skipped)
{
    /// <summary>Nothing yet.</summary>
    public static SetUpMarks None { get; } = new([], []);
}

/// <summary>Keeps the marks of the guided set-up, so that it can be left and taken up again, by another administrator too.</summary>
public sealed class SetUp(IDbContextFactory<OpsConsoleDb> factory, Audit audit, TimeProvider time)
{
    private const string Name = "set-up";

    /// <summary>The marks as they stand.</summary>
    public async Task<SetUpMarks> ReadAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        return row is null ? SetUpMarks.None : Parse(row.Value);
    }

    /// <summary>Marks a step as confirmed or as skipped; the newest mark counts.</summary>
    public async Task<SetUpMarks> MarkAsync(string step, bool confirmed, Caller who, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        var before = row is null ? SetUpMarks.None : Parse(row.Value);
        var marks = new SetUpMarks(
            confirmed ? [.. before.Confirmed.Except([step]), step] : [.. before.Confirmed.Except([step])],
            confirmed ? [.. before.Skipped.Except([step])] : [.. before.Skipped.Except([step]), step]);
        row ??= db.Add(new Setting { Name = Name, Value = "" }).Entity;
        (row.Value, row.ChangedAt, row.Version) = (JsonSerializer.Serialize(marks, JsonSerializerOptions.Web), time.GetUtcNow(), Guid.NewGuid());
        audit.Add(db, who, confirmed ? "setUp.confirmed" : "setUp.skipped", step);
        await db.SaveChangesAsync(cancellation);
        return marks;
    }

    private static SetUpMarks Parse(string json) => JsonSerializer.Deserialize<SetUpMarks>(json, JsonSerializerOptions.Web) ?? SetUpMarks.None;
}
