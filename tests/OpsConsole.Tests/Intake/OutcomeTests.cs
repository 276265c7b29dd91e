using OpsConsole.Client;
using OpsConsole.Intake;
using static OpsConsole.Tests.IntakeFold.Facts;

namespace OpsConsole.Tests.IntakeFold;

/// <summary>How a shipment ended (measurement.md, Late).</summary>
public sealed class OutcomeTests
{
    private static readonly OutcomeRules Rules = OutcomeRules.Default;

    [Theory]
    [InlineData(24.0, OutcomeClass.OnTime)]
    [InlineData(24.001, OutcomeClass.Late)]
    public void Delivered_AtThePromiseAndAfter_IsOnTimeAndLate(double at, OutcomeClass expected)
    {
        var outcome = new Facts().Event(EventType.Delivered, at).Fold().OutcomeAt(At(48), Rules);
        Assert.Equal(expected, outcome.Class);
        Assert.Equal((at - 24) * 60, outcome.DelayMinutes!.Value, 1e-6);
    }

    [Fact]
    public void Delivered_WithinTheGrace_IsOnTime()
    {
        var history = new Facts().Event(EventType.Delivered, 24.5).Fold();
        Assert.Equal(OutcomeClass.OnTime, history.OutcomeAt(At(48), Rules with { Grace = TimeSpan.FromMinutes(30) }).Class);
        Assert.Equal(OutcomeClass.Late, history.OutcomeAt(At(48), Rules with { Grace = TimeSpan.FromMinutes(29) }).Class);
    }

    [Fact]
    public void Undelivered_PromisePassed_IsLateByThenAndMinutesAreNotKnown()
    {
        var outcome = new Facts().Fold().OutcomeAt(At(25), Rules);
        Assert.Equal((OutcomeClass.Late, null, At(24)), (outcome.Class, outcome.DelayMinutes, outcome.At!.Value));
    }

    [Fact]
    public void Anything_UntilTheReportingLagHasPassed_IsPending()
    {
        var history = new Facts().Event(EventType.Delivered, 20).Fold();
        var before = history.OutcomeAt(At(24.24), Rules);
        Assert.Equal((OutcomeClass.Pending, OutcomeClass.OnTime), (before.Class, before.Truth));
        Assert.Equal(OutcomeClass.OnTime, history.OutcomeAt(At(24.25), Rules).Class);
    }

    [Fact]
    public void Late_ScanThatComesLater_TurnsItOnTime()
    {
        var history = new Facts().Event(EventType.Delivered, occurred: 23, received: 30).Fold();
        Assert.True(history.OutcomeAt(At(26), Rules).Late);
        Assert.False(history.OutcomeAt(At(31), Rules).Late);
    }

    [Theory]
    [InlineData(EventType.Returned, 24, OutcomeClass.Excluded)]
    [InlineData(EventType.Cancelled, 10, OutcomeClass.Excluded)]
    [InlineData(EventType.Returned, 24.1, OutcomeClass.Late)]
    [InlineData(EventType.Cancelled, 30, OutcomeClass.Late)]
    public void ReturnedOrCancelled_BeforeAndAfterThePromise_IsExcludedAndLate(EventType type, double at, OutcomeClass expected)
    {
        var outcome = new Facts().Event(type, at).Fold().OutcomeAt(At(48), Rules);
        Assert.Equal((expected, null), (outcome.Class, outcome.DelayMinutes));
    }

    [Fact]
    public void TerminalEvents_FirstByOccurrence_Counts()
    {
        var outcome = new Facts().Event(EventType.Returned, 30, received: 31).Event(EventType.Delivered, 20, received: 40).Fold().OutcomeAt(At(48), Rules);
        Assert.Equal(OutcomeClass.OnTime, outcome.Class);
        Assert.Equal(At(40), outcome.TerminalReceivedAt);
    }

    [Theory]
    [InlineData(EventType.Cancelled, EventType.Delivered, OutcomeClass.OnTime)]
    [InlineData(EventType.Returned, EventType.Delivered, OutcomeClass.OnTime)]
    [InlineData(EventType.Cancelled, EventType.Returned, OutcomeClass.Excluded)]
    public void TerminalEvents_AtTheSameTime_DeliveredThenReturnedThenCancelled(EventType first, EventType second, OutcomeClass expected)
    {
        var history = new Facts().Event(first, 20, id: "a").Event(second, 20, id: "b").Fold();
        Assert.Equal(expected, history.OutcomeAt(At(48), Rules).Class);
        Assert.Equal(second, history.AsOf(At(48), Knowledge.Received)!.Terminal!.Type);
    }

    [Fact]
    public void Unheard_FourteenDaysAfterThePromise_IsUnknown()
    {
        var history = new Facts().Event(EventType.OutForDelivery, 23).Fold();
        Assert.Equal(OutcomeClass.Late, history.OutcomeAt(At(24 + 14 * 24), Rules).Class);
        var after = history.OutcomeAt(At(24 + 14 * 24).AddTicks(1), Rules);
        Assert.Equal((OutcomeClass.Unknown, null), (after.Class, after.Late));
    }

    [Fact]
    public void Unknown_AnEventAfterThePromise_ProvesItLateAgain()
    {
        var history = new Facts().Event(EventType.ArrivedAtFacility, occurred: 24.5, received: 24 * 20).Fold();
        Assert.Equal(OutcomeClass.Unknown, history.OutcomeAt(At(24 * 19), Rules).Class);
        Assert.Equal(OutcomeClass.Late, history.OutcomeAt(At(24 * 20), Rules).Class);
    }

    [Fact]
    public void Unknown_AnEventBeforeThePromiseThatComesLater_StaysUnknown()
    {
        var history = new Facts().Event(EventType.ArrivedAtFacility, occurred: 24, received: 24 * 20).Fold();
        Assert.Equal(OutcomeClass.Unknown, history.OutcomeAt(At(24 * 21), Rules).Class);
    }

    [Fact]
    public void Attempt_IsADeliveryOnlyIfTheRulesSaySo()
    {
        var history = new Facts().Event(EventType.DeliveryAttempted, 20).Event(EventType.Delivered, 30).Fold();
        Assert.Equal(OutcomeClass.Late, history.OutcomeAt(At(48), Rules).Class);
        var byAttempt = history.OutcomeAt(At(48), Rules with { AttemptDelivers = true });
        Assert.Equal((OutcomeClass.OnTime, -240.0), (byAttempt.Class, byAttempt.DelayMinutes!.Value));
        Assert.Equal(ShipmentState.Open, history.AsOf(At(21), Knowledge.Received)!.State);
    }

    [Fact]
    public void NextChange_LeadsThroughEveryBoundary()
    {
        var history = new Facts().Fold();
        List<(OutcomeClass, OutcomeClass)> seen = [];
        DateTimeOffset? at = At(0);
        while (at is { } moment)
        {
            var outcome = history.OutcomeAt(moment, Rules);
            seen.Add((outcome.Class, outcome.Truth));
            Assert.True(outcome.NextChangeAt is null || outcome.NextChangeAt > moment);
            at = outcome.NextChangeAt;
        }
        Assert.Equal(
            [(OutcomeClass.Pending, OutcomeClass.Pending), (OutcomeClass.Pending, OutcomeClass.Late), (OutcomeClass.Late, OutcomeClass.Late), (OutcomeClass.Unknown, OutcomeClass.Unknown)],
            seen);
    }

    [Fact]
    public void Finished_IsWhenTheFirstTerminalEventWasSeen()
    {
        var history = new Facts().Event(EventType.Returned, 30, received: 31).Event(EventType.Delivered, 20, received: 40, recorded: 21).Fold();
        Assert.Equal(At(31), history.FinishedAt(Knowledge.Received));
        Assert.Equal(At(21), history.FinishedAt(Knowledge.Known));
        Assert.Null(new Facts().Event(EventType.DeliveryAttempted, 3).Fold().FinishedAt(Knowledge.Received));
    }
}
