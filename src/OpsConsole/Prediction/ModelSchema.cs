namespace OpsConsole.Prediction;

/// <summary>One feature of a model, with what was learnt of its values.</summary>
public sealed record SchemaFeature
{
    /// <summary>Its name (<see cref="FeatureRow"/>).</summary>
    public required string Name { get; init; }

    /// <summary>Number or category.</summary>
    public required FeatureKind Kind { get; init; }

    /// <summary>What it is, with its unit, for data dictionaries.</summary>
    public string Description => OpsConsole.Prediction.Features.IndexOf(Name) is var place && place >= 0
        ? OpsConsole.Prediction.Features.Definitions[place].Description
        : Name.StartsWith(FeatureRow.ScanPrefix, StringComparison.Ordinal) ? "The courier's own fact about the newest scan" : "The courier's own fact about the shipment";

    /// <summary>What stands for a missing number: the median of those learnt from, so that nothing that isn't a number reaches a model.</summary>
    public double Sentinel { get; init; }

    /// <summary>Has a slot that says whether the value was missing: it was in some of the rows learnt from.</summary>
    public bool Indicator { get; init; }

    /// <summary>The categories learnt, in ordinal order; any other is "other".</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Share of the rows learnt from in each category, smoothed.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [];

    /// <summary>A slot a category; else two slots: place among the categories, and how common it is.</summary>
    public bool OneHot { get; init; }

    /// <summary>With it a number has a second slot, ln(max(value, 0) + this): what a linear part needs of hours.</summary>
    public double? LogShift { get; init; }

    /// <summary>How many slots it takes.</summary>
    internal int Slots => (Indicator ? 1 : 0) + (Kind == FeatureKind.Number ? LogShift is null ? 1 : 2 : OneHot ? Categories.Count + 1 : 2);
}

/// <summary>
/// The features of one model, in order, and how they become the numbers it reads. General: a courier's attributes are features like any other,
/// and categories are learnt from the rows, never listed.
/// </summary>
public sealed class ModelSchema
{
    /// <summary>After the name of a feature: the slot of its logarithm (<see cref="SchemaFeature.LogShift"/>).</summary>
    public const string LogSlot = "#ln";

    private readonly SchemaFeature[] _features;
    private readonly string[] _names;
    private readonly int[] _places;
    private readonly int[] _sources;

    /// <param name="features">The features, in order.</param>
    public ModelSchema(IEnumerable<SchemaFeature> features)
    {
        _features = [.. features];
        _names = [.. _features.Select(f => f.Name)];
        _places = [.. _names.Select(OpsConsole.Prediction.Features.IndexOf)];
        List<int> sources = [];
        List<string> slots = [];
        for (var i = 0; i < _features.Length; i++)
        {
            foreach (var slot in SlotNamesOf(_features[i]))
            {
                sources.Add(i);
                slots.Add(slot);
            }
        }
        (_sources, SlotNames) = ([.. sources], slots);
        Features = [.. _features.Select(f => new FeatureDefinition(f.Name, f.Kind, f.Description))];
    }

    /// <summary>Every base feature as it comes, nothing learnt: what the models that are code are stored with.</summary>
    public static ModelSchema Base { get; } = new(OpsConsole.Prediction.Features.Definitions.Select(d => new SchemaFeature { Name = d.Name, Kind = d.Kind, Indicator = true }));

    /// <summary>The features, in order; also the order of <see cref="Raw"/> and <see cref="Unpack"/>.</summary>
    public IReadOnlyList<FeatureDefinition> Features { get; }

    /// <summary>The features with what was learnt of them, in the same order.</summary>
    public IReadOnlyList<SchemaFeature> Learnt => _features;

    /// <summary>The names of the slots, in order, such as <c>service=express</c>.</summary>
    public IReadOnlyList<string> SlotNames { get; }

    /// <summary>How many numbers a row becomes.</summary>
    public int SlotCount => _sources.Length;

    /// <summary>The place among <see cref="Features"/> of the feature a slot belongs to.</summary>
    public int SourceOf(int slot) => _sources[slot];

    /// <summary>Learns a schema: see <see cref="SchemaLearner"/>.</summary>
    /// <param name="rows">The rows to learn from; gone through once.</param>
    /// <param name="includeAttributes">Whether the couriers' own attributes become features.</param>
    public static ModelSchema Learn(IEnumerable<FeatureRow> rows, bool includeAttributes) => SchemaLearner.Learn(rows, includeAttributes);

    /// <summary>The same schema with a second slot for a number, its logarithm (<see cref="SchemaFeature.LogShift"/>).</summary>
    public ModelSchema WithLog(string feature, double shift) =>
        new(_features.Select(f => f.Name == feature && f.Kind == FeatureKind.Number ? f with { LogShift = shift } : f));

    /// <summary>The place of a slot by its name; −1 when there is none.</summary>
    public int SlotOf(string name)
    {
        for (var slot = 0; slot < SlotNames.Count; slot++)
        {
            if (SlotNames[slot] == name)
                return slot;
        }
        return -1;
    }

    /// <summary>The raw values of a row, in the order of <see cref="Features"/>.</summary>
    public FeatureValue[] Raw(FeatureRow row)
    {
        var values = new FeatureValue[_features.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = ValueOf(row, i);
        return values;
    }

    /// <summary>The raw value of the feature at a place.</summary>
    public FeatureValue ValueOf(FeatureRow row, int feature) => Fit(_features[feature], _places[feature] is var place && place >= 0 ? row[place] : row[_names[feature]]);

    /// <summary>A row as the numbers a model reads.</summary>
    public double[] Encode(FeatureRow row)
    {
        var slots = new double[SlotCount];
        Encode(row, slots);
        return slots;
    }

    /// <summary>A row as the numbers a model reads, into <see cref="SlotCount"/> slots.</summary>
    public void Encode(FeatureRow row, Span<double> slots)
    {
        var at = 0;
        for (var i = 0; i < _features.Length; i++)
        {
            var feature = _features[i];
            Encode(feature, ValueOf(row, i), slots.Slice(at, feature.Slots));
            at += feature.Slots;
        }
    }

    /// <summary>The raw values of a row's features, packed: what is stored with a prediction, and recomputes it bit for bit.</summary>
    public byte[] Pack(FeatureRow row) => FeatureVector.Pack(Raw(row));

    /// <summary>The raw values of a packed row, in the order of <see cref="Features"/>.</summary>
    public FeatureValue[] Unpack(ReadOnlySpan<byte> packed) => FeatureVector.Unpack(packed, _features.Length);

    /// <summary>A packed row as a row again, to be scored by a model of this schema.</summary>
    public FeatureRow Row(ReadOnlySpan<byte> packed) => FeatureRow.Of(_names, Unpack(packed));

    /// <summary>What the slots add, summed by feature and with the row's values.</summary>
    internal FeatureContribution[] BySource(FeatureRow row, ReadOnlySpan<double> slots)
    {
        var sums = new double[_features.Length];
        for (var slot = 0; slot < slots.Length; slot++)
            sums[_sources[slot]] += slots[slot];
        var contributions = new FeatureContribution[_features.Length];
        for (var i = 0; i < contributions.Length; i++)
            contributions[i] = new(_names[i], ValueOf(row, i), sums[i]);
        return contributions;
    }

    // An attribute that was a number when the schema was learnt and is a text now is unknown; a number among texts is a text.
    private static FeatureValue Fit(SchemaFeature feature, FeatureValue value) => feature.Kind switch
    {
        FeatureKind.Number => value.Text is null ? value : FeatureValue.Missing,
        _ => value.Number is null ? value : FeatureValue.Of(value.ToString()),
    };

    private static void Encode(SchemaFeature feature, FeatureValue value, Span<double> slots)
    {
        if (feature.Indicator)
        {
            slots[^1] = value.IsMissing ? 1 : 0;
            slots = slots[..^1];
        }
        if (feature.Kind == FeatureKind.Number)
        {
            slots[0] = value.Number ?? feature.Sentinel;
            if (feature.LogShift is { } shift)
                slots[1] = Math.Log(Math.Max(slots[0], 0) + shift);
            return;
        }
        slots.Clear();
        if (value.Text is not { } text)
        {
            if (!feature.OneHot)
                slots[0] = feature.Sentinel;
            return;
        }
        var place = Place(feature.Categories, text);
        if (feature.OneHot)
        {
            slots[place >= 0 ? place : ^1] = 1;
            return;
        }
        // One never learnt stands between its neighbours: codes of areas and routes that look alike tend to lie near each other.
        slots[0] = place >= 0 ? place : ~place - 0.5;
        slots[1] = place >= 0 ? Math.Log(feature.Shares[place]) : Math.Log(SchemaLearner.UnseenShare);
    }

    private static int Place(IReadOnlyList<string> categories, string text)
    {
        var (low, high) = (0, categories.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(categories[middle], text);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }

    private static IEnumerable<string> SlotNamesOf(SchemaFeature feature)
    {
        if (feature.Kind == FeatureKind.Number)
        {
            yield return feature.Name;
            if (feature.LogShift is not null)
                yield return feature.Name + LogSlot;
        }
        else if (feature.OneHot)
        {
            foreach (var category in feature.Categories)
                yield return $"{feature.Name}={category}";
            yield return $"{feature.Name}=other";
        }
        else
        {
            yield return $"{feature.Name}#place";
            yield return $"{feature.Name}#share";
        }
        if (feature.Indicator)
            yield return $"{feature.Name}?missing";
    }
}
