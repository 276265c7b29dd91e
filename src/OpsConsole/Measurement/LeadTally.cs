using System.Buffers.Binary;
using OpsConsole.Client;

namespace OpsConsole.Measurement;

/// <summary>Where a shipment stands at a lead.</summary>
public enum LeadStanding
{
    /// <summary>In none of the counts: pending, unknown, excluded.</summary>
    NotCounted,

    /// <summary>Registered and open.</summary>
    AtRisk,

    /// <summary>A terminal event was known at or before the lead.</summary>
    FinishedEarlier,

    /// <summary>Registered after the lead.</summary>
    RegisteredTooLate,
}

/// <summary>What was said of the minutes (delivered − promised, signed) together with a score.</summary>
/// <param name="Expected">The median.</param>
/// <param name="Low">Lower end of the 80 % interval; NaN: not kept.</param>
/// <param name="High">Upper end; NaN: not kept.</param>
public readonly record struct KeptMinutes(float Expected, float Low, float High)
{
    internal static KeptMinutes Of(Prediction.LeadScore kept) =>
        new((float)kept.ExpectedDelayMinutes, (float)(kept.DelayLow ?? double.NaN), (float)(kept.DelayHigh ?? double.NaN));
}

/// <summary>What a shipment contributes at one lead.</summary>
/// <param name="Standing">Where it stands.</param>
/// <param name="Score">The score kept for the lead; null: there is none.</param>
/// <param name="Threshold">The threshold kept with it.</param>
/// <param name="ModelVersionId">The version that made it.</param>
/// <param name="Recomputed">Computed later, as of the moment.</param>
/// <param name="Minutes">What was said of the minutes with the score; null: the tally was made before these were kept, or there is no score.</param>
public readonly record struct LeadTally(
    LeadStanding Standing, double? Score, double Threshold, int ModelVersionId, bool Recomputed, KeptMinutes? Minutes = null)
{
    private const byte HasScore = 4;
    private const byte IsRecomputed = 8;
    private const byte HasMinutes = 16;
    private const int ScoreBytes = 20;
    private const int MinutesBytes = 12;

    /// <summary>Whether the score reached the threshold kept with it, or the one asked for. Without a score nothing was flagged.</summary>
    public bool FlaggedAt(double? threshold) => Score >= (threshold ?? Threshold);

    /// <summary>The tallies of all leads of the grid as they are stored.</summary>
    public static byte[] Pack(IReadOnlyList<LeadTally> leads)
    {
        Span<byte> buffer = stackalloc byte[LeadGrid.Minutes.Count * (1 + ScoreBytes + MinutesBytes)];
        var at = 0;
        foreach (var lead in leads)
        {
            var minutes = lead.Score is null ? null : lead.Minutes;
            buffer[at++] = (byte)((byte)lead.Standing | (lead.Score is null ? 0 : HasScore) | (lead.Recomputed ? IsRecomputed : 0) | (minutes is null ? 0 : HasMinutes));
            if (lead.Score is not { } score)
                continue;
            BinaryPrimitives.WriteDoubleLittleEndian(buffer[at..], score);
            BinaryPrimitives.WriteDoubleLittleEndian(buffer[(at + 8)..], lead.Threshold);
            BinaryPrimitives.WriteInt32LittleEndian(buffer[(at + 16)..], lead.ModelVersionId);
            at += ScoreBytes;
            if (minutes is not { } kept)
                continue;
            BinaryPrimitives.WriteSingleLittleEndian(buffer[at..], kept.Expected);
            BinaryPrimitives.WriteSingleLittleEndian(buffer[(at + 4)..], kept.Low);
            BinaryPrimitives.WriteSingleLittleEndian(buffer[(at + 8)..], kept.High);
            at += MinutesBytes;
        }
        return buffer[..at].ToArray();
    }

    /// <summary>The tally of one lead, by its place in the grid.</summary>
    public static LeadTally Unpack(ReadOnlySpan<byte> packed, int index)
    {
        for (var i = 0; ; i++)
        {
            var head = packed[0];
            var scored = (head & HasScore) != 0;
            if (i == index)
            {
                var standing = (LeadStanding)(head & 3);
                return scored
                    ? new LeadTally(standing, BinaryPrimitives.ReadDoubleLittleEndian(packed[1..]), BinaryPrimitives.ReadDoubleLittleEndian(packed[9..]),
                        BinaryPrimitives.ReadInt32LittleEndian(packed[17..]), (head & IsRecomputed) != 0, (head & HasMinutes) == 0 ? null : MinutesAt(packed[(1 + ScoreBytes)..]))
                    : new LeadTally(standing, null, 0, 0, false);
            }
            packed = packed[(1 + (scored ? ScoreBytes : 0) + ((head & HasMinutes) != 0 ? MinutesBytes : 0))..];
        }
    }

    private static KeptMinutes MinutesAt(ReadOnlySpan<byte> packed) => new(
        BinaryPrimitives.ReadSingleLittleEndian(packed), BinaryPrimitives.ReadSingleLittleEndian(packed[4..]), BinaryPrimitives.ReadSingleLittleEndian(packed[8..]));
}
