using System.Globalization;
using OpsConsole.Client;

namespace OpsConsole.Prediction;

/// <summary>Number or category.</summary>
public enum FeatureKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>A text out of several.</summary>
    Category,
}

/// <summary>One raw value as it enters a model: a number, a text, or neither, which is missing.</summary>
/// <param name="Number">The number.</param>
/// <param name="Text">The text.</param>
public readonly record struct FeatureValue(double? Number, string? Text)
{
    /// <summary>Nothing is known.</summary>
    public static FeatureValue Missing => default;

    /// <summary>Whether nothing is known.</summary>
    public bool IsMissing => Number is null && Text is null;

    /// <summary>A number; missing when it isn't finite, so that a model never sees one that isn't.</summary>
    public static FeatureValue Of(double? number) => number is { } value && double.IsFinite(value) ? new(value, null) : default;

    /// <summary>A text; missing when it is empty.</summary>
    public static FeatureValue Of(string? text) => string.IsNullOrEmpty(text) ? default : new(null, text);

    /// <summary>A courier's attribute: numbers as such, a boolean as 0 or 1.</summary>
    public static FeatureValue OfAttribute(AttributeValue attribute) =>
        attribute.Flag is { } flag ? new(flag ? 1 : 0, null) : attribute.Number is { } number ? Of(number) : Of(attribute.Text);

    /// <summary>The value as the contract shows it; null where missing.</summary>
    public AttributeValue? AsAttribute() =>
        Number is { } number ? (AttributeValue)number : Text is { } text ? (AttributeValue)text : (AttributeValue?)null;

    /// <summary>The value as text, numbers in the invariant culture; empty where missing.</summary>
    public override string ToString() => Text ?? Number?.ToString(CultureInfo.InvariantCulture) ?? "";
}

/// <summary>One feature that every shipment has.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Number or category.</param>
/// <param name="Description">What it is, with its unit, for data dictionaries.</param>
public sealed record FeatureDefinition(string Name, FeatureKind Kind, string Description);
