using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using MimeKit;

namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>What may stand in the configuration about where alerts go.</summary>
internal static class AlertSettingRules
{
    /// <summary>Each key, what is allowed, and whether a value is.</summary>
    internal static IReadOnlyList<(string Key, string Allowed, Func<string, bool> Fits)> Rules { get; } =
    [
        ("Smtp:Host", "a host name or an address", value => Uri.CheckHostName(value) != UriHostNameType.Unknown),
        ("Smtp:Port", "a whole number from 1 to 65535", value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65_535),
        ("Smtp:Security", "StartTls, Tls or None", value => value is "StartTls" or "Tls" or "None"),
        ("Smtp:User", "a user of the mail server", value => !value.Any(char.IsControl)),
        ("Smtp:Password", "that user's password", value => !value.Any(char.IsControl)),
        ("Smtp:From", "an e-mail address", IsMailbox),
        ("Alerts:EmailTo", "at most 20 e-mail addresses separated by commas", value => value.Split(',') is { Length: <= 20 } people && people.All(IsMailbox)),
        ("Alerts:WebhookUrl", "an https address; http only to this machine", IsWebhook),
        ("Alerts:WebhookSecret", "16 to 256 characters", value => value.Length is >= 16 and <= 256),
        ("Alerts:WebhookNetworks", "addresses or networks separated by commas, such as 10.0.0.0/8",
            value => value.Split(',').All(part => IPNetwork.TryParse(SettingRules.AsNetwork(part.Trim()), out _))),
        ("Alerts:ConsoleUrl", "an http or https address", value => Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"),
    ];

    /// <summary>Keys whose values must not be repeated; the address of a webhook often is a secret itself.</summary>
    internal static IReadOnlyList<string> Secret { get; } = ["Smtp:Password", "Alerts:WebhookSecret", "Alerts:WebhookUrl"];

    /// <summary>What doesn't go together.</summary>
    internal static IEnumerable<string> Problems(IConfiguration configuration)
    {
        if (Has("Alerts:EmailTo") && !Has("Smtp:Host"))
            yield return "Alerts:EmailTo: is set without Smtp:Host; allowed: both, or neither";
        if (Has("Alerts:WebhookUrl") && !Has("Alerts:WebhookSecret"))
            yield return "Alerts:WebhookUrl: is set without Alerts:WebhookSecret; allowed: both, since every post is signed";
        if (Has("Smtp:User") != Has("Smtp:Password"))
            yield return "Smtp:User: is set without Smtp:Password, or the other way round; allowed: both or neither";
        if (Has("Smtp:Password") && configuration["Smtp:Security"] == "None" && !IsThisMachine(configuration["Smtp:Host"] ?? ""))
            yield return "Smtp:Security: None would send the password in the clear; allowed: StartTls or Tls, or a Smtp:Host that is this machine";

        bool Has(string key) => !string.IsNullOrEmpty(configuration[key]);
    }

    private static bool IsMailbox(string text) => text.Trim().Length <= 256 && MailboxAddress.TryParse(text.Trim(), out var mailbox) && mailbox.Address.Contains('@', StringComparison.Ordinal);

    private static bool IsWebhook(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && IsThisMachine(uri.Host)));

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
