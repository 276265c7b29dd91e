using System.IO.Compression;

namespace OpsConsole.Intake.Import;

/// <summary>
/// Whether the last member of a gzip file is whole. Where members begin stands nowhere, so the last places that look like a beginning are unpacked
/// to the file's end until one gives just what the file says at its end.
/// </summary>
internal static class LastMember
{
    private const int PlacesTried = 32;
    private const int BytesLookedAt = 1 << 20;

    /// <summary>Whether some last member of the file unpacks to its end, and to so many bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">What it says, modulo 2³².</param>
    internal static bool IsWhole(string path, uint size)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return BeginningsFromTheEnd(file).Take(PlacesTried).Any(at => UnpacksTo(path, at, size));
    }

    // A beginning is the two bytes of gzip, the one method there is, and flags of which the upper three are not in use.
    private static IEnumerable<long> BeginningsFromTheEnd(FileStream file)
    {
        var bytes = new byte[BytesLookedAt];
        for (var end = file.Length; end > 0;)
        {
            var from = Math.Max(0, end - bytes.Length);
            file.Position = from;
            var length = file.ReadAtLeast(bytes, (int)(end - from), throwOnEndOfStream: false);
            for (var at = Math.Min(length, (int)(end - from)) - 4; at >= 0; at--)
            {
                if (bytes[at] == 0x1F && bytes[at + 1] == 0x8B && bytes[at + 2] == 8 && bytes[at + 3] < 0x20)
                    yield return from + at;
            }
            // Three bytes are looked at twice, for a beginning that lies over the edge.
            end = from == 0 ? 0 : from + 3;
        }
    }

    private static bool UnpacksTo(string path, long at, uint size)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        file.Position = at;
        using var gzip = new GZipStream(file, CompressionMode.Decompress);
        var bytes = new byte[1 << 16];
        long all = 0;
        try
        {
            for (int read; (read = gzip.Read(bytes)) > 0;)
            {
                if ((all += read) > size)
                    return false;
            }
            return all == size;
        }
        catch (InvalidDataException)
        {
            // It only looked like a beginning.
            return false;
        }
    }
}
