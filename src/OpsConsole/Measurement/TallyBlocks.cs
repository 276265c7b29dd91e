using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>One shipment at one lead, packed. The delay is NaN while undelivered.</summary>
internal readonly record struct BlockRow(
    long ShipmentKey, DateTimeOffset Promise, double Score, double Threshold, int ModelVersionId, OutcomeClass Class, LeadStanding Standing,
    bool Touched, bool Simulated, bool Recomputed, SegmentCodes Segments, bool InSample = false, bool HeldOut = false, float Delay = float.NaN,
    KeptMinutes? Minutes = null)
{
    internal LeadTally Lead => new(Standing, double.IsNaN(Score) ? null : Score, Threshold, ModelVersionId, Recomputed);
}

/// <summary>The segment of each dimension of a tally, as numbers of the block's words.</summary>
[InlineArray(8)]
internal struct SegmentCodes
{
    private int _first;
}

/// <summary>The shipments of a day at one lead.</summary>
/// <param name="Version">The version of the day it was read at.</param>
/// <param name="Rows">Its shipments.</param>
/// <param name="Words">What the segments' numbers mean.</param>
internal sealed record DayBlock(long Version, BlockRow[] Rows, string[] Words)
{
    internal string Segment(in BlockRow row, Dimension dimension) => Words[row.Segments[(int)dimension - 1]];
}

/// <summary>
/// Tallies by day and lead, kept in memory for what the roll-ups don't hold: hours, any threshold, other leads by segment. A day is read again
/// when its version moved; the days used longest ago are forgotten when too many shipments are held.
/// </summary>
internal sealed class TallyBlocks(StoreConnections connections)
{
    private static readonly Statement VersionsOf = new("SELECT day, version FROM tally_days WHERE day >= @p0 AND day <= @p1 ORDER BY day");
    private static readonly Statement RowsOf = new(
        """
        SELECT shipment_key, promise, class, touched, simulated, leads, origin_area, destination_area, area_type, deprivation_band, service, carrier,
            promise_hour, weather_band, held_out, delay_minutes
        FROM tallies WHERE day = @p0 AND history = 0 ORDER BY shipment_key
        """);

    private readonly DayBlockCache<(int Day, int Lead)> _blocks = new();

    /// <summary>The days of a range that have tallies, with their versions, in order.</summary>
    internal static List<(int Day, long Version)> Days(DbConnection connection, int first, int last)
    {
        using var command = VersionsOf.Prepare(connection);
        (command.Parameters[0].Value, command.Parameters[1].Value) = (first, last);
        using var row = command.ExecuteReader();
        List<(int, long)> days = [];
        while (row.Read())
            days.Add((row.GetInt32(0), row.GetInt64(1)));
        return days;
    }

    /// <summary>The blocks of a range of days at a lead, one after the other.</summary>
    internal IEnumerable<(int Day, DayBlock Block)> Read(int first, int last, int lead)
    {
        using var connection = connections.OpenReader();
        DbCommand? command = null;
        try
        {
            foreach (var (day, version) in Days(connection, first, last))
            {
                if (_blocks.Find((day, lead)) is { } held && held.Version == version)
                {
                    yield return (day, held);
                    continue;
                }
                command ??= RowsOf.Prepare(connection);
                var block = Load(command, day, lead, version);
                _blocks.Hold((day, lead), block);
                yield return (day, block);
            }
        }
        finally
        {
            command?.Dispose();
        }
    }

    private static DayBlock Load(DbCommand command, int day, int lead, long version)
    {
        command.Parameters[0].Value = day;
        var index = LeadGrid.IndexOf(lead);
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        List<string> words = [];
        int Code(string? word)
        {
            word ??= Dimensions.Unknown;
            if (codes.TryGetValue(word, out var code))
                return code;
            words.Add(word);
            return codes[word] = words.Count - 1;
        }
        List<BlockRow> rows = [];
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var at = LeadTally.Unpack((byte[])row.GetValue(5), index);
            var segments = new SegmentCodes();
            for (var i = 0; i < 8; i++)
                segments[i] = Code(row.IsDBNull(6 + i) ? null : Convert.ToString(row.GetValue(6 + i), CultureInfo.InvariantCulture));
            rows.Add(new BlockRow(
                row.GetInt64(0), new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero), at.Score ?? double.NaN, at.Threshold, at.ModelVersionId,
                (OutcomeClass)row.GetInt32(2), at.Standing, Flag(row, 3), Flag(row, 4), at.Recomputed, segments,
                HeldOut: Flag(row, 14), Delay: row.IsDBNull(15) ? float.NaN : (float)row.GetDouble(15), Minutes: at.Minutes));
        }
        return new DayBlock(version, [.. rows], [.. words]);
    }

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);
}
