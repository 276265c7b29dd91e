using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using OpsConsole.Operations.Alerts;
using OpsConsole.Store;

namespace OpsConsole.Operations.Backups;

/// <summary>
/// Backs everything up while the program runs: the database as of one moment, by SQLite's online backup, which no writer waits for; then model files and
/// keys, so that everything the database names is there. One file, known by the hashes of its manifest, with its final name only once it is whole.
/// </summary>
internal sealed class MakeBackup(StoreOptions options, TimeProvider time)
{
    /// <summary>Its own note of the newest backup, in the data directory.</summary>
    internal const string NoteName = "last-backup.json";

    /// <summary>Makes it.</summary>
    /// <param name="file">Where to; must not exist yet.</param>
    /// <param name="cancellation">Gives up; nothing is left behind.</param>
    /// <exception cref="BackupException">It can't be made there.</exception>
    internal async Task<BackupNote> RunAsync(string file, CancellationToken cancellation)
    {
        file = Path.GetFullPath(file);
        if (File.Exists(file))
            throw new BackupException($"{file} exists already; a backup is never written over.");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var started = time.GetTimestamp();
        var (partial, copy) = (file + ".partial", file + ".database.partial");
        try
        {
            var manifest = await WriteAsync(partial, copy, cancellation);
            File.Move(partial, file);
            var note = new BackupNote(manifest.At, Path.GetFileName(file), new FileInfo(file).Length, time.GetElapsedTime(started).TotalSeconds);
            await File.WriteAllBytesAsync(Path.Combine(options.DataDirectory, NoteName), JsonSerializer.SerializeToUtf8Bytes(note, JsonSerializerOptions.Web), cancellation);
            return note;
        }
        finally
        {
            File.Delete(partial);
            File.Delete(copy);
        }
    }

    private async Task<BackupManifest> WriteAsync(string partial, string copy, CancellationToken cancellation)
    {
        // It holds the keys: nobody else may read it.
        await using var stream = new FileStream(partial, PrivateFile(FileMode.Create));
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        List<BackupEntry> entries = [];
        var at = time.GetUtcNow();
        string? migration = null;
        // These say how far the database is: an end of the audit that is newer than the database would look like one that was cut off.
        var first = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var path in DataFolders.First.Select(name => Path.Combine(options.DataDirectory, name)).Where(File.Exists))
            first[path] = await File.ReadAllBytesAsync(path, cancellation);
        if (options.IsSqlite)
        {
            (at, migration) = CopyDatabase(copy);
            entries.Add(await AddAsync(archive, BackupManifest.Database, copy, cancellation));
            File.Delete(copy);
        }
        foreach (var (path, content) in first)
        {
            await using var from = new MemoryStream(content);
            entries.Add(await AddAsync(archive, NameOf(path), from, cancellation));
        }
        await AddFoldersAsync(archive, entries, [.. first.Keys], cancellation);
        if (Path.Combine(AppContext.BaseDirectory, "appsettings.json") is var configuration && File.Exists(configuration))
            entries.Add(await AddAsync(archive, BackupManifest.Configuration, configuration, cancellation));
        var manifest = new BackupManifest { At = at, Provider = options.Provider.ToString(), Migration = migration, Entries = entries };
        await using (var last = await archive.CreateEntry(BackupManifest.Name).OpenAsync(cancellation))
            await last.WriteAsync(manifest.Write(), cancellation);
        await archive.DisposeAsync();
        stream.Flush(flushToDisk: true);
        return manifest;
    }

    private async Task AddFoldersAsync(ZipArchive archive, List<BackupEntry> entries, HashSet<string> there, CancellationToken cancellation)
    {
        foreach (var folder in DataFolders.All.Select(name => Path.Combine(options.DataDirectory, name)).Where(Directory.Exists))
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                // Newer than the database, or half of something that is being written: neither belongs to its moment.
                if (there.Contains(path) || DataFolders.First.Contains(NameOf(path)[BackupManifest.Data.Length..]))
                    continue;
                try
                {
                    entries.Add(await AddAsync(archive, NameOf(path), path, cancellation));
                }
                catch (FileNotFoundException)
                {
                    // A file of the moment that has got its name meanwhile.
                }
            }
        }
    }

    private string NameOf(string path) => BackupManifest.Data + Path.GetRelativePath(options.DataDirectory, path).Replace('\\', '/');

    private (DateTimeOffset At, string? Migration) CopyDatabase(string copy)
    {
        using var from = new SqliteConnection(new SqliteConnectionStringBuilder(options.ConnectionString) { Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 30 }.ToString());
        from.Open();
        using (File.Open(copy, PrivateFile(FileMode.Create)))
        {
            // SQLite would make it readable by others.
        }
        using var to = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ToString());
        to.Open();
        // Before the copy: whatever was acknowledged by then is in it.
        var at = time.GetUtcNow();
        from.BackupDatabase(to);
        // The copy is one file by itself.
        using var command = to.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=DELETE";
        command.ExecuteNonQuery();
        command.CommandText = "SELECT MAX(MigrationId) FROM \"__EFMigrationsHistory\"";
        return (at, command.ExecuteScalar() as string);
    }

    private static async Task<BackupEntry> AddAsync(ZipArchive archive, string name, string path, CancellationToken cancellation)
    {
        await using var from = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await AddAsync(archive, name, from, cancellation);
    }

    private static async Task<BackupEntry> AddAsync(ZipArchive archive, string name, Stream from, CancellationToken cancellation)
    {
        await using var to = await archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellation);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        long bytes = 0;
        while (await from.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            hash.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            bytes += read;
        }
        return new BackupEntry(name, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>How files are opened that nobody else may read.</summary>
    internal static FileStreamOptions PrivateFile(FileMode mode)
    {
        var opened = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, BufferSize = 1 << 20, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            opened.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return opened;
    }
}

/// <summary>What is known of the newest backup.</summary>
/// <param name="At">As of when it is.</param>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record BackupNote(DateTimeOffset At, string File, long Bytes, double Seconds);

/// <summary>Reads of the newest backup.</summary>
public sealed class BackupNotes(StoreOptions options)
{
    /// <summary>The newest backup made of this installation; null when there was none.</summary>
    internal BackupNote? Newest()
    {
        var note = Path.Combine(options.DataDirectory, MakeBackup.NoteName);
        return File.Exists(note) ? JsonSerializer.Deserialize<BackupNote>(File.ReadAllBytes(note), JsonSerializerOptions.Web) : null;
    }
}

/// <summary>No backup has been made for a while.</summary>
internal sealed class BackupRule(BackupNotes notes, StoreOptions options, TimeProvider time) : IAlertRule
{
    public string Code => "backup";

    public string Title => "No backup lately";

    public string Unit => "hours";

    public string Advice => "Run the program with --backup FILE, by a timer, and keep the file on another machine; docs/operations.md says how.";

    public AlertThresholds Thresholds => new(26, 0, 25, 0);

    public Task<IReadOnlyList<AlertReading>> ReadAsync(CancellationToken cancellation)
    {
        var newest = notes.Newest();
        var since = newest?.At ?? new DateTimeOffset(Directory.GetCreationTimeUtc(options.DataDirectory));
        var hours = (time.GetUtcNow() - since).TotalHours;
        return Task.FromResult<IReadOnlyList<AlertReading>>(
        [
            new("", hours, newest is null
                ? "No backup has been made yet"
                : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The newest backup is {hours:0} hours old")),
        ]);
    }
}
