using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Intake.Feeds;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Measurement.Verdicts;

/// <summary>What a mark on a chart stands for.</summary>
public enum MarkKind
{
    /// <summary>Another version became champion.</summary>
    Promotion,

    /// <summary>A threshold was moved.</summary>
    Threshold,

    /// <summary>A feed fell silent.</summary>
    Incident,

    /// <summary>Somebody wrote a note.</summary>
    Note,
}

/// <summary>A moment that a chart marks.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="At">When.</param>
/// <param name="Words">What happened.</param>
/// <param name="Key">The note's key; null for what isn't a note.</param>
public sealed record ChartMark(MarkKind Kind, DateTimeOffset At, string Words, long? Key = null);

/// <summary>Reads what the charts mark, and keeps the notes that people add.</summary>
public sealed class ChartMarks(IDbContextFactory<OpsConsoleDb> factory, Ids ids, Audit audit, TimeProvider time)
{
    private const int Most = 60;

    /// <summary>The marks of a range, oldest first; the newest sixty when there are more.</summary>
    public async Task<IReadOnlyList<ChartMark>> ReadAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellation)
    {
        var (first, last) = (from ?? DateTimeOffset.MinValue, to ?? DateTimeOffset.MaxValue);
        await using var db = await factory.CreateDbContextAsync(cancellation);
        List<ChartMark> marks = [.. await TermsAsync(db, first, last, cancellation)];
        marks.AddRange((await db.Set<FeedSilence>().AsNoTracking().Where(s => s.Since >= first && s.Since < last).OrderByDescending(s => s.Since).Take(Most).ToListAsync(cancellation))
            .Select(s => new ChartMark(MarkKind.Incident, s.Since, $"{(s.Facility.Length > 0 ? $"{s.Facility} fell" : "A source fell")} silent{Until(s)}")));
        marks.AddRange((await db.Set<ChartNote>().AsNoTracking().Where(n => n.At >= first && n.At < last).OrderByDescending(n => n.At).Take(Most).ToListAsync(cancellation))
            .Select(n => new ChartMark(MarkKind.Note, n.At, $"{n.Words} ({n.WrittenByName})", n.Key)));
        return [.. marks.OrderByDescending(m => m.At).Take(Most).Reverse()];
    }

    private static async Task<IEnumerable<ChartMark>> TermsAsync(OpsConsoleDb db, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var terms = await db.Set<ChampionTerm>().AsNoTracking().OrderBy(t => t.Id).ToListAsync(cancellation);
        var names = await db.Set<ModelVersion>().AsNoTracking().ToDictionaryAsync(v => v.Id, v => v.Version, cancellation);
        return terms.GroupBy(t => t.Loop).SelectMany(loop => loop.Zip(loop.Skip(1))).Where(pair => pair.Second.From >= from && pair.Second.From < to)
            .Select(pair => Of(pair.First, pair.Second, names)).OfType<ChartMark>();
    }

    private static ChartMark? Of(ChampionTerm before, ChampionTerm after, Dictionary<int, string> names)
    {
        string N(double threshold) => threshold.ToString("0.###", CultureInfo.InvariantCulture);
        if (before.ModelVersionId != after.ModelVersionId)
            return new ChartMark(MarkKind.Promotion, after.From, $"{names[after.ModelVersionId]} became champion, flagging from {N(after.Threshold)}");
        if (before.Threshold != after.Threshold)
            return new ChartMark(MarkKind.Threshold, after.From, $"Threshold {N(before.Threshold)} → {N(after.Threshold)}");
        return before.CustomerThreshold == after.CustomerThreshold ? null
            : new ChartMark(MarkKind.Threshold, after.From, $"Customers' threshold {(before.CustomerThreshold is { } b ? N(b) : "none")} → {(after.CustomerThreshold is { } a ? N(a) : "none")}");
    }

    private static string Until(FeedSilence silence) => silence.BackAt is { } back
        ? string.Create(CultureInfo.InvariantCulture, $" for {(back - silence.Since).TotalHours:0.#} h") : ", still is";

    /// <summary>Adds a note; null when it is kept, else what is wrong with it.</summary>
    public async Task<string?> AddAsync(DateTimeOffset at, string words, Caller who, CancellationToken cancellation)
    {
        words = words.Trim();
        if (words.Length is 0 or > ChartNote.Longest || words.Any(char.IsControl))
            return $"A note needs 1 to {ChartNote.Longest} characters in one line.";
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var note = new ChartNote { Key = ids.Next(), At = at, Words = words, WrittenByName = who.Name, WrittenAt = time.GetUtcNow() };
        db.Add(note);
        audit.Add(db, who, "note.added", note.Key.ToString(CultureInfo.InvariantCulture), new { note.At, note.Words });
        await db.SaveChangesAsync(cancellation);
        return null;
    }

    /// <summary>Takes a note away; what it said stays in the audit.</summary>
    public async Task RemoveAsync(long key, Caller who, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await db.Set<ChartNote>().SingleOrDefaultAsync(n => n.Key == key, cancellation) is not { } note)
            return;
        db.Remove(note);
        audit.Add(db, who, "note.removed", key.ToString(CultureInfo.InvariantCulture), new { note.At, note.Words });
        await db.SaveChangesAsync(cancellation);
    }
}
