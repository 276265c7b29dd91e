using System.Runtime.Intrinsics.X86;

namespace OpsConsole.Numerics.Trees;

/// <summary>
/// An ensemble laid out for scoring many rows: bit-equal to <see cref="TreeEnsemble.Raw(ReadOnlySpan{float})"/>, several times as fast where the
/// processor has AVX2. Immutable, and safe for several threads.
/// </summary>
public sealed class PackedEnsemble
{
    /// <summary>From so many rows on a whole block is cheaper than walking the trees row by row.</summary>
    private const int WorthABlock = 4;

    private readonly TreeEnsemble _ensemble;
    private readonly ThresholdRanks? _ranks;
    private readonly LeafMasks? _masks;
    private readonly RowMasks? _rowMasks;

    /// <summary>Packs an ensemble.</summary>
    /// <param name="ensemble">Any; where a tree has more than 256 leaves or a feature more than 255 thresholds, rows are walked one by one.</param>
    public PackedEnsemble(TreeEnsemble ensemble)
        : this(ensemble, Avx2.IsSupported)
    {
    }

    /// <summary>Packs an ensemble, with or without AVX2, so that a test can compare the two.</summary>
    internal PackedEnsemble(TreeEnsemble ensemble, bool useAvx2)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        _ensemble = ensemble;
        if (useAvx2 && ensemble.Trees.All(tree => tree.LeafValues.Length <= LeafMasks.MaxLeaves))
        {
            _ranks = ThresholdRanks.Of(ensemble);
            _masks = _ranks is null ? null : new LeafMasks(ensemble, _ranks);
            _rowMasks = new RowMasks(ensemble);
        }
    }

    /// <summary>The ensemble that was packed.</summary>
    public TreeEnsemble Ensemble => _ensemble;

    /// <summary>Whether rows are scored in blocks with AVX2.</summary>
    public bool IsVectorised => _masks is not null;

    /// <summary>The sum of the trees for one row.</summary>
    /// <param name="row">At least as many values as there are features.</param>
    public double Raw(ReadOnlySpan<float> row) => _rowMasks is not null && row.Length >= _ensemble.FeatureCount ? _rowMasks.Score(row) : _ensemble.Raw(row);

    /// <summary>Scores rows.</summary>
    /// <param name="rows">The rows, one after another.</param>
    /// <param name="columns">Values a row, at least as many as there are features.</param>
    /// <param name="raw">One sum a row; as many as there are rows.</param>
    public void Score(ReadOnlySpan<float> rows, int columns, Span<double> raw)
    {
        Check(rows.Length, columns, raw.Length);
        if (_ranks is null || _masks is null)
        {
            Walk(rows, columns, raw);
            return;
        }

        var blocks = raw.Length / LeafMasks.Block * LeafMasks.Block;
        var buffer = new byte[_ranks.Columns * LeafMasks.Block];
        ScoreBlocks(_ranks, _masks, rows, columns, raw[..blocks], buffer);
        var rest = raw[blocks..];
        if (rest.Length >= WorthABlock)
        {
            // The last rows, made up to a block.
            var padded = new float[LeafMasks.Block * columns];
            rows[(blocks * columns)..].CopyTo(padded);
            Span<double> sums = stackalloc double[LeafMasks.Block];
            ScoreBlocks(_ranks, _masks, padded, columns, sums, buffer);
            sums[..rest.Length].CopyTo(rest);
        }
        else
        {
            Walk(rows[(blocks * columns)..], columns, rest);
        }
    }

    /// <summary>Scores rows on several threads; the answers are the same bits.</summary>
    /// <param name="rows">The rows, one after another.</param>
    /// <param name="columns">Values a row, at least as many as there are features.</param>
    /// <param name="raw">One sum a row; as many as there are rows.</param>
    /// <param name="threads">How many at most.</param>
    public void Score(ReadOnlyMemory<float> rows, int columns, Memory<double> raw, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Check(rows.Length, columns, raw.Length);
        var share = (raw.Length / threads / LeafMasks.Block + 1) * LeafMasks.Block;
        var parts = (raw.Length + share - 1) / share;
        if (parts <= 1)
        {
            Score(rows.Span, columns, raw.Span);
            return;
        }

        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
        {
            var first = part * share;
            var count = Math.Min(share, raw.Length - first);
            Score(rows.Span.Slice(first * columns, count * columns), columns, raw.Span.Slice(first, count));
        });
    }

    private static unsafe void ScoreBlocks(ThresholdRanks ranks, LeafMasks masks, ReadOnlySpan<float> rows, int columns, Span<double> raw, byte[] buffer)
    {
        fixed (float* row = rows)
        fixed (double* sum = raw)
        fixed (byte* ranked = buffer)
        {
            for (var i = 0; i < raw.Length; i += LeafMasks.Block)
            {
                ranks.RankBlock(row + (long)i * columns, columns, ranked);
                masks.Score(ranked, sum + i);
            }
        }
    }

    private void Walk(ReadOnlySpan<float> rows, int columns, Span<double> raw)
    {
        for (var i = 0; i < raw.Length; i++)
        {
            raw[i] = Raw(rows.Slice(i * columns, columns));
        }
    }

    private void Check(int values, int columns, int sums)
    {
        if (columns < _ensemble.FeatureCount || values != (long)columns * sums)
        {
            throw new ArgumentException($"{sums} rows of {columns} values, of which {_ensemble.FeatureCount} are features, can't be {values} values.", nameof(columns));
        }
    }
}
