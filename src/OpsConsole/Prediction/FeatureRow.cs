namespace OpsConsole.Prediction;

/// <summary>
/// The features of one shipment at one moment, before any model's encoding: those that every shipment has (<see cref="Base"/>), and the
/// courier's own attributes under <c>attr.…</c> (of the shipment) and <c>scan.…</c> (of its newest scan). Made by <see cref="Features.Of"/> alone.
/// </summary>
public sealed class FeatureRow
{
    /// <summary>Before the name of a shipment's attribute.</summary>
    public const string AttributePrefix = "attr.";

    /// <summary>Before the name of an attribute of the newest scan.</summary>
    public const string ScanPrefix = "scan.";

    private static readonly Dictionary<string, FeatureValue> None = [];
    private readonly FeatureValue[] _values;
    private readonly Dictionary<string, FeatureValue> _attributes;

    internal FeatureRow(FeatureValue[] values, Dictionary<string, FeatureValue>? attributes)
    {
        (_values, _attributes) = (values, attributes ?? None);
    }

    /// <summary>The features that every shipment has, in order.</summary>
    public static IReadOnlyList<FeatureDefinition> Base => Features.Definitions;

    /// <summary>The names of the attributes the shipment and its newest scan carry, with their prefix.</summary>
    public IReadOnlyCollection<string> AttributeNames => _attributes.Keys;

    /// <summary>A value by name; missing where there is no such feature.</summary>
    public FeatureValue this[string name] =>
        Features.IndexOf(name) is var index && index >= 0 ? _values[index] : _attributes.GetValueOrDefault(name);

    /// <summary>A value of <see cref="Base"/> by its place.</summary>
    internal FeatureValue this[int index] => _values[index];

    /// <summary>A number by name; null where missing or a text.</summary>
    public double? Number(string name) => this[name].Number;

    /// <summary>A row of values read back, such as of a stored vector: what is not among the names is missing.</summary>
    internal static FeatureRow Of(IReadOnlyList<string> names, ReadOnlySpan<FeatureValue> values)
    {
        var row = new FeatureValue[Features.Definitions.Count];
        Dictionary<string, FeatureValue>? attributes = null;
        for (var i = 0; i < values.Length; i++)
        {
            if (Features.IndexOf(names[i]) is var index && index >= 0)
                row[index] = values[i];
            else if (!values[i].IsMissing)
                (attributes ??= new(StringComparer.Ordinal))[names[i]] = values[i];
        }
        return new FeatureRow(row, attributes);
    }
}
