using System.Text;
using OpsConsole.Numerics.Calibration;

namespace OpsConsole.Numerics.Linear;

/// <summary>
/// Logistic regression over standardised slots, immutable: raw log-odds = intercept + Σ weight · (x − mean)/scale. Each term is the exact
/// contribution of its slot, and the Shapley value of it (the mean row as background), so the baseline is the intercept.
/// </summary>
public sealed class LogisticModel
{
    private const uint Mark = 0x4C474F4C; // "LOGL"
    private const int Version = 1;
    private const int MaxSlots = 1 << 16;

    private readonly double[] _weights;
    private readonly double[] _means;
    private readonly double[] _scales;

    /// <summary>Checks and copies a model's numbers.</summary>
    /// <param name="intercept">Raw log-odds of the mean row.</param>
    /// <param name="weights">One finite weight a standardised slot.</param>
    /// <param name="means">What each slot is centred by.</param>
    /// <param name="scales">What each slot is divided by, positive.</param>
    /// <exception cref="ArgumentException">The numbers don't fit together.</exception>
    public LogisticModel(double intercept, ReadOnlySpan<double> weights, ReadOnlySpan<double> means, ReadOnlySpan<double> scales)
    {
        if (means.Length != weights.Length || scales.Length != weights.Length)
        {
            throw new ArgumentException("There must be a weight, a mean and a scale for each slot.", nameof(weights));
        }

        _weights = weights.ToArray();
        _means = means.ToArray();
        _scales = scales.ToArray();
        Intercept = intercept;
        if (!double.IsFinite(intercept) || !_weights.All(double.IsFinite) || !_means.All(double.IsFinite) || !_scales.All(scale => double.IsFinite(scale) && scale > 0))
        {
            throw new ArgumentException("The numbers must be finite, scales positive.", nameof(weights));
        }
    }

    /// <summary>Raw log-odds of the mean row: what contributions start from.</summary>
    public double Intercept { get; }

    /// <summary>Weight of each standardised slot.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>What each slot is centred by.</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>What each slot is divided by.</summary>
    public ReadOnlySpan<double> Scales => _scales;

    /// <summary>The raw log-odds of a row, summed slot by slot in order.</summary>
    /// <param name="row">One finite value a slot.</param>
    public double Raw(ReadOnlySpan<double> row)
    {
        var sum = Intercept;
        for (var j = 0; j < _weights.Length; j++)
        {
            sum += Term(j, row[j]);
        }

        return sum;
    }

    /// <summary>The raw log-odds of a row of floats.</summary>
    /// <param name="row">One finite value a slot.</param>
    public double Raw(ReadOnlySpan<float> row)
    {
        var sum = Intercept;
        for (var j = 0; j < _weights.Length; j++)
        {
            sum += Term(j, row[j]);
        }

        return sum;
    }

    /// <summary>The contribution of each slot: with <see cref="Intercept"/> they add up to the raw value.</summary>
    /// <param name="row">One finite value a slot.</param>
    /// <param name="contributions">One a slot; overwritten.</param>
    public void Explain(ReadOnlySpan<double> row, Span<double> contributions)
    {
        for (var j = 0; j < _weights.Length; j++)
        {
            contributions[j] = Term(j, row[j]);
        }
    }

    /// <summary>Fits a model (see <see cref="LogisticFit"/>); the same rows give the same model, bit by bit.</summary>
    /// <param name="rows">Finite values, row after row.</param>
    /// <param name="slots">Values a row.</param>
    /// <param name="labels">What happened, one a row.</param>
    /// <param name="weights">Finite and not negative, one a row; empty: all 1.</param>
    /// <param name="l2">How firmly each standardised weight is held at zero, in rows: positive.</param>
    public static LogisticModel Fit(ReadOnlySpan<float> rows, int slots, ReadOnlySpan<bool> labels, ReadOnlySpan<double> weights = default, double l2 = 1) =>
        LogisticFit.Of(rows, slots, labels, weights, l2);

    /// <summary>Writes the model.</summary>
    /// <param name="stream">Left open.</param>
    public void Write(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(_weights.Length);
        writer.Write(Intercept);
        for (var j = 0; j < _weights.Length; j++)
        {
            writer.Write(_weights[j]);
            writer.Write(_means[j]);
            writer.Write(_scales[j]);
        }
    }

    /// <summary>Reads a model; reads no byte beyond it.</summary>
    /// <param name="stream">Left open.</param>
    /// <exception cref="InvalidDataException">It is not such a model, of a later version, cut off, or not consistent.</exception>
    public static LogisticModel Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (reader.ReadUInt32() != Mark || reader.ReadInt32() != Version)
            {
                throw new InvalidDataException("It is not a logistic model of a known version.");
            }

            var slots = reader.ReadInt32();
            if (slots is < 0 or > MaxSlots)
            {
                throw new InvalidDataException($"A logistic model has up to {MaxSlots} slots, not {slots}.");
            }

            var intercept = reader.ReadDouble();
            double[] weights = new double[slots], means = new double[slots], scales = new double[slots];
            for (var j = 0; j < slots; j++)
            {
                (weights[j], means[j], scales[j]) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
            }

            return new LogisticModel(intercept, weights, means, scales);
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"The logistic model can't be read: {exception.Message}", exception);
        }
    }

    private double Term(int slot, double value) => _weights[slot] * ((value - _means[slot]) / _scales[slot]);
}
