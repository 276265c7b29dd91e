using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OpsConsole.Access;

/// <summary>Codes of six digits from a secret and the time (RFC 6238, as every authenticator app makes them), and the secret's text.</summary>
internal static class OneTimeCodes
{
    internal const int Digits = 6;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static readonly TimeSpan StepLength = TimeSpan.FromSeconds(30);

    /// <summary>160 random bits, as the RFC recommends.</summary>
    internal static byte[] NewSecret() => RandomNumberGenerator.GetBytes(20);

    /// <summary>Which step of 30 seconds a moment is in.</summary>
    internal static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / (long)StepLength.TotalSeconds;

    /// <summary>The code of a step.</summary>
    internal static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // The RFC's default, and the only one that all apps know; HMAC doesn't rest on what is broken in SHA-1.
        var hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xF)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is: the present one, or a neighbour, for clocks that differ a little; null when it is none of them.</summary>
    internal static long? StepOf(byte[] secret, string code, DateTimeOffset at)
    {
        long? found = null;
        var typed = Encoding.UTF8.GetBytes(code);
        for (var step = StepOf(at) - 1; step <= StepOf(at) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(typed, Encoding.UTF8.GetBytes(Code(secret, step))))
                found = step;
        }
        return found;
    }

    /// <summary>Bytes as the letters and digits that people can type.</summary>
    internal static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        var (bits, held) = (0, 0);
        foreach (var value in bytes)
        {
            bits = (bits << 8 | value) & 0xFFFF;
            held += 8;
            for (; held >= 5; held -= 5)
                text.Append(Base32[bits >> (held - 5) & 31]);
        }
        return held > 0 ? text.Append(Base32[bits << (5 - held) & 31]).ToString() : text.ToString();
    }
}
