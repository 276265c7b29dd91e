using System.Text.Json.Serialization;

namespace OpsConsole.Client;

/// <summary>State of a case.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CaseState>))]
public enum CaseState
{
    /// <summary>Waits for somebody.</summary>
    [JsonStringEnumMemberName("open")] Open,

    /// <summary>Somebody has it.</summary>
    [JsonStringEnumMemberName("claimed")] Claimed,

    /// <summary>Answered.</summary>
    [JsonStringEnumMemberName("judged")] Judged,

    /// <summary>Over.</summary>
    [JsonStringEnumMemberName("closed")] Closed,
}

/// <summary>A case of the queue.</summary>
public sealed record CaseAnswer
{
    /// <summary>The shipment.</summary>
    public required string ShipmentId { get; init; }

    /// <summary>Its state.</summary>
    public required CaseState State { get; init; }

    /// <summary>Newest score.</summary>
    public double? Score { get; init; }

    /// <summary>Newest stored prediction.</summary>
    public string? PredictionId { get; init; }

    /// <summary>Newest promise.</summary>
    public required DateTimeOffset PromisedBy { get; init; }

    /// <summary>Area of destination.</summary>
    public required string DestinationArea { get; init; }

    /// <summary>Value of the best action now, in the operation's currency.</summary>
    public double? ExpectedSaving { get; init; }

    /// <summary>Who holds it.</summary>
    public string? Assignee { get; init; }
}

/// <summary>A page of cases.</summary>
/// <param name="Items">The cases.</param>
/// <param name="Cursor">Where to go on; null at the end.</param>
public sealed record CasePage(IReadOnlyList<CaseAnswer> Items, string? Cursor);
