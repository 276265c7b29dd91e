using System.Buffers;
using System.Runtime.Intrinsics;

namespace OpsConsole.Numerics.Trees;

/// <summary>
/// Exact path-dependent Shapley values of a tree ensemble (Lundberg et al., "From local explanations to global understanding with explainable
/// AI for trees", Nature Machine Intelligence 2, 2020). Immutable, and safe for several threads.
/// </summary>
/// <remarks>
/// <see cref="PlainTreeShap"/> states the game. The weights k!(d−1−k)!/d! of a Shapley value are Beta integrals, so the value of feature i for a
/// leaf v behind features 1…d is <c>v·(o_i − z_i)·∫₀¹ Π_{j≠i}(z_j(1−t) + o_j·t) dt</c>: a polynomial of degree d − 1, which a Gauss quadrature
/// of ⌈d/2⌉ points integrates exactly. At eight points side by side the product over a path is carried down the tree, one multiplication an
/// edge, and sums over leaves are carried up, each edge adding (o − z)/(z(1−t) + o·t) of its sum to its feature; an edge on a feature met
/// higher up takes back what the upper one adds for the leaves below. So a row costs two passes over the nodes, whatever the depth (compare
/// P. Yu et al., "Linear TreeShap", NeurIPS 2022). All terms are positive until they meet a leaf's value, so nothing cancels.
/// </remarks>
public sealed class TreeShap
{
    private readonly TreeEnsemble _ensemble;
    private readonly ShapTables[] _tables;
    private readonly PlainTreeShap? _rest;
    private readonly int _mostSlots;

    /// <summary>Prepares explanations of an ensemble.</summary>
    /// <param name="ensemble">Its covers must have been counted.</param>
    /// <exception cref="InvalidOperationException">The covers were not counted.</exception>
    public TreeShap(TreeEnsemble ensemble)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        _ensemble = ensemble;
        var tables = new List<ShapTables>();
        var rest = new List<int>();
        for (var t = 0; t < ensemble.Trees.Count; t++)
        {
            if (ShapTables.Of(ensemble.Trees[t], CoverFractions.Of(ensemble.Trees[t]), ensemble.Weights[t]) is { } prepared)
            {
                tables.Add(prepared);
            }
            else
            {
                rest.Add(t);
            }
        }

        _tables = [.. tables];
        _rest = rest.Count == 0 ? null : new PlainTreeShap(new TreeEnsemble(
            ensemble.FeatureCount, [.. rest.Select(t => ensemble.Trees[t])], [.. rest.Select(t => ensemble.Weights[t])]));
        _mostSlots = _tables.Select(table => table.Slots).DefaultIfEmpty().Max();
        Baseline = ensemble.ExpectedValue();
    }

    /// <summary>The expected raw value over the training rows: what the contributions start from.</summary>
    public double Baseline { get; }

    /// <summary>The contribution of each feature: together with <see cref="Baseline"/> they are the raw value of the row.</summary>
    /// <param name="row">The values of the features, in order.</param>
    /// <param name="contributions">One a feature; overwritten.</param>
    public void Explain(ReadOnlySpan<float> row, Span<double> contributions)
    {
        var features = _ensemble.FeatureCount;
        var own = contributions[..features];
        if (row.Length < features)
        {
            throw new ArgumentException($"A row has {features} values; given are {row.Length}.", nameof(row));
        }

        own.Clear();
        _rest?.Explain(row, own);

        // A vector a slot, then one a feature.
        var vectors = ArrayPool<double>.Shared.Rent((_mostSlots + features + 1) * Vector512<double>.Count);
        var met = ArrayPool<byte>.Shared.Rent(_mostSlots + 1);
        Add(row, vectors, met, own);
        ArrayPool<double>.Shared.Return(vectors);
        ArrayPool<byte>.Shared.Return(met);
    }

    private unsafe void Add(ReadOnlySpan<float> row, double[] vectors, byte[] met, Span<double> contributions)
    {
        fixed (float* values = row)
        fixed (double* memory = vectors)
        fixed (byte* flags = met)
        {
            var slots = ShapTables.AlignUp(memory);
            var sums = slots + _mostSlots;
            new Span<Vector512<double>>(sums, contributions.Length).Clear();
            foreach (var table in _tables)
            {
                table.Add(values, slots, flags, sums);
            }

            for (var feature = 0; feature < contributions.Length; feature++)
            {
                contributions[feature] += Vector512.Sum(sums[feature]);
            }
        }
    }
}
