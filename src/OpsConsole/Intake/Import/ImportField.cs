using OpsConsole.Client;

namespace OpsConsole.Intake.Import;

/// <summary>What kind of value a field takes.</summary>
internal enum FieldKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A moment.</summary>
    Time,
}

/// <summary>A field of the contract that a column can fill.</summary>
/// <param name="Name">Its name in the contract; a dot leads into an object, and <c>events.</c> to what happened.</param>
/// <param name="Words">What the page calls it.</param>
/// <param name="Kind">What kind of value it takes.</param>
/// <param name="Group">Under which heading it stands.</param>
/// <param name="Names">How columns with it are called, the best first.</param>
internal sealed record ImportField(string Name, string Words, FieldKind Kind, string Group, params string[] Names)
{
    /// <summary>Before the name of a field that is an event's moment.</summary>
    internal const string Event = "events.";

    /// <summary>The field whose words say how a delivery ended.</summary>
    internal const string EndState = Event + "endState";

    /// <summary>The field that says when it did.</summary>
    internal const string EndedAt = Event + "endedAt";

    internal const string Needed = "Needed";
    internal const string Happened = "What happened, and when";
    internal const string Places = "Places";
    internal const string Parcel = "The parcel";
    internal const string Round = "The round";

    /// <summary>The fields of a file of deliveries.</summary>
    internal static IReadOnlyList<ImportField> OfDeliveries { get; } =
    [
        new("shipmentId", "Shipment id", FieldKind.Text, Needed, "shipment id", "shipment", "consignment", "tracking number", "tracking", "parcel id", "parcel", "delivery id", "order id", "order number",
            "sendungsnummer", "sendung", "paketnummer", "auftragsnummer", "auftrag", "pedido", "envio", "colis", "id", "number", "nr"),
        new("bookedAt", "Booked", FieldKind.Time, Needed, "booked", "booking", "ordered", "order", "purchased", "purchase", "created", "placed", "registered", "bestellt", "bestellung", "gebucht", "buchung",
            "auftragsdatum", "bestelldatum", "erfasst", "angelegt", "compra", "pedido", "commande"),
        new("promisedBy", "Promised by", FieldKind.Time, Needed, "promised by", "promised", "promise", "due", "deadline", "estimated delivery", "expected delivery", "delivery due", "eta", "sla", "expected",
            "zugesagt", "zusage", "liefertermin", "lieferdatum soll", "soll", "faellig", "termin", "prometido", "previsao", "prevu"),
        new("origin.areaCode", "From: area", FieldKind.Text, Needed, "origin area", "origin zip", "origin postcode", "from postcode", "from zip", "sender zip", "sender postcode", "pickup zip", "pickup postcode",
            "origin", "from area", "from", "depot", "hub", "sender", "absender plz", "abhol plz", "plz von", "von plz", "von", "herkunft", "origem", "origine"),
        new("destination.areaCode", "To: area", FieldKind.Text, Needed, "destination area", "destination zip", "dest zip", "destination postcode", "dest postcode", "to postcode", "to zip", "receiver zip",
            "customer zip", "delivery postcode", "delivery zip", "destination", "dest", "to area", "to", "postcode", "zip", "zip code", "postal code", "plz", "empfaenger plz", "plz nach", "ziel plz",
            "nach plz", "nach", "ziel", "cep", "code postal"),
        new("service", "Service", FieldKind.Text, Needed, "service", "service level", "service type", "product", "shipping method", "delivery type", "svc", "versandart", "produkt", "serviceart", "leistung", "servico"),
        new("events.delivered", "Delivered", FieldKind.Time, Happened, "delivered", "delivery", "actual delivery", "delivered customer", "pod", "arrived", "completed", "zugestellt", "zustellung", "geliefert",
            "ausgeliefert", "lieferdatum ist", "ablieferung", "entregue", "entrega", "livre"),
        new(EndState, "How it ended, in a word", FieldKind.Text, Happened, "status", "state", "delivery status", "shipment status", "order status", "final status", "end state", "zustand",
            "sendungsstatus", "lieferstatus", "situacao", "statut", "etat"),
        new(EndedAt, "When it ended so", FieldKind.Time, Happened, "status since", "status at", "status date", "status time", "status changed", "status updated", "status seit", "status vom", "ended at", "ended", "closed at",
            "closed", "finished at", "finished", "abgeschlossen", "beendet", "situacao data"),
        new("events.accepted", "Accepted", FieldKind.Time, Happened, "accepted", "approved", "confirmed", "angenommen", "bestaetigt", "freigegeben", "aprovado"),
        new("events.collected", "Collected", FieldKind.Time, Happened, "collected", "handed over", "handover", "picked up", "pickup", "collection", "dispatched", "shipped", "posted", "abgeholt", "abholung",
            "uebernommen", "uebernahme", "versendet", "coletado", "postado", "enleve"),
        new("events.arrivedAtFacility", "Arrived at a facility", FieldKind.Time, Happened, "arrived at facility", "arrived facility", "arrived depot", "arrived hub", "hub in", "inbound scan", "depot scan", "eingang depot"),
        new("events.departedFacility", "Left a facility", FieldKind.Time, Happened, "departed facility", "departed depot", "departed hub", "hub out", "outbound scan", "ausgang depot"),
        new("events.outForDelivery", "Out for delivery", FieldKind.Time, Happened, "out for delivery", "on vehicle", "loaded", "in zustellung", "beladen", "tourstart", "saiu para entrega"),
        new("events.deliveryAttempted", "Delivery attempted", FieldKind.Time, Happened, "delivery attempted", "attempted", "first attempt", "attempt", "zustellversuch"),
        new("events.returned", "Returned", FieldKind.Time, Happened, "returned", "return", "retoure", "zurueck", "devolvido"),
        new("events.cancelled", "Cancelled", FieldKind.Time, Happened, "cancelled", "canceled", "storniert", "storno", "cancelado"),
        .. Place("origin", "From", ["origin", "from", "sender", "seller", "pickup", "absender", "von", "origem"]),
        .. Place("destination", "To", ["destination", "dest", "to", "receiver", "customer", "delivery", "empfaenger", "nach", "ziel", "destino"]),
        new("distanceKm", "Distance, km", FieldKind.Number, Places, "distance km", "distance", "km", "entfernung", "strecke", "distanz", "distancia"),
        new("carrier", "Carrier", FieldKind.Text, Parcel, "carrier", "courier", "haulier", "dienstleister", "frachtfuehrer", "spediteur", "transportadora"),
        new("weightKg", "Weight, kg", FieldKind.Number, Parcel, "weight kg", "weight", "kg", "gewicht", "peso", "poids"),
        new("volumeDm3", "Volume, litres", FieldKind.Number, Parcel, "volume dm3", "volume", "litres", "volumen", "cubic"),
        new("pieces", "Pieces", FieldKind.Whole, Parcel, "pieces", "packages", "colli", "kolli", "stueck", "packstuecke", "anzahl"),
        new("declaredValue", "Declared value", FieldKind.Number, Parcel, "declared value", "insured value", "value", "warenwert", "wert"),
        new("consignmentId", "Consignment", FieldKind.Text, Parcel, "consignment id", "basket id", "order group"),
        new("reference", "Reference", FieldKind.Text, Parcel, "reference", "customer reference", "referenz"),
        new("priority", "Priority", FieldKind.Whole, Parcel, "priority", "prioritaet"),
        new("promisedFrom", "Promised from", FieldKind.Time, Round, "promised from", "window start", "earliest", "zeitfenster von"),
        new("route", "Route", FieldKind.Text, Round, "route", "tour", "round", "rota"),
        new("vehicle", "Vehicle", FieldKind.Text, Round, "vehicle", "van", "truck", "fahrzeug", "kennzeichen"),
        new("stop", "Stop", FieldKind.Whole, Round, "stop", "stop number", "sequence", "stopp"),
        new("recordedAt", "Known since", FieldKind.Time, Round, "recorded at", "recorded", "system time"),
    ];

    /// <summary>The fields of a file of events.</summary>
    internal static IReadOnlyList<ImportField> OfEvents { get; } =
    [
        new("shipmentId", "Shipment id", FieldKind.Text, Needed, [.. OfDeliveries[0].Names]),
        new("type", "What happened", FieldKind.Text, Needed, "event type", "event", "type", "status", "scan type", "code", "ereignis", "evento"),
        new("occurredAt", "When", FieldKind.Time, Needed, "occurred at", "occurred", "at", "time", "timestamp", "event time", "date", "scanned", "zeitpunkt", "zeit", "datum"),
        new("eventId", "Event id", FieldKind.Text, Parcel, "event id", "scan id"),
        new("recordedAt", "Known since", FieldKind.Time, Parcel, "recorded at", "recorded", "received"),
        new("facility", "Facility", FieldKind.Text, Places, "facility", "depot", "hub", "station", "location", "standort"),
        new("areaCode", "Area", FieldKind.Text, Places, "area code", "area", "zip", "postcode", "plz"),
        new("latitude", "Latitude", FieldKind.Number, Places, "latitude", "lat"),
        new("longitude", "Longitude", FieldKind.Number, Places, "longitude", "lng", "lon"),
        new("reason", "Reason", FieldKind.Text, Parcel, "reason", "exception reason", "grund", "motivo"),
        new("route", "Route", FieldKind.Text, Round, "route", "tour"),
        new("vehicle", "Vehicle", FieldKind.Text, Round, "vehicle", "van", "truck", "fahrzeug"),
        new("promisedBy", "New promise", FieldKind.Time, Round, "promised by", "promised", "new promise"),
        new("initiatedBy", "Changed by", FieldKind.Text, Round, "initiated by"),
        new("carrierEstimate", "Carrier's estimate", FieldKind.Time, Round, "carrier estimate", "eta", "estimate"),
    ];

    /// <summary>It can't be left out.</summary>
    internal bool IsNeeded => Group == Needed;

    /// <summary>It is the moment of an event; null else. </summary>
    internal EventType? EventType => Name.StartsWith(Event, StringComparison.Ordinal) && Enum.TryParse<EventType>(Name[Event.Length..], ignoreCase: true, out var type) ? type : null;

    /// <summary>The fields of a kind of file.</summary>
    internal static IReadOnlyList<ImportField> Of(ImportKind kind) => kind == ImportKind.Deliveries ? OfDeliveries : OfEvents;

    private static IEnumerable<ImportField> Place(string name, string words, string[] sides)
    {
        string[] With(params string[] names) => [.. sides.SelectMany(side => names.Select(n => $"{side} {n}"))];
        yield return new($"{name}.latitude", $"{words}: latitude", FieldKind.Number, Places, With("lat", "latitude", "breite"));
        yield return new($"{name}.longitude", $"{words}: longitude", FieldKind.Number, Places, With("lng", "lon", "long", "longitude", "laenge"));
        yield return new($"{name}.areaType", $"{words}: urban, suburban or rural", FieldKind.Text, Places, With("area type"));
        yield return new($"{name}.deprivationBand", $"{words}: deprivation band", FieldKind.Whole, Places, With("deprivation band"));
    }
}
