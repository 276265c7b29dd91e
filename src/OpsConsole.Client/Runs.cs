using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>Starts a training run.</summary>
public sealed record TrainRequest
{
    /// <summary><c>lightgbm</c> or <c>logistic</c>.</summary>
    public string? Trainer { get; init; }

    /// <summary>On <c>bookedAt</c>, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>On <c>bookedAt</c>, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Bounds what is known; left out: now.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Rows at this lead; left out, and no decision point: at every moment of the grid.</summary>
    public int? DecisionLeadMinutes { get; init; }

    /// <summary>Rows when the first event of this type was known.</summary>
    public EventType? DecisionPoint { get; init; }

    /// <summary>Attributes become features; left out: true.</summary>
    public bool? IncludeAttributes { get; init; }

    /// <summary><c>exclude|only|include</c>.</summary>
    public string? Simulated { get; init; }

    /// <summary>Seed; left out: 1.</summary>
    public int? Seed { get; init; }

    /// <summary>A name for the version.</summary>
    public string? Name { get; init; }
}

/// <summary>State of a run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunState>))]
public enum RunState
{
    /// <summary>Waits.</summary>
    [JsonStringEnumMemberName("queued")] Queued,

    /// <summary>Runs.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Done.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded,

    /// <summary>Failed; <c>error</c> says why.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>Cancelled.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>A run.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="State">Its state.</param>
/// <param name="Progress">0 to 1.</param>
/// <param name="ModelVersion">The version it made.</param>
/// <param name="Metrics">Its result.</param>
/// <param name="Error">Why it failed.</param>
public sealed record RunAnswer(string RunId, RunState State, double Progress, string? ModelVersion, JsonElement? Metrics, string? Error);

/// <summary>Evaluates a version on past shipments, by the counted promise.</summary>
public sealed record BacktestRequest
{
    /// <summary>Inclusive; left out: from the first.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive; left out: to the last.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary><c>exclude|only|include</c>.</summary>
    public string? Simulated { get; init; }
}
