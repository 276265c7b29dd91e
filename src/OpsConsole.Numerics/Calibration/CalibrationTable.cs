using System.Text;

namespace OpsConsole.Numerics.Calibration;

/// <summary>
/// From a model's raw log-odds to a probability: a strictly increasing function, linear in log-odds between knots. It makes no ties
/// (of raw values 1e-9 apart or more, as floats are), so that an order, an area under a curve and a count at a threshold are the raw model's
/// own. Immutable.
/// </summary>
/// <remarks>
/// Fitted by centred isotonic regression (A. Oron, N. Flournoy, "Centered isotonic regression", Statistics in Biopharmaceutical Research 9,
/// 2017): the rows in groups of raw value; the rate of each drawn towards a Platt line by a prior worth
/// <see cref="PriorEvents"/> events; pooled where rates fall (pool adjacent violators); a knot at the centre of each pool, lines between,
/// where plain isotonic regression has steps and so ties. Beyond the outer knots it goes on by the Platt line's slope, bent so that it nears
/// but never reaches ±<see cref="Bound"/>.
/// </remarks>
public sealed class CalibrationTable
{
    /// <summary>Calibrated log-odds stay within this: nearer to 0 or 1 than 2e-9 nobody knows, and doubles begin to tie.</summary>
    public const double Bound = 20;

    /// <summary>How many events (of the rarer class) the Platt line counts for in each group.</summary>
    public const double PriorEvents = 10;

    private const uint Mark = 0x424C4143; // "CALB"
    private const int Version = 1;
    private const int MaxKnots = 4096;
    private const double MinSlope = 1e-3;

    private readonly double[] _raw;
    private readonly double[] _logOdds;
    private readonly double _outerSlope;

    /// <summary>A table of knots.</summary>
    /// <param name="raw">Raw log-odds of the knots, at least one, strictly increasing.</param>
    /// <param name="logOdds">Calibrated log-odds there, strictly increasing, within ±<see cref="Bound"/>.</param>
    /// <param name="outerSlope">Slope at and beyond the outer knots, positive.</param>
    /// <exception cref="ArgumentException">The knots don't make such a function.</exception>
    public CalibrationTable(ReadOnlySpan<double> raw, ReadOnlySpan<double> logOdds, double outerSlope = 1)
    {
        if (raw.Length == 0 || raw.Length > MaxKnots || raw.Length != logOdds.Length)
        {
            throw new ArgumentException($"A table has 1 to {MaxKnots} knots, each with both numbers.", nameof(raw));
        }

        if (!double.IsFinite(outerSlope) || outerSlope <= 0)
        {
            throw new ArgumentException("The outer slope must be positive.", nameof(outerSlope));
        }

        for (var i = 0; i < raw.Length; i++)
        {
            if (!double.IsFinite(raw[i]) || !(Math.Abs(logOdds[i]) < Bound) || (i > 0 && (raw[i] <= raw[i - 1] || logOdds[i] <= logOdds[i - 1])))
            {
                throw new ArgumentException($"Knots must be finite, strictly increasing, and within ±{Bound}.", nameof(raw));
            }
        }

        _raw = raw.ToArray();
        _logOdds = logOdds.ToArray();
        _outerSlope = outerSlope;
    }

    /// <summary>Raw values are taken for log-odds.</summary>
    public static CalibrationTable Identity { get; } = new([0], [0]);

    /// <summary>Raw log-odds of the knots.</summary>
    public ReadOnlySpan<double> Raw => _raw;

    /// <summary>Calibrated log-odds at the knots.</summary>
    public ReadOnlySpan<double> LogOdds => _logOdds;

    /// <summary>The calibrated probability, in (0, 1).</summary>
    /// <param name="raw">The model's raw log-odds.</param>
    public double Probability(double raw) => Logit.ToProbability(ToLogOdds(raw));

    /// <summary>The calibrated log-odds.</summary>
    /// <param name="raw">The model's raw log-odds, not NaN.</param>
    public double ToLogOdds(double raw)
    {
        if (double.IsNaN(raw))
        {
            throw new ArgumentException("NaN has no probability.", nameof(raw));
        }

        if (raw >= _raw[^1])
        {
            return Beyond(_logOdds[^1], raw - _raw[^1]);
        }

        if (raw <= _raw[0])
        {
            return -Beyond(-_logOdds[0], _raw[0] - raw);
        }

        var at = Array.BinarySearch(_raw, raw);
        if (at >= 0)
        {
            return _logOdds[at];
        }

        var above = ~at;
        var share = (raw - _raw[above - 1]) / (_raw[above] - _raw[above - 1]);
        return _logOdds[above - 1] + share * (_logOdds[above] - _logOdds[above - 1]);
    }

    /// <summary>Fits a table on rows the model has not been fitted on. With few events, or few rows, it is close to a Platt line; with none, to the identity, lowered.</summary>
    /// <param name="raw">Raw log-odds, finite.</param>
    /// <param name="labels">What happened.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    public static CalibrationTable Fit(ReadOnlySpan<double> raw, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights = default)
    {
        var platt = Platt.Fit(raw, labels, weights);
        var pools = IsotonicPools.Of(raw, labels, weights, platt);
        var knots = new List<(double Raw, double LogOdds)>();
        foreach (var (centre, logOdds) in pools)
        {
            var within = Math.Clamp(logOdds, -Bound + 1, Bound - 1);
            if (knots.Count == 0)
            {
                knots.Add((centre, within));
                continue;
            }

            // A knot that would lie too flat behind its neighbour is lifted a little; one at the very top adds nothing and is left out.
            var (lastRaw, last) = knots[^1];
            var lifted = Math.Max(within, last + MinSlope * (centre - lastRaw));
            if (centre > lastRaw && lifted > last && lifted < Bound)
            {
                knots.Add((centre, lifted));
            }
        }

        return knots.Count == 0
            ? Identity
            : new([.. knots.Select(knot => knot.Raw)], [.. knots.Select(knot => knot.LogOdds)], platt.Slope);
    }

    /// <summary>Writes the table.</summary>
    /// <param name="stream">Left open.</param>
    public void Write(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(_raw.Length);
        writer.Write(_outerSlope);
        for (var i = 0; i < _raw.Length; i++)
        {
            writer.Write(_raw[i]);
            writer.Write(_logOdds[i]);
        }
    }

    /// <summary>Reads a table; reads no byte beyond it.</summary>
    /// <param name="stream">Left open.</param>
    /// <exception cref="InvalidDataException">It is not a table, of a later version, cut off, or not consistent.</exception>
    public static CalibrationTable Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (reader.ReadUInt32() != Mark || reader.ReadInt32() != Version)
            {
                throw new InvalidDataException("It is not a calibration table of a known version.");
            }

            var count = reader.ReadInt32();
            if (count is < 1 or > MaxKnots)
            {
                throw new InvalidDataException($"A calibration table has 1 to {MaxKnots} knots, not {count}.");
            }

            var slope = reader.ReadDouble();
            double[] raw = new double[count], logOdds = new double[count];
            for (var i = 0; i < count; i++)
            {
                (raw[i], logOdds[i]) = (reader.ReadDouble(), reader.ReadDouble());
            }

            return new CalibrationTable(raw, logOdds, slope);
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"The calibration table can't be read: {exception.Message}", exception);
        }
    }

    /// <summary>Goes on from a knot with the outer slope, bent towards the bound: a hyperbola, strictly increasing.</summary>
    private double Beyond(double from, double distance)
    {
        var room = Bound - from;
        var straight = _outerSlope * distance;
        return double.IsPositiveInfinity(straight) ? Bound : from + room * straight / (room + straight);
    }
}
