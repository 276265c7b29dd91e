using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;

namespace OpsConsole.Labels;

/// <summary>Format of the labels file.</summary>
public enum LabelFormat
{
    /// <summary>RFC 4180 with a header.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    Jsonl,

    /// <summary>Typed columns.</summary>
    Parquet,
}

/// <summary>Which moment of a shipment is its decision.</summary>
public enum DecisionKind
{
    /// <summary>A lead before the counted promise.</summary>
    Lead,

    /// <summary>When its first event of a type was known.</summary>
    Point,

    /// <summary>Its first stored prediction that was flagged.</summary>
    FirstFlag,

    /// <summary>Every stored prediction.</summary>
    All,
}

/// <summary>The moment or moments at which a shipment's row is taken.</summary>
/// <param name="Kind">Which kind of moment.</param>
/// <param name="Lead">Minutes, with <see cref="DecisionKind.Lead"/>.</param>
/// <param name="Point">The event, with <see cref="DecisionKind.Point"/>.</param>
public readonly record struct Decision(DecisionKind Kind, int Lead = 0, EventType Point = default)
{
    /// <summary>By its contract name.</summary>
    public override string ToString() => Kind switch
    {
        DecisionKind.Lead => string.Create(CultureInfo.InvariantCulture, $"lead:{Lead}"),
        DecisionKind.Point => $"point:{JsonNamingPolicy.CamelCase.ConvertName(Point.ToString())}",
        DecisionKind.FirstFlag => "firstFlag",
        _ => "all",
    };

    /// <summary>Reads the contract's <c>decision</c>.</summary>
    public static Decision? Parse(string text)
    {
        if (text == "all")
            return new(DecisionKind.All);
        if (text == "firstFlag")
            return new(DecisionKind.FirstFlag);
        if (text.StartsWith("lead:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var lead) && LeadGrid.IndexOf(lead) >= 0)
            return new(DecisionKind.Lead, lead);
        if (text.StartsWith("point:", StringComparison.Ordinal))
        {
            foreach (var type in Enum.GetValues<EventType>())
            {
                if (JsonNamingPolicy.CamelCase.ConvertName(type.ToString()) == text[6..])
                    return new(DecisionKind.Point, Point: type);
            }
        }
        return null;
    }
}

/// <summary>Which labels, and how.</summary>
/// <param name="Format">The file's format.</param>
/// <param name="From">On the counted promise, inclusive; null: from the first.</param>
/// <param name="To">Exclusive; null: to the last.</param>
/// <param name="Decision">The moment of the rows; null: the default lead of the settings in force at the file's moment.</param>
/// <param name="Simulated">Whether simulated shipments count; null: not, as soon as one real one had been received by the file's moment.</param>
/// <param name="Pseudonymise">Ids replaced by pseudonyms.</param>
/// <param name="Model">The version whose schema gives the feature columns; null: the champion at the file's moment.</param>
/// <param name="AsOf">What had been received then; null: now.</param>
public sealed record LabelRequest(
    LabelFormat Format, DateTimeOffset? From, DateTimeOffset? To, Decision? Decision, SimulatedFilter? Simulated, bool Pseudonymise, string? Model,
    DateTimeOffset? AsOf = null)
{
    private static readonly string Decisions = $"lead:L with L of {string.Join(", ", LeadGrid.Minutes)}; point: and an event type; firstFlag; or all";

    /// <summary>Reads the query; what is wrong is said of the reader.</summary>
    internal static LabelRequest Read(QueryReader query)
    {
        var format = query.Choice("format", "csv", "csv", "jsonl", "parquet");
        var (from, to) = (query.Time("from"), query.Time("to"));
        if (from is not null && to is not null && to <= from)
            query.Refuse("to", "is not after from");
        var asOf = query.Time("asOf");
        Decision? decision = null;
        if (query.Text("decision") is { } text)
        {
            decision = Labels.Decision.Parse(text);
            if (decision is null)
                query.Refuse("decision", $"is none of: {Decisions}");
        }
        var asked = query.Choice("simulated", null, "exclude", "only", "include");
        return new LabelRequest(
            format switch { "parquet" => LabelFormat.Parquet, "jsonl" => LabelFormat.Jsonl, _ => LabelFormat.Csv },
            from, to, decision, Filter(asked), query.Flag("pseudonymise"), query.Text("model", 64), asOf);
    }

    /// <summary>The filter by its contract name; null for the default.</summary>
    internal static SimulatedFilter? Filter(string? asked) => asked switch
    {
        "exclude" => SimulatedFilter.Exclude,
        "only" => SimulatedFilter.Only,
        "include" => SimulatedFilter.Include,
        _ => null,
    };
}
