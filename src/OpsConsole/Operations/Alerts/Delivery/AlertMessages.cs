using System.Globalization;
using System.Text;

namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>An alert as it is told.</summary>
/// <param name="Over">It is over; else it was raised.</param>
/// <param name="Code">The rule.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Subject">Of what.</param>
/// <param name="Value">The newest value.</param>
/// <param name="Words">The newest reading in words.</param>
/// <param name="Advice">What to do.</param>
/// <param name="RaisedAt">Since when.</param>
/// <param name="ClearedAt">Until when; null while it lasts.</param>
/// <param name="Link">Where it is shown; null when the console's address isn't set.</param>
internal sealed record AlertMessage(
    bool Over, string Code, string Title, string Subject, double Value, string Words, string Advice, DateTimeOffset RaisedAt, DateTimeOffset? ClearedAt, Uri? Link)
{
    /// <summary>In one line.</summary>
    internal string Line => OneLine($"[OpsConsole] {(Over ? "Over" : "Alert")}: {Title}{(Subject.Length > 0 ? $" ({Subject})" : "")}");

    /// <summary>As text for people.</summary>
    internal string Text()
    {
        var text = new StringBuilder();
        text.AppendLine(Words).AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Since {RaisedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        if (ClearedAt is { } cleared)
            text.AppendLine(CultureInfo.InvariantCulture, $"Over since {cleared.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
        if (!Over && Advice.Length > 0)
            text.AppendLine().AppendLine(Advice);
        if (Link is not null)
            text.AppendLine().AppendLine(Link.ToString());
        return text.ToString();
    }

    // A line break in a subject would begin a header of its own.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

/// <summary>Writes messages with what the rules say of themselves.</summary>
internal sealed class AlertMessages(IEnumerable<IAlertRule> rules, AlertOptions options)
{
    private readonly IAlertRule[] _rules = [.. rules];

    internal AlertMessage Of(Alert alert, bool over)
    {
        var rule = Array.Find(_rules, r => r.Code == alert.Code);
        return new AlertMessage(
            over, alert.Code, rule?.Title ?? (alert.Code == AlertStore.Test ? "A test" : alert.Code), alert.Subject, alert.Value, alert.Words, rule?.Advice ?? "", alert.RaisedAt, alert.ClearedAt,
            options.ConsoleUrl is { } console ? new Uri(console, "alerts") : null);
    }
}
