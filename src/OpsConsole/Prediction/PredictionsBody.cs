using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Intake.Reading;

namespace OpsConsole.Prediction;

/// <summary>One thing asked: a registered shipment by its id, or one sent along with its events.</summary>
internal sealed record AskedPrediction(string? ShipmentId, NewShipment? Shipment, IReadOnlyList<NewEvent> Events, DateTimeOffset? AsOf);

/// <summary>Reads the body of <c>POST /predictions</c> with intake's own rules, and gathers what is wrong with it by field.</summary>
/// <param name="now">The moment the operation calls now.</param>
internal sealed class PredictionsBody(DateTimeOffset now)
{
    /// <summary>The most items of a call.</summary>
    internal const int MostItems = 10_000;

    private const int ErrorsListed = 100;
    private const int ItemsAt = 0, ModelAt = 1, ExplainAt = 2;
    private const int ShipmentIdAt = 0, ShipmentAt = 1, EventsAt = 2, AsOfAt = 3;
    private const string ItemsAllowed = "a list of 1 to 10,000 items";
    private const string WhatAllowed = "either shipmentId, or shipment with its events";
    private static readonly FieldNames Names = new("items", "model", "explain");
    private static readonly FieldNames ItemNames = new("shipmentId", "shipment", "events", "asOf");
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 32, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    private readonly ItemReader _reader = new(now);
    private readonly ItemReader _nested = new(now);
    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);
    private readonly List<AskedPrediction> _items = [];

    /// <summary>What is asked, in order.</summary>
    internal IReadOnlyList<AskedPrediction> Items => _items;

    /// <summary>A version; null or <c>champion</c>: the champion.</summary>
    internal string? Model { get; private set; }

    /// <summary>With baseline and contributions.</summary>
    internal bool Explain { get; private set; }

    /// <summary>What is wrong, by field; empty when nothing is.</summary>
    internal IReadOnlyDictionary<string, string[]> Errors => _errors;

    /// <summary>Reads the body.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    internal void Read(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("\uFEFF"u8))
            body = body[3..];
        var json = new Utf8JsonReader(body, Strict);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw new JsonException("The body is no object.");
        _reader.Begin();
        var members = new Members(Names);
        while (_reader.Next(ref json, ref members))
        {
            switch (members.At)
            {
                case ItemsAt: ReadItems(ref json, members); break;
                case ModelAt: Model = _reader.Text(ref json, members, 64); break;
                case ExplainAt: ReadExplain(ref json, members); break;
            }
        }
        _reader.Require(members, ItemsAt, ItemsAllowed);
        Take(_reader, "");
        // Nothing may follow.
        json.Read();
    }

    private void ReadExplain(ref Utf8JsonReader json, in Members members)
    {
        if (json.TokenType is JsonTokenType.True or JsonTokenType.False)
            Explain = json.GetBoolean();
        else
            _reader.RefuseKind(ref json, members.Field, "true or false");
    }

    private void ReadItems(ref Utf8JsonReader json, in Members members)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            _reader.RefuseKind(ref json, members.Field, ItemsAllowed);
            return;
        }
        var count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (count++ < MostItems)
                ReadItem(ref json, string.Create(CultureInfo.InvariantCulture, $"items[{count - 1}]"));
            else
                json.Skip();
        }
        if (count is 0 or > MostItems)
            _reader.Refuse(members.Field, string.Create(CultureInfo.InvariantCulture, $"has {count} items; allowed is {ItemsAllowed}"));
    }

    private void ReadItem(ref Utf8JsonReader json, string path)
    {
        var reader = new ItemReader(now);
        if (json.TokenType != JsonTokenType.StartObject)
        {
            reader.RefuseKind(ref json, path, "an object");
            Take(reader, "");
            return;
        }
        string? shipmentId = null;
        NewShipment? shipment = null;
        List<NewEvent>? events = null;
        DateTimeOffset? asOf = null;
        var members = new Members(ItemNames, path + ".");
        while (reader.Next(ref json, ref members))
        {
            switch (members.At)
            {
                case ShipmentIdAt: shipmentId = reader.ShipmentId(ref json, members); break;
                case ShipmentAt: shipment = ReadShipment(ref json, reader, members); break;
                case EventsAt: events = ReadEvents(ref json, reader, members); break;
                case AsOfAt: asOf = reader.PastTime(ref json, members); break;
            }
        }
        var (named, sent) = (Given(members, ShipmentIdAt), Given(members, ShipmentAt));
        if (named == sent)
            reader.Refuse(path, $"has {(named ? "both shipmentId and shipment" : "neither shipmentId nor shipment")}; allowed is {WhatAllowed}");
        else if (named && Given(members, EventsAt))
            reader.Refuse(path + ".events", $"stands beside shipmentId, whose events are here; allowed is {WhatAllowed}");
        for (var i = 0; shipment is not null && i < events?.Count; i++)
        {
            if (events[i].ShipmentId != shipment.ShipmentId)
                reader.Refuse(string.Create(CultureInfo.InvariantCulture, $"{path}.events[{i}].shipmentId"), "is another shipment's; allowed is the id of the shipment beside it");
        }
        Take(reader, "");
        _items.Add(new AskedPrediction(shipmentId, shipment, events ?? [], asOf));
    }

    private static bool Given(in Members members, int at) => !members.Missing(at) && !members.Null(at);

    private NewShipment? ReadShipment(ref Utf8JsonReader json, ItemReader reader, in Members members)
    {
        if (!reader.IsObject(ref json, members))
            return null;
        _nested.Begin();
        var shipment = ShipmentReader.Read(ref json, _nested);
        Take(_nested, members.Field + ".");
        return shipment;
    }

    private List<NewEvent>? ReadEvents(ref Utf8JsonReader json, ItemReader reader, in Members members)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            reader.RefuseKind(ref json, members.Field, "a list of events");
            return null;
        }
        List<NewEvent> events = [];
        for (var i = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{members.Field}[{i}]");
            if (json.TokenType != JsonTokenType.StartObject)
            {
                reader.RefuseKind(ref json, path, "an object");
                continue;
            }
            _nested.Begin();
            if (EventReader.Read(ref json, _nested) is { } e)
                events.Add(e);
            Take(_nested, path + ".");
        }
        return events;
    }

    private void Take(ItemReader reader, string prefix)
    {
        if (!reader.HasErrors)
            return;
        foreach (var (field, what) in reader.Rejected(0).Errors)
        {
            if (_errors.Count < ErrorsListed)
                _errors[prefix + field] = [.. what];
        }
    }
}
