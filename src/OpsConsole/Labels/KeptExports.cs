using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using OpsConsole.Store;

namespace OpsConsole.Labels;

/// <summary>
/// Files that were made and may still be wanted: one whose download broke can be resumed for ten minutes; one that was sent whole is deleted.
/// What a process that has ended left behind is deleted at start; what another instance is at work on stays.
/// </summary>
public sealed class KeptExports(ExportLabels exports, LivingProcess process, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    // By path, since the same bytes may have been made twice.
    private readonly ConcurrentDictionary<string, (LabelsExport Export, DateTimeOffset Until)> _files = new(StringComparer.Ordinal);

    /// <summary>Keeps a file for who may resume it.</summary>
    public void Keep(LabelsExport export) => _files[export.Path] = (export, time.GetUtcNow() + Kept);

    /// <summary>A file with that hash, if one is still there.</summary>
    public LabelsExport? Find(string sha256) => _files.Values.Select(kept => kept.Export).FirstOrDefault(e => e.Sha256 == sha256 && File.Exists(e.Path));

    /// <summary>Deletes a file; another one of the same bytes stays.</summary>
    public void Delete(LabelsExport export)
    {
        _files.TryRemove(export.Path, out _);
        File.Delete(export.Path);
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(exports.AllFolders);
        foreach (var folder in Directory.GetDirectories(exports.AllFolders).Where(folder => !process.Lives(Path.GetFileName(folder))))
            Directory.Delete(folder, recursive: true);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (Directory.Exists(exports.Folder))
            Directory.Delete(exports.Folder, recursive: true);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (export, until) in _files.Values)
                {
                    if (until <= time.GetUtcNow())
                        Delete(export);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
