using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Intake.Reading;

/// <summary>Reads one shipment.</summary>
internal static class ShipmentReader
{
    private const int Shipment = 0, BookedAt = 1, PromisedBy = 2, Origin = 3, Destination = 4, Service = 5, Carrier = 6, WeightKg = 7, VolumeDm3 = 8, Pieces = 9,
        DeclaredValue = 10, DistanceKm = 11, PromisedFrom = 12, Route = 13, Vehicle = 14, Stop = 15, ConsignmentId = 16, Reference = 17, Priority = 18,
        Attributes = 19, RecordedAt = 20, Customer = 21;

    private static readonly FieldNames Names = new(
        "shipmentId", "bookedAt", "promisedBy", "origin", "destination", "service", "carrier", "weightKg", "volumeDm3", "pieces",
        "declaredValue", "distanceKm", "promisedFrom", "route", "vehicle", "stop", "consignmentId", "reference", "priority",
        "attributes", "recordedAt", "customer");

    /// <summary>The shipment, the reader standing on its start; null when it is refused.</summary>
    internal static NewShipment? Read(ref Utf8JsonReader json, ItemReader reader)
    {
        var draft = new Draft();
        var members = new Members(Names);
        while (reader.Next(ref json, ref members))
            ReadMember(ref json, reader, members, ref draft);
        reader.Require(members, Shipment, ItemReader.ShipmentIdAllowed);
        reader.Require(members, BookedAt, ItemReader.TimeAllowed);
        reader.Require(members, PromisedBy, ItemReader.TimeAllowed);
        reader.Require(members, Origin, AreaReader.Allowed);
        reader.Require(members, Destination, AreaReader.Allowed);
        reader.Require(members, Service, ItemReader.TextAllowed(32));
        if (draft.PromisedBy <= draft.BookedAt)
            reader.Refuse("promisedBy", "is not after bookedAt; allowed is a time after it");
        if (draft.PromisedFrom > draft.PromisedBy)
            reader.Refuse("promisedFrom", "is after promisedBy; allowed is a time up to it");
        reader.RequireRecordedAfter(draft.RecordedAt, draft.BookedAt, "bookedAt");
        return reader.HasErrors ? null : draft.ToShipment();
    }

    private static void ReadMember(ref Utf8JsonReader json, ItemReader reader, in Members members, ref Draft draft)
    {
        switch (members.At)
        {
            case Shipment: reader.Id = draft.ShipmentId = reader.ShipmentId(ref json, members); break;
            case BookedAt: draft.BookedAt = reader.PastTime(ref json, members); break;
            case PromisedBy: draft.PromisedBy = reader.TimeAhead(ref json, members); break;
            case Origin: draft.Origin = AreaReader.Read(ref json, reader, members, AreaReader.OfOrigin); break;
            case Destination: draft.Destination = AreaReader.Read(ref json, reader, members, AreaReader.OfDestination); break;
            case Service: draft.Service = reader.Text(ref json, members, 32, required: true); break;
            case Carrier: draft.Carrier = reader.Text(ref json, members, 64); break;
            case WeightKg: draft.WeightKg = reader.Number(ref json, members, 0, 100_000); break;
            case VolumeDm3: draft.VolumeDm3 = reader.Number(ref json, members, 0, 1e6); break;
            case Pieces: draft.Pieces = reader.WholeNumber(ref json, members, 1, 10_000); break;
            case DeclaredValue: draft.DeclaredValue = reader.Number(ref json, members, 0, 1e9); break;
            case DistanceKm: draft.DistanceKm = reader.Number(ref json, members, 0, 25_000); break;
            case PromisedFrom: draft.PromisedFrom = reader.TimeAhead(ref json, members); break;
            case Route: draft.Route = reader.Text(ref json, members, 64); break;
            case Vehicle: draft.Vehicle = reader.Text(ref json, members, 64); break;
            case Stop: draft.Stop = reader.WholeNumber(ref json, members, 0, 10_000); break;
            case ConsignmentId: draft.ConsignmentId = reader.Text(ref json, members, 64); break;
            case Reference: draft.Reference = reader.Text(ref json, members, 128); break;
            case Priority: draft.Priority = reader.WholeNumber(ref json, members, 0, 1_000); break;
            case Attributes: draft.Attributes = reader.Attributes(ref json, members); break;
            case RecordedAt: draft.RecordedAt = reader.PastTime(ref json, members); break;
            case Customer: draft.Customer = CustomerReader.Read(ref json, reader, members); break;
        }
    }

    private record struct Draft
    {
        internal string? ShipmentId, Service, Carrier, Route, Vehicle, ConsignmentId, Reference;
        internal DateTimeOffset? BookedAt, PromisedBy, PromisedFrom, RecordedAt;
        internal Area? Origin, Destination;
        internal double? WeightKg, VolumeDm3, DeclaredValue, DistanceKm;
        internal int? Pieces, Stop, Priority;
        internal IReadOnlyDictionary<string, AttributeValue>? Attributes;
        internal Client.Customer? Customer;

        internal readonly NewShipment ToShipment() => new()
        {
            ShipmentId = ShipmentId!,
            BookedAt = BookedAt!.Value,
            PromisedBy = PromisedBy!.Value,
            Origin = Origin!,
            Destination = Destination!,
            Service = Service!,
            Carrier = Carrier,
            WeightKg = WeightKg,
            VolumeDm3 = VolumeDm3,
            Pieces = Pieces,
            DeclaredValue = DeclaredValue,
            DistanceKm = DistanceKm,
            PromisedFrom = PromisedFrom,
            Route = Route,
            Vehicle = Vehicle,
            Stop = Stop,
            ConsignmentId = ConsignmentId,
            Reference = Reference,
            Priority = Priority,
            Attributes = Attributes,
            RecordedAt = RecordedAt,
            Customer = Customer,
        };
    }
}

/// <summary>Reads where a shipment comes from, or goes to.</summary>
internal static class AreaReader
{
    internal const string Allowed = "an object with areaCode";
    internal const string OfOrigin = "origin.";
    internal const string OfDestination = "destination.";

    private const int AreaCode = 0, Kind = 1, DeprivationBand = 2, Latitude = 3, Longitude = 4;

    private static readonly FieldNames Names = new("areaCode", "areaType", "deprivationBand", "latitude", "longitude");

    internal static Area? Read(ref Utf8JsonReader json, ItemReader reader, in Members parent, string prefix)
    {
        if (!reader.IsObject(ref json, parent))
            return null;
        string? areaCode = null;
        AreaType? areaType = null;
        int? deprivationBand = null;
        double? latitude = null, longitude = null;
        var members = new Members(Names, prefix);
        while (reader.Next(ref json, ref members))
        {
            switch (members.At)
            {
                case AreaCode: areaCode = reader.Text(ref json, members, 32, required: true); break;
                case Kind: areaType = reader.Choice<AreaType>(ref json, members); break;
                case DeprivationBand: deprivationBand = reader.WholeNumber(ref json, members, 1, 10); break;
                case Latitude: latitude = reader.Number(ref json, members, -90, 90); break;
                case Longitude: longitude = reader.Number(ref json, members, -180, 180); break;
            }
        }
        reader.Require(members, AreaCode, ItemReader.TextAllowed(32));
        return areaCode is null ? null : new Area
        {
            AreaCode = areaCode,
            AreaType = areaType,
            DeprivationBand = deprivationBand,
            Latitude = latitude,
            Longitude = longitude,
        };
    }
}
