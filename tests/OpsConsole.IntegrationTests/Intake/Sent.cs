using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Client;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Intake;

/// <summary>What the tests of intake send, and how.</summary>
internal static class Sent
{
    /// <summary>A moment a while ago, at which most things happen.</summary>
    internal static readonly DateTimeOffset Day = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    internal static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffK", CultureInfo.InvariantCulture);

    /// <summary>An id that no other test has.</summary>
    internal static string Id(string prefix = "S") => $"{prefix}-{Guid.NewGuid():N}";

    /// <summary>A shipment with what is required, promised tomorrow.</summary>
    internal static JsonObject Shipment(string? id = null) => new()
    {
        ["shipmentId"] = id ?? Id(),
        ["bookedAt"] = Time(Day),
        ["promisedBy"] = Time(TimeProvider.System.GetUtcNow().AddDays(1)),
        ["origin"] = new JsonObject { ["areaCode"] = "LS1" },
        ["destination"] = new JsonObject { ["areaCode"] = "M1" },
        ["service"] = "next-day",
    };

    internal static JsonObject Event(string? id = null, string? shipmentId = null) => new()
    {
        ["eventId"] = id ?? Id("E"),
        ["shipmentId"] = shipmentId ?? Id(),
        ["type"] = "arrivedAtFacility",
        ["occurredAt"] = Time(Day.AddHours(1)),
    };

    internal static JsonObject Condition(string? areaCode = null) => new()
    {
        ["areaCode"] = areaCode ?? Id("A")[..12],
        ["observedAt"] = Time(Day),
        ["precipitationMm"] = 1.5,
    };

    internal static JsonObject Contact(string? id = null) => new()
    {
        ["contactId"] = id ?? Id("C"),
        ["shipmentId"] = Id(),
        ["occurredAt"] = Time(Day.AddHours(2)),
    };

    /// <summary>The same object with a member set to something else; <c>a.b</c> names a member of a member.</summary>
    internal static JsonObject With(this JsonObject item, string path, JsonNode? value)
    {
        var copy = item.DeepClone().AsObject();
        var target = copy;
        var names = path.Split('.');
        foreach (var name in names[..^1])
            target = (target[name] ??= new JsonObject()).AsObject();
        target[names[^1]] = value;
        return copy;
    }

    internal static JsonObject Without(this JsonObject item, string path)
    {
        var copy = item.DeepClone().AsObject();
        var target = copy;
        var names = path.Split('.');
        foreach (var name in names[..^1])
            target = target[name]!.AsObject();
        target.Remove(names[^1]);
        return copy;
    }

    internal static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, string body, string mediaType = "application/json") =>
        client.PostAsync(new Uri("/api/v1/" + path, UriKind.Relative), new StringContent(body, Encoding.UTF8, mediaType));

    /// <summary>Sends items as one list, and gives the receipt, whatever became of them.</summary>
    internal static async Task<IntakeReceipt> SendAsync(this HttpClient client, string path, params JsonNode?[] items)
    {
        using var answer = await client.PostAsync(path, new JsonArray([.. items.Select(i => i?.DeepClone())]).ToJsonString());
        return await answer.ReceiptAsync();
    }

    /// <summary>One text from the store.</summary>
    internal static string Read(this ConsoleFactory console, string sql)
    {
        using var connection = console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture)!;
    }

    internal static async Task<IntakeReceipt> ReceiptAsync(this HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.UnprocessableEntity, $"{(int)answer.StatusCode}: {text}");
        var receipt = JsonSerializer.Deserialize(text, ContractJson.Default.IntakeReceipt)!;
        var allBad = receipt.Accepted + receipt.Duplicates == 0;
        Assert.Equal(allBad ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.OK, answer.StatusCode);
        return receipt;
    }
}
