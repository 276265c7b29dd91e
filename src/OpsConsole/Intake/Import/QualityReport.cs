using System.Text.Json;

namespace OpsConsole.Intake.Import;

/// <summary>What becomes, or became, of items.</summary>
internal sealed record ItemCounts(long Accepted = 0, long Duplicates = 0, long Rejected = 0)
{
    internal long Total => Accepted + Duplicates + Rejected;
}

/// <summary>Why items are refused, in the words of a receipt, with how many and a few of them.</summary>
/// <param name="Item"><c>shipment</c>, <c>event</c> or <c>row</c>.</param>
/// <param name="Field">The field; of the whole item: empty.</param>
/// <param name="What">What is wrong, and what is allowed.</param>
/// <param name="Count">How many.</param>
/// <param name="Lines">Lines of the file where a few of them begin.</param>
/// <param name="Cells">What stands there, as far as one column fills the field.</param>
internal sealed record RefusalReason(string Item, string Field, string What, long Count, IReadOnlyList<long> Lines, IReadOnlyList<string> Cells);

/// <summary>How often a field is filled.</summary>
internal sealed record FieldFill(string Field, string Words, long Filled);

/// <summary>What the times of a field are like.</summary>
/// <param name="Field">The field.</param>
/// <param name="Words">What the page calls it.</param>
/// <param name="Count">How many there are.</param>
/// <param name="First">The earliest.</param>
/// <param name="Last">The latest.</param>
/// <param name="LeftOut">Times that the clocks left out.</param>
/// <param name="Twice">Times that the clocks showed twice.</param>
/// <param name="DayOnly">Days without a time of day.</param>
/// <param name="Midnight">At exactly midnight.</param>
/// <param name="Night">From midnight to five in the file's zone, exact midnights left out.</param>
/// <param name="BeforeBooking">Before the booking.</param>
internal sealed record TimeFinding(
    string Field, string Words, long Count, DateTimeOffset? First, DateTimeOffset? Last, long LeftOut, long Twice, long DayOnly, long Midnight, long Night, long BeforeBooking);

/// <summary>A column that may say what was known only afterwards.</summary>
/// <param name="Column">The column.</param>
/// <param name="Used">It is an attribute in the mapping.</param>
/// <param name="Severe">It should be left out; else: look at it.</param>
/// <param name="Why">What was found, with its figures.</param>
internal sealed record Leak(string Column, bool Used, bool Severe, string Why);

/// <summary>What the check of a whole file found. Nothing of it was stored.</summary>
internal sealed record QualityReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Rows of the file.</summary>
    public long Rows { get; init; }

    /// <summary>What would become of its shipments.</summary>
    public ItemCounts Shipments { get; init; } = new();

    /// <summary>What would become of its events.</summary>
    public ItemCounts Events { get; init; } = new();

    /// <summary>Rows of events whose word is left out by the mapping.</summary>
    public long LeftOutRows { get; init; }

    /// <summary>Why items would be refused, the most frequent first.</summary>
    public IReadOnlyList<RefusalReason> Reasons { get; init; } = [];

    /// <summary>How often each mapped field is filled.</summary>
    public IReadOnlyList<FieldFill> Fills { get; init; } = [];

    /// <summary>What the times are like.</summary>
    public IReadOnlyList<TimeFinding> Times { get; init; } = [];

    /// <summary>Rows whose id stood in an earlier row.</summary>
    public long RepeatedIds { get; init; }

    /// <summary>Rows with a delivery.</summary>
    public long Delivered { get; init; }

    /// <summary>Of them, after the promise.</summary>
    public long Late { get; init; }

    /// <summary>Rows whose promise is still ahead: they are watched, not history.</summary>
    public long Ahead { get; init; }

    /// <summary>Rows without an end, whose promise passed.</summary>
    public long NoEnd { get; init; }

    /// <summary>Deliveries more than 60 days from their promise.</summary>
    public long FarOff { get; init; }

    /// <summary>Different areas, counted up to 20,000.</summary>
    public int Areas { get; init; }

    /// <summary>Of them, without coordinates anywhere in the file.</summary>
    public int AreasWithoutCoordinates { get; init; }

    /// <summary>Columns that may say what was known only afterwards.</summary>
    public IReadOnlyList<Leak> Leaks { get; init; } = [];

    internal static QualityReport Read(string json) => JsonSerializer.Deserialize<QualityReport>(json, Json)!;

    internal string Write() => JsonSerializer.Serialize(this, Json);
}

/// <summary>How far a pass over a file has come.</summary>
/// <param name="Rows">Rows that are done with, from the first on.</param>
/// <param name="Share">0 to 1, by bytes.</param>
/// <param name="Shipments">What became of the shipments.</param>
/// <param name="Events">What became of the events.</param>
/// <param name="RejectedBytes">How long the file of rejected rows is.</param>
/// <param name="RowsPerSecond">How fast it went.</param>
internal sealed record ImportProgress(long Rows, double Share, ItemCounts Shipments, ItemCounts Events, long RejectedBytes, double RowsPerSecond)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal static ImportProgress None { get; } = new(0, 0, new(), new(), 0, 0);

    internal static ImportProgress Read(string? json) => json is null ? None : JsonSerializer.Deserialize<ImportProgress>(json, Json)!;

    internal string Write() => JsonSerializer.Serialize(this, Json);
}
