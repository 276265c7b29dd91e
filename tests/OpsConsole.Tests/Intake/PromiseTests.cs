using OpsConsole.Client;
using OpsConsole.Intake;
using static OpsConsole.Tests.IntakeFold.Facts;

namespace OpsConsole.Tests.IntakeFold;

/// <summary>Which promise counts, and which is shown (measurement.md, Which promise).</summary>
public sealed class PromiseTests
{
    [Fact]
    public void Customer_AsksBeforeThePromise_TheirsCounts()
    {
        var history = new Facts().Event(EventType.PromiseChanged, 10, promise: 72, by: PromiseInitiator.Customer).Fold();
        Assert.Equal((At(24), At(72)), (history.PromisedFirst, history.PromiseCounted));
        Assert.Equal(At(24), history.CountedAsOf(At(9), Knowledge.Received));
        Assert.Equal(At(72), history.CountedAsOf(At(10), Knowledge.Received));
    }

    [Theory]
    [InlineData(24.0)]
    [InlineData(25.0)]
    public void Customer_AsksAtThePromiseOrAfter_DoesntCount(double at) =>
        Assert.Equal(At(24), new Facts().Event(EventType.PromiseChanged, at, promise: 72, by: PromiseInitiator.Customer).Fold().PromiseCounted);

    [Fact]
    public void Customer_AsksAgainBeforeTheNewPromise_TheNewestCounts()
    {
        var history = new Facts().Event(EventType.PromiseChanged, 10, promise: 72, by: PromiseInitiator.Customer)
            .Event(EventType.PromiseChanged, 50, promise: 40, by: PromiseInitiator.Customer)
            .Event(EventType.PromiseChanged, 60, promise: 99, by: PromiseInitiator.Customer).Fold();
        // The second moved it to hour 40, which the third came after.
        Assert.Equal(At(40), history.PromiseCounted);
    }

    [Fact]
    public void Customer_RecordedInTimeReceivedLate_Counts() => Assert.Equal(
        At(72), new Facts().Event(EventType.PromiseChanged, 10, received: 30, recorded: 11, promise: 72, by: PromiseInitiator.Customer).Fold().PromiseCounted);

    [Theory]
    [InlineData(PromiseInitiator.Courier)]
    [InlineData(null)]
    public void Courier_MovesThePromise_IsShownAndCountsNothing(PromiseInitiator? by)
    {
        var history = new Facts().Event(EventType.PromiseChanged, 10, promise: 72, by: by).Fold();
        Assert.Equal(At(24), history.PromiseCounted);
        Assert.Equal(At(72), history.AsOf(At(11), Knowledge.Received)!.PromisedBy);
        Assert.Equal(At(24), history.AsOf(At(9), Knowledge.Received)!.PromisedBy);
    }

    [Fact]
    public void Courier_AmendsThePromise_IsShownAndCountsNothing()
    {
        var history = new Facts().Version().Version(promisedAt: 48, received: 5).Fold();
        Assert.Equal((At(24), At(24)), (history.PromisedFirst, history.PromiseCounted));
        Assert.Equal(At(48), history.AsOf(At(6), Knowledge.Received)!.PromisedBy);
    }

    [Fact]
    public void Amendment_ThatLeavesThePromiseAlone_DoesntTakeAChangeBack()
    {
        var history = new Facts().Version().Event(EventType.PromiseChanged, 3, promise: 72).Version(received: 5, service: "other").Fold();
        Assert.Equal(At(72), history.AsOf(At(6), Knowledge.Received)!.PromisedBy);
        Assert.Equal("other", history.AsOf(At(6), Knowledge.Received)!.Content.Service);
    }

    [Theory]
    [InlineData(null, 72)]
    [InlineData(11.0, 72)]
    [InlineData(10.0, 24)]
    [InlineData(2.0, 24)]
    public void Correction_ReplacesThePromiseUnlessAPredictionHadUsedIt(double? firstScored, double expected) => Assert.Equal(
        At(expected), new Facts().Event(EventType.PromiseChanged, 10, promise: 72, by: PromiseInitiator.Correction).Fold(firstScored: firstScored).PromiseCounted);

    [Fact]
    public void FirstPromise_IsOfTheVersionKnownFirstNotReceivedFirst()
    {
        var history = new Facts().Version(promisedAt: 30, received: 5).Version(promisedAt: 24, received: 6, recorded: 1).Fold();
        Assert.Equal(At(24), history.PromisedFirst);
        Assert.Equal(At(5), history.RegisteredAt);
        Assert.Equal(At(30), history.Newest.Content.PromisedBy);
    }
}
