using System.Text.Json;

namespace OpsConsole.Simulator.Replay;

/// <summary>What is wrong with a mapping, or with a row that it is applied to; shown to whoever started the replay.</summary>
public sealed class MappingException(string message) : Exception(message);

/// <summary>
/// How a courier's export becomes shipments and events of the contract (docs/replay.md). Read from JSON; what it doesn't know is an error that
/// names the place and what is allowed.
/// </summary>
internal sealed class Mapping
{
    private static readonly string[] Members = ["name", "idPrefix", "time", "separator", "where", "shipment", "attributes", "events"];

    private Mapping(JsonElement root)
    {
        Refuse(root, "the mapping", Members);
        Name = root.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "";
        IdPrefix = root.TryGetProperty("idPrefix", out var prefix) ? prefix.GetString() ?? "" : "";
        Separator = root.TryGetProperty("separator", out var separator)
            ? separator.GetString() is [var one] ? one : throw new MappingException("separator: one character is expected, such as \";\"")
            : null;
        Time = TimeReader.Read(root.TryGetProperty("time", out var time) ? time : default);
        Where = root.TryGetProperty("where", out var where) ? [.. Of(where).Select(p => (p.Name, Texts(p.Value, $"where.{p.Name}")))] : [];
        Shipment = Fields(Required(root, "shipment"), "shipment", ContractField.OfShipment);
        Attributes = root.TryGetProperty("attributes", out var attributes)
            ? [.. Of(attributes).Select(p => (p.Name, ValueSource.Read(p.Value, $"attributes.{p.Name}")))] : [];
        Events = root.TryGetProperty("events", out var events)
            ? [.. events.EnumerateArray().Select((e, i) => Fields(e, $"events[{i}]", ContractField.OfEvent))] : [];
        foreach (var needed in ContractField.NeededOfShipment.Except(Shipment.Select(f => f.Field.Name)))
            throw new MappingException($"shipment.{needed}: is missing; the contract requires it");
        foreach (var (scan, index) in Events.Select((e, i) => (e, i)))
        {
            foreach (var needed in ContractField.NeededOfEvent.Except(scan.Select(f => f.Field.Name)))
                throw new MappingException($"events[{index}].{needed}: is missing; every event has it");
        }
    }

    internal string Name { get; }

    internal string IdPrefix { get; }

    /// <summary>What separates columns; null: found out.</summary>
    internal char? Separator { get; }

    internal TimeReader Time { get; }

    /// <summary>Rows that count: each of these columns holds one of its values.</summary>
    internal IReadOnlyList<(string Column, IReadOnlyList<string> Values)> Where { get; }

    internal IReadOnlyList<(ContractField Field, ValueSource Source)> Shipment { get; }

    internal IReadOnlyList<(string Name, ValueSource Source)> Attributes { get; }

    internal IReadOnlyList<IReadOnlyList<(ContractField Field, ValueSource Source)>> Events { get; }

    /// <summary>Reads a mapping.</summary>
    /// <exception cref="MappingException">It isn't one.</exception>
    internal static Mapping Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return new Mapping(document.RootElement.Clone());
        }
        catch (JsonException bad)
        {
            throw new MappingException($"The mapping is not JSON: {bad.Message}");
        }
        catch (InvalidOperationException bad)
        {
            throw new MappingException($"The mapping has a value of the wrong kind: {bad.Message}");
        }
    }

    /// <summary>Throws for members of an object that nobody knows.</summary>
    internal static void Refuse(JsonElement element, string place, IReadOnlyCollection<string> allowed)
    {
        foreach (var member in Of(element))
        {
            if (!allowed.Contains(member.Name))
                throw new MappingException($"{place}: {member.Name} is not known; allowed: {string.Join(", ", allowed)}");
        }
    }

    private static JsonElement Required(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? value : throw new MappingException($"{name}: is missing");

    private static JsonElement.ObjectEnumerator Of(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw new MappingException($"An object is expected, not {element.ValueKind}");

    private static List<string> Texts(JsonElement element, string place) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => [.. element.EnumerateArray().Select(e => e.GetString()!)],
        _ => throw new MappingException($"{place}: a text or a list of texts is expected"),
    };

    private static List<(ContractField, ValueSource)> Fields(JsonElement element, string place, IReadOnlyList<ContractField> known)
    {
        List<(ContractField, ValueSource)> fields = [];
        foreach (var member in Of(element))
        {
            var field = known.FirstOrDefault(f => f.Name == member.Name)
                ?? throw new MappingException($"{place}: {member.Name} is not a field; allowed: {string.Join(", ", known.Select(f => f.Name))}");
            // The kind of an event is said, not read, as a rule.
            var source = field.Name == "type" && member.Value.ValueKind == JsonValueKind.String
                ? ValueSource.Constant(member.Value) : ValueSource.Read(member.Value, $"{place}.{member.Name}");
            fields.Add((field, source));
        }
        return fields;
    }
}
