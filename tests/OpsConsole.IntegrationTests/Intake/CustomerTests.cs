using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Store;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Intake;

/// <summary>Personal data: readable only with two keys, in no answer, and erased by one command.</summary>
public sealed class CustomerTests(ConsoleFactory console) : IClassFixture<ConsoleFactory>
{
    private const string Address = "ada.lovelace.1815@example.org";

    [Fact]
    public async Task Customer_Kept_IsReadBackAndStandsNowhereInTheFiles()
    {
        var (id, customerId) = (Id(), Id("KUNDE"));
        await console.Client.SendAsync("shipments", Shipment(id).With("customer", Person(customerId)));
        var customer = Read(console, id)!;
        Assert.Equal((customerId, Address, ContactChannel.Email), (customer.CustomerId, customer.Address, customer.Channel));
        Assert.True(customer.Consent!.Channels!["email"].Given);
        AssertInNoFile(console.Folder, Address, customerId, "Europe/Vienna");
        Assert.Equal(0, console.Count($"SELECT COUNT(*) FROM shipment_versions WHERE content LIKE '%{Address}%' OR content LIKE '%customer%'"));
    }

    [Fact]
    public async Task Customer_Erased_TheirKeyIsGoneFromTheFilesToo()
    {
        var (first, second, other, customerId) = (Id(), Id(), Id(), Id("KUNDE"));
        await console.Client.SendAsync(
            "shipments", Shipment(first).With("customer", Person(customerId)), Shipment(second).With("customer", Person(customerId)), Shipment(other).With("customer", Person(Id("OTHER"))));
        var wrapped = Bytes($"SELECT wrapped_key FROM customers c JOIN shipment_customers l ON l.customer_key = c.\"key\" JOIN shipments s ON s.\"key\" = l.shipment_key WHERE s.shipment_id = '{first}'");
        Assert.True(InSomeFile(console.Folder, wrapped));

        using var answer = await console.Client.PostAsync("customers/erase", new JsonObject { ["customerId"] = customerId }.ToJsonString());
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Null(Read(console, first));
        Assert.Null(Read(console, second));
        Assert.NotNull(Read(console, other));
        Assert.False(InSomeFile(console.Folder, wrapped));
        AssertInNoFile(console.Folder, Address, customerId);
        Assert.Equal(1, console.Count($"SELECT COUNT(*) FROM shipments WHERE shipment_id = '{first}'"));
        Assert.Equal(1, console.Count(
            $"SELECT COUNT(*) FROM audit WHERE what = 'customer.erased' AND subject = (SELECT customer_key || '' FROM shipment_customers l JOIN shipments s ON s.\"key\" = l.shipment_key WHERE s.shipment_id = '{first}')"));

        using var again = await console.Client.PostAsync("customers/erase", new JsonObject { ["customerId"] = customerId }.ToJsonString());
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.DoesNotContain(customerId, await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EraseCustomer_FromTheCommandLine_ErasesOnceAndSaysSo()
    {
        var (id, customerId) = (Id(), Id("KUNDE"));
        await console.Client.SendAsync("shipments", Shipment(id).With("customer", Person(customerId)));
        var verb = console.Services.GetServices<Verb>().Single(v => v.Name == "erase-customer");
        Assert.Equal((1, true), (verb.Count, verb.Writes));
        Assert.Equal(0, await verb.RunAsync(console.Services, [customerId], CancellationToken.None));
        Assert.Null(Read(console, id));
        Assert.Equal(1, await verb.RunAsync(console.Services, [customerId], CancellationToken.None));
    }

    [Fact]
    public async Task Customer_SendsAgainAfterErasure_IsSomebodyNew()
    {
        var (first, second, customerId) = (Id(), Id(), Id("KUNDE"));
        await console.Client.SendAsync("shipments", Shipment(first).With("customer", Person(customerId)));
        Assert.True(await console.Services.GetRequiredService<EraseCustomer>().HandleAsync(customerId, Caller.System));
        await console.Client.SendAsync("shipments", Shipment(second).With("customer", Person(customerId)));
        Assert.Null(Read(console, first));
        Assert.NotNull(Read(console, second));
    }

    [Fact]
    public async Task Shipment_AmendedWithoutCustomer_ForgetsThem()
    {
        var item = Shipment().With("customer", Person(Id("KUNDE")));
        await console.Client.SendAsync("shipments", item);
        await console.Client.SendAsync("shipments", item.Without("customer"));
        Assert.Null(Read(console, (string)item["shipmentId"]!));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task Consent_ForAllChannels_IsKept(string consent, bool expected)
    {
        var item = Shipment().With("customer", Person(Id("KUNDE"))).With("customer.consent", JsonNode.Parse(consent));
        await console.Client.SendAsync("shipments", item);
        Assert.Equal(expected, Read(console, (string)item["shipmentId"]!)!.Consent!.All);
    }

    [Fact]
    public async Task Customer_WithoutId_IsKeptForTheirShipmentAlone()
    {
        var (one, two) = (Shipment().With("customer.address", Address), Shipment().With("customer.address", Address));
        await console.Client.SendAsync("shipments", one, two);
        Assert.Equal(Address, Read(console, (string)one["shipmentId"]!)!.Address);
        Assert.Equal(2, console.Count(
            $"SELECT COUNT(DISTINCT customer_key) FROM shipment_customers l JOIN shipments s ON s.\"key\" = l.shipment_key WHERE s.shipment_id IN ('{one["shipmentId"]}', '{two["shipmentId"]}')"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"customerId":""}""")]
    [InlineData("""{"customerId":null}""")]
    public async Task Erase_WithoutAnId_Is422(string body)
    {
        using var answer = await console.Client.PostAsync("customers/erase", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("customerId", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_OfPersonalData_DoesntRepeatIt()
    {
        using var answer = await console.Client.PostAsync("shipments", Shipment().With("customer", Person("K")).With("customer.channel", Address).With("customer.timeZone", Address).ToJsonString());
        Assert.DoesNotContain(Address, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_AreForTheProgramsUserAlone()
    {
        Assert.NotNull(console.Services.GetRequiredService<IntakeKeys>().CurrentMasterId);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(console.Folder, "keys", "intake.json")));
    }

    private static JsonObject Person(string customerId) => new()
    {
        ["customerId"] = customerId,
        ["channel"] = "email",
        ["address"] = Address,
        ["consent"] = new JsonObject { ["email"] = new JsonObject { ["given"] = true, ["at"] = "2026-05-01T00:00:00Z", ["source"] = "web form" } },
        ["locale"] = "de-AT",
        ["timeZone"] = "Europe/Vienna",
    };

    private static Client.Customer? Read(ConsoleFactory console, string shipmentId)
    {
        using var connection = console.Services.GetRequiredService<StoreConnections>().OpenReader();
        return console.Services.GetRequiredService<SealedCustomers>().Read(connection, console.Count($"SELECT \"key\" FROM shipments WHERE shipment_id = '{shipmentId}'"));
    }

    private byte[] Bytes(string sql)
    {
        using var connection = console.Services.GetRequiredService<StoreConnections>().OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (byte[])command.ExecuteScalar()!;
    }

    private static void AssertInNoFile(string folder, params string[] texts)
    {
        foreach (var text in texts)
            Assert.False(InSomeFile(folder, Encoding.UTF8.GetBytes(text)), $"{text} is in a file");
    }

    private static bool InSomeFile(string folder, byte[] bytes)
    {
        SqliteConnection.ClearAllPools();
        var files = Directory.GetFiles(folder, "opsconsole.db*");
        Assert.Contains(files, f => f.EndsWith("-wal", StringComparison.Ordinal));
        return files.Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Any(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.GetBuffer().AsSpan(0, (int)copy.Length).IndexOf(bytes) >= 0;
        });
    }
}
