using System.Text.Json;
using System.Text.Json.Serialization;
using OpsConsole.Client;
using OpsConsole.Intake.Reading;

namespace OpsConsole.Intake.Import;

/// <summary>Where a field's value comes from: a column, or the same text in every row.</summary>
internal sealed record FieldSource
{
    /// <summary>The column; null: <see cref="Constant"/>.</summary>
    public string? Column { get; init; }

    /// <summary>The same in every row.</summary>
    public string? Constant { get; init; }

    /// <summary>A column whose text is put before it.</summary>
    public string? Before { get; init; }

    /// <summary>Filled up with zeros in front to this length.</summary>
    public int? Pad { get; init; }

    /// <summary>Only so many characters of it.</summary>
    public int? First { get; init; }

    /// <summary>What its numbers are multiplied with.</summary>
    public double? Times { get; init; }

    /// <summary>Nothing fills the field.</summary>
    [JsonIgnore]
    public bool IsEmpty => Column is null && string.IsNullOrEmpty(Constant);
}

/// <summary>What an attribute's cells are read as.</summary>
internal enum AttributeKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>A text.</summary>
    Text,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>A time, kept as hours after the booking.</summary>
    HoursAfterBooking,
}

/// <summary>A column that becomes an attribute, and so a feature.</summary>
internal sealed record AttributeSource(string Column, string Name, AttributeKind Kind);

/// <summary>How a column's times are written.</summary>
/// <param name="Order">In which order; null: not decided.</param>
/// <param name="Zone">IANA name; null: the file's.</param>
internal sealed record ColumnTimes(TimeOrder? Order, string? Zone = null);

/// <summary>What the columns of a file mean.</summary>
internal sealed record ImportMapping
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Fields of the contract, by name.</summary>
    public IReadOnlyDictionary<string, FieldSource> Fields { get; init; } = new Dictionary<string, FieldSource>();

    /// <summary>Columns that become attributes.</summary>
    public IReadOnlyList<AttributeSource> Attributes { get; init; } = [];

    /// <summary>How times are written, by column.</summary>
    public IReadOnlyDictionary<string, ColumnTimes> Times { get; init; } = new Dictionary<string, ColumnTimes>();

    /// <summary>In which zone times without an offset are, an IANA name; null: not decided.</summary>
    public string? Zone { get; init; }

    /// <summary>Numbers are written 1.234,5 instead of 1,234.5.</summary>
    public bool DecimalComma { get; init; }

    /// <summary>Characters that ids can't hold become a hyphen.</summary>
    public bool CleanIds { get; init; }

    /// <summary>Put before every shipment's id.</summary>
    public string? IdPrefix { get; init; }

    /// <summary>What the words of a file of events, or of how deliveries ended, mean: an event's type, or empty for what is left out.</summary>
    public IReadOnlyDictionary<string, string> Types { get; init; } = new Dictionary<string, string>();

    /// <summary>The columns whose times are read.</summary>
    internal IEnumerable<string> TimeColumns(ImportKind kind) => ImportField.Of(kind).Where(f => f.Kind == FieldKind.Time && Fields.GetValueOrDefault(f.Name)?.Column is not null)
        .Select(f => Fields[f.Name].Column!).Concat(Attributes.Where(a => a.Kind == AttributeKind.HoursAfterBooking).Select(a => a.Column)).Distinct();

    /// <summary>Reads one that was kept.</summary>
    internal static ImportMapping Read(string json) => JsonSerializer.Deserialize<ImportMapping>(json, Json)!;

    /// <summary>As it is kept.</summary>
    internal string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>Whether every column it names is there.</summary>
    internal bool Fits(FileShape shape) => Columns().All(shape.Columns.Contains);

    /// <summary>What keeps a file from being read with it, by field or column; empty when nothing does.</summary>
    internal IReadOnlyList<(string Place, string What)> Problems(ImportKind kind, FileProfile profile)
    {
        List<(string, string)> problems = [];
        foreach (var field in ImportField.Of(kind).Where(f => f.IsNeeded && Fields.GetValueOrDefault(f.Name) is not { IsEmpty: false }))
            problems.Add((field.Name, $"{field.Words} is needed: choose its column{(field.Kind == FieldKind.Text && field.Name != "shipmentId" ? ", or a value for all rows" : "")}."));
        foreach (var column in Columns().Where(c => !profile.Shape.Columns.Contains(c)).Distinct())
            problems.Add((column, $"The file has no column {column}."));
        foreach (var column in TimeColumns(kind).Where(profile.Shape.Columns.Contains))
            problems.AddRange(TimeProblems(profile.Of(column)).Select(what => (column, what)));
        if (Zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _))
            problems.Add(("zone", $"{Zone} is not the name of a time zone; allowed is an IANA name such as Europe/Berlin."));
        if (Attributes.Count > ItemReader.MostAttributes)
            problems.Add(("attributes", $"{Attributes.Count} columns become attributes; allowed are up to {ItemReader.MostAttributes}."));
        foreach (var twice in Attributes.GroupBy(a => a.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            problems.Add(("attributes", $"Two attributes are called {twice.Key}; allowed is one."));
        if (kind == ImportKind.Events && Fields.GetValueOrDefault("type")?.Column is not null && !Types.Values.Any(t => t.Length > 0))
            problems.Add(("type", "No word of the file means an event yet: say what they mean."));
        if (kind == ImportKind.Deliveries && Fields.ContainsKey(ImportField.EndState) && !Types.Values.Any(t => t.Length > 0))
            problems.Add((ImportField.EndState, $"No word of {Fields[ImportField.EndState].Column} means an end yet: say what they mean, or choose no column for it."));
        return problems;
    }

    private IEnumerable<string> TimeProblems(ColumnProfile column)
    {
        var times = Times.GetValueOrDefault(column.Name);
        if (times?.Order is not { } order)
            yield return column.Orders.Count > 1 ? $"{column.Name}: {column.AmbiguousExample} can be read in two ways; choose which." : $"{column.Name}: say how its times are written.";
        else if (Zone is null && times.Zone is null && column.NeedsZone(order))
            yield return $"{column.Name}: its times have no offset; choose the time zone they are in.";
        if (times?.Zone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            yield return $"{column.Name}: {zone} is not the name of a time zone.";
    }

    private IEnumerable<string> Columns() => Fields.Values.SelectMany(f => new[] { f.Column, f.Before }).OfType<string>().Concat(Attributes.Select(a => a.Column));

    /// <summary>The events that a file's words can mean.</summary>
    internal static IReadOnlyList<(string Value, string Words)> EventTypes { get; } =
        [.. Enum.GetValues<EventType>().Where(t => t != EventType.PromiseChanged).Append(EventType.PromiseChanged)
            .Select(t => (JsonNamingPolicy.CamelCase.ConvertName(t.ToString()), EventWords(t)))];

    /// <summary>The ends that a file's words can mean.</summary>
    internal static IReadOnlyList<(string Value, string Words)> EndTypes { get; } = [.. EventTypes.Where(t => t.Value is "delivered" or "returned" or "cancelled")];

    private static string EventWords(EventType type) => type switch
    {
        EventType.ArrivedAtFacility => "arrived at a facility",
        EventType.DepartedFacility => "left a facility",
        EventType.OutForDelivery => "out for delivery",
        EventType.DeliveryAttempted => "delivery attempted",
        EventType.PromiseChanged => "promise changed",
        _ => JsonNamingPolicy.CamelCase.ConvertName(type.ToString()),
    };
}
