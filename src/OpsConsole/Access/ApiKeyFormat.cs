using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace OpsConsole.Access;

/// <summary>
/// How a key is written: <c>oc_live_</c> (of a client's secret <c>oc_clnt_</c>), 8 characters of id, <c>_</c>, 32 characters of secret (190 bits), 6 of CRC-32C. The prefix lets a
/// secret scanner find a leaked one, the checksum lets it (and us) dismiss a typo without asking the database.
/// </summary>
internal static class ApiKeyFormat
{
    private static readonly string[] Prefixes = ["oc_live_", "oc_clnt_"];
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 8;
    private const int SecretLength = 32;
    private const int ChecksumLength = 6;
    private const int PrefixLength = 8;
    private const int Length = PrefixLength + IdLength + 1 + SecretLength + ChecksumLength;

    internal static (string Id, string Text) Create(ApiKeyKind kind)
    {
        var id = RandomNumberGenerator.GetString(Digits, IdLength);
        var body = $"{Prefixes[(int)kind]}{id}_{RandomNumberGenerator.GetString(Digits, SecretLength)}";
        return (id, body + Checksum(body));
    }

    /// <summary>The id in a key; null when it isn't one of ours, or mistyped.</summary>
    internal static string? IdOf(string text, ApiKeyKind kind)
    {
        if (text.Length != Length || !text.StartsWith(Prefixes[(int)kind], StringComparison.Ordinal) || text[PrefixLength + IdLength] != '_')
            return null;
        var body = text[..^ChecksumLength];
        return Checksum(body) == text[^ChecksumLength..] ? text.Substring(PrefixLength, IdLength) : null;
    }

    internal static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static string Checksum(string body)
    {
        var crc = uint.MaxValue;
        foreach (var letter in Encoding.UTF8.GetBytes(body))
            crc = BitOperations.Crc32C(crc, letter);
        crc = ~crc;
        Span<char> text = stackalloc char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--, crc /= 62)
            text[i] = Digits[(int)(crc % 62)];
        return new string(text);
    }
}
