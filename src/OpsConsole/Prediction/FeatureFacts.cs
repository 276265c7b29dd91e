using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Prediction;

/// <summary>What several features are made of, gathered once a shipment.</summary>
internal sealed class FeatureFacts
{
    internal FeatureFacts(ShipmentAsOf shipment, ConditionsAsOf destination, ConditionsAsOf origin, TimeZoneInfo zone)
    {
        (Shipment, Destination, Origin) = (shipment, destination, origin);
        (Stage, StageSince) = Stages.Of(shipment);
        Local = TimeZoneInfo.ConvertTime(shipment.Moment, zone);
        LocalPromise = TimeZoneInfo.ConvertTime(shipment.PromisedBy, zone);
        DistanceKm = shipment.Content.DistanceKm ?? GreatCircle.Km(shipment.Content.Origin, shipment.Content.Destination);
        HashSet<string>? facilities = null;
        foreach (var e in shipment.Events)
        {
            if (e.Facility is { } facility)
                (facilities ??= new(StringComparer.Ordinal)).Add(facility);
            if (e.Reason is not null && e.Type != EventType.PromiseChanged)
                LastReason = e.Reason;
            if (e.Type != EventType.PromiseChanged)
                Scans++;
        }
        Facilities = facilities?.Count ?? 0;
    }

    internal ShipmentAsOf Shipment { get; }

    internal NewShipment Content => Shipment.Content;

    internal ConditionsAsOf Destination { get; }

    internal ConditionsAsOf Origin { get; }

    internal Stage Stage { get; }

    internal DateTimeOffset StageSince { get; }

    internal DateTimeOffset Local { get; }

    internal DateTimeOffset LocalPromise { get; }

    internal double? DistanceKm { get; }

    internal int Facilities { get; }

    internal int Scans { get; }

    internal string? LastReason { get; }

    /// <summary>Hours from a time to the moment; missing when the time is.</summary>
    internal double? HoursSince(DateTimeOffset? time) => (Shipment.Moment - time)?.TotalHours;

    /// <summary>Hours from the moment to a time; missing when the time is.</summary>
    internal double? HoursTo(DateTimeOffset? time) => (time - Shipment.Moment)?.TotalHours;

    /// <summary>Share of the time from booking to promise that has passed.</summary>
    internal double? WindowShare()
    {
        var window = (Shipment.PromisedBy - Content.BookedAt).TotalHours;
        return window > 0 ? HoursSince(Content.BookedAt) / window : null;
    }

    /// <summary>Kilometres for each hour left; an hour at least, since a promise that is all but due would make it grow without bound.</summary>
    internal double? KmPerHourLeft() => DistanceKm / Math.Max(1, HoursTo(Shipment.PromisedBy)!.Value);
}

/// <summary>Distance as the crow flies.</summary>
internal static class GreatCircle
{
    private const double EarthRadiusKm = 6371.0088;

    /// <summary>Kilometres between two areas; null when either has no place.</summary>
    internal static double? Km(Area from, Area to)
    {
        if (from.Latitude is not { } lat1 || from.Longitude is not { } lon1 || to.Latitude is not { } lat2 || to.Longitude is not { } lon2)
            return null;
        var (a, b) = (double.DegreesToRadians(lat1), double.DegreesToRadians(lat2));
        var haversine = Square(Math.Sin((b - a) / 2)) + (Math.Cos(a) * Math.Cos(b) * Square(Math.Sin(double.DegreesToRadians(lon2 - lon1) / 2)));
        return 2 * EarthRadiusKm * Math.Asin(Math.Min(1, Math.Sqrt(haversine)));
    }

    private static double Square(double x) => x * x;
}
