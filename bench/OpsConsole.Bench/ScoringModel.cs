using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;
using OpsConsole.Numerics.Trees;
using FastTreeRegressionTree = Microsoft.ML.Trainers.FastTree.RegressionTree;
using RegressionTree = OpsConsole.Numerics.Trees.RegressionTree;

namespace OpsConsole.Bench;

/// <summary>A LightGBM model of 100 trees of 31 leaves, trained by ML.NET on synthetic rows, and its trees as the product holds them.</summary>
internal sealed class ScoringModel
{
    public const int Features = 20;

    private ScoringModel(MLContext context, ITransformer transformer, TreeEnsemble ensemble) =>
        (Context, Transformer, Ensemble) = (context, transformer, ensemble);

    public MLContext Context { get; }

    public ITransformer Transformer { get; }

    public TreeEnsemble Ensemble { get; }

    public static ScoringModel Train(int rows)
    {
        var context = new MLContext(seed: 1);
        var training = Rows(rows, seed: 1);
        var transformer = context.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options
        {
            NumberOfIterations = 100,
            NumberOfLeaves = 31,
            NumberOfThreads = 1,
            Deterministic = true,
            Seed = 1,
        }).Fit(context.Data.LoadFromEnumerable(training));
        var parameters = ((CalibratedModelParametersBase<LightGbmBinaryModelParameters, PlattCalibrator>)transformer.Model).SubModel;
        return new ScoringModel(context, transformer, Convert(parameters.TrainedTreeEnsemble));
    }

    /// <summary>Rows with values of few and of many kinds, and a label that depends on them crookedly.</summary>
    public static ScoringRow[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        var rows = new ScoringRow[count];
        for (var i = 0; i < count; i++)
        {
            var x = new float[Features];
            for (var j = 0; j < Features; j++)
            {
                x[j] = j % 4 == 0 ? random.Next(2) : j % 4 == 1 ? random.Next(24) : (float)(random.NextDouble() * 10);
            }

            var logOdds = -2 + x[0] + (x[1] > 16 ? 1.5 : 0) + 0.3 * x[2] - 0.1 * x[3] * x[4] + Math.Sin(x[6]) + (x[5] < 6 && x[7] > 5 ? 1 : 0);
            rows[i] = new ScoringRow { Features = x, Label = random.NextDouble() < 1 / (1 + Math.Exp(-logOdds)) };
        }

        return rows;
    }

    private static TreeEnsemble Convert(TreeEnsemble<FastTreeRegressionTree> trained) => new(
        Features,
        [.. trained.Trees.Select(Convert)],
        trained.TreeWeights,
        trained.Bias);

    /// <summary>ML.NET says "nothing learnt" by a root that is its own left child; it scores as 0.</summary>
    private static RegressionTree Convert(FastTreeRegressionTree tree) => tree.NumberOfNodes == 0 || tree.LeftChild[0] == 0
        ? RegressionTree.Constant(0)
        : new RegressionTree(
            [.. tree.NumericalSplitFeatureIndexes],
            [.. tree.NumericalSplitThresholds],
            [.. tree.LeftChild],
            [.. tree.RightChild],
            [.. tree.LeafValues]);
}

/// <summary>A row as ML.NET takes it.</summary>
internal sealed class ScoringRow
{
    [VectorType(ScoringModel.Features)]
    public float[] Features { get; init; } = [];

    public bool Label { get; init; }
}

/// <summary>A score as ML.NET gives it.</summary>
internal sealed class ScoringAnswer
{
    public float Score { get; init; }
}
