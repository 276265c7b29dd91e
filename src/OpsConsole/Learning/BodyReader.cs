using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Operations;

namespace OpsConsole.Learning;

/// <summary>Reads the body of a call strictly, and gathers what is wrong with it by field.</summary>
internal abstract class BodyReader<TRequest>
    where TRequest : new()
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    /// <summary>What is wrong, by field.</summary>
    internal IReadOnlyDictionary<string, string[]> Errors => _errors;

    /// <summary>The fields there are.</summary>
    protected abstract IReadOnlyList<string> Fields { get; }

    /// <summary>No body at all stands for an empty object.</summary>
    protected virtual bool MayBeLeftOut => false;

    /// <summary>Reads the body.</summary>
    /// <exception cref="JsonException">It is not a JSON object.</exception>
    internal TRequest Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty && MayBeLeftOut)
            return new TRequest();
        using var json = JsonDocument.Parse(body, Strict);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("The body is no object.");
        var request = new TRequest();
        foreach (var member in json.RootElement.EnumerateObject())
        {
            if (!Fields.Contains(member.Name))
                Unknown(member.Name);
            else if (member.Value.ValueKind != JsonValueKind.Null)
                request = Take(request, member.Name, member.Value);
        }
        return request;
    }

    /// <summary>The request with a known field that has a value.</summary>
    protected abstract TRequest Take(TRequest request, string name, JsonElement value);

    // What stood there is not repeated at any length.
    private void Unknown(string name) => Refuse(name.Length > 64 ? name[..64] : name, $"is not known; allowed are {string.Join(", ", Fields)}");

    protected string? Text(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        Refuse(name, "is not a text");
        return null;
    }

    protected DateTimeOffset? Time(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && TimeText.TryParse(value.GetString()!, out var time))
            return time;
        Refuse(name, "is not a time; allowed is RFC 3339 with an offset, such as 2026-03-01T00:00:00Z");
        return null;
    }

    protected int? Whole(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number))
            return number;
        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"is not a whole number up to {int.MaxValue}"));
        return null;
    }

    protected bool? Flag(string name, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Refuse(name, "is neither true nor false");
        return null;
    }

    protected EventType? Point(string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            foreach (var type in Enum.GetValues<EventType>())
            {
                if (JsonNamingPolicy.CamelCase.ConvertName(type.ToString()) == value.GetString() && !Ends(type))
                    return type;
            }
        }
        var allowed = Enum.GetValues<EventType>().Where(t => !Ends(t)).Select(t => JsonNamingPolicy.CamelCase.ConvertName(t.ToString()));
        Refuse(name, $"is none of {string.Join(", ", allowed)}");
        return null;
    }

    // Nothing is left to decide once a shipment has ended.
    private static bool Ends(EventType type) => type is EventType.Delivered or EventType.Returned or EventType.Cancelled;

    protected void Refuse(string name, string what) => _errors[name] = [what];
}
