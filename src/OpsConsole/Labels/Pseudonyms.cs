using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using OpsConsole.Store;

namespace OpsConsole.Labels;

/// <summary>
/// Replaces ids by pseudonyms: keyed hashes, the same in every file of this installation, and of no use to who hasn't the key. The key lies in
/// the data folder, made at its first use.
/// </summary>
public sealed class Pseudonyms(StoreOptions options)
{
    private readonly Lazy<byte[]> _key = new(() => Key(Path.Combine(options.DataDirectory, "keys", "pseudonyms.key")));

    /// <summary>The pseudonym of an id.</summary>
    public string Of(string id) => "p_" + Base64Url.EncodeToString(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));

    private static byte[] Key(string path)
    {
        if (File.Exists(path))
            return File.ReadAllBytes(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        // Whole or not at all, and the first of two that make it at once wins.
        var half = path + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(half, RandomNumberGenerator.GetBytes(32));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(half, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            File.Move(half, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(half);
        }
        return File.ReadAllBytes(path);
    }
}
