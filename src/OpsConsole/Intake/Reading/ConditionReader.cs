using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Intake.Reading;

/// <summary>Reads the conditions of one area at one moment.</summary>
internal static class ConditionReader
{
    private const int AreaCode = 0, ObservedAt = 1, RecordedAt = 2, PrecipitationMm = 3, SnowCm = 4, WindKph = 5, TemperatureC = 6, TrafficIndex = 7, Incidents = 8;

    private static readonly FieldNames Names = new(
        "areaCode", "observedAt", "recordedAt", "precipitationMm", "snowCm", "windKph", "temperatureC", "trafficIndex", "incidents");

    /// <summary>The condition, the reader standing on its start; null when it is refused.</summary>
    internal static NewCondition? Read(ref Utf8JsonReader json, ItemReader reader)
    {
        string? areaCode = null;
        DateTimeOffset? observedAt = null, recordedAt = null;
        double? precipitation = null, snow = null, wind = null, temperature = null, traffic = null;
        int? incidents = null;
        var members = new Members(Names);
        while (reader.Next(ref json, ref members))
        {
            switch (members.At)
            {
                case AreaCode: reader.Id = areaCode = reader.Text(ref json, members, 32, required: true); break;
                case ObservedAt: observedAt = reader.TimeAhead(ref json, members); break;
                case RecordedAt: recordedAt = reader.PastTime(ref json, members); break;
                case PrecipitationMm: precipitation = reader.Number(ref json, members, 0, 500); break;
                case SnowCm: snow = reader.Number(ref json, members, 0, 2_000); break;
                case WindKph: wind = reader.Number(ref json, members, 0, 500); break;
                case TemperatureC: temperature = reader.Number(ref json, members, -90, 65); break;
                case TrafficIndex: traffic = reader.Number(ref json, members, 0.1, 50); break;
                case Incidents: incidents = reader.WholeNumber(ref json, members, 0, 100_000); break;
            }
        }
        reader.Require(members, AreaCode, ItemReader.TextAllowed(32));
        reader.Require(members, ObservedAt, ItemReader.TimeAllowed);
        if (reader.HasErrors)
            return null;
        return new NewCondition
        {
            AreaCode = areaCode!,
            ObservedAt = observedAt!.Value,
            RecordedAt = recordedAt,
            PrecipitationMm = precipitation,
            SnowCm = snow,
            WindKph = wind,
            TemperatureC = temperature,
            TrafficIndex = traffic,
            Incidents = incidents,
        };
    }
}
