using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace OpsConsole.Intake.Import;

/// <summary>Finds out in which encoding a file is, and whether it is text at all.</summary>
internal static class FileEncoding
{
    private const int LookedAt = 64 << 20;
    private const int Block = 1 << 16;

    /// <summary>Those that can be read.</summary>
    internal static IReadOnlyList<(string Name, string Words)> All { get; } =
        [("utf-8", "UTF-8"), ("windows-1252", "Windows-1252 (Western Europe)"), ("utf-16", "UTF-16"), ("utf-16BE", "UTF-16, big endian")];

    /// <summary>The encoding of a file: what its mark says, else what fits.</summary>
    /// <exception cref="RefusedFileException">It is no text.</exception>
    internal static string Of(string path, ImportOptions options)
    {
        var (file, plain) = ImportFile.OpenPlain(path, options);
        using (file)
        using (plain)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(Block);
            try
            {
                return Find(plain, buffer.AsSpan(0, Block));
            }
            catch (InvalidDataException)
            {
                throw new RefusedFileException("The packed file is damaged: it can't be unpacked.");
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static string Find(Stream plain, Span<byte> buffer)
    {
        var count = plain.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var start = buffer[..count];
        if (start.IsEmpty)
            throw new RefusedFileException("The file is empty.");
        if (start.StartsWith("PK\u0003\u0004"u8))
            throw new RefusedFileException("This is a workbook or a zip archive. Save the sheet as CSV, or unpack the archive, and send that (gzip is taken as it is).");
        if (start.StartsWith("%PDF"u8))
            throw new RefusedFileException("This is a PDF. A CSV is needed: one row a delivery, the first row with the columns' names.");
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            return "utf-16";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return "utf-16BE";
        var zeros = start.Count((byte)0);
        if (zeros > 0.3 * count)
            return start[0] == 0 ? "utf-16BE" : "utf-16";
        if (zeros > 0)
            throw new RefusedFileException("The file holds bytes that no text has (zeros). A CSV in UTF-8, UTF-16 or Windows-1252 is needed.");
        return IsUtf8(plain, buffer, count) ? "utf-8" : "windows-1252";
    }

    private static bool IsUtf8(Stream plain, Span<byte> buffer, int count)
    {
        for (long read = 0; count > 0 && read < LookedAt; read += count)
        {
            // A character may go on in the next block.
            var whole = WholeCharacters(buffer[..count]);
            if (!Utf8.IsValid(buffer[..whole]))
                return false;
            buffer[whole..count].CopyTo(buffer);
            var kept = count - whole;
            var more = plain.ReadAtLeast(buffer[kept..], buffer.Length - kept, throwOnEndOfStream: false);
            if (more == 0)
                return kept == 0;
            count = kept + more;
        }
        return true;
    }

    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            if (Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData)
                return bytes.Length - back;
        }
        return bytes.Length;
    }
}
