using Microsoft.Extensions.Time.Testing;
using OpsConsole.Live;

namespace OpsConsole.Tests.Live;

/// <summary>The pace at which one connection is sent changes, on a clock of the test's own.</summary>
public sealed class HubPumpTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HubPump _pump;

    public HubPumpTests() => _pump = new HubPump(new Nobody(), _time, failure => Assert.Fail(failure.ToString()));

    [Fact]
    public void Shipment_ChangesOften_FirstAtOnceThenFourTimesASecondTheLatest()
    {
        _pump.Offer([Change(1, 10)]);
        Assert.Equal([10], Sequences(_pump.Take().Batch));
        _pump.Offer([Change(1, 11)]);
        _pump.Offer([Change(1, 12)]);
        var (batch, wait) = _pump.Take();
        Assert.Empty(batch);
        Assert.Equal(250, wait.TotalMilliseconds, 1.0);
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Empty(_pump.Take().Batch);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([12], Sequences(_pump.Take().Batch));
        var sent = 0;
        for (var i = 0; i < 1100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _pump.Offer([Change(1, 100 + i)]);
            sent += _pump.Take().Batch.Length;
        }
        Assert.Equal(4, sent);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal([1199], Sequences(_pump.Take().Batch));
        Assert.Equal((0, Timeout.InfiniteTimeSpan), (_pump.Take().Batch.Length, _pump.Take().Wait));
    }

    [Fact]
    public void Shipment_QuietForAWhile_NextChangeGoesAtOnce()
    {
        _pump.Offer([Change(1, 1), Change(2, 2)]);
        Assert.Equal([1, 2], Sequences(_pump.Take().Batch));
        _pump.Offer([Change(2, 3), Change(3, 4)]);
        // Another's turn doesn't wait for this one's.
        Assert.Equal([4], Sequences(_pump.Take().Batch));
        _time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal([3], Sequences(_pump.Take().Batch));
    }

    [Fact]
    public void Board_ChangesWhole_IsSentInBatchesInTheOrderOfTheSequences()
    {
        _pump.Offer([.. Enumerable.Range(1, 1200).Reverse().Select(i => Change(i, i))]);
        var batches = new[] { _pump.Take().Batch, _pump.Take().Batch, _pump.Take().Batch };
        Assert.Equal([500, 500, 200], batches.Select(b => b.Length));
        Assert.Equal(Enumerable.Range(1, 1200).Select(i => (long)i), batches.SelectMany(b => b).Select(c => c.Sequence));
    }

    [Fact]
    public void Replay_OlderThanWhatCameIn_DoesNotReplaceIt()
    {
        _pump.Offer([Change(1, 20)]);
        _pump.Offer([Change(1, 10), Change(2, 11)]);
        Assert.Equal([11, 20], Sequences(_pump.Take().Batch));
    }

    [Fact]
    public async Task Pump_Running_SendsAtMost25BatchesASecond()
    {
        var client = new Recorder(_time);
        using var pump = new HubPump(client, _time, failure => Assert.Fail(failure.ToString()));
        pump.Start(CancellationToken.None);
        for (var i = 0; i < 10; i++)
        {
            pump.Offer([Change(i, i + 1)]);
            await NextAsync(client);
            // What is offered in between waits for the next turn, and goes with it.
            pump.Offer([Change(1000 + i, 1000 + i)]);
            Assert.Equal(0, client.Waiting);
            await NextAsync(client);
        }
        Assert.All(client.Times.Zip(client.Times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= HubPump.BetweenBatches));
    }

    /// <summary>Lets time pass until the next batch is there: the pump may begin its wait a moment after it has sent.</summary>
    private async Task NextAsync(Recorder client)
    {
        for (var step = 0; !await client.HasReceivedAsync(); step++)
        {
            Assert.True(step < 10_000, "no batch came");
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }
    }

    private static IEnumerable<long> Sequences(HubChange[] batch) => batch.Select(c => c.Sequence);

    private static HubChange Change(long shipment, long version) => new(new BoardRow
    {
        ShipmentKey = shipment,
        ShipmentId = $"S{shipment}",
        Version = version,
        DestinationArea = "B2",
        Service = "standard",
    });

    private sealed class Nobody : IOperationsClient
    {
        public Task ShipmentsChanged(IReadOnlyList<HubChange> changes) => Task.CompletedTask;

        public Task Resync() => Task.CompletedTask;
    }

    private sealed class Recorder(TimeProvider time) : IOperationsClient
    {
        private readonly SemaphoreSlim _batches = new(0);

        internal List<DateTimeOffset> Times { get; } = [];

        internal int Waiting => _batches.CurrentCount;

        public Task ShipmentsChanged(IReadOnlyList<HubChange> changes)
        {
            Times.Add(time.GetUtcNow());
            _batches.Release();
            return Task.CompletedTask;
        }

        public Task Resync() => Task.CompletedTask;

        internal Task<bool> HasReceivedAsync() => _batches.WaitAsync(TimeSpan.FromMilliseconds(1));
    }
}
