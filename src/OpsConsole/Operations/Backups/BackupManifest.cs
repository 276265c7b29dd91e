using System.Text.Json;

namespace OpsConsole.Operations.Backups;

/// <summary>A backup, or what it was asked to do, is not as it should be; the words are for the operator.</summary>
public sealed class BackupException(string words, Exception? cause = null) : Exception(words, cause);

/// <summary>What is in a backup: the first thing that a restore reads, and what it holds everything else against.</summary>
internal sealed record BackupManifest
{
    /// <summary>Its name within the backup.</summary>
    internal const string Name = "manifest.json";

    /// <summary>The database within the backup.</summary>
    internal const string Database = "database/opsconsole.db";

    /// <summary>The configuration file within the backup: to look at, never put back by itself.</summary>
    internal const string Configuration = "configuration/appsettings.json";

    /// <summary>What goes before the files of the data directory.</summary>
    internal const string Data = "data/";

    private const int Newest = 1;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>How it is laid out.</summary>
    public int Format { get; init; } = Newest;

    /// <summary>When the database was read: everything acknowledged before is in it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary><c>Sqlite</c>: the database is in it; <c>SqlServer</c>: it isn't, that server backs it up.</summary>
    public required string Provider { get; init; }

    /// <summary>The newest migration of the database; null when it isn't in the backup.</summary>
    public string? Migration { get; init; }

    /// <summary>Every file but this one.</summary>
    public required IReadOnlyList<BackupEntry> Entries { get; init; }

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="BackupException">It isn't one that this program reads.</exception>
    internal static BackupManifest Read(Stream stream)
    {
        BackupManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<BackupManifest>(stream, Json);
        }
        catch (JsonException failure)
        {
            throw new BackupException("Its manifest can't be read: the file is damaged, or no backup of this program.", failure);
        }
        if (manifest is not { Format: Newest })
            throw new BackupException($"It is of format {manifest?.Format}; this program reads format {Newest}.");
        if (manifest.Entries.FirstOrDefault(e => !IsPlain(e.Path)) is { } odd)
            throw new BackupException($"It names a file that is none of a backup: {string.Concat(odd.Path.Take(80).Where(c => !char.IsControl(c)))}");
        return manifest;
    }

    // Names come from a file that somebody hands in: they must not lead out of the folders they belong to.
    private static bool IsPlain(string path) =>
        path is Database or Configuration
        || (path.StartsWith(Data, StringComparison.Ordinal) && !path.Contains('\\') && !path.Contains('\0')
            && path[Data.Length..].Split('/') is [var folder, .. { Length: > 0 } rest]
            && DataFolders.All.Contains(folder) && rest.All(part => part.Length > 0 && part is not "." and not ".."));
}

/// <summary>One file of a backup.</summary>
/// <param name="Path">Its name within the backup.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its hash, hex.</param>
internal sealed record BackupEntry(string Path, long Bytes, string Sha256);

/// <summary>The folders of the data directory that can't be made again; exports in progress can.</summary>
internal static class DataFolders
{
    internal static IReadOnlyList<string> All { get; } = ["keys", "models"];

    /// <summary>Files of them that say how far the database is, and are read before it.</summary>
    internal static IReadOnlyList<string> First { get; } = ["keys/audit.head"];
}
