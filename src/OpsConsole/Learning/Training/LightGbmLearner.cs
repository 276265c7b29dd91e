using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;
using OpsConsole.Numerics.Trees;
using OpsConsole.Prediction;
using Tree = OpsConsole.Numerics.Trees.RegressionTree;

namespace OpsConsole.Learning;

/// <summary>
/// Boosted trees by ML.NET's LightGBM: small, shrunk and much restrained, since what was learnt yesterday is asked about a tomorrow that has
/// drifted. One thread, seeded and deterministic: two threads are forty times slower on two cores, and give other trees.
/// </summary>
internal sealed class LightGbmLearner(int seed) : ILearner
{
    /// <summary>How many rows the trees are checked on against their trainer.</summary>
    private const int ParityRows = 10_000;

    private const string NoLibrary =
        "LightGBM can't be loaded: its native library needs libgomp (on Debian and Ubuntu: apt-get install libgomp1). Train with the trainer logistic meanwhile; "
        + "models already trained go on working.";

    private readonly MLContext _ml = new(seed);

    // Each part's transformer, for the parity check of those that are kept.
    private readonly Dictionary<AdditivePart, ITransformer> _trained = [];

    public IReadOnlyList<int> Sizes { get; } = [40, 80, 120, 200, 300];

    /// <summary>What the checks of the kept parts against ML.NET came to.</summary>
    public ParityResult Parity { get; private set; } = new(0, 0, 0);

    public AdditivePart Regression(TrainingSet set, IReadOnlyList<int> rows, Func<int, double> target, CancellationToken cancellation)
    {
        var options = new LightGbmRegressionTrainer.Options();
        Restrain(options, rows.Count);
        return Fit(set, rows, row => new Sample { Number = (float)target(row) }, view => _ml.Regression.Trainers.LightGbm(options).Fit(view), m => m.Model.TrainedTreeEnsemble);
    }

    public AdditivePart Classifier(TrainingSet set, IReadOnlyList<int> rows, CancellationToken cancellation)
    {
        var options = new LightGbmBinaryTrainer.Options { Sigmoid = 1 };
        Restrain(options, rows.Count);
        options.LabelColumnName = nameof(Sample.Flag);
        return Fit(
            set, rows, row => new Sample { Flag = set.Late(row) }, view => _ml.BinaryClassification.Trainers.LightGbm(options).Fit(view),
            m => ((CalibratedModelParametersBase<LightGbmBinaryModelParameters, PlattCalibrator>)m.Model).SubModel.TrainedTreeEnsemble);
    }

    public AdditivePart Shrink(AdditivePart part, int size)
    {
        var trees = part.Trees!;
        if (size >= trees.Trees.Count)
            return part;
        return new(new TreeEnsemble(trees.FeatureCount, [.. trees.Trees.Take(size)], [.. trees.Weights.Take(size)], trees.Bias));
    }

    public AdditivePart Finish(AdditivePart part, int size, TrainingSet set, IReadOnlyList<int> rows)
    {
        CheckParity(part, set, rows);
        var counter = new CoverCounter(Shrink(part, size).Trees!);
        foreach (var row in rows)
            counter.Add(set.Row(row), set.Weight(row));
        return new(counter.ToEnsemble());
    }

    /// <summary>Scores rows by ML.NET and by the trees as we serve them: they must agree to the last bit.</summary>
    private void CheckParity(AdditivePart part, TrainingSet set, IReadOnlyList<int> rows)
    {
        var step = Math.Max(1, rows.Count / ParityRows);
        List<int> some = [.. rows.Where((_, i) => i % step == 0).Take(ParityRows)];
        var view = _trained[part].Transform(View(set, some, _ => new Sample()));
        var (at, different, largest) = (0, 0, 0.0);
        foreach (var score in view.GetColumn<float>("Score"))
        {
            var ours = (float)part.Raw(set.Row(some[at++]));
            if (ours != score)
                different++;
            largest = Math.Max(largest, Math.Abs((double)ours - score));
        }
        Parity = new(Parity.Rows + at, Parity.Different + different, Math.Max(Parity.Largest, largest));
        _trained.Clear();
    }

    /// <summary>Forgets the transformers of parts that won't be kept.</summary>
    internal void Forget() => _trained.Clear();

    private void Restrain<TOptions, TOutput, TTransformer, TModel>(
        LightGbmTrainerBase<TOptions, TOutput, TTransformer, TModel>.OptionsBase options, int rows)
        where TOptions : LightGbmTrainerBase<TOptions, TOutput, TTransformer, TModel>.OptionsBase, new()
        where TTransformer : ISingleFeaturePredictionTransformer<TModel>
        where TModel : class
    {
        options.NumberOfThreads = 1;
        options.Deterministic = true;
        options.Seed = seed;
        options.Silent = true;
        options.Verbose = false;
        options.NumberOfIterations = Sizes[^1];
        options.LearningRate = 0.05;
        options.NumberOfLeaves = rows > 100_000 ? 31 : 15;
        options.MinimumExampleCountPerLeaf = Math.Clamp(rows / 100, 5, 50);
        options.UseCategoricalSplit = false;
        options.HandleMissingValue = false;
        options.FeatureColumnName = nameof(Sample.Values);
        options.LabelColumnName = nameof(Sample.Number);
        options.ExampleWeightColumnName = nameof(Sample.Weight);
        options.Booster = new GradientBooster.Options
        {
            MaximumTreeDepth = 5,
            MinimumChildWeight = 5,
            L2Regularization = 5,
            FeatureFraction = 0.6,
            SubsampleFraction = 0.8,
            SubsampleFrequency = 1,
        };
    }

    private AdditivePart Fit<TTransformer>(
        TrainingSet set, IReadOnlyList<int> rows, Func<int, Sample> sample, Func<IDataView, TTransformer> fit, Func<TTransformer, RegressionTreeEnsemble> trees)
        where TTransformer : ITransformer
    {
        try
        {
            var trained = fit(View(set, rows, sample));
            var part = new AdditivePart(Convert(trees(trained), set.Slots));
            _trained[part] = trained;
            return part;
        }
        catch (Exception failure) when (Root(failure) is DllNotFoundException)
        {
            throw new TrainingException(NoLibrary, failure);
        }
    }

    private IDataView View(TrainingSet set, IReadOnlyList<int> rows, Func<int, Sample> sample)
    {
        var schema = SchemaDefinition.Create(typeof(Sample));
        schema[nameof(Sample.Values)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, set.Slots);
        return _ml.Data.LoadFromEnumerable(Samples(), schema);

        IEnumerable<Sample> Samples()
        {
            foreach (var row in rows)
            {
                var one = sample(row);
                one.Values = set.Row(row).ToArray();
                one.Weight = (float)set.Weight(row);
                yield return one;
            }
        }
    }

    private static TreeEnsemble Convert(RegressionTreeEnsemble source, int slots) => new(
        slots,
        [.. source.Trees.Select(Convert)],
        source.TreeWeights,
        source.Bias);

    // A tree that found nothing to split has no nodes, or one that leads nowhere.
    private static Tree Convert(RegressionTreeBase tree) => tree.NumberOfNodes == 0 || tree.LeftChild[0] == 0
        ? Tree.Constant(tree.LeafValues.Count > 0 ? tree.LeafValues[0] : 0)
        : new([.. tree.NumericalSplitFeatureIndexes], [.. tree.NumericalSplitThresholds], [.. tree.LeftChild], [.. tree.RightChild], [.. tree.LeafValues]);

    private static Exception Root(Exception failure)
    {
        while (failure.InnerException is { } inner)
            failure = inner;
        return failure;
    }

    private sealed class Sample
    {
        public float[] Values { get; set; } = [];

        public float Number { get; set; }

        public bool Flag { get; set; }

        public float Weight { get; set; } = 1;
    }
}

/// <summary>What checking trees against their trainer came to.</summary>
/// <param name="Rows">Rows compared.</param>
/// <param name="Different">Rows whose sums differ in any bit.</param>
/// <param name="Largest">The largest difference.</param>
internal sealed record ParityResult(int Rows, int Different, double Largest);
