using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>What a backtest does, everything left open having been decided.</summary>
public sealed record BacktestPlan
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The version that is asked.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>On the counted promise, inclusive; null: from the first.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>On the counted promise, exclusive; null: to the last.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Whether simulated shipments are evaluated.</summary>
    public SimulatedFilter Simulated { get; init; }

    /// <summary>What the version was trained on; null for a model that is code.</summary>
    public TrainingWindow? Trained { get; init; }

    /// <summary>The version decides when the first event of this type is known; null: over the lead grid.</summary>
    public EventType? DecisionPoint { get; init; }

    /// <summary>Whether a counted promise lies in the range.</summary>
    internal bool Holds(DateTimeOffset promise) => !(promise < From) && !(promise >= To);

    internal bool Counts(bool simulated) => Simulated == SimulatedFilter.Include || simulated == (Simulated == SimulatedFilter.Only);

    /// <summary>As JSON.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>From JSON.</summary>
    public static BacktestPlan Read(string json) =>
        JsonSerializer.Deserialize<BacktestPlan>(json, Json) ?? throw new InvalidDataException("A backtest without a plan.");
}

/// <summary>The training window of a version, on <c>bookedAt</c>.</summary>
/// <param name="From">Inclusive; null: from the first.</param>
/// <param name="To">Exclusive: where training left it open, the moment up to which things were known to it.</param>
public sealed record TrainingWindow(DateTimeOffset? From, DateTimeOffset To)
{
    /// <summary>Whether a shipment booked then is of the window.</summary>
    internal bool Holds(DateTimeOffset booked) => !(booked < From) && booked < To;
}
