using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>A finite number, a text to 200 characters, or a boolean; made by implicit conversion from any of the three.</summary>
[JsonConverter(typeof(AttributeValueConverter))]
public readonly record struct AttributeValue
{
    private AttributeValue(double? number, string? text, bool? flag) => (Number, Text, Flag) = (number, text, flag);

    /// <summary>The number, if it is one.</summary>
    public double? Number { get; }

    /// <summary>The text, if it is one.</summary>
    public string? Text { get; }

    /// <summary>The boolean, if it is one.</summary>
    public bool? Flag { get; }

    /// <summary>A number.</summary>
    public static implicit operator AttributeValue(double number) => FromDouble(number);

    /// <summary>A text.</summary>
    public static implicit operator AttributeValue(string text) => FromString(text);

    /// <summary>A boolean.</summary>
    public static implicit operator AttributeValue(bool flag) => FromBoolean(flag);

    /// <summary>A number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public static AttributeValue FromDouble(double number) =>
        double.IsFinite(number) ? new(number, null, null) : throw new ArgumentOutOfRangeException(nameof(number), number, "An attribute's number is finite.");

    /// <summary>A text.</summary>
    public static AttributeValue FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(null, text, null);
    }

    /// <summary>A boolean.</summary>
    public static AttributeValue FromBoolean(bool flag) => new(null, null, flag);

    /// <summary>The value as text, numbers in the invariant culture.</summary>
    public override string ToString() => Text ?? Number?.ToString(CultureInfo.InvariantCulture) ?? (Flag == true ? "true" : "false");
}

internal sealed class AttributeValueConverter : JsonConverter<AttributeValue>
{
    public override AttributeValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number => Finite(reader.GetDouble()),
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new JsonException("An attribute is a number, a text or a boolean."),
    };

    public override void Write(Utf8JsonWriter writer, AttributeValue value, JsonSerializerOptions options)
    {
        if (value.Number is { } number)
            writer.WriteNumberValue(number);
        else if (value.Text is { } text)
            writer.WriteStringValue(text);
        else
            writer.WriteBooleanValue(value.Flag == true);
    }

    private static double Finite(double number) => double.IsFinite(number) ? number : throw new JsonException("An attribute's number is finite.");
}
