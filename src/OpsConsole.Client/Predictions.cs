using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>Asks for scores now or as of a past time; stores nothing.</summary>
public sealed record PredictionsRequest
{
    /// <summary>1 to 10,000 items.</summary>
    public required IReadOnlyList<PredictionItem> Items { get; init; }

    /// <summary><c>champion</c>, or a version.</summary>
    public string? Model { get; init; }

    /// <summary>With baseline and contributions.</summary>
    public bool Explain { get; init; }
}

/// <summary>A registered shipment, or one sent along.</summary>
public sealed record PredictionItem
{
    /// <summary>A registered shipment.</summary>
    public string? ShipmentId { get; init; }

    /// <summary>Or the shipment itself.</summary>
    public NewShipment? Shipment { get; init; }

    /// <summary>With its events.</summary>
    public IReadOnlyList<NewEvent>? Events { get; init; }

    /// <summary>The moment; left out: now.</summary>
    public DateTimeOffset? AsOf { get; init; }
}

/// <summary>The scores, in the order asked.</summary>
public sealed record PredictionsAnswer
{
    /// <summary>The version that made them.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>Its threshold.</summary>
    public required double Threshold { get; init; }

    /// <summary>One an item.</summary>
    public required IReadOnlyList<ItemPrediction> Predictions { get; init; }
}

/// <summary>One score, or <see cref="Error"/> and why there is none. What an answer hasn't is left out of it.</summary>
public sealed record ItemPrediction
{
    /// <summary>The shipment.</summary>
    public string? ShipmentId { get; init; }

    /// <summary>The moment.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Calibrated probability of being late if nobody acts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Score { get; init; }

    /// <summary>Score ≥ threshold.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Late { get; init; }

    /// <summary>Conditional median of delivered − promised, minutes, signed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ExpectedDelayMinutes { get; init; }

    /// <summary>80 % interval of the minutes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? DelayInterval { get; init; }

    /// <summary>Raw sum in log-odds, before calibration.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RawLogOdds { get; init; }

    /// <summary>The raw sum of a shipment of which nothing is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Baseline { get; init; }

    /// <summary>Baseline plus these equals the raw sum.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Contribution>? Contributions { get; init; }

    /// <summary><c>exact</c> or <c>sampled</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Explanation { get; init; }

    /// <summary>Why the item can't be scored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }
}

/// <summary>What one feature adds to the raw sum.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Value">Its value; null where missing.</param>
/// <param name="Amount">Log-odds, signed; <c>contribution</c> in JSON.</param>
public sealed record Contribution(
    string Feature,
    AttributeValue? Value,
    [property: JsonPropertyName("contribution")] double Amount);
