using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Triage;

/// <summary>Reads the body of a judgement member by member, so that everything that is wrong is told at once and by name.</summary>
internal static class JudgementBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>What the body says; or what is wrong, by field.</summary>
    /// <exception cref="JsonException">It is not JSON, or no object.</exception>
    internal static async Task<(JudgementRequest Request, IReadOnlyDictionary<string, string[]> Errors)> ReadAsync(Stream body, CancellationToken cancellation)
    {
        using var document = await JsonDocument.ParseAsync(body, Strict, cancellation);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("A judgement is an object.");
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var root = document.RootElement;
        return (new JudgementRequest
        {
            Late = Flag(root, "late", errors),
            Reason = Text(root, "reason", errors),
            Action = Word<JudgementAction>(root, "action", JudgementRules.ActionsAllowed, errors),
            Note = Text(root, "note", errors),
            PredictionId = Text(root, "predictionId", errors),
            Judge = Text(root, "judge", errors),
            Verdict = Word<Verdict>(root, "verdict", "is no verdict; allowed are confirmed, corrected", errors),
        }, errors);
    }

    private static bool? Flag(JsonElement root, string name, Dictionary<string, string[]> errors)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        errors[name] = ["must be true or false"];
        return null;
    }

    private static string? Text(JsonElement root, string name, Dictionary<string, string[]> errors)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        try
        {
            if (value.ValueKind == JsonValueKind.String)
                return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: JSON, but no text.
        }
        errors[name] = ["must be a text"];
        return null;
    }

    private static T? Word<T>(JsonElement root, string name, string allowed, Dictionary<string, string[]> errors)
        where T : struct, Enum
    {
        if (Text(root, name, errors) is not { } text)
            return null;
        foreach (var value in Enum.GetValues<T>())
        {
            if (JsonNamingPolicy.CamelCase.ConvertName(value.ToString()) == text)
                return value;
        }
        errors[name] = [allowed];
        return null;
    }
}
