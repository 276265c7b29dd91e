using System.Buffers.Binary;
using System.Text;

namespace OpsConsole.Prediction;

/// <summary>
/// Raw feature values as bytes: a version, then for each value a tag (missing, number, whole number, text) and its content. Numbers keep every bit.
/// </summary>
internal static class FeatureVector
{
    private const byte Format = 1;

    private enum Tag : byte
    {
        Missing,
        Number,
        SmallWhole,
        Text,
    }

    internal static byte[] Pack(ReadOnlySpan<FeatureValue> values)
    {
        using var bytes = new MemoryStream(values.Length * 6);
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Format);
        foreach (var value in values)
        {
            if (value.Text is { } text)
            {
                writer.Write((byte)Tag.Text);
                writer.Write(text);
            }
            else if (value.Number is not { } number)
                writer.Write((byte)Tag.Missing);
            else if (number is >= 0 and <= 255 && Math.Floor(number) == number && !double.IsNegative(number))
            {
                writer.Write((byte)Tag.SmallWhole);
                writer.Write((byte)number);
            }
            else
            {
                writer.Write((byte)Tag.Number);
                writer.Write(number);
            }
        }
        writer.Flush();
        return bytes.ToArray();
    }

    internal static FeatureValue[] Unpack(ReadOnlySpan<byte> packed, int count)
    {
        if (packed.Length == 0 || packed[0] != Format)
            throw new InvalidDataException("A stored vector is of a format that this program doesn't know.");
        var values = new FeatureValue[count];
        var at = 1;
        for (var i = 0; i < count; i++)
        {
            switch ((Tag)packed[at++])
            {
                case Tag.Missing:
                    break;
                case Tag.SmallWhole:
                    values[i] = new(packed[at++], null);
                    break;
                case Tag.Number:
                    values[i] = new(BinaryPrimitives.ReadDoubleLittleEndian(packed[at..]), null);
                    at += sizeof(double);
                    break;
                case Tag.Text:
                    var length = Length(packed, ref at);
                    values[i] = new(null, Encoding.UTF8.GetString(packed.Slice(at, length)));
                    at += length;
                    break;
                default:
                    throw new InvalidDataException("A stored vector can't be read.");
            }
        }
        return at == packed.Length ? values : throw new InvalidDataException("A stored vector is of another schema.");
    }

    // As BinaryWriter writes it: seven bits a byte, the lowest first.
    private static int Length(ReadOnlySpan<byte> packed, ref int at)
    {
        var (length, shift) = (0, 0);
        while (true)
        {
            var part = packed[at++];
            length |= (part & 0x7F) << shift;
            if (part < 0x80)
                return length;
            shift += 7;
        }
    }
}
