using OpsConsole.Numerics.Linear;
using OpsConsole.Numerics.Trees;

namespace OpsConsole.Prediction;

/// <summary>A sum over a row's slots: regression trees, or a linear form. Either way it can be told exactly what each slot adds.</summary>
public sealed class AdditivePart
{
    private readonly TreeEnsemble? _trees;
    private readonly LogisticModel? _linear;
    private readonly Lazy<TreeShap>? _shap;
    private readonly Lazy<PackedEnsemble>? _packed;

    /// <param name="trees">The trees, their covers counted.</param>
    public AdditivePart(TreeEnsemble trees)
    {
        _trees = trees;
        // Explaining takes tables that scoring doesn't need, and training makes parts that do neither.
        _shap = new(() => new TreeShap(trees));
        _packed = new(() => new PackedEnsemble(trees));
    }

    /// <param name="linear">The linear form: intercept + Σ weight · (slot − mean)/scale.</param>
    public AdditivePart(LogisticModel linear) => _linear = linear;

    /// <summary>The trees, if it is trees.</summary>
    public TreeEnsemble? Trees => _trees;

    /// <summary>The linear form, if it is one.</summary>
    public LogisticModel? Linear => _linear;

    /// <summary>The sum for a row.</summary>
    public double Raw(ReadOnlySpan<float> slots) => _packed is null ? _linear!.Raw(slots) : _packed.Value.Raw(slots);

    /// <summary>The sums for rows, one after another: bit for bit what each has alone, in a fraction of the time.</summary>
    /// <param name="rows">Slots, row after row.</param>
    /// <param name="slots">How many slots a row has.</param>
    /// <param name="sums">One a row; overwritten.</param>
    public void Raw(ReadOnlySpan<float> rows, int slots, Span<double> sums)
    {
        if (_packed is not null)
        {
            _packed.Value.Score(rows, slots, sums);
            return;
        }
        for (var i = 0; i < sums.Length; i++)
            sums[i] = _linear!.Raw(rows.Slice(i * slots, slots));
    }

    /// <summary>The sum that contributions start from.</summary>
    internal double Baseline => _trees is null ? _linear!.Intercept : _shap!.Value.Baseline;

    /// <summary>What each slot adds; overwritten.</summary>
    internal void Explain(ReadOnlySpan<float> slots, Span<double> contributions)
    {
        if (_trees is not null)
        {
            _shap!.Value.Explain(slots, contributions);
            return;
        }
        var row = new double[slots.Length];
        for (var i = 0; i < row.Length; i++)
            row[i] = slots[i];
        _linear!.Explain(row, contributions);
    }

    internal void Write(Stream stream)
    {
        stream.WriteByte(_trees is null ? (byte)2 : (byte)1);
        if (_trees is null)
            _linear!.Write(stream);
        else
            _trees.Write(stream);
    }

    internal static AdditivePart Read(Stream stream, int slots)
    {
        var part = stream.ReadByte() switch
        {
            1 => new AdditivePart(TreeEnsemble.Read(stream)),
            2 => new AdditivePart(LogisticModel.Read(stream)),
            _ => throw new InvalidDataException("A model's file has a part of no known kind."),
        };
        var takes = part._trees?.FeatureCount ?? part._linear!.Weights.Length;
        return takes == slots ? part : throw new InvalidDataException($"A model's file has a part over {takes} slots where its schema has {slots}.");
    }
}
