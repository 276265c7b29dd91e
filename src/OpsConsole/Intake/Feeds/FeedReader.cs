using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake.Feeds;

/// <summary>Reads what is known of the sources. No query grows with what was sent: each reads bounded counters by key.</summary>
public sealed class FeedReader(IDbContextFactory<OpsConsoleDb> factory, SilentFeeds silent, LoopClock clock, SettingsStore settings)
{
    private const int DaysShown = 14;
    private const int RowsShown = 50;

    /// <summary>Every source at a glance, by name.</summary>
    public async Task<IReadOnlyList<SourceGlance>> ListAsync(CancellationToken cancellation = default)
    {
        var from = Today() - 6;
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var sources = await db.Set<Source>().AsNoTracking().OrderBy(s => s.Name).ToListAsync(cancellation);
        var last = await db.Set<Feed>().Where(f => f.Facility == "").ToDictionaryAsync(f => f.SourceId, f => f.LastAt, cancellation);
        var week = await db.Set<SourceDay>().Where(d => d.Day >= from).GroupBy(d => d.SourceId)
            .Select(g => new { g.Key, Accepted = g.Sum(d => d.Accepted), Rejected = g.Sum(d => d.Rejected) }).ToDictionaryAsync(g => g.Key, cancellation);
        return [.. sources.Select(s => new SourceGlance(
            s, last.TryGetValue(s.Id, out var at) ? at : null, week.GetValueOrDefault(s.Id)?.Accepted ?? 0, week.GetValueOrDefault(s.Id)?.Rejected ?? 0,
            [.. silent.Current.Where(f => f.SourceId == s.Id)]))];
    }

    /// <summary>All of one source; null when there is none of that name.</summary>
    public async Task<SourceReport?> ReadAsync(string name, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == name, cancellation) is not { } source)
            return null;
        var (id, from) = (source.Id, Today() - DaysShown + 1);
        var fields = await db.Set<SourceField>().AsNoTracking().Where(f => f.SourceId == id).ToListAsync(cancellation);
        var lags = await db.Set<SourceLag>().AsNoTracking().Where(l => l.SourceId == id).ToListAsync(cancellation);
        var waiting = await db.Set<SourceWaiting>().AsNoTracking().SingleOrDefaultAsync(w => w.SourceId == id, cancellation);
        var areas = db.Set<SourceArea>().AsNoTracking().Where(a => a.SourceId == id);
        var unplaced = areas.Where(a => a.Placed == 0);
        return new SourceReport
        {
            Source = source,
            LastAt = (await db.Set<Feed>().AsNoTracking().SingleOrDefaultAsync(f => f.SourceId == id && f.Facility == "", cancellation))?.LastAt,
            Down = [.. silent.Current.Where(f => f.SourceId == id)],
            Days = await db.Set<SourceDay>().AsNoTracking().Where(d => d.SourceId == id && d.Day >= from).OrderByDescending(d => d.Day).ThenBy(d => d.Kind).ToListAsync(cancellation),
            Rejections = await db.Set<SourceRejection>().AsNoTracking().Where(r => r.SourceId == id).OrderByDescending(r => r.Items).Take(RowsShown).ToListAsync(cancellation),
            Fields = [.. Complete(fields)],
            Ignored = [.. fields.Where(f => f.Ignored).OrderByDescending(f => f.Items).Take(RowsShown)],
            Lags = lags.GroupBy(l => l.Kind).ToDictionary(g => g.Key, g => (IReadOnlyList<long>)[.. Enumerable.Range(0, LagClasses.Count).Select(c => g.FirstOrDefault(l => l.Class == c)?.Items ?? 0)]),
            Waiting = Math.Max(0, waiting?.Events ?? 0),
            WaitingSample = waiting is { Events: > 0 } ? waiting.SampleId : null,
            Areas = await areas.CountAsync(cancellation),
            Unplaced = await unplaced.CountAsync(cancellation),
            UnplacedMost = await unplaced.OrderByDescending(a => a.Named).Take(12).ToListAsync(cancellation),
            Silences = await db.Set<FeedSilence>().AsNoTracking().Where(s => s.SourceId == id).OrderByDescending(s => s.Since).Take(10).ToListAsync(cancellation),
        };
    }

    private static IEnumerable<Completeness> Complete(List<SourceField> fields)
    {
        foreach (var kind in Enum.GetValues<FeedKind>())
        {
            var of = fields.Find(f => f.Kind == kind && f.Field.Length == 0 && !f.Ignored)?.Items ?? 0;
            foreach (var name in of == 0 ? [] : OptionalFields.Names[(int)kind])
                yield return new Completeness(kind, name, fields.Find(f => f.Kind == kind && f.Field == name && !f.Ignored)?.Items ?? 0, of);
        }
    }

    private int Today() => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.Now, settings.Current.TimeZone).DateTime).DayNumber;
}
