namespace OpsConsole.Prediction;

/// <summary>Scores with a <see cref="ModelFile"/>.</summary>
internal sealed class TrainedModel : IModel
{
    // Enough for the trees to be scored side by side, little enough to stay near the processor.
    private const int Batch = 256;

    private readonly ModelFile _file;
    private readonly int _timeLeft;
    private readonly int _service;
    private readonly Dictionary<string, int> _groups;

    internal TrainedModel(string version, ModelFile file)
    {
        (Version, _file) = (version, file);
        var names = file.Schema.Features.Select(f => f.Name).ToList();
        (_timeLeft, _service) = (names.IndexOf(ModelFile.TimeLeft), names.IndexOf(ModelFile.Service));
        _groups = file.Services.ToDictionary(s => s, s => ModelFile.GroupOf(file.Services, s, flagged: false), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public string Version { get; }

    /// <inheritdoc/>
    public ModelSchema Schema => _file.Schema;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<FeatureRow> rows, Span<ModelScore> scores)
    {
        var width = Schema.SlotCount;
        var most = Math.Min(Batch, rows.Length);
        var (wide, slots, needs, classes) = (new double[width], new float[most * width], new double[most], new double[most]);
        for (var first = 0; first < rows.Length; first += Batch)
        {
            var batch = rows.Slice(first, Math.Min(Batch, rows.Length - first));
            for (var i = 0; i < batch.Length; i++)
                Encode(batch[i], wide, slots.AsSpan(i * width, width));
            var encoded = slots.AsSpan(0, batch.Length * width);
            _file.Need.Raw(encoded, width, needs.AsSpan(0, batch.Length));
            _file.Classifier?.Raw(encoded, width, classes.AsSpan(0, batch.Length));
            for (var i = 0; i < batch.Length; i++)
                scores[first + i] = Of(batch[i], needs[i], classes[i]);
        }
    }

    /// <inheritdoc/>
    public Explanation Explain(FeatureRow row)
    {
        var wide = new double[Schema.SlotCount];
        var slots = new float[Schema.SlotCount];
        Encode(row, wide, slots);
        var sums = new double[slots.Length];
        var baseline = _file.Bias + (_file.TimeWeight * _file.TimeMean);
        baseline += Add(_file.Need, _file.NeedWeight, slots, sums);
        if (_file.Classifier is { } classifier)
            baseline += Add(classifier, _file.ClassifierWeight, slots, sums);
        var contributions = Schema.BySource(row, sums);
        var time = _file.TimeWeight * (LogLeft(row) - _file.TimeMean);
        contributions[_timeLeft] = contributions[_timeLeft] with { Amount = contributions[_timeLeft].Amount + time };
        return Explanation.Of(baseline, contributions, Raw(row, _file.Need.Raw(slots), _file.Classifier?.Raw(slots) ?? 0));
    }

    private static double Add(AdditivePart part, double weight, float[] slots, double[] sums)
    {
        var own = new double[slots.Length];
        part.Explain(slots, own);
        for (var i = 0; i < own.Length; i++)
            sums[i] += weight * own[i];
        return weight * part.Baseline;
    }

    private ModelScore Of(FeatureRow row, double need, double classifier)
    {
        var raw = Raw(row, need, classifier);
        var left = HoursLeft(row);
        var score = _file.Calibration.Probability(raw);
        var service = _service < 0 ? null : Schema.ValueOf(row, _service).Text;
        var group = (service is null ? 0 : _groups.GetValueOrDefault(service)) + (score >= _file.Threshold ? 1 : 0);
        var around = _file.Interval.Of(group);
        var median = need + _file.NeedShift;
        return ModelScore.Of(row, raw, score, Delay(median, left), Delay(median + around.Low, left), Delay(median + around.High, left));
    }

    /// <summary>Minutes late of a need.</summary>
    private double Delay(double need, double left) => (Math.Exp(need) - _file.Offset - left) * 60;

    private double Raw(FeatureRow row, double need, double classifier) =>
        _file.Bias + (_file.NeedWeight * need) + (_file.ClassifierWeight * classifier) + (_file.TimeWeight * LogLeft(row));

    private double LogLeft(FeatureRow row) => Math.Log(Math.Max(HoursLeft(row), 0) + _file.Offset);

    private static double HoursLeft(FeatureRow row) => row.Number(ModelFile.TimeLeft) ?? 0;

    private void Encode(FeatureRow row, double[] wide, Span<float> slots)
    {
        Schema.Encode(row, wide);
        for (var i = 0; i < slots.Length; i++)
            slots[i] = (float)wide[i];
    }
}
