using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>What was wrong with a call (RFC 9457).</summary>
public sealed record ProblemAnswer
{
    /// <summary>The kind of problem: an address, or a word such as <c>notComputed</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The kind of problem in words.</summary>
    public string? Title { get; init; }

    /// <summary>HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>What was wrong this time.</summary>
    public string? Detail { get; init; }

    /// <summary>To be named when asking the operator.</summary>
    public string? TraceId { get; init; }

    /// <summary>For each field what is wrong and what is allowed.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>Whatever else the answer says.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? More { get; set; }
}
