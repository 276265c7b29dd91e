using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Ui;

/// <summary>Keeps pages as people set them up: one's own, and those that colleagues share.</summary>
public sealed class KeepViews(IDbContextFactory<OpsConsoleDb> factory, Ids ids, Audit audit)
{
    /// <summary>As many as one person may keep.</summary>
    public const int Most = 50;

    /// <summary>A person's own views of a page and those shared, by name.</summary>
    public async Task<IReadOnlyList<SavedView>> ReadAsync(string path, Caller who, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<SavedView>().AsNoTracking()
            .Where(v => (v.UserId == who.UserId || v.Shared) && (v.Address == path || v.Address.StartsWith(path + "?")))
            .OrderBy(v => v.Name).Take(2 * Most).ToListAsync(cancellation);
    }

    /// <summary>Keeps a view; one of the same name of the same person is replaced. Null when it is kept, else what is wrong with it.</summary>
    public async Task<string?> KeepAsync(string name, string address, bool shared, Caller who, CancellationToken cancellation)
    {
        name = name.Trim();
        if (name.Length is 0 or > SavedView.LongestName || name.Any(char.IsControl))
            return $"A view needs a name of 1 to {SavedView.LongestName} characters.";
        // Never another site's.
        if (address.Length > SavedView.LongestAddress || !address.StartsWith('/') || address.AsSpan(1).IndexOfAny('/', '\\') == 0 || who.UserId is not { } user)
            return "This page can't be kept.";
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var own = await db.Set<SavedView>().Where(v => v.UserId == user).ToListAsync(cancellation);
        var view = own.Find(v => v.Name == name);
        if (view is null && own.Count >= Most)
            return $"You keep {Most} views already; take one away first.";
        if (view is null)
            db.Add(view = new SavedView { Key = ids.Next(), UserId = user, UserName = who.Name, Name = name, Address = address });
        // What colleagues see is for the audit.
        if (shared || view.Shared)
            audit.Add(db, who, "view.shared", name, new { address, shared });
        (view.Address, view.Shared) = (address, shared);
        await db.SaveChangesAsync(cancellation);
        return null;
    }

    /// <summary>Takes one's own view away.</summary>
    public async Task RemoveAsync(long key, Caller who, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await db.Set<SavedView>().SingleOrDefaultAsync(v => v.Key == key && v.UserId == who.UserId, cancellation) is not { } view)
            return;
        db.Remove(view);
        if (view.Shared)
            audit.Add(db, who, "view.removed", view.Name, new { view.Address });
        await db.SaveChangesAsync(cancellation);
    }
}
