using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;

namespace OpsConsole.Labels.Pages;

/// <summary>What the labels page is asked for, as it stands in the URL. Days are of the operation's zone.</summary>
internal sealed record LabelsPageState
{
    /// <summary>First day of the counted promise; null: from the first.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day, inclusive; null: to the last.</summary>
    public DateOnly? To { get; init; }

    /// <summary>The contract's <c>decision</c>.</summary>
    public required string Decision { get; init; }

    /// <summary><c>exclude|only|include</c>; null: the default.</summary>
    public string? Simulated { get; init; }

    /// <summary>What had been received then; null: now.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>Ids replaced by pseudonyms.</summary>
    public bool Pseudonymise { get; init; }

    /// <summary>The decisions one can choose.</summary>
    internal static IReadOnlyList<(string Value, string Words)> Decisions { get; } =
    [
        .. LeadGrid.Minutes.Select(lead => (string.Create(CultureInfo.InvariantCulture, $"lead:{lead}"), $"{Words(lead)} before the promise")),
        .. new[] { EventType.Accepted, EventType.Collected, EventType.ArrivedAtFacility, EventType.DepartedFacility, EventType.OutForDelivery }
            .Select(type => ($"point:{JsonNamingPolicy.CamelCase.ConvertName(type.ToString())}", $"when first {Name(type)}")),
        ("firstFlag", "when first flagged"),
        ("all", "every stored prediction"),
    ];

    /// <summary>The page of the URL; what can't be read there is left out.</summary>
    internal static LabelsPageState Read(string? from, string? to, string? decision, string? simulated, string? asOf, bool pseudonymise, int defaultLead) => new()
    {
        From = Day(from),
        To = Day(to),
        Decision = decision is not null && Labels.Decision.Parse(decision) is not null ? decision : string.Create(CultureInfo.InvariantCulture, $"lead:{defaultLead}"),
        Simulated = simulated is "exclude" or "only" or "include" ? simulated : null,
        AsOf = asOf is not null && TimeText.TryParse(asOf, out var time) ? time : null,
        Pseudonymise = pseudonymise,
    };

    /// <summary>The request that the state stands for.</summary>
    internal LabelRequest ToRequest(TimeZoneInfo zone) => new(
        LabelFormat.Csv, Start(From, zone), Start(To?.AddDays(1), zone), Labels.Decision.Parse(Decision)!.Value, LabelRequest.Filter(Simulated), Pseudonymise, null,
        AsOf);

    /// <summary>The address of the page in this state.</summary>
    internal string ToUrl() => "/labels" + Query([("from", Text(From)), ("to", Text(To)), ("decision", Decision), ("simulated", Simulated), ("asOf", AsOfUtc), ("pseudonymise", Pseudonymise ? "true" : null)]);

    /// <summary>The address of the file in a format.</summary>
    internal string ToExportUrl(string format, TimeZoneInfo zone) => "/api/v1/labels" + Query(
    [
        ("format", format), ("from", Start(From, zone)?.ToString("O", CultureInfo.InvariantCulture)),
        ("to", Start(To?.AddDays(1), zone)?.ToString("O", CultureInfo.InvariantCulture)), ("decision", Decision), ("simulated", Simulated),
        ("asOf", AsOfUtc), ("pseudonymise", Pseudonymise ? "true" : null),
    ]);

    /// <summary>As a field for local times has it.</summary>
    internal string? AsOfText(TimeZoneInfo zone) =>
        AsOf is { } time ? TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) : null;

    /// <summary>The state with what such a field holds; what can't be read is now.</summary>
    internal LabelsPageState WithAsOf(string? text, TimeZoneInfo zone) => this with
    {
        AsOf = DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Year is >= 1990 and < 9000 ? Moment(local, zone) : null,
    };

    private string? AsOfUtc => AsOf?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static string Query(IEnumerable<(string Name, string? Value)> parts)
    {
        var query = string.Join('&', parts.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return query.Length == 0 ? "" : "?" + query;
    }

    private static DateTimeOffset? Start(DateOnly? day, TimeZoneInfo zone)
    {
        if (day is not { } date)
            return null;
        return Moment(date.ToDateTime(TimeOnly.MinValue), zone);
    }

    private static DateTimeOffset Moment(DateTime local, TimeZoneInfo zone)
    {
        // A day may begin after a clock change: then its first moment is the one after the gap.
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(30);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1990 and < 9000 ? day : null;

    internal static string? Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Words(int minutes) => minutes switch
    {
        0 => "at the promise; 0 min",
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60} h"),
    };

    private static string Name(EventType type) => type switch
    {
        EventType.ArrivedAtFacility => "arrived at a facility",
        EventType.DepartedFacility => "left a facility",
        EventType.OutForDelivery => "out for delivery",
        _ => JsonNamingPolicy.CamelCase.ConvertName(type.ToString()),
    };
}
