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

/// <summary>What a shipment contributes at one lead.</summary>
/// <param name="Standing">Where it stands.</param>
/// <param name="Score">The score kept for the lead; null: there is none.</param>
/// <param name="Threshold">The threshold kept with it.</param>
/// <param name="ModelVersionId">The version that made it.</param>
/// <param name="Recomputed">Computed later, as of the moment.</param>
public readonly record struct LeadTally(LeadStanding Standing, double? Score, double Threshold, int ModelVersionId, bool Recomputed)
{
    private const byte HasScore = 4;
    private const byte IsRecomputed = 8;

    /// <summary>Whether the score reached the threshold kept with it, or the one asked for. Without a score nothing was flagged.</summary>
    public bool FlaggedAt(double? threshold) => Score >= (threshold ?? Threshold);

    /// <summary>The tallies of all leads of the grid as they are stored.</summary>
    public static byte[] Pack(IReadOnlyList<LeadTally> leads)
    {
        Span<byte> buffer = stackalloc byte[LeadGrid.Minutes.Count * 21];
        var at = 0;
        foreach (var lead in leads)
        {
            buffer[at++] = (byte)((byte)lead.Standing | (lead.Score is null ? 0 : HasScore) | (lead.Recomputed ? IsRecomputed : 0));
            if (lead.Score is not { } score)
                continue;
            BinaryPrimitives.WriteDoubleLittleEndian(buffer[at..], score);
            BinaryPrimitives.WriteDoubleLittleEndian(buffer[(at + 8)..], lead.Threshold);
            BinaryPrimitives.WriteInt32LittleEndian(buffer[(at + 16)..], lead.ModelVersionId);
            at += 20;
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
                        BinaryPrimitives.ReadInt32LittleEndian(packed[17..]), (head & IsRecomputed) != 0)
                    : new LeadTally(standing, null, 0, 0, false);
            }
            packed = packed[(scored ? 21 : 1)..];
        }
    }
}
