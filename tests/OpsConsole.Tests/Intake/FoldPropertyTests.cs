using CsCheck;
using OpsConsole.Client;
using OpsConsole.Intake;
using static OpsConsole.Tests.IntakeFold.Facts;

namespace OpsConsole.Tests.IntakeFold;

/// <summary>What must hold of any history, whatever came when.</summary>
public sealed class FoldPropertyTests
{
    private static readonly Gen<(EventType Type, int Occurred, int Lag, int? Recorded, int Promise, PromiseInitiator? By)> AnEvent =
        Gen.Select(
            Gen.Enum<EventType>(), Gen.Int[0, 60], Gen.Int[0, 40], Gen.Int[0, 20].Nullable(), Gen.Int[1, 90], Gen.Enum<PromiseInitiator>().Nullable(),
            (type, occurred, lag, recorded, promise, by) => (type, occurred, lag, recorded, promise, by));

    private static readonly Gen<(int Promise, int Received, int? Recorded)> AVersion =
        Gen.Select(Gen.Int[1, 48], Gen.Int[0, 50], Gen.Int[0, 50].Nullable(), (promise, received, recorded) => (promise, received, recorded));

    private static readonly Gen<(Facts Facts, bool History, double? FirstScored, int Seed, double Moment)> Histories =
        Gen.Select(AVersion.Array[1, 4], AnEvent.Array[0, 8], Gen.Bool, Gen.Int[0, 60].Nullable(), Gen.Int, Gen.Int[0, 600], (versions, events, history, scored, seed, moment) =>
        {
            var facts = new Facts();
            // Times received differ, as the writer stamps them; within one millisecond of the hour they stay comparable.
            for (var i = 0; i < versions.Length; i++)
                facts.Version(versions[i].Promise, versions[i].Received + i * 1e-4, versions[i].Recorded);
            for (var i = 0; i < events.Length; i++)
            {
                var e = events[i];
                facts.Event(
                    e.Type, e.Occurred, e.Occurred + e.Lag + i * 1e-4, e.Recorded is { } after ? e.Occurred + after : null, $"E{i}",
                    e.Type == EventType.PromiseChanged ? e.Promise : null, e.By);
            }
            return (facts, history, (double?)scored, seed, (double)moment);
        });

    [Fact]
    public void History_FactsInAnyOrder_FoldTheSame() => Histories.Sample(sample =>
    {
        var (one, other) = (sample.Facts.Fold(sample.History, sample.FirstScored), sample.Facts.FoldShuffled(sample.Seed, sample.History, sample.FirstScored));
        Assert.Equal((one.PromisedFirst, one.PromiseCounted, one.RegisteredAt), (other.PromisedFirst, other.PromiseCounted, other.RegisteredAt));
        foreach (var knowledge in Enum.GetValues<Knowledge>())
        {
            Assert.Equal(one.OutcomeAt(At(sample.Moment), OutcomeRules.Default, knowledge), other.OutcomeAt(At(sample.Moment), OutcomeRules.Default, knowledge));
            Assert.Equal(one.FinishedAt(knowledge), other.FinishedAt(knowledge));
            Assert.Equal(Words(one.AsOf(At(sample.Moment), knowledge)), Words(other.AsOf(At(sample.Moment), knowledge)));
        }
    });

    [Fact]
    public void History_WhatIsKnownLater_ChangesNoEarlierState() => Histories.Sample(sample =>
    {
        var whole = sample.Facts.Fold(sample.History, sample.FirstScored);
        var moment = At(sample.Moment / 10);
        var events = whole.Events.Where(e => whole.KnownAt(e) <= moment).ToList();
        var cut = new ShipmentHistory([.. whole.Versions], events, sample.History, sample.FirstScored is { } at ? At(at) : null);
        Assert.Equal(Words(whole.AsOf(moment, Knowledge.Known)), Words(cut.AsOf(moment, Knowledge.Known)));
    });

    [Fact]
    public void Outcome_BetweenItsChanges_IsTheSame() => Histories.Sample(sample =>
    {
        var history = sample.Facts.Fold(sample.History, sample.FirstScored);
        var now = At(200 + sample.Moment);
        var outcome = history.OutcomeAt(now, OutcomeRules.Default);
        if (outcome.NextChangeAt is not { } next)
        {
            Assert.Equal(outcome, history.OutcomeAt(now.AddDays(1_000), OutcomeRules.Default));
            return;
        }
        var middle = now + (next - now) / 2;
        Assert.Equal(outcome, history.OutcomeAt(middle < next ? middle : now, OutcomeRules.Default));
    });

    private static string Words(ShipmentAsOf? state) => state is null ? "none" : string.Join('|', [
        state.Content.PromisedBy, state.PromisedFirst, state.PromiseCounted, state.PromisedBy, state.State, state.Terminal?.EventId, state.LastScan?.EventId,
        state.CarrierEstimate, string.Join(',', state.Events.Select(e => e.EventId))]);
}
