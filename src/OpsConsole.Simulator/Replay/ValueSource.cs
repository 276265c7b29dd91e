using System.Globalization;
using System.Text.Json;

namespace OpsConsole.Simulator.Replay;

/// <summary>Where a value comes from: a column, a constant, several texts joined, or the time between two columns; then what is done to it.</summary>
internal sealed class ValueSource
{
    private static readonly string[] Members = ["column", "constant", "join", "separator", "hoursBetween", "minutesBetween", "padLeft", "padWith", "first", "scale", "offset", "map", "as"];

    private readonly string? _column;
    private readonly JsonElement? _constant;
    private readonly List<ValueSource> _join = [];
    private readonly string _separator = "";
    private readonly (string From, string To, double Minutes)? _between;
    private readonly int? _padLeft;
    private readonly char _padWith = '0';
    private readonly int? _first;
    private readonly double? _scale;
    private readonly double? _offset;
    private readonly Dictionary<string, string> _map = [];
    private readonly string? _as;

    private ValueSource(string column) => _column = column;

    private ValueSource(JsonElement constant, bool _) => _constant = constant;

    private ValueSource(JsonElement element, string place)
    {
        Mapping.Refuse(element, place, Members);
        JsonElement? Member(string name) => element.TryGetProperty(name, out var value) ? value : null;
        _column = Member("column")?.GetString();
        _constant = Member("constant");
        if (Member("join") is { } parts)
            _join = [.. parts.EnumerateArray().Select((part, i) => Read(part, $"{place}.join[{i}]"))];
        _separator = Member("separator")?.GetString() ?? "";
        _between = Between(Member("hoursBetween"), 60, place) ?? Between(Member("minutesBetween"), 1, place);
        (_padLeft, _first) = (Member("padLeft")?.GetInt32(), Member("first")?.GetInt32());
        _padWith = Member("padWith")?.GetString() is [var pad] ? pad : '0';
        (_scale, _offset) = (Member("scale")?.GetDouble(), Member("offset")?.GetDouble());
        if (Member("map") is { } map)
            _map = map.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal);
        _as = Member("as")?.GetString();
        if (_as is not (null or "number" or "text" or "boolean"))
            throw new MappingException($"{place}.as: {_as} is not known; allowed: number, text, boolean");
        if (new[] { _column is not null, _constant is not null, _join.Count > 0, _between is not null }.Count(is_ => is_) != 1)
            throw new MappingException($"{place}: needs exactly one of column, constant, join, hoursBetween, minutesBetween");
    }

    internal static ValueSource Constant(JsonElement value) => new(value, true);

    /// <summary>Reads a source: a text is a column's name, a number or boolean is itself, an object says it all.</summary>
    internal static ValueSource Read(JsonElement element, string place) => element.ValueKind switch
    {
        JsonValueKind.String => new ValueSource(element.GetString()!),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => new ValueSource(element, true),
        JsonValueKind.Object => new ValueSource(element, place),
        _ => throw new MappingException($"{place}: a column's name, a value or an object is expected"),
    };

    /// <summary>The columns it needs.</summary>
    internal IEnumerable<string> Columns =>
        (_column is null ? [] : new[] { _column })
        .Concat(_between is { } between ? [between.From, between.To] : [])
        .Concat(_join.SelectMany(part => part.Columns));

    /// <summary>The value as text; null where the row has none.</summary>
    internal string? Text(Func<string, string?> row, TimeReader time)
    {
        var text = Raw(row, time);
        if (text is null)
            return null;
        if (_padLeft is { } width)
            text = text.PadLeft(width, _padWith);
        if (_first is { } length && text.Length > length)
            text = text[..length];
        if (_map.TryGetValue(text, out var mapped) || _map.TryGetValue("*", out mapped))
            text = mapped;
        if (_scale is not null || _offset is not null)
            text = (Number(text) * (_scale ?? 1) + (_offset ?? 0)).ToString("R", CultureInfo.InvariantCulture);
        return text.Length == 0 ? null : text;
    }

    /// <summary>The value as an attribute: number, boolean or text, by what was asked for, else by what it looks like.</summary>
    internal OpsConsole.Client.AttributeValue? Attribute(Func<string, string?> row, TimeReader time)
    {
        if (Text(row, time) is not { } text)
            return null;
        return _as switch
        {
            "text" => text,
            "number" => Number(text),
            "boolean" => text is "1" or "true" or "True" or "TRUE" or "yes" or "Y",
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
            _ when bool.TryParse(text, out var flag) => flag,
            _ => text,
        };
    }

    /// <summary>A number as exports write it.</summary>
    internal static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private string? Raw(Func<string, string?> row, TimeReader time)
    {
        if (_column is not null)
            return row(_column);
        if (_constant is { } constant)
            return constant.ToString();
        if (_between is { } between)
        {
            return row(between.From) is { } from && row(between.To) is { } to
                ? ((time.Parse(to) - time.Parse(from)).TotalMinutes / between.Minutes).ToString("R", CultureInfo.InvariantCulture) : null;
        }
        var parts = _join.Select(part => part.Text(row, time)).ToList();
        return parts.Contains(null) ? null : string.Join(_separator, parts);
    }

    private static (string, string, double)? Between(JsonElement? element, double minutes, string place) => element switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } array when array.GetArrayLength() == 2 => (array[0].GetString()!, array[1].GetString()!, minutes),
        _ => throw new MappingException($"{place}: the time between takes two columns, the earlier first"),
    };
}
