using OpsConsole.Access;

namespace OpsConsole.Intake.Feeds;

/// <summary>A source at a glance.</summary>
/// <param name="Source">It.</param>
/// <param name="LastAt">When something came last; null: nothing did since the feeds are watched.</param>
/// <param name="Accepted">Items stored in the last seven days.</param>
/// <param name="Rejected">Items refused in the last seven days.</param>
/// <param name="Down">What of it is down.</param>
public sealed record SourceGlance(Source Source, DateTimeOffset? LastAt, long Accepted, long Rejected, IReadOnlyList<SilentFeed> Down);

/// <summary>How complete a field is.</summary>
/// <param name="Kind">Of which kind of item.</param>
/// <param name="Field">The field.</param>
/// <param name="Filled">Items that have it.</param>
/// <param name="Of">Items there are.</param>
public sealed record Completeness(FeedKind Kind, string Field, long Filled, long Of);

/// <summary>All that its page tells of a source: counters that were kept as its items came, read by key.</summary>
public sealed record SourceReport
{
    /// <summary>The source.</summary>
    public required Source Source { get; init; }

    /// <summary>When something came last.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>What of it is down.</summary>
    public required IReadOnlyList<SilentFeed> Down { get; init; }

    /// <summary>By day and kind, newest first, two weeks of them.</summary>
    public required IReadOnlyList<SourceDay> Days { get; init; }

    /// <summary>What was refused, most often first.</summary>
    public required IReadOnlyList<SourceRejection> Rejections { get; init; }

    /// <summary>The optional fields.</summary>
    public required IReadOnlyList<Completeness> Fields { get; init; }

    /// <summary>Members that aren't known, with the calls that had them.</summary>
    public required IReadOnlyList<SourceField> Ignored { get; init; }

    /// <summary>By kind, items in each class of lag.</summary>
    public required IReadOnlyDictionary<FeedKind, IReadOnlyList<long>> Lags { get; init; }

    /// <summary>Events without a shipment.</summary>
    public long Waiting { get; init; }

    /// <summary>The shipment of the newest of them.</summary>
    public string? WaitingSample { get; init; }

    /// <summary>Areas there are.</summary>
    public int Areas { get; init; }

    /// <summary>Areas that never came with coordinates.</summary>
    public int Unplaced { get; init; }

    /// <summary>The most frequent of them.</summary>
    public required IReadOnlyList<SourceArea> UnplacedMost { get; init; }

    /// <summary>The newest silences.</summary>
    public required IReadOnlyList<FeedSilence> Silences { get; init; }

    /// <summary>What to do next, a sentence each; empty when nothing is.</summary>
    public IReadOnlyList<string> Advice()
    {
        List<string> advice = [];
        long Total(FeedKind kind) => Fields.FirstOrDefault(f => f.Kind == kind)?.Of ?? 0;
        if (Down.Count > 0)
            advice.Add("Ask whoever runs the sending system whether it still sends; until it does, no flag is raised because its shipments are silent.");
        if (Days.Count == 0)
            advice.Add("Send a first shipment and its events with a key of this source; the set-up and /docs show how.");
        if (Total(FeedKind.Shipments) > 0 && Total(FeedKind.Events) == 0)
            advice.Add("Send tracking events too: without scans, only the time that is left says anything of a shipment.");
        if (Rejections is [var worst, ..])
            advice.Add($"Mend “{worst.Field}” first, which {worst.Reason.Split(';')[0]} in {(worst.Items == 1 ? "1 item" : FormattableString.Invariant($"{worst.Items:N0} items"))}; what was rejected can be sent again at any time.");
        if (Waiting > 0)
            advice.Add("Register the shipments of the events that wait, or send events under the very id the shipment was registered with.");
        if (Unplaced > 0)
            advice.Add("Send latitude and longitude with these areas once: distance is one of the stronger facts a model has.");
        if (Ignored.Count > 0)
            advice.Add("Unknown fields are ignored; what a model should learn from goes into “attributes”.");
        if (Fields.FirstOrDefault(f => f is { Kind: FeedKind.Events, Field: "recordedAt" }) is { Of: >= 100 } recorded && recorded.Filled * 2 < recorded.Of)
            advice.Add("Send recordedAt with events: it tells a late report from a late scan, so that history is read as it was known.");
        if (Fields.FirstOrDefault(f => f is { Kind: FeedKind.Events, Field: "facility" }) is { Of: >= 100 } facility && facility.Filled * 2 < facility.Of)
            advice.Add("Send the facility with scans: a facility that falls silent is then told from parcels that do.");
        if (Lags.TryGetValue(FeedKind.Events, out var lags) && LagClasses.Within(lags, 0.9) is >= 4 and var slow)
            advice.Add($"Send events as they happen: one in ten comes {(slow == LagClasses.Count - 1 ? "" : "up to ")}{LagClasses.Words(slow).Replace("within ", "", StringComparison.Ordinal)} after it was known, which is time to act that is lost.");
        return advice;
    }
}
