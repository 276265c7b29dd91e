using OpsConsole.Numerics.Trees;

namespace OpsConsole.Bench;

/// <summary>Exact explanations of one row, against LightGBM's own predict_contrib on the very same trees.</summary>
internal sealed class ExplainingBench : IBenchPath
{
    private const int Features = ScoringModel.Features;

    public string Name => "explaining";

    public async Task RunAsync(Bench bench)
    {
        var training = ScoringModel.Rows(bench.Size(50_000, 20_000), seed: 1);
        using var native = new NativeLightGbm(
            [.. training.SelectMany(row => row.Features)], Features, [.. training.Select(row => row.Label ? 1f : 0f)], trees: 100);
        var ensemble = native.ToEnsemble();
        var shap = new TreeShap(ensemble);
        var count = bench.Size(2_000, 300);
        float[] rows = [.. ScoringModel.Rows(count, seed: 2).SelectMany(row => row.Features)];
        double[] theirs = new double[count * (Features + 1)], ours = new double[count * Features];

        await bench.CompareTimesAsync(
            "exact TreeSHAP, one row",
            "LightGBM predict_contrib",
            () => ForEach(count, i => native.Explain(rows.AsSpan(i * Features, Features), theirs.AsSpan(i * (Features + 1), Features + 1))),
            () => ForEach(count, i => shap.Explain(rows.AsSpan(i * Features, Features), ours.AsSpan(i * Features, Features))),
            count,
            3);
        Check(bench, ensemble, shap, rows, theirs, ours);
    }

    private static void ForEach(int count, Action<int> work)
    {
        for (var i = 0; i < count; i++)
        {
            work(i);
        }
    }

    private static void Check(Bench bench, TreeEnsemble ensemble, TreeShap shap, float[] rows, double[] theirs, double[] ours)
    {
        double apart = 0, off = 0;
        for (var i = 0; i < rows.Length / Features; i++)
        {
            var sum = shap.Baseline;
            for (var j = 0; j < Features; j++)
            {
                sum += ours[i * Features + j];
                apart = Math.Max(apart, Math.Abs(ours[i * Features + j] - theirs[i * (Features + 1) + j]));
            }

            off = Math.Max(off, Math.Abs(sum - ensemble.Raw(rows.AsSpan(i * Features, Features))));
        }

        bench.Check("contributions equal LightGBM's", apart <= 1e-6, $"{apart:0.0e0} apart at most");
        bench.Check("contributions add up to the raw score", off <= 1e-9, $"off by {off:0.0e0} at most");
    }
}
