using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Client;

namespace OpsConsole.Intake;

/// <summary>What an event says beside its columns (<see cref="TrackingEvent.Details"/>).</summary>
public sealed record EventDetails
{
    private static readonly EventDetails Nothing = new();
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Area of the scan.</summary>
    public string? AreaCode { get; init; }

    /// <summary>Degrees.</summary>
    public double? Latitude { get; init; }

    /// <summary>Degrees.</summary>
    public double? Longitude { get; init; }

    /// <summary>Route.</summary>
    public string? Route { get; init; }

    /// <summary>Vehicle.</summary>
    public string? Vehicle { get; init; }

    /// <summary>Further facts.</summary>
    public IReadOnlyDictionary<string, AttributeValue>? Attributes { get; init; }

    /// <summary>The details of a stored event; all null when it has none.</summary>
    public static EventDetails Of(TrackingEvent e) => e.Details is null ? Nothing : JsonSerializer.Deserialize<EventDetails>(e.Details, Json)!;

    /// <summary>The column; null when there is nothing to say.</summary>
    internal static string? Write(NewEvent e)
    {
        if (e is { AreaCode: null, Latitude: null, Longitude: null, Route: null, Vehicle: null, Attributes: null })
            return null;
        return JsonSerializer.Serialize(
            new EventDetails { AreaCode = e.AreaCode, Latitude = e.Latitude, Longitude = e.Longitude, Route = e.Route, Vehicle = e.Vehicle, Attributes = e.Attributes },
            Json);
    }
}
