using System.Globalization;

namespace OpsConsole.Intake.Pages;

/// <summary>What a newcomer copies: a shipment and its first event, by curl and by the client library. Tests send and compile these very texts.</summary>
internal static class Samples
{
    /// <summary>Stands where the key isn't shown any more.</summary>
    internal const string NoKey = "YOUR-KEY";

    /// <summary>Two calls for a shell.</summary>
    /// <param name="address">Where the console is, as the browser sees it.</param>
    /// <param name="key">The key, or what stands for it.</param>
    /// <param name="now">The moment, which makes the ids new and the times sensible.</param>
    internal static string Curl(Uri address, string key, DateTimeOffset now)
    {
        var id = Id("first-", now);
        var root = address.ToString().TrimEnd('/');
        return $$"""
            KEY='{{key}}'
            curl -sS {{root}}/api/v1/shipments -H "X-Api-Key: $KEY" -H 'Content-Type: application/json' -d '{
              "shipmentId": "{{id}}", "bookedAt": "{{Time(now)}}", "promisedBy": "{{Time(now.AddHours(6))}}",
              "origin": { "areaCode": "N1" }, "destination": { "areaCode": "S4" }, "service": "sameDay" }'
            curl -sS {{root}}/api/v1/events -H "X-Api-Key: $KEY" -H 'Content-Type: application/json' -d '{
              "eventId": "{{id}}-collected", "shipmentId": "{{id}}", "type": "collected", "occurredAt": "{{Time(now)}}" }'
            """;
    }

    /// <summary>The same as a program.</summary>
    internal static string CSharp(Uri address, string key) => $$"""
        using OpsConsole.Client;

        using var http = new HttpClient { BaseAddress = new Uri("{{address.ToString().TrimEnd('/')}}/") };
        var console = new OpsConsoleClient(http, new OpsConsoleClientOptions { ApiKey = "{{key}}" });
        var now = DateTimeOffset.UtcNow;
        var id = $"first-{now:yyyyMMddHHmmss}-cs";

        await console.SendShipmentsAsync([new NewShipment
        {
            ShipmentId = id,
            BookedAt = now,
            PromisedBy = now.AddHours(6),
            Origin = new Area { AreaCode = "N1" },
            Destination = new Area { AreaCode = "S4" },
            Service = "sameDay",
        }]);
        var receipt = await console.SendEventsAsync([new NewEvent
        {
            EventId = $"{id}-collected",
            ShipmentId = id,
            Type = EventType.Collected,
            OccurredAt = now,
        }]);
        Console.WriteLine($"{receipt.Accepted} accepted, {receipt.RejectedCount} rejected");
        """;

    private static string Id(string prefix, DateTimeOffset now) => prefix + now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
