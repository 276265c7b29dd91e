using OpsConsole.Client;

namespace OpsConsole.Intake.Import;

/// <summary>A column that is left out unless somebody says otherwise, and why.</summary>
internal sealed record LeftOut(string Column, string Why);

/// <summary>What the columns of a file probably mean, by their names and by what stands in them. What is in doubt is left for people to decide.</summary>
internal static class SuggestMapping
{
    private const double GoodEnough = 0.55;
    private const int ManyAreas = 300;

    private static readonly (string Word, string Field, double Times)[] Units =
    [
        ("g", "weightKg", 0.001), ("gram", "weightKg", 0.001), ("grams", "weightKg", 0.001), ("gramm", "weightKg", 0.001), ("lb", "weightKg", 0.45359237), ("lbs", "weightKg", 0.45359237),
        ("cm3", "volumeDm3", 0.001), ("ccm", "volumeDm3", 0.001), ("m3", "volumeDm3", 1000), ("cbm", "volumeDm3", 1000),
        ("m", "distanceKm", 0.001), ("meter", "distanceKm", 0.001), ("metres", "distanceKm", 0.001), ("mi", "distanceKm", 1.609344), ("miles", "distanceKm", 1.609344),
    ];

    private static readonly (string Word, EventType Type)[] EventWords =
    [
        ("delivered", EventType.Delivered), ("zugestellt", EventType.Delivered), ("geliefert", EventType.Delivered), ("entregue", EventType.Delivered), ("pod", EventType.Delivered),
        ("out for delivery", EventType.OutForDelivery), ("in zustellung", EventType.OutForDelivery), ("loaded", EventType.OutForDelivery), ("ofd", EventType.OutForDelivery),
        ("attempt", EventType.DeliveryAttempted), ("zustellversuch", EventType.DeliveryAttempted), ("nobody home", EventType.DeliveryAttempted),
        ("handed over", EventType.Collected), ("collected", EventType.Collected), ("picked up", EventType.Collected), ("pickup", EventType.Collected), ("abgeholt", EventType.Collected), ("shipped", EventType.Collected), ("uebernommen", EventType.Collected),
        ("arrived", EventType.ArrivedAtFacility), ("inbound", EventType.ArrivedAtFacility), ("eingang", EventType.ArrivedAtFacility),
        ("departed", EventType.DepartedFacility), ("outbound", EventType.DepartedFacility), ("ausgang", EventType.DepartedFacility),
        ("return", EventType.Returned), ("retour", EventType.Returned), ("zurueck", EventType.Returned), ("devolvid", EventType.Returned), ("cancelled", EventType.Cancelled), ("canceled", EventType.Cancelled), ("storniert", EventType.Cancelled), ("storno", EventType.Cancelled), ("cancelad", EventType.Cancelled), ("annul", EventType.Cancelled),
        ("accepted", EventType.Accepted), ("approved", EventType.Accepted), ("angenommen", EventType.Accepted), ("exception", EventType.Exception), ("damaged", EventType.Exception), ("problem", EventType.Exception),
    ];

    private static readonly string[] Negations = ["not ", "nicht ", "undeliver", "unzustell"];

    /// <summary>A first mapping; for each column it leaves out, <paramref name="leftOut"/> says why.</summary>
    internal static ImportMapping Of(ImportKind kind, FileProfile profile, out IReadOnlyList<LeftOut> leftOut)
    {
        var comma = profile.DecimalComma;
        var columns = Assign(kind, profile, comma);
        Dictionary<string, FieldSource> fields = [];
        foreach (var (field, column) in columns)
            fields[field.Name] = Source(field, profile.Of(column), profile);
        if (kind == ImportKind.Deliveries && !fields.ContainsKey("service"))
            fields["service"] = new FieldSource { Constant = "standard" };
        var used = fields.Values.SelectMany(f => new[] { f.Column, f.Before }).OfType<string>().ToHashSet(StringComparer.Ordinal);
        List<LeftOut> left = [];
        List<AttributeSource> attributes = [];
        if (kind == ImportKind.Deliveries)
        {
            foreach (var column in profile.Shape.Columns.Where(c => !used.Contains(c)).Select(profile.Of))
            {
                if (WhyNot(column, comma) is { } why)
                    left.Add(new LeftOut(column.Name, why));
                else
                    attributes.Add(new AttributeSource(column.Name, column.Name.Length <= 64 ? column.Name : column.Name[..64], KindOf(column, comma)));
            }
        }
        leftOut = left;
        return new ImportMapping
        {
            Fields = fields,
            Attributes = attributes,
            Times = profile.Shape.Columns.Select(profile.Of).Where(c => c.LooksLikeTime).ToDictionary(c => c.Name, c => new ColumnTimes(Order(c, profile))),
            DecimalComma = comma,
            CleanIds = fields.GetValueOrDefault("shipmentId")?.Column is { } id && profile.Of(id).IdShare < 0.99,
            Types = kind == ImportKind.Events && fields.GetValueOrDefault("type")?.Column is { } type ? Types(profile.Of(type))
                : fields.GetValueOrDefault(ImportField.EndState)?.Column is { } end ? EndTypes(profile.Of(end)) : new Dictionary<string, string>(),
        };
    }

    /// <summary>What an attribute's cells are read as.</summary>
    internal static AttributeKind KindOf(ColumnProfile column, bool decimalComma) =>
        column.LooksLikeTime ? AttributeKind.HoursAfterBooking
        : column.IsFlag ? AttributeKind.Flag
        : column.IsNumber(decimalComma) && !LooksLikeCode(column) ? AttributeKind.Number
        : AttributeKind.Text;

    /// <summary>What the words of a column of events mean, as far as one can tell.</summary>
    internal static Dictionary<string, string> Types(ColumnProfile column)
    {
        Dictionary<string, string> types = new(StringComparer.Ordinal);
        foreach (var value in column.Values.Take(60))
        {
            var words = string.Join(' ', ColumnWords.Split(value));
            var type = Array.Find(EventWords, e => words.Contains(e.Word, StringComparison.Ordinal));
            types[value] = type.Word is null || Negations.Any(n => words.StartsWith(n, StringComparison.Ordinal)) ? "" : System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(type.Type.ToString());
        }
        return types;
    }

    /// <summary>Which of a column's words say that a delivery ended, and how, as far as one can tell; the others are left out.</summary>
    internal static Dictionary<string, string> EndTypes(ColumnProfile column) =>
        Types(column).ToDictionary(t => t.Key, t => ImportMapping.EndTypes.Any(e => e.Value == t.Value) ? t.Value : "", StringComparer.Ordinal);

    // The best pair first, so that "postcode" goes to whom it fits best and each column to one field.
    private static List<(ImportField Field, string Column)> Assign(ImportKind kind, FileProfile profile, bool comma)
    {
        var pairs = ImportField.Of(kind).SelectMany((field, at) => profile.Shape.Columns.Where(column => CanBe(field, profile.Of(column), comma))
            .Select(column => (Field: field, Column: column, Fit: ColumnWords.Fit(column, field) + Bonus(field, profile.Of(column)), At: at)));
        List<(ImportField, string)> assigned = [];
        HashSet<string> fields = [], columns = [];
        foreach (var pair in pairs.Where(p => p.Fit >= GoodEnough).OrderByDescending(p => p.Fit).ThenBy(p => p.At))
        {
            if (fields.Contains(pair.Field.Name) || !columns.Add(pair.Column))
                continue;
            fields.Add(pair.Field.Name);
            assigned.Add((pair.Field, pair.Column));
        }
        // A column of which each row has another is the id, whatever it is called.
        if (!fields.Contains("shipmentId") && profile.Shape.Columns.FirstOrDefault(c => !columns.Contains(c) && profile.Of(c) is { LooksLikeId: true, Longest: <= 64 } && !ColumnWords.SaysPerson(c)) is { } id)
            assigned.Add((ImportField.Of(kind)[0], id));
        // When it ended says nothing where no column says how.
        if (!fields.Contains(ImportField.EndState))
            assigned.RemoveAll(a => a.Item1.Name == ImportField.EndedAt);
        return assigned;
    }

    private static bool CanBe(ImportField field, ColumnProfile column, bool comma) => column.Filled > 0 && field.Kind switch
    {
        FieldKind.Time => column.LooksLikeTime,
        FieldKind.Number when field.Name.EndsWith("atitude", StringComparison.Ordinal) => column.IsNumber(comma) && column is { Low: >= -90, High: <= 90 },
        FieldKind.Number when field.Name.EndsWith("ongitude", StringComparison.Ordinal) => column.IsNumber(comma) && column is { Low: >= -180, High: <= 180 },
        FieldKind.Number or FieldKind.Whole => column.IsNumber(comma),
        _ when field.Name == "shipmentId" => !column.LooksLikeTime && column.Filled >= 0.9 * column.Rows,
        _ when field.Name.EndsWith("reaCode", StringComparison.Ordinal) => !column.LooksLikeTime && column.Longest <= 32 && !(column.IsNumber(comma) && column.Decimals is not (0, 0)),
        _ when field.Name == ImportField.EndState => !column.LooksLikeTime && column.Distinct <= 60 && EndTypes(column).Values.Any(t => t.Length > 0),
        _ when field.Name == "service" => !column.LooksLikeTime && column.Distinct <= 60 && column.Longest <= 32,
        _ => !column.LooksLikeTime && column.Longest <= 128,
    };

    private static double Bonus(ImportField field, ColumnProfile column) =>
        field.Name == "shipmentId" ? (column.LooksLikeId ? 0.1 : -0.3)
        : field.Name is "bookedAt" or "promisedBy" && column.Filled < 0.9 * column.Rows ? -0.3
        : 0;

    private static FieldSource Source(ImportField field, ColumnProfile column, FileProfile profile)
    {
        var source = new FieldSource { Column = column.Name };
        if (field.Name.EndsWith(".areaCode", StringComparison.Ordinal) || field.Name == "areaCode")
            return Area(source, column, profile);
        var words = ColumnWords.Split(column.Name);
        var unit = Array.Find(Units, u => u.Field == field.Name && words.Contains(u.Word));
        return unit.Word is null ? source : source with { Times = unit.Times };
    }

    // Thousands of areas have too few deliveries each to learn from: the front of a postcode is a region.
    private static FieldSource Area(FieldSource source, ColumnProfile column, FileProfile profile)
    {
        var pad = column.LostZeros ? column.Longest : (int?)null;
        if (column.Distinct <= ManyAreas || column.Longest < 4)
            return source with { Pad = pad };
        var words = ColumnWords.Split(column.Name);
        var state = profile.Shape.Columns.Select(profile.Of).FirstOrDefault(c =>
            ColumnWords.Split(c.Name) is [.., "state" or "region" or "country" or "land" or "province" or "uf"] named && named[0] == words[0] && c.Distinct is > 1 and <= 60 && c.Longest <= 4);
        return source with { Pad = pad, First = 2, Before = state?.Name };
    }

    // The one way it can be read; of two: the one the file's undoubted columns are written in, if that is said by a point, as in 3.4.2026.
    private static TimeOrder? Order(ColumnProfile column, FileProfile profile)
    {
        if (column.Orders.Count == 1)
            return column.Orders[0];
        if (column.Examples.All(e => e.Contains('.', StringComparison.Ordinal) && !e.Contains('/', StringComparison.Ordinal)))
            return TimeOrder.DayFirst;
        var others = profile.Shape.Columns.Select(profile.Of).Where(c => c.LooksLikeTime && c.Orders.Count == 1).Select(c => c.Orders[0]).Distinct().ToList();
        return others is [var only] && column.Orders.Contains(only) ? only : null;
    }

    private static bool LooksLikeCode(ColumnProfile column) =>
        column.LostZeros && ColumnWords.Split(column.Name).Exists(w => w is "zip" or "plz" or "postcode" or "cep" or "code" or "id" or "nr") || ColumnWords.Split(column.Name) is [.., "id" or "zip" or "plz" or "postcode" or "cep"];

    private static string? WhyNot(ColumnProfile column, bool comma) =>
        column.Filled == 0 ? "It is empty in the first rows."
        : ColumnWords.SaysOutcome(column.Name) ? "Its name says that it is known only afterwards."
        : column.LooksLikeTime && !ColumnWords.SaysPlanned(column.Name) ? "It is a time; when it was known isn't."
        : ColumnWords.SaysPerson(column.Name) && !column.IsNumber(comma) ? "It may be about a person, or hold what somebody wrote; a forecast needs neither."
        : column.Distinct <= 1 && column.Filled == column.Rows ? "It is the same in every row."
        : column.LooksLikeId && !column.IsNumber(comma) ? "Nearly every row has another text."
        : column.Longest > 200 ? "Its texts are longer than the 200 characters allowed."
        : KindOf(column, comma) == AttributeKind.Text && column.Distinct > 200 ? "It has hundreds of different texts."
        : null;
}
