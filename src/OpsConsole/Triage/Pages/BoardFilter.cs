using OpsConsole.Live;

namespace OpsConsole.Triage.Pages;

/// <summary>The lists of the board, in the order of the rail.</summary>
public enum BoardSection
{
    /// <summary>Flagged, unanswered, and something can still be done.</summary>
    Answer,

    /// <summary>No scan for longer than usual, unanswered.</summary>
    Silent,

    /// <summary>Open and not flagged.</summary>
    Watch,

    /// <summary>Answered by somebody.</summary>
    Answered,

    /// <summary>Flagged and unanswered, and nothing can be done any more.</summary>
    TooLate,
}

/// <summary>What the board shows, whole in its address: who opens the same address sees the same list and the same shipment.</summary>
/// <param name="Section">The list.</param>
/// <param name="Area">Only shipments to this area.</param>
/// <param name="Service">Only this service.</param>
/// <param name="Query">Only what has this text in its id, area, service, reason or holder; looks through every list.</param>
/// <param name="Case">The shipment that is open in the panel.</param>
public sealed record BoardFilter(BoardSection Section = BoardSection.Answer, string? Area = null, string? Service = null, string? Query = null, string? Case = null)
{
    /// <summary>Reads the parameters of the address; what makes no sense counts as left out.</summary>
    public static BoardFilter Of(string? section, string? area, string? service, string? query, string? shipmentId) => new(
        section switch { "silent" => BoardSection.Silent, "watch" => BoardSection.Watch, "answered" => BoardSection.Answered, "too-late" => BoardSection.TooLate, _ => BoardSection.Answer },
        Text(area), Text(service), Text(query), Text(shipmentId));

    /// <summary>Whether anything but the list narrows what is shown.</summary>
    public bool Narrows => Area is not null || Service is not null || Query is not null;

    /// <summary>The address of this state.</summary>
    public string Uri
    {
        get
        {
            List<string> parts = [];
            void Add(string name, string? value)
            {
                if (value is not null)
                    parts.Add($"{name}={System.Uri.EscapeDataString(value)}");
            }
            Add("section", Section == BoardSection.Answer ? null : Name(Section));
            Add("area", Area);
            Add("service", Service);
            Add("q", Query);
            Add("case", Case);
            return parts.Count == 0 ? "/" : "/?" + string.Join('&', parts);
        }
    }

    /// <summary>The name of a list in the address.</summary>
    public static string Name(BoardSection section) => section == BoardSection.TooLate ? "too-late" : section.ToString().ToLowerInvariant();

    /// <summary>Whether a row is among what the filter lets through, in whichever list it stands.</summary>
    public bool Matches(BoardRow row) =>
        (Area is null || string.Equals(row.DestinationArea, Area, StringComparison.OrdinalIgnoreCase))
        && (Service is null || string.Equals(row.Service, Service, StringComparison.OrdinalIgnoreCase))
        && (Query is null || Has(row.ShipmentId) || Has(row.DestinationArea) || Has(row.Service) || Has(row.Carrier) || Has(row.Why) || Has(row.Assignee));

    private bool Has(string? text) => text?.Contains(Query!, StringComparison.OrdinalIgnoreCase) == true;

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim() is { Length: <= 128 } text ? text : value.Trim()[..128];
}
