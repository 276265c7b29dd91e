using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Intake.Import;

/// <summary>
/// What lies in the folder of a file of history: its refused rows when it is in, or the file that nobody went on with. Files may hold more about
/// people than was taken of them. That they were here, and what was found, stays.
/// </summary>
internal sealed class ImportLeftovers(string code, string title, int days, bool done, ImportFolder folder, IDbContextFactory<OpsConsoleDb> factory)
    : Leftover(code, title, days, fewest: 1)
{
    internal static ImportLeftovers Refused(ImportFolder folder, IDbContextFactory<OpsConsoleDb> factory) =>
        new("importRefusedRows", "Refused rows of files of history", 30, done: true, folder, factory);

    internal static ImportLeftovers Unfinished(ImportFolder folder, IDbContextFactory<OpsConsoleDb> factory) =>
        new("importUnfinished", "Files of history that nobody went on with", 7, done: false, folder, factory);

    internal override async Task<int> RemoveAsync(DateTimeOffset before, WriteRemoval write, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder.Root))
            return 0;
        var removed = 0;
        foreach (var left in Directory.GetDirectories(folder.Root))
        {
            if (removed == AtOnce || !long.TryParse(Path.GetFileName(left), out var key) || !await IsOverAsync(key, left, before, cancellation))
                continue;
            folder.Drop(key);
            removed++;
        }
        return removed == 0 ? 0 : await write(_ => removed);
    }

    private async Task<bool> IsOverAsync(long key, string left, DateTimeOffset before, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var import = await db.Set<DeliveryImport>().AsNoTracking().Where(i => i.Key == key)
            .Select(i => new { i.State, i.CreatedAt, i.FinishedAt, i.HeardAt }).SingleOrDefaultAsync(cancellation);
        // One that is being sent has no row yet.
        if (import is null)
            return !done && Directory.GetLastWriteTimeUtc(left) < before.UtcDateTime;
        if (import.State is ImportState.CheckWaiting or ImportState.Checking or ImportState.Waiting or ImportState.Importing)
            return false;
        return import.State == ImportState.Done == done && (import.FinishedAt ?? import.HeardAt ?? import.CreatedAt) < before;
    }
}
