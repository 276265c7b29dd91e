using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement;
using OpsConsole.Triage;

namespace OpsConsole.IntegrationTests.Measurement;

/// <summary>
/// Any order, duplication and lateness of the same facts ends in the same outcomes, tallies and roll-ups, and equals the rebuild.
/// </summary>
public sealed class SettlePropertyTests
{
    private const int Shipments = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Settle_SameFactsInAnyOrder_EndInTheSameAndEqualTheRebuild(int seed)
    {
        await using var inOrder = await MeasuredWorld.StartAsync();
        await using var shuffled = await MeasuredWorld.StartAsync();
        var end = MeasuredWorld.Noon.AddDays(20);

        await PlayAsync(inOrder, Facts(seed), order: null, MeasuredWorld.Noon.AddDays(-3), end);
        await PlayAsync(shuffled, Facts(seed), order: new Random(seed * 31), MeasuredWorld.Noon.AddDays(-3), end);
        var expected = await inOrder.DumpAsync();

        Assert.Contains("\"Tp\"", expected, StringComparison.Ordinal);
        Assert.Equal(expected, await shuffled.DumpAsync());
        await shuffled.Get<Rebuild>().StartOverAsync(CancellationToken.None);
        Assert.DoesNotContain("\"Tp\"", await shuffled.DumpAsync(), StringComparison.Ordinal);
        await shuffled.SettleAsync();
        Assert.Equal(expected, await shuffled.DumpAsync());
    }

    // Settles between the facts, at moments that move on; what comes twice changes nothing.
    private static async Task PlayAsync(
        MeasuredWorld world, List<(string Id, Func<MeasuredWorld, Task> Apply)> facts, Random? order, DateTimeOffset from, DateTimeOffset end)
    {
        for (var i = 0; i < Shipments; i++)
        {
            var n = i;
            await world.ShipAsync($"S{n}", PromiseOf(n), change: s => s with { Carrier = n % 3 == 0 ? null : $"C{n % 3}", Service = $"v{n % 2}" }, simulated: n % 4 == 0);
        }
        var queue = order is null ? facts : [.. facts.OrderBy(_ => order.Next())];
        for (var i = 0; i < queue.Count; i++)
        {
            await queue[i].Apply(world);
            if (order?.Next(3) == 0)
                await world.SettleAsync(from + (end - from) * i / queue.Count);
            if (order?.Next(5) == 0)
                await world.AddAsync(queue[i].Id);
        }
        await world.SettleAsync(end);
    }

    private static DateTimeOffset PromiseOf(int shipment) => MeasuredWorld.Noon.AddHours(shipment * 5);

    private static List<(string Id, Func<MeasuredWorld, Task> Apply)> Facts(int seed)
    {
        var random = new Random(seed);
        List<(string, Func<MeasuredWorld, Task>)> facts = [];
        for (var i = 0; i < Shipments; i++)
        {
            var id = $"S{i}";
            var promise = PromiseOf(i);
            DateTimeOffset Around(int from, int to) => promise.AddMinutes(random.Next(from, to));
            void Event(EventType type, DateTimeOffset occurred, DateTimeOffset? to = null, PromiseInitiator? by = null)
            {
                var received = occurred.AddMinutes(random.Next(0, 600));
                var name = $"{id}-{facts.Count}";
                facts.Add((id, w => w.EventAsync(id, type, occurred, received, to, by, eventId: name)));
            }
            var (score, threshold) = (random.Next(0, 1001) / 1000.0, 0.4);
            facts.Add((id, w => w.ScoreAsync(id, promise, score, threshold, leads: [480, 240, 120, 0])));
            Event(EventType.Collected, Around(-2000, -1000));
            if (random.Next(4) > 0)
                Event(random.Next(5) == 0 ? EventType.Returned : EventType.Delivered, Around(-400, 200));
            if (random.Next(3) == 0)
                Event(EventType.Delivered, Around(-100, 400));
            if (random.Next(3) == 0)
                Event(EventType.PromiseChanged, Around(-1500, 100), promise.AddMinutes(random.Next(-300, 3000)), (PromiseInitiator)random.Next(3));
            if (random.Next(2) == 0)
            {
                var (at, action, judge) = (Around(-500, 200), (JudgementAction)random.Next(3), random.Next(2));
                facts.Add((id, w => w.JudgeAsync(id, at, action, $"user:{judge}")));
            }
            if (random.Next(3) == 0)
            {
                var (at, cost) = (Around(-100, 900), random.Next(0, 700) / 100.0);
                facts.Add((id, w => w.AddAsync(id, new SupportContact
                { ContactId = id, ShipmentId = id, OccurredAt = at, ReceivedAt = at, SourceId = 1, Cost = cost })));
            }
        }
        return facts;
    }
}
