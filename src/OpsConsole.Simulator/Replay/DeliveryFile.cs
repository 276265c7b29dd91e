using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using OpsConsole.Client;

namespace OpsConsole.Simulator.Replay;

/// <summary>A row of an export, as the contract says it.</summary>
internal sealed record Delivery(NewShipment Shipment, IReadOnlyList<NewEvent> Events);

/// <summary>A file of deliveries, <c>.csv</c> or <c>.csv.gz</c>, read row by row through a mapping; any number of times.</summary>
internal sealed class DeliveryFile(string path, Mapping mapping)
{
    /// <summary>Its deliveries, in the order of the file.</summary>
    /// <exception cref="MappingException">A column is missing, or a row can't be read; says which.</exception>
    internal IEnumerable<Delivery> Read()
    {
        using var file = File.OpenRead(path);
        using Stream plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var csv = CsvReader.Create(plain, new CsvReaderOptions { Separator = mapping.Separator, TrackLineNumbers = true });
        csv.ReadHeader();
        CheckColumns([.. csv.Headers]);
        string? Cell(string column) => csv.GetString(column) is { Length: > 0 } cell ? cell : null;
        while (csv.Read())
        {
            if (mapping.Where.All(where => where.Values.Contains(Cell(where.Column) ?? "")))
                yield return Make(Cell, csv.LineNumber);
        }
    }

    private void CheckColumns(string[] header)
    {
        var needed = mapping.Shipment.Select(f => f.Source).Concat(mapping.Attributes.Select(a => a.Source)).Concat(mapping.Events.SelectMany(e => e.Select(f => f.Source)))
            .SelectMany(source => source.Columns).Concat(mapping.Where.Select(w => w.Column));
        if (needed.Except(header).ToList() is { Count: > 0 } missing)
            throw new MappingException($"The file has no column {string.Join(", ", missing)}; it has: {string.Join(", ", header)}");
    }

    private Delivery Make(Func<string, string?> row, long line)
    {
        try
        {
            var fields = Object(mapping.Shipment, row);
            if (mapping.IdPrefix.Length > 0 && fields["shipmentId"] is { } id)
                fields["shipmentId"] = mapping.IdPrefix + id.GetValue<string>();
            fields["recordedAt"] ??= fields["bookedAt"]?.DeepClone();
            var shipment = Attributed(fields.Deserialize(ContractJson.Requests.NewShipment)!, row);
            return new Delivery(shipment, [.. mapping.Events.Select(e => Event(e, shipment.ShipmentId, row)).OfType<NewEvent>()]);
        }
        catch (Exception bad) when (bad is FormatException or JsonException)
        {
            throw new MappingException($"Line {line} of the file: {bad.Message}");
        }
    }

    private NewShipment Attributed(NewShipment shipment, Func<string, string?> row)
    {
        var attributes = new Dictionary<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var (name, source) in mapping.Attributes)
        {
            if (source.Attribute(row, mapping.Time) is { } value)
                attributes[name] = value;
        }
        return attributes.Count > 0 ? shipment with { Attributes = attributes } : shipment;
    }

    private NewEvent? Event(IReadOnlyList<(ContractField Field, ValueSource Source)> mapped, string shipmentId, Func<string, string?> row)
    {
        var fields = Object(mapped, row);
        // The column is empty: it didn't happen.
        if (fields["at"] is not { } at || fields["type"] is not { } type)
            return null;
        fields.Remove("at");
        fields["occurredAt"] = at.DeepClone();
        fields["recordedAt"] ??= at.DeepClone();
        fields["shipmentId"] = shipmentId;
        fields["eventId"] = fields["eventId"] is { } id ? mapping.IdPrefix + id.GetValue<string>() : $"{shipmentId}:{type.GetValue<string>()}";
        return fields.Deserialize(ContractJson.Requests.NewEvent);
    }

    private JsonObject Object(IReadOnlyList<(ContractField Field, ValueSource Source)> mapped, Func<string, string?> row)
    {
        var root = new JsonObject();
        foreach (var (field, source) in mapped)
        {
            if (source.Text(row, mapping.Time) is not { } text)
                continue;
            var (holder, name) = (root, field.Name);
            if (name.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0)
            {
                holder = (JsonObject)(root[name[..dot]] ??= new JsonObject())!;
                name = name[(dot + 1)..];
            }
            holder[name] = field.Kind switch
            {
                FieldKind.Number => ValueSource.Number(text),
                FieldKind.Whole => (int)Math.Round(ValueSource.Number(text)),
                FieldKind.Time => mapping.Time.Parse(text).ToString("O", CultureInfo.InvariantCulture),
                _ => text,
            };
        }
        return root;
    }
}
