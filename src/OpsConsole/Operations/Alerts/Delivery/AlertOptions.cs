using System.Net;

namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>How a connection to the mail server is kept from being read.</summary>
public enum SmtpSecurity
{
    /// <summary>TLS after STARTTLS; refused when the server doesn't offer it.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>In the clear; never with a password, except on this machine.</summary>
    None,
}

/// <summary>Where alerts are sent. Read from <c>Alerts</c> and <c>Smtp</c>.</summary>
public sealed record AlertOptions
{
    /// <summary><c>Alerts:EmailTo</c>: who gets a mail for each alert raised or over.</summary>
    public IReadOnlyList<string> EmailTo { get; init; } = [];

    /// <summary><c>Alerts:WebhookUrl</c>: where each alert raised or over is posted to.</summary>
    public Uri? WebhookUrl { get; init; }

    /// <summary><c>Alerts:WebhookSecret</c>: what the posts are signed with.</summary>
    public string? WebhookSecret { get; init; }

    /// <summary><c>Alerts:WebhookNetworks</c>: networks that aren't public and that the webhook may lie in all the same.</summary>
    public IReadOnlyList<IPNetwork> WebhookNetworks { get; init; } = [];

    /// <summary><c>Alerts:ConsoleUrl</c>: this console's address as people reach it, for the link in messages.</summary>
    public Uri? ConsoleUrl { get; init; }

    /// <summary><c>Smtp:Host</c>; null: no mail.</summary>
    public string? SmtpHost { get; init; }

    /// <summary><c>Smtp:Port</c>.</summary>
    public int SmtpPort { get; init; } = 587;

    /// <summary><c>Smtp:Security</c>.</summary>
    public SmtpSecurity SmtpSecurity { get; init; }

    /// <summary><c>Smtp:User</c>; null: without signing in.</summary>
    public string? SmtpUser { get; init; }

    /// <summary><c>Smtp:Password</c>.</summary>
    public string? SmtpPassword { get; init; }

    /// <summary><c>Smtp:From</c>.</summary>
    public string SmtpFrom { get; init; } = "opsconsole@localhost";

    /// <summary>To whom each message goes: the channel and whom within it.</summary>
    internal IEnumerable<(string Channel, string Target)> Targets()
    {
        if (SmtpHost is not null)
        {
            foreach (var person in EmailTo)
                yield return (SendByEmail.Channel, person);
        }
        if (WebhookUrl is not null)
            yield return (SendByWebhook.Channel, WebhookUrl.Host);
    }

    // A secret must not end in a log by way of a record's own text.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(SmtpHost)} = {SmtpHost}");
        return true;
    }
}
