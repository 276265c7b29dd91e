namespace OpsConsole.Measurement;

/// <summary>What figures can be split by; the numbers are stored.</summary>
public enum Dimension
{
    /// <summary>Not split.</summary>
    None = 0,

    /// <summary>Area of origin.</summary>
    OriginArea = 1,

    /// <summary>Area of destination.</summary>
    DestinationArea = 2,

    /// <summary>Urban, suburban, rural.</summary>
    AreaType = 3,

    /// <summary>1 (most deprived) to 10.</summary>
    DeprivationBand = 4,

    /// <summary>Service.</summary>
    Service = 5,

    /// <summary>Carrier.</summary>
    Carrier = 6,

    /// <summary>Hour of the counted promise in the operation's zone.</summary>
    PromiseHour = 7,

    /// <summary>Weather at the destination before the promise.</summary>
    WeatherBand = 8,

    /// <summary>The version that made the score at the lead.</summary>
    ModelVersion = 9,
}

/// <summary>The dimensions by their contract names.</summary>
public static class Dimensions
{
    /// <summary>What stands for a missing value.</summary>
    public const string Unknown = "unknown";

    /// <summary>Names, in the contract's order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["originArea", "destinationArea", "areaType", "deprivationBand", "service", "carrier", "promiseHour", "weatherBand", "modelVersion"];

    /// <summary>Those that a tally carries a value of; the model version goes by lead.</summary>
    internal static IReadOnlyList<Dimension> OfTally { get; } = [.. Enum.GetValues<Dimension>().Where(d => d is not (Dimension.None or Dimension.ModelVersion))];

    /// <summary>The dimension of a name; none for null.</summary>
    public static Dimension Of(string? name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
                return (Dimension)(i + 1);
        }
        return Dimension.None;
    }
}
