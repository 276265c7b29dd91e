using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Learning.Pages;

/// <summary>What the Train form holds. Days are of the operation's zone.</summary>
internal sealed class TrainForm
{
    /// <summary>Rows at every moment of the lead grid.</summary>
    internal const string Grid = "grid";

    private const string LeadPrefix = "lead:";

    public string Trainer { get; set; } = TrainingPlan.LightGbm;

    public DateOnly? From { get; set; }

    public DateOnly? To { get; set; }

    /// <summary><see cref="Grid"/>, <c>lead:240</c>, or an event's contract name.</summary>
    public string Decision { get; set; } = Grid;

    public string? Name { get; set; }

    public bool IncludeAttributes { get; set; } = true;

    public string Simulated { get; set; } = "";

    public int Seed { get; set; } = 1;

    /// <summary>The choices of <see cref="Decision"/>, with words.</summary>
    internal static IEnumerable<(string Value, string Words)> Decisions =>
    [
        (Grid, "at every moment of the lead grid"),
        .. LeadGrid.Minutes.Where(m => m > 0).Select(m => (LeadPrefix + m.ToString(CultureInfo.InvariantCulture), Words(m))),
        .. new[] { EventType.Accepted, EventType.Collected, EventType.ArrivedAtFacility, EventType.DepartedFacility, EventType.OutForDelivery }
            .Select(t => (JsonNamingPolicy.CamelCase.ConvertName(t.ToString()), $"when first {Words(t)}")),
    ];

    /// <summary>What is asked for.</summary>
    internal TrainRequest ToRequest(TimeZoneInfo zone) => new()
    {
        Trainer = Trainer,
        From = Start(From, zone),
        To = Start(To, zone),
        DecisionLeadMinutes = Decision.StartsWith(LeadPrefix, StringComparison.Ordinal) ? int.Parse(Decision.AsSpan(LeadPrefix.Length), CultureInfo.InvariantCulture) : null,
        DecisionPoint = Enum.GetValues<EventType>().Where(t => JsonNamingPolicy.CamelCase.ConvertName(t.ToString()) == Decision).Select(t => (EventType?)t).FirstOrDefault(),
        IncludeAttributes = IncludeAttributes,
        Simulated = Simulated.Length > 0 ? Simulated : null,
        Seed = Seed,
        Name = string.IsNullOrWhiteSpace(Name) ? null : Name.Trim(),
    };

    private static DateTimeOffset? Start(DateOnly? day, TimeZoneInfo zone)
    {
        if (day is not { } given)
            return null;
        var midnight = given.ToDateTime(TimeOnly.MinValue);
        // A day that begins at one o'clock, where the clocks are set forward at midnight.
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(30);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight));
    }

    private static string Words(int minutes) =>
        minutes % 60 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 60} h before the promise") : string.Create(CultureInfo.InvariantCulture, $"{minutes} min before the promise");

    private static string Words(EventType type) => type switch
    {
        EventType.ArrivedAtFacility => "at a facility",
        EventType.DepartedFacility => "leaving a facility",
        EventType.OutForDelivery => "out for delivery",
        _ => type.ToString().ToLowerInvariant(),
    };
}
