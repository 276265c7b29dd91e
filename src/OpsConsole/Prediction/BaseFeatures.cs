using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Prediction;

/// <summary>The features that every shipment has: name, meaning and how each is read, in one table.</summary>
internal static class BaseFeatures
{
    internal sealed record Feature(FeatureDefinition Definition, Func<FeatureFacts, FeatureValue> Read);

    internal static Feature[] All { get; } = [.. Times(), .. Progress(), .. Freight(), .. Calendar(), .. Places(), .. Conditions()];

    private static Feature[] Times() =>
    [
        Number("hoursLeft", "Hours to the newest promise; negative once it has passed", f => f.HoursTo(f.Shipment.PromisedBy)),
        Number("hoursLeftCounted", "Hours to the promise that figures are counted by", f => f.HoursTo(f.Shipment.PromiseCounted)),
        Number("windowHours", "Hours from booking to the newest promise", f => (f.Shipment.PromisedBy - f.Content.BookedAt).TotalHours),
        Number("windowShare", "Share of the time from booking to promise that has passed", f => f.WindowShare()),
        Number("hoursSinceBooked", "Hours since booking", f => f.HoursSince(f.Content.BookedAt)),
        Number("hoursSinceAccepted", "Hours since it was accepted", f => f.HoursSince(f.Shipment.First(EventType.Accepted)?.OccurredAt)),
        Number("hoursSinceCollected", "Hours since it was handed over", f => f.HoursSince(f.Shipment.First(EventType.Collected)?.OccurredAt)),
        Number("hoursSinceLastScan", "Hours since the newest scan", f => f.HoursSince(f.Shipment.LastScan?.OccurredAt)),
        Number("promiseMovedHours", "Hours by which the newest promise is later than the first", f => (f.Shipment.PromisedBy - f.Shipment.PromisedFirst).TotalHours),
        Number("hoursToWindow", "Hours to the start of the promised window", f => f.HoursTo(f.Content.PromisedFrom)),
        Number("promisedWindowHours", "Length of the promised window in hours", f => (f.Content.PromisedBy - f.Content.PromisedFrom)?.TotalHours),
        Number("estimateMinusPromiseHours", "The carrier's own estimate less the newest promise, hours", f => (f.Shipment.CarrierEstimate - f.Shipment.PromisedBy)?.TotalHours),
        Number("hoursToEstimate", "Hours to the carrier's own estimate", f => f.HoursTo(f.Shipment.CarrierEstimate)),
    ];

    private static Feature[] Progress() =>
    [
        Number("stage", "How far it has come: 0 booked, 1 accepted, 2 collected, 3 at facilities, 4 out for delivery", f => (int)f.Stage),
        Number("hoursInStage", "Hours since it reached its stage", f => f.HoursSince(f.StageSince)),
        Number("scans", "Number of scans", f => f.Scans),
        Number("arrivals", "Number of arrivals at facilities", f => f.Shipment.Count(EventType.ArrivedAtFacility)),
        Number("departures", "Number of departures from facilities", f => f.Shipment.Count(EventType.DepartedFacility)),
        Number("outForDelivery", "Number of times it went out for delivery", f => f.Shipment.Count(EventType.OutForDelivery)),
        Number("attempts", "Number of delivery attempts in vain", f => f.Shipment.Count(EventType.DeliveryAttempted)),
        Number("exceptions", "Number of exceptions", f => f.Shipment.Count(EventType.Exception)),
        Number("promiseMoves", "Number of times the promise was moved by an event", f => f.Shipment.Count(EventType.PromiseChanged)),
        Number("facilities", "Number of different facilities it was seen at", f => f.Facilities),
        Category("lastEvent", "Type of the newest scan", f => f.Shipment.LastScan?.Type.ToString()),
        Category("lastFacility", "Facility of the newest scan", f => f.Shipment.LastScan?.Facility),
        Category("lastReason", "Reason given last", f => f.LastReason),
    ];

    private static Feature[] Freight() =>
    [
        Number("distanceKm", "Distance in km, as told, else as the crow flies", f => f.DistanceKm),
        Number("kmPerHourLeft", "Distance for each hour left", f => f.KmPerHourLeft()),
        Number("weightKg", "Weight in kg", f => f.Content.WeightKg),
        Number("volumeDm3", "Volume in litres", f => f.Content.VolumeDm3),
        Number("pieces", "Number of pieces", f => f.Content.Pieces),
        Number("declaredValue", "Declared value", f => f.Content.DeclaredValue),
        Number("priority", "Priority", f => f.Content.Priority),
        Number("stop", "Position on the route", f => f.Content.Stop),
        Category("service", "Service", f => f.Content.Service),
        Category("carrier", "Carrier", f => f.Content.Carrier),
        Category("route", "Route", f => f.Content.Route),
    ];

    private static Feature[] Calendar() =>
    [
        Number("hourOfDay", "Hour of the day in the operation's zone", f => f.Local.TimeOfDay.TotalHours),
        Number("weekday", "Weekday in the operation's zone, 0 is Monday", f => Weekday(f.Local)),
        Number("promiseHour", "Hour of the day of the newest promise in the operation's zone", f => f.LocalPromise.TimeOfDay.TotalHours),
        Number("promiseWeekday", "Weekday of the newest promise in the operation's zone, 0 is Monday", f => Weekday(f.LocalPromise)),
    ];

    private static Feature[] Places() =>
    [
        Category("originArea", "Area of origin", f => f.Content.Origin.AreaCode),
        Category("destinationArea", "Area of destination", f => f.Content.Destination.AreaCode),
        Category("areaPair", "Area of origin and area of destination", f => $"{f.Content.Origin.AreaCode}>{f.Content.Destination.AreaCode}"),
        Category("originAreaType", "Kind of area of origin", f => f.Content.Origin.AreaType?.ToString()),
        Category("destinationAreaType", "Kind of area of destination", f => f.Content.Destination.AreaType?.ToString()),
        Number("originLatitude", "Latitude of the origin", f => f.Content.Origin.Latitude),
        Number("originLongitude", "Longitude of the origin", f => f.Content.Origin.Longitude),
        Number("destinationLatitude", "Latitude of the destination", f => f.Content.Destination.Latitude),
        Number("destinationLongitude", "Longitude of the destination", f => f.Content.Destination.Longitude),
    ];

    private static Feature[] Conditions() =>
    [
        .. Of("destination", "at the destination", f => f.Destination),
        Number("forecastPrecipitationMm", "Rain and the like forecast for the delivery, mm in the hour", f => f.Destination.ForecastPrecipitationMm),
        Number("forecastSnowCm", "Snow forecast for the delivery, cm", f => f.Destination.ForecastSnowCm),
        Number("forecastWindKph", "Wind forecast for the delivery, km/h", f => f.Destination.ForecastWindKph),
        .. Of("origin", "at the origin", f => f.Origin),
    ];

    private static Feature[] Of(string where, string words, Func<FeatureFacts, ConditionsAsOf> read) =>
    [
        Number(where + "PrecipitationMm", $"Rain and the like {words}, mm in the hour", f => read(f).PrecipitationMm),
        Number(where + "SnowCm", $"Snow {words}, cm", f => read(f).SnowCm),
        Number(where + "WindKph", $"Wind {words}, km/h", f => read(f).WindKph),
        Number(where + "TemperatureC", $"Temperature {words}, °C", f => read(f).TemperatureC),
        Number(where + "TrafficIndex", $"Traffic {words}, 1 is free flow", f => read(f).TrafficIndex),
        Number(where + "Incidents", $"Road incidents {words}", f => read(f).Incidents),
    ];

    private static double Weekday(DateTimeOffset local) => ((int)local.DayOfWeek + 6) % 7;

    private static Feature Number(string name, string description, Func<FeatureFacts, double?> read) =>
        new(new(name, FeatureKind.Number, description), f => FeatureValue.Of(read(f)));

    private static Feature Category(string name, string description, Func<FeatureFacts, string?> read) =>
        new(new(name, FeatureKind.Category, description), f => FeatureValue.Of(read(f)));
}
