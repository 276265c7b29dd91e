using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>
/// Marks audit entries and links them, with a key that isn't in the database (<c>DataDirectory/keys/audit.key</c>): who can write to the
/// database alone can make neither an entry nor a link that holds. Beside it stands the newest link, so that a cut-off end is noticed too.
/// </summary>
public sealed class AuditKey(StoreOptions options)
{
    private readonly Lazy<byte[]> _key = new(() => SecretFile.ReadOrMake(Path.Combine(options.DataDirectory, "keys", "audit.key"), 32));

    private string HeadPath => Path.Combine(options.DataDirectory, "keys", "audit.head");

    /// <summary>The mark of an entry: over all of it, its key and time included.</summary>
    public byte[] Mark(long key, DateTimeOffset at, string who, string what, string? subject, string? details) =>
        HMACSHA256.HashData(_key.Value, JsonSerializer.SerializeToUtf8Bytes(new object?[] { key, at.UtcTicks, who, what, subject, details }));

    /// <summary>The link of an entry at a place: over the link before, so that none can be left out or moved.</summary>
    public byte[] Link(ReadOnlySpan<byte> before, long position, long key, ReadOnlySpan<byte> mark)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key.Value);
        Span<byte> place = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(place, position);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], key);
        hmac.AppendData("link"u8);
        hmac.AppendData(before);
        hmac.AppendData(place);
        hmac.AppendData(mark);
        return hmac.GetHashAndReset();
    }

    /// <summary>Keeps the newest link outside the database.</summary>
    internal void KeepHead(long position, byte[] seal) =>
        SecretFile.Write(HeadPath, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{position} {Convert.ToHexStringLower(seal)}\n")), overwrite: true);

    /// <summary>The newest link that was kept; null when none was yet.</summary>
    internal (long Position, byte[] Seal)? Head()
    {
        if (!File.Exists(HeadPath))
            return null;
        var parts = File.ReadAllText(HeadPath).Trim().Split(' ');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), Convert.FromHexString(parts[1]));
    }
}
