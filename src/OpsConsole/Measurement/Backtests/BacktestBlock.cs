using System.Runtime.InteropServices;
using System.Text;
using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>
/// How the findings of a backtest are packed: by day and piece one block of what the shipments are, and one of standings and scores a lead, so that
/// a question at one lead reads about 42 bytes a shipment; and one of the sums by day and lead, so that most questions read only those.
/// </summary>
internal static class BacktestBlock
{
    /// <summary>In the place of a lead: what the shipments are.</summary>
    internal const int Facts = -1;

    /// <summary>In the place of a lead: the sums by day and lead.</summary>
    internal const int Sums = -3;

    /// <summary>In the place of a lead, among the sums: the classes, which go by no lead.</summary>
    internal const int Classes = -1;

    /// <summary>A piece holds at most so many shipments, so that its words can be counted in 16 bits and writing it holds nobody up.</summary>
    internal const int MostRows = 7_000;

    private const int Dimensions = 8;
    private const byte IsTouched = 8;
    private const byte IsSimulated = 16;
    private const byte IsInSample = 32;

    /// <summary>What the shipments of a piece are.</summary>
    internal static byte[] PackFacts(IReadOnlyList<EvaluatedShipment> shipments)
    {
        var words = new Dictionary<string, ushort>(StringComparer.Ordinal);
        var codes = new ushort[shipments.Count * Dimensions];
        for (var i = 0; i < shipments.Count; i++)
        {
            for (var d = 0; d < Dimensions; d++)
            {
                var word = shipments[i].Segments[d] ?? Measurement.Dimensions.Unknown;
                if (!words.TryGetValue(word, out var code))
                    words[word] = code = (ushort)words.Count;
                codes[(i * Dimensions) + d] = code;
            }
        }
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(shipments.Count);
        writer.Write(words.Count);
        foreach (var word in words.Keys) // In the order they were added.
            writer.Write(word);
        foreach (var shipment in shipments)
        {
            writer.Write(shipment.Key);
            writer.Write(shipment.Promise.UtcTicks);
            writer.Write((byte)((int)shipment.Class | (shipment.Touched ? IsTouched : 0) | (shipment.Simulated ? IsSimulated : 0) | (shipment.InSample ? IsInSample : 0)));
        }
        writer.Write(MemoryMarshal.AsBytes<ushort>(codes));
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Standings and scores of a piece at one of the moments.</summary>
    internal static byte[] PackLead(IReadOnlyList<EvaluatedShipment> shipments, int place)
    {
        var bytes = new byte[shipments.Count * 9];
        var scores = MemoryMarshal.Cast<byte, double>(bytes.AsSpan(0, shipments.Count * 8));
        for (var i = 0; i < shipments.Count; i++)
        {
            scores[i] = shipments[i].Scores[place];
            bytes[(shipments.Count * 8) + i] = (byte)shipments[i].Standings[place];
        }
        return bytes;
    }

    /// <summary>The shipments of a piece at a lead.</summary>
    /// <param name="facts">What they are.</param>
    /// <param name="lead">Where they stand, and the scores.</param>
    /// <param name="of">The backtest they are of.</param>
    internal static DayBlock Unpack(byte[] facts, byte[] lead, Backtest of)
    {
        using var reader = new BinaryReader(new MemoryStream(facts, writable: false), Encoding.UTF8);
        var rows = new BlockRow[reader.ReadInt32()];
        var words = new string[reader.ReadInt32()];
        for (var i = 0; i < words.Length; i++)
            words[i] = reader.ReadString();
        var scores = MemoryMarshal.Cast<byte, double>(lead.AsSpan(0, rows.Length * 8));
        for (var i = 0; i < rows.Length; i++)
        {
            var (key, promise, flags) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadByte());
            rows[i] = new BlockRow(
                key, new DateTimeOffset(promise, TimeSpan.Zero), scores[i], of.Threshold, double.IsNaN(scores[i]) ? 0 : of.ModelVersionId,
                (OutcomeClass)(flags & 7), (LeadStanding)lead[(rows.Length * 8) + i], (flags & IsTouched) != 0, (flags & IsSimulated) != 0,
                Recomputed: false, default, (flags & IsInSample) != 0);
        }
        for (var i = 0; i < rows.Length; i++)
        {
            var segments = new SegmentCodes();
            for (var d = 0; d < Dimensions; d++)
                segments[d] = reader.ReadUInt16();
            rows[i] = rows[i] with { Segments = segments };
        }
        return new DayBlock(0, rows, words);
    }

    /// <summary>The sums of a backtest.</summary>
    internal static byte[] PackSums(IEnumerable<KeyValuePair<DaySum, Counts>> sums)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var (of, counts) in sums)
        {
            writer.Write(of.Day);
            writer.Write(of.Lead);
            writer.Write((byte)((of.Simulated ? IsSimulated : 0) | (of.InSample ? IsInSample : 0)));
            for (var i = 0; i < Counts.Width; i++)
                writer.Write7BitEncodedInt64(counts[(Count)i]);
        }
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>The sums of a block.</summary>
    internal static IEnumerable<KeyValuePair<DaySum, Counts>> UnpackSums(byte[] data)
    {
        using var reader = new BinaryReader(new MemoryStream(data, writable: false));
        while (reader.BaseStream.Position < data.Length)
        {
            var (day, lead, flags) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadByte());
            var counts = new Counts();
            for (var i = 0; i < Counts.Width; i++)
                counts.Add((Count)i, reader.Read7BitEncodedInt64());
            yield return new(new DaySum(day, lead, (flags & IsSimulated) != 0, (flags & IsInSample) != 0), counts);
        }
    }
}

/// <summary>What the sums of a backtest are split by.</summary>
/// <param name="Day">Day of the counted promise in the operation's zone.</param>
/// <param name="Lead">A lead of the backtest, or <see cref="BacktestBlock.Classes"/>.</param>
/// <param name="Simulated">Registered by a simulated source.</param>
/// <param name="InSample">Of the training window.</param>
internal readonly record struct DaySum(int Day, int Lead, bool Simulated, bool InSample);
