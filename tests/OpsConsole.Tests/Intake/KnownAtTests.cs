using OpsConsole.Client;
using OpsConsole.Intake;
using static OpsConsole.Tests.IntakeFold.Facts;

namespace OpsConsole.Tests.IntakeFold;

/// <summary>The three times of a fact (contract.md): occurred, recorded, received; and from when on it counts as known.</summary>
public sealed class KnownAtTests
{
    [Fact]
    public void Served_WithoutRecordedAt_IsKnownWhenReceived()
    {
        var history = new Facts().Version(received: 1).Event(EventType.Collected, 2, received: 3).Fold();
        Assert.Equal(At(1), history.KnownAt(history.Newest));
        Assert.Equal(At(3), history.KnownAt(history.Events[0]));
    }

    [Fact]
    public void History_WithoutRecordedAt_IsKnownWhenItHappened()
    {
        var history = new Facts().Version(received: 100).Version(received: 200, service: "later").Event(EventType.Collected, 2, received: 101).Fold(history: true);
        Assert.Equal(At(0), history.KnownAt(history.Versions[0]));
        // A later version without recordedAt is known when received, in history too.
        Assert.Equal(At(200), history.KnownAt(history.Versions[1]));
        Assert.Equal(At(2), history.KnownAt(history.Events[0]));
        Assert.NotNull(history.AsOf(At(0), Knowledge.Known));
        Assert.Null(history.AsOf(At(0).AddTicks(-1), Knowledge.Known));
        Assert.Null(history.AsOf(At(99), Knowledge.Received));
    }

    [Fact]
    public void RecordedAt_WinsOverBoth()
    {
        var history = new Facts().Version(received: 100, recorded: 0.5).Event(EventType.Collected, 2, received: 101, recorded: 4).Fold(history: true);
        Assert.Equal(At(0.5), history.KnownAt(history.Newest));
        Assert.Equal(At(4), history.KnownAt(history.Events[0]));
    }

    [Fact]
    public void Versions_AreOrderedByKnownThenByReceived()
    {
        var history = new Facts().Version(received: 1, service: "first")
            .Version(received: 5, recorded: 3, service: "third").Version(received: 4, recorded: 3, service: "second").Version(received: 9, recorded: 2, service: "between").Fold();
        Assert.Equal(["first", "between", "second", "third"], history.Versions.Select(v => v.Content.Service));
        Assert.Equal("third", history.Newest.Content.Service);
    }

    [Fact]
    public void AsOf_IsInclusive()
    {
        var history = new Facts().Event(EventType.Collected, 2, received: 3).Fold();
        Assert.Empty(history.AsOf(At(3).AddTicks(-1), Knowledge.Received)!.Events);
        Assert.Single(history.AsOf(At(3), Knowledge.Received)!.Events);
    }

    [Fact]
    public void AsOf_HoldsEventsByOccurrenceAndTheLastScanAndEstimate()
    {
        var state = new Facts().Event(EventType.OutForDelivery, 20, received: 20).Event(EventType.ArrivedAtFacility, 8, received: 21)
            .Event(EventType.PromiseChanged, 22, promise: 40).Fold().AsOf(At(23), Knowledge.Received)!;
        Assert.Equal([EventType.ArrivedAtFacility, EventType.OutForDelivery, EventType.PromiseChanged], state.Events.Select(e => e.Type));
        Assert.Equal(EventType.OutForDelivery, state.LastScan!.Type);
        Assert.Equal(1, state.Count(EventType.ArrivedAtFacility));
        Assert.Equal(At(8), state.First(EventType.ArrivedAtFacility)!.OccurredAt);
    }

    [Theory]
    [InlineData(0, 24, 24)]
    [InlineData(0, 24.001, 0)]
    [InlineData(30, 24, 24)]
    public void Condition_WithoutRecordedAt_IsKnownWhenReceivedWithinADay(double observed, double received, double expected) => Assert.Equal(
        At(expected), ReceiveConditions.KnownAt(new NewCondition { AreaCode = "A", ObservedAt = At(observed) }, At(received)));

    [Fact]
    public void Condition_WithRecordedAt_IsKnownThen() => Assert.Equal(
        At(7), ReceiveConditions.KnownAt(new NewCondition { AreaCode = "A", ObservedAt = At(0), RecordedAt = At(7) }, At(9)));
}
