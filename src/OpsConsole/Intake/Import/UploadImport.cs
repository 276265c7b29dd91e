using System.Globalization;
using System.Text.Json;
using OpsConsole.Access;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake.Import;

/// <summary>Takes a file of history in as it streams: it is kept as it is, and looked at.</summary>
internal sealed class UploadImport(
    GroupedWriter writer, Sources sources, Audit audit, Ids ids, ImportFolder folder, ImportOptions options, ImportsChanged changed, LoopClock clock)
{
    private static readonly Statement Insert = new(
        """
        INSERT INTO imports ("key", state, kind, file_name, bytes, source_id, shape, created_at, created_by)
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)
        """);

    /// <summary>Takes it; its key.</summary>
    /// <param name="body">Its bytes.</param>
    /// <param name="name">What it is called where it comes from.</param>
    /// <param name="kind">What a row of it stands for.</param>
    /// <param name="sourceId">To which source it belongs.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="cancellation">The connection broke, or the sender thought better of it: nothing is kept.</param>
    /// <exception cref="RefusedFileException">It can't be taken; nothing is kept.</exception>
    internal async Task<long> HandleAsync(Stream body, string name, ImportKind kind, int sourceId, Caller caller, CancellationToken cancellation)
    {
        var source = (await sources.ListAsync(cancellation)).FirstOrDefault(s => s.Id == sourceId)
            ?? throw new RefusedFileException("There is no such source; choose one of the list.");
        var key = ids.Next();
        Directory.CreateDirectory(folder.Of(key));
        var kept = false;
        try
        {
            var bytes = await KeepAsync(body, folder.FileOf(key), cancellation);
            var shape = await Task.Run(() => Look(folder.FileOf(key), null, null), cancellation);
            var called = DisplayName(name);
            await writer.WriteAsync(
                session =>
                {
                    session.Execute(
                        Insert, key, ImportState.Mapping, kind, called, bytes, source.Id, JsonSerializer.Serialize(shape), clock.Now, caller.AuditName);
                    audit.Write(session, caller, "import.uploaded", key.ToString(CultureInfo.InvariantCulture), new { source = source.Name, bytes });
                    session.OnCommitted(changed.Raise);
                },
                WritePriority.People, cancellation: cancellation);
            kept = true;
            return key;
        }
        finally
        {
            if (!kept)
                folder.Drop(key);
        }
    }

    /// <summary>How a file is written: in the encoding and with the separator that are given, or found out.</summary>
    /// <exception cref="RefusedFileException">It can't be read.</exception>
    internal FileShape Look(string path, string? encoding, char? separator)
    {
        using var file = ImportFile.Open(path, encoding ?? FileEncoding.Of(path, options), separator, options);
        return FileProfile.Read(file).Rows > 0 ? file.Shape
            : throw new RefusedFileException("The file has a header and no rows. It needs one row a delivery, or a row an event.");
    }

    private async Task<long> KeepAsync(Stream body, string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
        var buffer = new byte[1 << 16];
        long bytes = 0;
        while (await body.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            bytes += read;
            if (bytes > options.LargestFile)
                throw new RefusedFileException(string.Create(CultureInfo.InvariantCulture, $"The file is larger than the {options.LargestFile >> 20:N0} MiB allowed (Imports:MaxFileMegabytes). Pack it with gzip, or send it in parts."));
            await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        return bytes;
    }

    private static string DisplayName(string name)
    {
        var clean = string.Concat(name.Split('/', '\\')[^1].Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return clean.Length == 0 ? "file.csv" : clean.Length <= 200 ? clean : clean[..200];
    }
}
