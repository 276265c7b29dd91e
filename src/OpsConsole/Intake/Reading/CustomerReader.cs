using System.Text.Json;
using OpsConsole.Client;

namespace OpsConsole.Intake.Reading;

/// <summary>Reads the customer's part of a shipment. What is refused is never repeated: it is personal.</summary>
internal static class CustomerReader
{
    private const int CustomerId = 0, Channel = 1, Address = 2, Consent = 3, Locale = 4, TimeZone = 5;
    private const int Given = 0, At = 1, Source = 2;
    private const string ConsentPrefix = "customer.consent.";

    private static readonly FieldNames Names = new("customerId", "channel", "address", "consent", "locale", "timeZone");
    private static readonly FieldNames Channels = new("email", "sms", "app");
    private static readonly FieldNames ConsentNames = new("given", "at", "source");

    /// <summary>The customer; null when nothing is said of them, or when it is refused.</summary>
    internal static Client.Customer? Read(ref Utf8JsonReader json, ItemReader reader, in Members parent)
    {
        if (!reader.IsObject(ref json, parent))
            return null;
        var customer = new Client.Customer();
        var members = new Members(Names, "customer.");
        while (reader.Next(ref json, ref members))
        {
            customer = members.At switch
            {
                CustomerId => customer with { CustomerId = reader.Text(ref json, members, 128) },
                Channel => customer with { Channel = reader.Choice<ContactChannel>(ref json, members) },
                Address => customer with { Address = reader.Text(ref json, members, 512) },
                Consent => customer with { Consent = ReadConsent(ref json, reader, members) },
                Locale => customer with { Locale = reader.Text(ref json, members, 35) },
                _ => customer with { TimeZone = ReadZone(ref json, reader, members) },
            };
        }
        return customer == new Client.Customer() ? null : customer;
    }

    private static Consent? ReadConsent(ref Utf8JsonReader json, ItemReader reader, in Members parent)
    {
        if (json.TokenType is JsonTokenType.True or JsonTokenType.False)
            return new Consent { All = json.GetBoolean() };
        if (json.TokenType != JsonTokenType.StartObject)
        {
            reader.RefuseKind(ref json, parent.Field, "true, false, or an object by channel (email, sms, app)");
            return null;
        }
        Dictionary<string, ChannelConsent> byChannel = new(StringComparer.Ordinal);
        var members = new Members(Channels, ConsentPrefix);
        while (reader.Next(ref json, ref members))
        {
            if (ReadChannel(ref json, reader, members) is { } consent)
                byChannel[Channels[members.At]] = consent;
        }
        return byChannel.Count > 0 ? new Consent { Channels = byChannel } : null;
    }

    private static ChannelConsent? ReadChannel(ref Utf8JsonReader json, ItemReader reader, in Members parent)
    {
        if (!reader.IsObject(ref json, parent))
            return null;
        bool? given = null;
        DateTimeOffset? at = null;
        string? source = null;
        var members = new Members(ConsentNames, parent.Field + ".");
        while (reader.Next(ref json, ref members))
        {
            switch (members.At)
            {
                case Given: given = reader.Flag(ref json, members); break;
                case At: at = reader.PastTime(ref json, members); break;
                case Source: source = reader.Text(ref json, members, 128); break;
            }
        }
        reader.Require(members, Given, "true or false");
        return given is { } said ? new ChannelConsent(said, at, source) : null;
    }

    private static string? ReadZone(ref Utf8JsonReader json, ItemReader reader, in Members parent)
    {
        if (reader.Text(ref json, parent, 64) is not { } zone)
            return null;
        // The name becomes part of a path when it is looked up.
        if (zone.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '/') && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            return zone;
        reader.Refuse(parent.Field, "is not a time zone; allowed is an IANA name, such as Europe/London");
        return null;
    }
}
