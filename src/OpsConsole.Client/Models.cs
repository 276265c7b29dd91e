using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>State of a model version.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelState>))]
public enum ModelState
{
    /// <summary>Trained.</summary>
    [JsonStringEnumMemberName("candidate")] Candidate,

    /// <summary>Scores along, unseen.</summary>
    [JsonStringEnumMemberName("shadow")] Shadow,

    /// <summary>Serves.</summary>
    [JsonStringEnumMemberName("champion")] Champion,

    /// <summary>Served once, or never will.</summary>
    [JsonStringEnumMemberName("retired")] Retired,
}

/// <summary>A model version.</summary>
/// <param name="Version">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="Trainer">What made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="DataHash">SHA-256 of its training rows.</param>
/// <param name="Threshold">The threshold it flags at.</param>
/// <param name="Metrics">Its figures on the hold-out.</param>
/// <param name="Gates">What it must meet before it serves.</param>
public sealed record ModelVersionAnswer(
    string Version, ModelState State, string Trainer, DateTimeOffset CreatedAt, string? DataHash, double Threshold, JsonElement Metrics,
    IReadOnlyList<GateAnswer>? Gates = null);

/// <summary>A condition that a version must meet before it serves.</summary>
/// <param name="Name"><c>file</c>, <c>parity</c>, <c>ranking</c>, <c>calibration</c>, <c>comparison</c>, <c>actedOn</c>.</param>
/// <param name="Passed">Whether it does; also where it doesn't apply.</param>
/// <param name="Figure">The figure it turns on, in words.</param>
/// <param name="Line">What is needed, in words; null where it doesn't apply.</param>
public sealed record GateAnswer(string Name, bool Passed, string Figure, string? Line);

/// <summary>Promotes or retires a version.</summary>
public sealed record ChangeModelRequest
{
    /// <summary>Why. With scope <c>admin</c> a version is promoted past gates that failed.</summary>
    public string? Reason { get; init; }
}

/// <summary>The model versions, newest first.</summary>
/// <param name="Items">The versions.</param>
/// <param name="Cursor">Where to go on; null at the end.</param>
public sealed record ModelPage(IReadOnlyList<ModelVersionAnswer> Items, string? Cursor = null);
