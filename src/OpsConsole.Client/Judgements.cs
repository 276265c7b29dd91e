using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>What was done about a shipment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JudgementAction>))]
public enum JudgementAction
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("none")] None,

    /// <summary>The customer was told.</summary>
    [JsonStringEnumMemberName("customerContacted")] CustomerContacted,

    /// <summary>It was rerouted.</summary>
    [JsonStringEnumMemberName("rerouted")] Rerouted,

    /// <summary>It was given priority.</summary>
    [JsonStringEnumMemberName("reprioritised")] Reprioritised,

    /// <summary>The promise was moved.</summary>
    [JsonStringEnumMemberName("promiseChanged")] PromiseChanged,

    /// <summary>Something else.</summary>
    [JsonStringEnumMemberName("other")] Other,
}

/// <summary>What a judgement says of the prediction that was seen.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>The same as the prediction.</summary>
    [JsonStringEnumMemberName("confirmed")] Confirmed,

    /// <summary>The opposite.</summary>
    [JsonStringEnumMemberName("corrected")] Corrected,
}

/// <summary>A judgement to store.</summary>
public sealed record JudgementRequest
{
    /// <summary>Late if nobody acts, or will make it.</summary>
    public bool? Late { get; init; }

    /// <summary>Reason code.</summary>
    public string? Reason { get; init; }

    /// <summary>The action taken; left out: none.</summary>
    public JudgementAction? Action { get; init; }

    /// <summary>Free text, to 2,000 characters.</summary>
    public string? Note { get; init; }

    /// <summary>The prediction that was seen; null: none.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Who judges; only with a key.</summary>
    public string? Judge { get; init; }

    /// <summary>Derived; if sent along it must agree.</summary>
    public Verdict? Verdict { get; init; }
}

/// <summary>What was stored.</summary>
/// <param name="JudgementId">Its id.</param>
/// <param name="Verdict">Confirmed or corrected; null when nothing was seen.</param>
/// <param name="Hindsight">Given after the shipment had finished: never a label.</param>
public sealed record JudgementReceipt(string JudgementId, Verdict? Verdict, bool Hindsight);

/// <summary>A judgement as it is shown.</summary>
public sealed record JudgementAnswer
{
    /// <summary>Its id.</summary>
    public required string JudgementId { get; init; }

    /// <summary>Who judged.</summary>
    public required string Judge { get; init; }

    /// <summary>Late if nobody acts, or will make it.</summary>
    public required bool Late { get; init; }

    /// <summary>Confirmed or corrected.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Reason code.</summary>
    public string? Reason { get; init; }

    /// <summary>The action taken.</summary>
    public required JudgementAction Action { get; init; }

    /// <summary>Free text.</summary>
    public string? Note { get; init; }

    /// <summary>The prediction that was seen.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Time received.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Given after the shipment had finished.</summary>
    public required bool Hindsight { get; init; }

    /// <summary>When it was taken back.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Neither taken back nor superseded by a newer one of the same judge.</summary>
    public required bool Standing { get; init; }
}
