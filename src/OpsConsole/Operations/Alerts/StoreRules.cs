using System.Globalization;
using Microsoft.Data.Sqlite;
using OpsConsole.Store;

namespace OpsConsole.Operations.Alerts;

/// <summary>Shipments wait to be scored, or settled.</summary>
internal sealed class BacklogRule(Backlog backlog) : IAlertRule
{
    public string Code => "backlog";

    public string Title => "Scoring or settling is behind";

    public string Unit => "shipments";

    public string Advice => "Look in the log for failures of scoring; if there are none, more arrives than this machine scores: see docs/scaling.md.";

    public AlertThresholds Thresholds => new(20_000, 120, 2_000, 60);

    public Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        var (unscored, unsettled) = backlog.Count();
        return Task.FromResult<IReadOnlyList<AlertReading>>(
        [
            new("unscored", unscored, string.Create(CultureInfo.InvariantCulture, $"{unscored:N0} shipments wait to be scored")),
            new("unsettled", unsettled, string.Create(CultureInfo.InvariantCulture, $"{unsettled:N0} shipments wait to be settled")),
        ]);
    }
}

/// <summary>The disk that holds the database or the data directory gets full.</summary>
internal sealed class DiskRule(StoreOptions options, InstanceName instance) : IAlertRule
{
    public string Code => "disk";

    public string Title => "A disk gets full";

    public string Unit => "% free";

    public string Advice => "Make room or enlarge the disk: when it is full, nothing more is taken in (503), and nothing that was acknowledged is lost.";

    public bool EachInstance => true;

    public AlertThresholds Thresholds => new(10, 60, 15, 60);

    public Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        List<AlertReading> readings = [Read("data", options.DataDirectory)];
        if (StoreFiles.Database(options) is { } file)
            readings.Add(Read("database", Path.GetDirectoryName(file)!));
        return Task.FromResult<IReadOnlyList<AlertReading>>(readings);
    }

    private AlertReading Read(string what, string folder)
    {
        var drive = new DriveInfo(folder);
        var free = 100.0 * drive.AvailableFreeSpace / drive.TotalSize;
        return new AlertReading(
            $"{instance.Text} {what}", free,
            string.Create(CultureInfo.InvariantCulture, $"{free:0.#} % free ({drive.AvailableFreeSpace / 1e9:N1} GB) where the {what} is"));
    }
}

/// <summary>SQLite's write-ahead log has grown: a reader holds it, or the disk can't keep up.</summary>
internal sealed class WalRule(StoreOptions options) : IAlertRule
{
    public string Code => "wal";

    public string Title => "The write-ahead log grows";

    public string Unit => "MB";

    public string Advice => "A read that never ends keeps it from shrinking (an export, a copy taken by hand); the log says which checkpoint failed.";

    public AlertThresholds Thresholds => new(512, 60, 128, 60);

    public Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        if (StoreFiles.Database(options) is not { } file)
            return Task.FromResult<IReadOnlyList<AlertReading>>([]);
        var megabytes = StoreFiles.Length(file + "-wal") / 1e6;
        return Task.FromResult<IReadOnlyList<AlertReading>>(
            [new("", megabytes, string.Create(CultureInfo.InvariantCulture, $"The write-ahead log holds {megabytes:N0} MB"))]);
    }
}

/// <summary>Where SQLite's files are.</summary>
internal static class StoreFiles
{
    /// <summary>The database's file; null on SQL Server, and for a database in memory.</summary>
    internal static string? Database(StoreOptions options) =>
        options.IsSqlite && new SqliteConnectionStringBuilder(options.ConnectionString).DataSource is { } file && Path.IsPathRooted(file) ? file : null;

    /// <summary>The length of a file; 0 when there is none.</summary>
    internal static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
