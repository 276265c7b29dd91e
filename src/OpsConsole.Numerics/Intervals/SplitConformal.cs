using System.Text;

namespace OpsConsole.Numerics.Intervals;

/// <summary>What to add to a point prediction to get an interval.</summary>
/// <param name="Low">Added for the lower end; usually negative.</param>
/// <param name="High">Added for the upper end, never under <paramref name="Low"/>.</param>
public readonly record struct IntervalOffsets(double Low, double High);

/// <summary>
/// Intervals around a point prediction from the residuals of rows the model has not been fitted on (split conformal prediction: H. Papadopoulos
/// et al., 2002; J. Lei et al., "Distribution-free predictive inference for regression", JASA 113, 2018). With exchangeable rows an interval holds
/// the truth at least as often as it says. Groups (V. Vovk's Mondrian taxonomies) have offsets of their own, drawn towards the whole where
/// they are small. Immutable.
/// </summary>
public sealed class SplitConformal
{
    /// <summary>How many rows the whole counts for in a group, as a default.</summary>
    public const double DefaultShrinkage = 50;

    private const uint Mark = 0x464E4F43; // "CONF"
    private const int Version = 1;
    private const int MaxGroups = 1 << 16;

    private readonly SortedDictionary<int, IntervalOffsets> _groups;

    /// <summary>Offsets that were fitted before.</summary>
    /// <param name="coverage">The nominal share, in (0, 1).</param>
    /// <param name="whole">For rows of groups without offsets of their own.</param>
    /// <param name="groups">Offsets by group.</param>
    /// <exception cref="ArgumentException">A number is not finite, or an interval is upside down.</exception>
    public SplitConformal(double coverage, IntervalOffsets whole, IReadOnlyDictionary<int, IntervalOffsets>? groups = null)
    {
        if (!(coverage is > 0 and < 1))
        {
            throw new ArgumentException("The nominal share lies between 0 and 1.", nameof(coverage));
        }

        _groups = new(groups?.ToDictionary() ?? []);
        if (_groups.Values.Prepend(whole).Any(offsets => !double.IsFinite(offsets.Low) || !double.IsFinite(offsets.High) || offsets.High < offsets.Low))
        {
            throw new ArgumentException("Offsets must be finite, the higher not under the lower.", nameof(whole));
        }

        Coverage = coverage;
        Whole = whole;
    }

    /// <summary>The nominal share of truths inside.</summary>
    public double Coverage { get; }

    /// <summary>Offsets of all rows together.</summary>
    public IntervalOffsets Whole { get; }

    /// <summary>Offsets by group.</summary>
    public IReadOnlyDictionary<int, IntervalOffsets> Groups => _groups;

    /// <summary>The offsets of a group; the whole's where the group is not known.</summary>
    /// <param name="group">Its number.</param>
    public IntervalOffsets Of(int group) => _groups.TryGetValue(group, out var offsets) ? offsets : Whole;

    /// <summary>Fits offsets: the tails outside hold as much on either side.</summary>
    /// <param name="residuals">Truth − prediction, finite, of rows the model has not been fitted on; at least one.</param>
    /// <param name="groups">The group of each row; empty: no groups.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    /// <param name="coverage">The nominal share.</param>
    /// <param name="shrinkage">How many rows the whole counts for in a group.</param>
    public static SplitConformal Fit(
        ReadOnlySpan<double> residuals,
        ReadOnlySpan<int> groups = default,
        ReadOnlySpan<double> weights = default,
        double coverage = 0.8,
        double shrinkage = DefaultShrinkage)
    {
        if (residuals.IsEmpty || (!groups.IsEmpty && groups.Length != residuals.Length))
        {
            throw new ArgumentException("There must be at least one residual, and a group for each or none at all.", nameof(residuals));
        }

        RowWeights.Check(residuals.Length, residuals.Length, weights);
        var rows = new List<(double Residual, double Weight, int Group)>(residuals.Length);
        for (var i = 0; i < residuals.Length; i++)
        {
            if (weights.IsEmpty || weights[i] > 0)
            {
                rows.Add((residuals[i], weights.IsEmpty ? 1 : weights[i], groups.IsEmpty ? 0 : groups[i]));
            }
        }

        if (rows.Count == 0)
        {
            throw new ArgumentException("A row must have weight.", nameof(weights));
        }

        rows.Sort();
        var whole = Offsets(rows, coverage);
        var own = new Dictionary<int, IntervalOffsets>();
        foreach (var group in groups.IsEmpty ? [] : rows.GroupBy(row => row.Group))
        {
            List<(double Residual, double Weight, int Group)> members = [.. group];
            var sum = members.Sum(row => row.Weight);
            var squares = members.Sum(row => row.Weight * row.Weight);

            // As many equally weighted rows as these are worth (Kish), against the whole's.
            var effective = sum * sum / squares;
            var share = effective / (effective + shrinkage);
            var offsets = Offsets(members, coverage);
            own[group.Key] = new(share * offsets.Low + (1 - share) * whole.Low, share * offsets.High + (1 - share) * whole.High);
        }

        return new SplitConformal(coverage, whole, own);
    }

    /// <summary>Writes the offsets.</summary>
    /// <param name="stream">Left open.</param>
    public void Write(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(Coverage);
        writer.Write(Whole.Low);
        writer.Write(Whole.High);
        writer.Write(_groups.Count);
        foreach (var (group, offsets) in _groups)
        {
            writer.Write(group);
            writer.Write(offsets.Low);
            writer.Write(offsets.High);
        }
    }

    /// <summary>Reads offsets; reads no byte beyond them.</summary>
    /// <param name="stream">Left open.</param>
    /// <exception cref="InvalidDataException">They are not offsets, of a later version, cut off, or not consistent.</exception>
    public static SplitConformal Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (reader.ReadUInt32() != Mark || reader.ReadInt32() != Version)
            {
                throw new InvalidDataException("They are not conformal offsets of a known version.");
            }

            var coverage = reader.ReadDouble();
            var whole = new IntervalOffsets(reader.ReadDouble(), reader.ReadDouble());
            var count = reader.ReadInt32();
            if (count is < 0 or > MaxGroups)
            {
                throw new InvalidDataException($"There are up to {MaxGroups} groups of offsets, not {count}.");
            }

            var groups = new Dictionary<int, IntervalOffsets>();
            for (var i = 0; i < count; i++)
            {
                groups[reader.ReadInt32()] = new(reader.ReadDouble(), reader.ReadDouble());
            }

            return new SplitConformal(coverage, whole, groups);
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"The conformal offsets can't be read: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// The residuals at rank ⌊(n+1)·tail⌋ and ⌈(n+1)·(1−tail)⌉ of n, counted by weight: the row to come counts as one more, which is what makes
    /// the share hold in small samples. Where the rank lies outside, the outermost residual is the best there is.
    /// </summary>
    private static IntervalOffsets Offsets(List<(double Residual, double Weight, int Group)> sorted, double coverage)
    {
        var sum = sorted.Sum(row => row.Weight);
        var mean = sum / sorted.Count;
        var tail = (1 - coverage) / 2 * (sum + mean);
        double low = sorted[0].Residual, high = sorted[^1].Residual;

        // A hair is allowed for sums of weights that are not quite whole.
        var hair = 1e-9 * sum;
        var below = 0.0;
        foreach (var row in sorted)
        {
            below += row.Weight;
            if (below > tail + hair)
            {
                break;
            }

            low = row.Residual;
        }

        var above = 0.0;
        for (var i = sorted.Count - 1; i >= 0; i--)
        {
            above += sorted[i].Weight;
            if (above > tail + hair)
            {
                break;
            }

            high = sorted[i].Residual;
        }

        return new IntervalOffsets(Math.Min(low, high), Math.Max(low, high));
    }
}
