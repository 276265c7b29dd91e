using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using OpsConsole.Operations.Alerts;
using OpsConsole.Store;

namespace OpsConsole.Operations.Backups;

/// <summary>
/// Puts a backup in the place that the configuration names. Everything is unpacked beside it and held against the manifest first; what stands there is
/// kept aside, and the database comes last, so that a restore that is cut short leaves nothing that looks whole.
/// </summary>
internal sealed class RestoreBackup(StoreOptions options, TimeProvider time)
{
    /// <summary>Restores it.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="overwrite">What is there may be put aside.</param>
    /// <param name="cancellation">Gives up while nothing has been put in place yet.</param>
    /// <returns>What it held, and where what was there before is kept; null when nothing was.</returns>
    /// <exception cref="BackupException">It is damaged, belongs elsewhere, or something is there already; nothing was changed.</exception>
    internal async Task<(BackupManifest Manifest, string? Aside)> RunAsync(string file, bool overwrite, CancellationToken cancellation)
    {
        var there = WhatIsThere();
        if (there.Count > 0 && !overwrite)
            throw new BackupException($"{there[0]} exists. Restore to an empty folder, or say --overwrite: what is there is then kept aside.");
        if (StoreFiles.Database(options) is { } database && File.Exists(database))
            RequireNobody(database);
        var staging = Path.Combine(options.DataDirectory, ".restore-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(staging);
        try
        {
            var manifest = await UnpackAsync(file, staging, cancellation);
            Check(manifest, staging);
            return (manifest, Put(manifest, staging, there));
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private List<string> WhatIsThere()
    {
        List<string> there = [.. DataFolders.All.Select(name => Path.Combine(options.DataDirectory, name))
            .Where(folder => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())];
        if (StoreFiles.Database(options) is { } database)
            there.AddRange(new[] { "", "-wal", "-shm" }.Select(ending => database + ending).Where(File.Exists));
        return there;
    }

    // In write-ahead mode every process that has the database open shares a lock of it; asking for all of it alone tells whether there is one.
    private static void RequireNobody(string database)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            // One by one: of several at once only those up to the first that answers with a row are run.
            foreach (var sql in new[] { "PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE", "ROLLBACK" })
            {
                command.CommandText = sql;
                command.ExecuteNonQuery();
            }
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode is 5 or 6)
        {
            throw new BackupException("A process has that database open. Stop every instance first.", failure);
        }
        catch (SqliteException)
        {
            // Damaged: that is what one restores for.
        }
    }

    private static async Task<BackupManifest> UnpackAsync(string file, string staging, CancellationToken cancellation)
    {
        if (!File.Exists(file))
            throw new BackupException($"{file} doesn't exist.");
        try
        {
            using var archive = await ZipFile.OpenReadAsync(file, cancellation);
            var entry = archive.GetEntry(BackupManifest.Name) ?? throw new BackupException("It has no manifest: the file is damaged, or no backup of this program.");
            BackupManifest manifest;
            await using (var stream = await entry.OpenAsync(cancellation))
                manifest = BackupManifest.Read(stream);
            foreach (var named in manifest.Entries)
                await UnpackAsync(archive.GetEntry(named.Path) ?? throw new BackupException($"{named.Path} is missing in it."), named, staging, cancellation);
            return manifest;
        }
        catch (InvalidDataException failure)
        {
            throw new BackupException("It is damaged, or no backup of this program.", failure);
        }
    }

    /// <summary>Unpacks as many bytes as the manifest says and no more, and compares their hash.</summary>
    private static async Task UnpackAsync(ZipArchiveEntry entry, BackupEntry named, string staging, CancellationToken cancellation)
    {
        var path = Path.Combine(staging, named.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var from = await entry.OpenAsync(cancellation);
        await using var to = new FileStream(path, MakeBackup.PrivateFile(FileMode.CreateNew));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        long bytes = 0;
        while (await from.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            bytes += read;
            if (bytes > named.Bytes)
                break;
            hash.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        if (bytes != named.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != named.Sha256)
            throw new BackupException($"{named.Path} is not what the manifest says: the backup is damaged. Nothing was changed.");
        to.Flush(flushToDisk: true);
    }

    private void Check(BackupManifest manifest, string staging)
    {
        if (manifest.Provider != options.Provider.ToString())
            throw new BackupException($"It is of an installation on {manifest.Provider}, this one is on {options.Provider}.");
        if (!options.IsSqlite)
            return;
        if (StoreFiles.Database(options) is null || manifest.Entries.All(e => e.Path != BackupManifest.Database))
            throw new BackupException("It holds no database.");
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(staging, BackupManifest.Database), Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() as string is not "ok" and var wrong)
            throw new BackupException($"Its database is damaged: {wrong}");
    }

    private string? Put(BackupManifest manifest, string staging, List<string> there)
    {
        var aside = there.Count == 0 ? null : Path.Combine(
            options.DataDirectory, "before-restore-" + time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
        if (aside is not null)
            Directory.CreateDirectory(aside);
        foreach (var path in there)
            Move(path, Path.Combine(aside!, Path.GetFileName(path)));
        foreach (var entry in manifest.Entries.Where(e => e.Path.StartsWith(BackupManifest.Data, StringComparison.Ordinal)))
            Move(Path.Combine(staging, entry.Path), Path.Combine(options.DataDirectory, entry.Path[BackupManifest.Data.Length..]));
        if (options.IsSqlite)
            Move(Path.Combine(staging, BackupManifest.Database), StoreFiles.Database(options)!);
        return aside;
    }

    private static void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else
            File.Move(from, to);
    }
}
