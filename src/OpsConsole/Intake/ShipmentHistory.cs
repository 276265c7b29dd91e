using OpsConsole.Client;

namespace OpsConsole.Intake;

/// <summary>Which clock "as of" goes by (contract, Three times).</summary>
public enum Knowledge
{
    /// <summary>Served facts: what we had received by then.</summary>
    Received,

    /// <summary>Backtest, training, labels of history: what the sender's system knew by then.</summary>
    Known,
}

/// <summary>One version of a shipment, read.</summary>
/// <param name="Content">What the courier sent.</param>
/// <param name="RecordedAt">When the sender's system knew it, if it said so.</param>
/// <param name="ReceivedAt">Time received.</param>
public sealed record VersionFact(NewShipment Content, DateTimeOffset? RecordedAt, DateTimeOffset ReceivedAt);

/// <summary>
/// All that was ever received about one shipment, and the fold over it: its state as of any moment, its counted promise, its outcome.
/// Pure; the order in which facts are handed in doesn't matter.
/// </summary>
public sealed class ShipmentHistory
{
    private readonly VersionFact[] _versions;
    private readonly TrackingEvent[] _events;
    private readonly DateTimeOffset? _firstScoredAt;
    private readonly bool _history;
    private readonly int _firstReceived;

    /// <param name="versions">At least one version.</param>
    /// <param name="events">Its events, in any order.</param>
    /// <param name="history">Registered after its promise had passed.</param>
    /// <param name="firstScoredAt">When its first prediction was stored.</param>
    public ShipmentHistory(IReadOnlyList<VersionFact> versions, IReadOnlyList<TrackingEvent> events, bool history, DateTimeOffset? firstScoredAt)
    {
        if (versions.Count == 0)
            throw new ArgumentException("A shipment has at least one version.", nameof(versions));
        (_history, _firstScoredAt) = (history, firstScoredAt);
        var first = versions.MinBy(v => v.ReceivedAt)!;
        RegisteredAt = first.ReceivedAt;
        _versions = [.. versions.OrderBy(v => KnownAt(v, first)).ThenBy(v => v.ReceivedAt)];
        _firstReceived = Array.IndexOf(_versions, first);
        _events = [.. events.OrderBy(KnownAt).ThenBy(e => e.ReceivedAt).ThenBy(e => e.EventId, StringComparer.Ordinal)];
        PromiseCounted = CountedAsOf(DateTimeOffset.MaxValue, Knowledge.Known);
    }

    /// <summary>Time received of the first version.</summary>
    public DateTimeOffset RegisteredAt { get; }

    /// <summary>Registered after its promise had passed.</summary>
    public bool IsHistory => _history;

    /// <summary>The version known last.</summary>
    public VersionFact Newest => _versions[^1];

    /// <summary>The versions, in the order they were known.</summary>
    public IReadOnlyList<VersionFact> Versions => _versions;

    /// <summary>The events, in the order they were known.</summary>
    public IReadOnlyList<TrackingEvent> Events => _events;

    /// <summary>The promise of the version known first.</summary>
    public DateTimeOffset PromisedFirst => _versions[0].Content.PromisedBy;

    /// <summary>The promise that figures are counted by, by all that is known (measurement.md, Which promise).</summary>
    public DateTimeOffset PromiseCounted { get; }

    /// <summary>Since when the shipment exists: <see cref="RegisteredAt"/> for served facts, else when its first version was known.</summary>
    public DateTimeOffset ExistsSince(Knowledge knowledge) =>
        knowledge == Knowledge.Received ? RegisteredAt : KnownAt(_versions[0]);

    /// <summary>From when on a version counts as known.</summary>
    public DateTimeOffset KnownAt(VersionFact version) => KnownAt(version, _versions[_firstReceived]);

    /// <summary>From when on an event counts as known.</summary>
    public DateTimeOffset KnownAt(TrackingEvent e) => e.RecordedAt ?? (_history ? e.OccurredAt : e.ReceivedAt);

    private DateTimeOffset KnownAt(VersionFact version, VersionFact first) =>
        version.RecordedAt ?? (_history && ReferenceEquals(version, first) ? version.Content.BookedAt : version.ReceivedAt);

    private DateTimeOffset At(TrackingEvent e, Knowledge knowledge) => knowledge == Knowledge.Received ? e.ReceivedAt : KnownAt(e);

    private DateTimeOffset At(VersionFact v, Knowledge knowledge) => knowledge == Knowledge.Received ? v.ReceivedAt : KnownAt(v);

    /// <summary>The state of the shipment by what was known (or received) at or before <paramref name="moment"/>; null before it existed.</summary>
    public ShipmentAsOf? AsOf(DateTimeOffset moment, Knowledge knowledge)
    {
        VersionFact? version = null;
        foreach (var v in _versions)
        {
            if (At(v, knowledge) <= moment)
                version = v;
        }
        if (version is null)
            return null;
        var events = new List<TrackingEvent>(_events.Length);
        foreach (var e in _events)
        {
            if (At(e, knowledge) <= moment)
                events.Add(e);
        }
        return new ShipmentAsOf(
            moment, version.Content, FirstPromise(moment, knowledge), CountedAsOf(moment, knowledge), NewestPromise(moment, knowledge), events);
    }

    // A version known first may have been received later than others: before that nobody here knew its promise.
    private DateTimeOffset FirstPromise(DateTimeOffset moment, Knowledge knowledge)
    {
        foreach (var v in _versions)
        {
            if (At(v, knowledge) <= moment)
                return v.Content.PromisedBy;
        }
        return PromisedFirst;
    }

    /// <summary>
    /// The counted promise by what was known at <paramref name="moment"/>: the first, replaced by a change that the customer asked for
    /// while the counted one was still ahead, or by a correction that came before any prediction.
    /// </summary>
    public DateTimeOffset CountedAsOf(DateTimeOffset moment, Knowledge knowledge)
    {
        var counted = FirstPromise(moment, knowledge);
        foreach (var e in _events)
        {
            if (e.Type != EventType.PromiseChanged || e.PromisedBy is not { } promise || At(e, knowledge) > moment)
                continue;
            if (e.InitiatedBy == PromiseInitiator.Customer && KnownAt(e) < counted)
                counted = promise;
            else if (e.InitiatedBy == PromiseInitiator.Correction && (_firstScoredAt is not { } scored || e.ReceivedAt < scored))
                counted = promise;
        }
        return counted;
    }

    private DateTimeOffset NewestPromise(DateTimeOffset moment, Knowledge knowledge)
    {
        var (promise, since) = (FirstPromise(moment, knowledge), DateTimeOffset.MinValue);
        var previous = promise;
        foreach (var v in _versions)
        {
            if (At(v, knowledge) > moment)
                continue;
            // An amendment that leaves the promise alone doesn't take a later change back.
            if (v.Content.PromisedBy != previous)
                (promise, since) = (v.Content.PromisedBy, KnownAt(v));
            previous = v.Content.PromisedBy;
        }
        foreach (var e in _events)
        {
            if (e is { Type: EventType.PromiseChanged, PromisedBy: { } changed } && At(e, knowledge) <= moment && KnownAt(e) >= since)
                (promise, since) = (changed, KnownAt(e));
        }
        return promise;
    }

    /// <summary>
    /// How the shipment ended, by what was known (or received) at <paramref name="now"/>, held against the counted promise by all that is known.
    /// </summary>
    public Outcome OutcomeAt(DateTimeOffset now, OutcomeRules rules, Knowledge knowledge = Knowledge.Received)
    {
        var due = PromiseCounted + rules.Grace;
        var counts = due + rules.ReportingLag;
        var forgotten = due + rules.UnknownAfter;
        TrackingEvent? terminal = null;
        var heardAfterDue = false;
        foreach (var e in _events)
        {
            if (At(e, knowledge) > now)
                continue;
            heardAfterDue |= e.OccurredAt > due;
            if (Terminal.Is(e.Type, rules.AttemptDelivers) && (terminal is null || Terminal.Before(e, terminal)))
                terminal = e;
        }
        var truth = (terminal, now > due) switch
        {
            ({ Type: EventType.Returned or EventType.Cancelled }, _) => terminal.OccurredAt <= due ? OutcomeClass.Excluded : OutcomeClass.Late,
            ({ }, _) => terminal.OccurredAt <= due ? OutcomeClass.OnTime : OutcomeClass.Late,
            (null, false) => OutcomeClass.Pending,
            _ => now > forgotten && !heardAfterDue ? OutcomeClass.Unknown : OutcomeClass.Late,
        };
        var delivered = terminal is { Type: EventType.Delivered or EventType.DeliveryAttempted };
        DateTimeOffset? at = truth switch
        {
            OutcomeClass.Pending => null,
            OutcomeClass.Late => terminal is not null && terminal.OccurredAt < due ? terminal.OccurredAt : due,
            OutcomeClass.Unknown => forgotten,
            _ => terminal!.OccurredAt,
        };
        // Each boundary is passed a tick after it.
        DateTimeOffset? next = now <= due ? due.AddTicks(1) : now < counts ? counts
            : terminal is null && now <= forgotten ? forgotten.AddTicks(1) : null;
        return new Outcome(
            now < counts ? OutcomeClass.Pending : truth,
            truth,
            delivered ? (terminal!.OccurredAt - PromiseCounted).TotalMinutes : null,
            at,
            PromiseCounted,
            terminal?.ReceivedAt,
            next);
    }

    /// <summary>
    /// When the shipment was first seen to have finished: the earliest moment at which any terminal event had been received (or was known).
    /// Null when none was.
    /// </summary>
    public DateTimeOffset? FinishedAt(Knowledge knowledge)
    {
        DateTimeOffset? first = null;
        foreach (var e in _events)
        {
            if (Terminal.Is(e.Type, attemptDelivers: false) && (first is null || At(e, knowledge) < first))
                first = At(e, knowledge);
        }
        return first;
    }
}

/// <summary>Which events end a shipment, and which of two counts.</summary>
internal static class Terminal
{
    internal static bool Is(EventType type, bool attemptDelivers) =>
        type is EventType.Delivered or EventType.Returned or EventType.Cancelled || attemptDelivers && type == EventType.DeliveryAttempted;

    /// <summary>The first by time of occurrence; at the same time delivered, then returned, then cancelled.</summary>
    internal static bool Before(TrackingEvent a, TrackingEvent b) =>
        a.OccurredAt != b.OccurredAt ? a.OccurredAt < b.OccurredAt : Rank(a.Type) < Rank(b.Type);

    private static int Rank(EventType type) => type switch
    {
        EventType.Delivered or EventType.DeliveryAttempted => 0,
        EventType.Returned => 1,
        _ => 2,
    };
}
