using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.Learning;

/// <summary>Reads versions and runs.</summary>
public sealed class LearningQueries(IDbContextFactory<OpsConsoleDb> factory, Gates gates, Champions champions, LoopClock clock)
{
    /// <summary>The versions, newest first.</summary>
    public async Task<IReadOnlyList<ModelVersion>> VersionsAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<ModelVersion>().AsNoTracking().OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Id).ToListAsync(cancellation);
    }

    /// <summary>The newest runs, newest first.</summary>
    public async Task<IReadOnlyList<Run>> RunsAsync(int most, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<Run>().AsNoTracking().OrderByDescending(r => r.Key).Take(most).ToListAsync(cancellation);
    }

    /// <summary>The keys of the versions that have a backtest.</summary>
    public async Task<IReadOnlySet<int>> BacktestedAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<Backtest>().Select(b => b.ModelVersionId).ToHashSetAsync(cancellation);
    }

    /// <summary>A run; null when there is none.</summary>
    public async Task<Run?> RunAsync(string runId, CancellationToken cancellation = default)
    {
        if (!long.TryParse(runId, NumberStyles.None, CultureInfo.InvariantCulture, out var key))
            return null;
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(r => r.Key == key, cancellation);
    }

    /// <summary>The gates of versions, in their order.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<Gate>>> GatesAsync(IReadOnlyList<ModelVersion> versions, CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var served = await db.Set<ChampionTerm>().Where(t => t.Loop == clock.Loop).Select(t => t.ModelVersionId).Distinct().ToListAsync(cancellation);
        var champion = champions.Current.Version;
        return [.. versions.Select(v => gates.Of(v, champion, served.Contains(v.Id)))];
    }

    /// <summary>Versions as callers read them.</summary>
    internal async Task<IReadOnlyList<ModelVersionAnswer>> AnswerAsync(IReadOnlyList<ModelVersion> models, CancellationToken cancellation)
    {
        var of = await GatesAsync(models, cancellation);
        return [.. models.Select((model, i) => new ModelVersionAnswer(
            model.Version, model.State, model.Trainer, model.CreatedAt, model.DataHash, model.Threshold, Json(model.Metrics),
            [.. of[i].Select(g => new GateAnswer(g.Name, g.Passed, g.Figure, g.Line))]))];
    }

    /// <summary>A run as callers read it.</summary>
    internal static RunAnswer Answer(Run run) => new(
        run.Key.ToString(CultureInfo.InvariantCulture), run.State, run.Progress, run.ModelVersion, run.Metrics is { } metrics ? Json(metrics) : null, run.Error);

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
