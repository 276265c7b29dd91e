using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Intake.Import;

/// <summary>A file as the pages show it.</summary>
/// <param name="Import">It.</param>
/// <param name="SourceName">Its source.</param>
/// <param name="Simulated">What the source registers is invented.</param>
/// <param name="HasFile">The file is still here.</param>
internal sealed record ImportView(DeliveryImport Import, string SourceName, bool Simulated, bool HasFile)
{
    internal FileShape Shape { get; } = JsonSerializer.Deserialize<FileShape>(Import.Shape)!;

    internal ImportProgress Progress { get; } = ImportProgress.Read(Import.Progress);

    internal QualityReport? Report { get; } = Import.Report is { } report ? QualityReport.Read(report) : null;

    internal ImportMapping? Mapping { get; } = Import.Mapping is { } mapping ? ImportMapping.Read(mapping) : null;
}

/// <summary>What a file's columns look like, what they probably mean, and what of them should be left out.</summary>
internal sealed record ImportLook(FileProfile Profile, ImportMapping Suggested, IReadOnlyDictionary<string, string> LeftOut);

/// <summary>Reads files of history and what is kept about them.</summary>
internal sealed class ImportQueries(IDbContextFactory<OpsConsoleDb> factory, ImportFolder folder, ImportOptions options)
{
    /// <summary>The newest files, newest first.</summary>
    internal async Task<IReadOnlyList<ImportView>> ListAsync(int most, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var imports = await db.Set<DeliveryImport>().AsNoTracking().OrderByDescending(i => i.Key).Take(most).ToListAsync(cancellation);
        var sources = await db.Set<Source>().AsNoTracking().ToDictionaryAsync(s => s.Id, cancellation);
        return [.. imports.Select(i => View(i, sources[i.SourceId]))];
    }

    /// <summary>One; null when there is none.</summary>
    internal async Task<ImportView?> FindAsync(long key, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<DeliveryImport>().AsNoTracking().SingleOrDefaultAsync(i => i.Key == key, cancellation) is { } import
            ? View(import, await db.Set<Source>().AsNoTracking().SingleAsync(s => s.Id == import.SourceId, cancellation))
            : null;
    }

    /// <summary>The mappings kept for a source and kind, the newest first.</summary>
    internal async Task<IReadOnlyList<SavedMapping>> MappingsAsync(int sourceId, ImportKind kind, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<SavedMapping>().AsNoTracking().Where(m => m.SourceId == sourceId && m.Kind == kind).OrderByDescending(m => m.SavedAt).ToListAsync(cancellation);
    }

    /// <summary>Looks at the first rows of a file.</summary>
    /// <exception cref="RefusedFileException">It can't be read.</exception>
    internal Task<ImportLook> LookAsync(ImportView view) => Task.Run(() =>
    {
        FileProfile profile;
        using (var file = ImportFile.Open(folder.FileOf(view.Import.Key), view.Shape, options))
            profile = FileProfile.Read(file);
        var suggested = SuggestMapping.Of(view.Import.Kind, profile, out var leftOut);
        var why = leftOut.ToDictionary(l => l.Column, l => l.Why, StringComparer.Ordinal);
        if (view.Import.Kind == ImportKind.Events)
            return new ImportLook(profile, suggested, why);
        foreach (var leak in Leaks(view, suggested))
            why[leak.Column] = $"{char.ToUpperInvariant(leak.Why[0])}{leak.Why[1..]}.";
        return new ImportLook(profile, suggested with { Attributes = [.. suggested.Attributes.Where(a => !why.ContainsKey(a.Column))] }, why);
    });

    private IEnumerable<Leak> Leaks(ImportView view, ImportMapping suggested)
    {
        // In which zone times are makes no difference to which came first.
        using var maker = new RowMaker(view.Import.Kind, suggested with { Zone = "UTC" }, view.Shape);
        var watch = new LeakWatch(suggested with { Zone = "UTC" }, view.Shape);
        var (promised, delivered) = (maker.Place("promisedBy"), maker.Place("events.delivered"));
        using var file = ImportFile.Open(folder.FileOf(view.Import.Key), view.Shape, options);
        for (var row = 0; row < FileProfile.RowsLookedAt && file.Next(); row++)
        {
            maker.Begin(file);
            var end = delivered < 0 ? null : maker.Times[delivered];
            watch.Add(file, promised < 0 ? null : maker.Times[promised], end, end is not null);
        }
        return watch.Leaks().Where(l => l.Severe);
    }

    private ImportView View(DeliveryImport import, Source source) => new(import, source.Name, source.Simulated, folder.Has(import.Key));
}
