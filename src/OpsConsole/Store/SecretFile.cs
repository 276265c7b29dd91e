using System.Security.Cryptography;

namespace OpsConsole.Store;

/// <summary>A secret in a file of the data directory, readable by the program's own user only; made at the first need.</summary>
public static class SecretFile
{
    /// <summary>Reads it, or makes one of that many random bytes. Of several instances that make it in the same moment the first one's counts.</summary>
    public static byte[] ReadOrMake(string path, int bytes)
    {
        if (!File.Exists(path))
            Write(path, RandomNumberGenerator.GetBytes(bytes), overwrite: false);
        var secret = File.ReadAllBytes(path);
        return secret.Length == bytes ? secret : throw new InvalidOperationException($"{Path.GetFileName(path)} in the data directory's keys isn't {bytes} bytes long.");
    }

    /// <summary>Writes a file whole or not at all.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var part = $"{path}.{Guid.NewGuid():N}";
        var whole = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            whole.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(part, whole))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(part, path, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            File.Delete(part);
        }
    }
}
