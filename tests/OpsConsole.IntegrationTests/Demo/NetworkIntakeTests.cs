using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Simulator.Network;

namespace OpsConsole.IntegrationTests.Demo;

public sealed class NetworkIntakeTests
{
    [Fact]
    public async Task TwoDaysOfTheNetwork_AreTakenWhole_AndKnownTheSecondTime()
    {
        await using var console = new ConsoleFactory();
        var key = await console.IssueKeyAsync("simulated", simulated: true, Scopes.Intake);
        using var http = console.CreateClient();
        var client = new OpsConsoleClient(http, new OpsConsoleClientOptions { ApiKey = key });
        var now = TimeProvider.System.GetUtcNow();
        List<Fact> Facts() => [.. new CourierNetwork(new NetworkOptions { From = now.AddDays(-2), ShipmentsPerDay = 300 }).Until(now)];

        var first = await client.SendFactsAsync(Facts());
        var second = await client.SendFactsAsync(Facts());

        Assert.Equal((Facts().Count, 0, 0, null), (first.Accepted, first.Duplicates, first.Rejected, first.Sample));
        Assert.Equal((0, first.Accepted, 0), (second.Accepted, second.Duplicates, second.Rejected));
        Assert.Equal(0, console.Count("SELECT COUNT(*) FROM shipments WHERE simulated = 0"));
        Assert.Equal(Facts().OfType<ShipmentFact>().Count(), console.Count("SELECT COUNT(*) FROM shipments"));
    }
}
