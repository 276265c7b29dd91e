using Microsoft.ML;
using Microsoft.ML.Data;
using OpsConsole.Numerics.Trees;

namespace OpsConsole.Bench;

/// <summary>Scores of a tree model, by the batch and row by row, against ML.NET.</summary>
internal sealed class ScoringBench : IBenchPath
{
    public string Name => "scoring";

    public async Task RunAsync(Bench bench)
    {
        var model = ScoringModel.Train(bench.Size(50_000, 20_000));
        var rows = ScoringModel.Rows(bench.Size(50_000, 20_000), seed: 2);
        float[] values = [.. rows.SelectMany(row => row.Features)];
        var packed = new PackedEnsemble(model.Ensemble);
        var raw = new double[rows.Length];
        using var engine = model.Context.Model.CreatePredictionEngine<ScoringRow, ScoringAnswer>(model.Transformer);
        var scores = new float[rows.Length];

        var predictionEngine = () => ByEngine(engine, rows, scores);
        var one = () => packed.Score(values, ScoringModel.Features, raw);
        await bench.CompareTimesAsync("batch, 1 thread", "PredictionEngine", predictionEngine, one, rows.Length, 4.5);
        CheckEqual(bench, "batch equals ML.NET's Score", raw, scores);

        await bench.CompareTimesAsync("batch, 1 thread", "Transform", () => ByTransform(model, rows, scores), one, rows.Length, 2.5);

        Array.Clear(raw);
        await bench.CompareTimesAsync(
            "batch, 2 threads", "PredictionEngine", predictionEngine, () => packed.Score(values, ScoringModel.Features, raw, threads: 2), rows.Length, 8);
        CheckEqual(bench, "2 threads equal ML.NET's Score", raw, scores);

        Array.Clear(raw);
        await bench.CompareTimesAsync("one row at a time", "PredictionEngine", predictionEngine, () => OneByOne(packed, values, raw), rows.Length, 1.8);
        CheckEqual(bench, "one row at a time equals ML.NET's Score", raw, scores);
    }

    private static void ByEngine(PredictionEngine<ScoringRow, ScoringAnswer> engine, ScoringRow[] rows, float[] scores)
    {
        var answer = new ScoringAnswer();
        for (var i = 0; i < rows.Length; i++)
        {
            engine.Predict(rows[i], ref answer);
            scores[i] = answer.Score;
        }
    }

    private static void ByTransform(ScoringModel model, ScoringRow[] rows, float[] scores)
    {
        var i = 0;
        foreach (var score in model.Transformer.Transform(model.Context.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score"))
        {
            scores[i++] = score;
        }
    }

    private static void OneByOne(PackedEnsemble packed, float[] values, double[] raw)
    {
        for (var i = 0; i < raw.Length; i++)
        {
            raw[i] = packed.Raw(values.AsSpan(i * ScoringModel.Features, ScoringModel.Features));
        }
    }

    private static void CheckEqual(Bench bench, string what, double[] raw, float[] scores)
    {
        var different = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            different += BitConverter.SingleToInt32Bits((float)raw[i]) == BitConverter.SingleToInt32Bits(scores[i]) ? 0 : 1;
        }

        bench.Check(what, different == 0, $"{different} of {raw.Length} rows differ in a bit");
    }
}
