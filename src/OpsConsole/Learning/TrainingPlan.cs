using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Learning;

/// <summary>What a training run does, everything left open having been decided: the same plan on the same facts makes the same file.</summary>
public sealed record TrainingPlan
{
    /// <summary>The trainers there are.</summary>
    public static IReadOnlyList<string> Trainers { get; } = [LightGbm, Logistic];

    /// <summary>Boosted trees.</summary>
    public const string LightGbm = "lightgbm";

    /// <summary>Linear, to read by eye.</summary>
    public const string Logistic = "logistic";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary><see cref="LightGbm"/> or <see cref="Logistic"/>.</summary>
    public required string Trainer { get; init; }

    /// <summary>On <c>bookedAt</c>, inclusive; null: from the first.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>On <c>bookedAt</c>, exclusive; null: to the last.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Bounds what is known, labels too.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Rows at this lead before the promise; null, and no <see cref="DecisionPoint"/>: at every moment of the lead grid.</summary>
    public int? DecisionLeadMinutes { get; init; }

    /// <summary>Rows when the first event of this type was known.</summary>
    public EventType? DecisionPoint { get; init; }

    /// <summary>Couriers' attributes become features.</summary>
    public bool IncludeAttributes { get; init; } = true;

    /// <summary>Whether simulated shipments count.</summary>
    public SimulatedFilter Simulated { get; init; }

    /// <summary>Seed of everything that is drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The name of the version.</summary>
    public required string Name { get; init; }

    /// <summary>When rows are taken, in words.</summary>
    [JsonIgnore]
    public string Decision => (DecisionPoint, DecisionLeadMinutes) switch
    {
        ({ } point, _) => $"when {JsonNamingPolicy.CamelCase.ConvertName(point.ToString())} was first known",
        (_, { } lead) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{lead} minutes before the promise"),
        _ => "at every moment of the lead grid",
    };

    /// <summary>As JSON.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>From JSON.</summary>
    public static TrainingPlan Read(string json) =>
        JsonSerializer.Deserialize<TrainingPlan>(json, Json) ?? throw new InvalidDataException("A run without a plan.");
}
