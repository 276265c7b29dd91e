using System.Collections.Frozen;
using System.Text.Json;
using OpsConsole.Intake;

namespace OpsConsole.Prediction;

/// <summary>
/// THE feature function (design 7): from a shipment's state as of a moment to its features. Serving, training, export and backtest all call it,
/// and nothing else makes features. It sees only what <see cref="ShipmentAsOf"/> and <see cref="ConditionsAsOf"/> hold, which is what was known
/// at the moment.
/// </summary>
public static class Features
{
    /// <summary>Grows when the meaning of a feature changes; part of a model's file.</summary>
    public const int Version = 1;

    private static readonly FrozenDictionary<string, int> Places =
        BaseFeatures.All.Select((feature, i) => (feature.Definition.Name, i)).ToFrozenDictionary(p => p.Name, p => p.i, StringComparer.Ordinal);

    /// <summary>The features that every shipment has, in order.</summary>
    public static IReadOnlyList<FeatureDefinition> Definitions { get; } = [.. BaseFeatures.All.Select(feature => feature.Definition)];

    /// <summary>The features of a shipment as of its moment.</summary>
    /// <param name="shipment">The shipment as of the moment.</param>
    /// <param name="conditions">Weather and traffic at the destination as of the same moment.</param>
    /// <param name="zone">The operation's zone, for hours of the day and weekdays.</param>
    /// <param name="origin">Weather and traffic at the origin as of the same moment.</param>
    public static FeatureRow Of(ShipmentAsOf shipment, ConditionsAsOf conditions, TimeZoneInfo zone, ConditionsAsOf? origin = null)
    {
        var facts = new FeatureFacts(shipment, conditions, origin ?? ConditionsAsOf.None, zone);
        var values = new FeatureValue[BaseFeatures.All.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = BaseFeatures.All[i].Read(facts);
        return new FeatureRow(values, Attributes(shipment));
    }

    /// <summary>The place of a feature among <see cref="Definitions"/>; −1 when it isn't one of them.</summary>
    public static int IndexOf(string name) => Places.TryGetValue(name, out var place) ? place : -1;

    private static Dictionary<string, FeatureValue>? Attributes(ShipmentAsOf shipment)
    {
        Dictionary<string, FeatureValue>? attributes = null;
        foreach (var (name, value) in shipment.Content.Attributes ?? new Dictionary<string, Client.AttributeValue>())
            (attributes ??= new(StringComparer.Ordinal))[FeatureRow.AttributePrefix + name] = FeatureValue.OfAttribute(value);
        if (shipment.LastScan?.Details is { } details && details.Contains("\"attributes\"", StringComparison.Ordinal))
            ReadScan(details, attributes ??= new(StringComparer.Ordinal));
        return attributes;
    }

    private static void ReadScan(string details, Dictionary<string, FeatureValue> attributes)
    {
        using var json = JsonDocument.Parse(details);
        if (!json.RootElement.TryGetProperty("attributes", out var members) || members.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in members.EnumerateObject())
        {
            attributes[FeatureRow.ScanPrefix + member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.Number => FeatureValue.Of(member.Value.GetDouble()),
                JsonValueKind.True => FeatureValue.Of(1d),
                JsonValueKind.False => FeatureValue.Of(0d),
                JsonValueKind.String => FeatureValue.Of(member.Value.GetString()),
                _ => FeatureValue.Missing,
            };
        }
    }
}
