using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>Consent for all channels (<c>true</c> or <c>false</c> in JSON), or for each (an object by channel). One of the two is set.</summary>
[JsonConverter(typeof(ConsentConverter))]
public sealed record Consent
{
    /// <summary>For all channels.</summary>
    public bool? All { get; init; }

    /// <summary>By channel (<c>email</c>, <c>sms</c>, <c>app</c>).</summary>
    public IReadOnlyDictionary<string, ChannelConsent>? Channels { get; init; }
}

/// <summary>Consent of one channel.</summary>
/// <param name="Given">Given or refused.</param>
/// <param name="At">When.</param>
/// <param name="Source">Where it was given.</param>
public sealed record ChannelConsent(bool Given, DateTimeOffset? At = null, string? Source = null);

internal sealed class ConsentConverter : JsonConverter<Consent>
{
    public override Consent? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => new Consent { All = true },
        JsonTokenType.False => new Consent { All = false },
        JsonTokenType.StartObject => new Consent { Channels = JsonSerializer.Deserialize(ref reader, ContractJson.Requests.DictionaryStringChannelConsent) },
        _ => throw new JsonException("Consent is true, false, or an object by channel."),
    };

    public override void Write(Utf8JsonWriter writer, Consent value, JsonSerializerOptions options)
    {
        if (value.All is { } all)
            writer.WriteBooleanValue(all);
        else
            JsonSerializer.Serialize(writer, new Dictionary<string, ChannelConsent>(value.Channels ?? new Dictionary<string, ChannelConsent>()), ContractJson.Requests.DictionaryStringChannelConsent);
    }
}
