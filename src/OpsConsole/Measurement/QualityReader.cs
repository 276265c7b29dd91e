using System.Data.Common;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Intake.Feeds;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>
/// Answers which counts and figures there are: whole days from the roll-ups, anything else from the tallies. Both ways count the same, and a
/// test says so.
/// </summary>
public sealed class QualityReader
{
    private static readonly Statement RollUp = new(
        """
        SELECT day, simulated, shipments, late, on_time, unknown, excluded, pending, at_risk, finished_earlier, registered_too_late, tp, fp, fn, tn,
            averted_or_false, touched_on_time, recomputed
        FROM quality_counts WHERE dimension = 0 AND lead = @p0 AND day >= @p1 AND day <= @p2
        """);
    private static readonly Statement SegmentRollUp = new(
        """
        SELECT day, simulated, shipments, late, on_time, unknown, excluded, pending, at_risk, finished_earlier, registered_too_late, tp, fp, fn, tn,
            averted_or_false, touched_on_time, recomputed, segment
        FROM quality_counts WHERE dimension = @p0 AND lead = @p1 AND day >= @p2 AND day <= @p3
        """);
    private static readonly Statement PendingScores = new(
        """
        SELECT t.shipment_key, s.model_version_id FROM tallies t JOIN lead_scores s ON s.shipment_key = t.shipment_key AND s.lead = @p0
        WHERE t.day = @p1 AND t.class = 0
        """);
    private static readonly Statement IdOf = new("SELECT shipment_id FROM shipments WHERE \"key\" = @p0");
    private static readonly Statement Versions = new("SELECT id, version FROM model_versions");

    private readonly StoreConnections _connections;
    private readonly SettingsStore _settings;
    private readonly LoopClock _clock;
    private readonly SilentFeeds _feeds;
    private readonly Waiting _waiting;
    private readonly TallyBlocks _blocks;

    /// <summary>Reads from a store.</summary>
    public QualityReader(StoreConnections connections, SettingsStore settings, LoopClock clock, SilentFeeds feeds)
    {
        _feeds = feeds;
        (_connections, _settings, _clock) = (connections, settings, clock);
        (_waiting, _blocks) = (new Waiting(connections), new TallyBlocks(connections));
    }

    /// <summary>The key of a model version; null when there is none of that name.</summary>
    public int? FindModel(string version)
    {
        foreach (var (id, name) in ModelNames())
        {
            if (name == version)
                return id;
        }
        return null;
    }

    internal Dictionary<int, string> ModelNames()
    {
        using var connection = _connections.OpenReader();
        using var command = Versions.Prepare(connection);
        using var row = command.ExecuteReader();
        Dictionary<int, string> names = [];
        while (row.Read())
            names[row.GetInt32(0)] = row.GetString(1);
        return names;
    }

    /// <summary>Counts and figures.</summary>
    public QualityAnswer Read(QualityAsk ask)
    {
        var settings = _settings.Current;
        var buckets = new Buckets(settings.TimeZone);
        var waiting = _waiting.Read(_clock.Now);
        var gathered = Gather(ask, buckets, settings.DefaultLeadMinutes);
        var late = TimeSpan.FromMinutes(settings.GraceMinutes + settings.ReportingLagMinutes);
        // While a feed is down its outcomes are missing: what was promised since then is provisional, whatever is known.
        var missing = _feeds.DownSince(ask.Counts);
        bool Settled(DateTimeOffset start, DateTimeOffset end, Counts counts) =>
            _clock.Now >= end + late && !(missing < end) && counts[Count.Pending] == 0 && !waiting.Any(start, end);
        return gathered.Answer(ask, "served", settings.TimeZone, Settled);
    }

    private Gathered Gather(QualityAsk ask, Buckets buckets, int defaultLead)
    {
        var rolled = ask is { Bucket: not BucketSize.Hour, Threshold: null, ModelVersionId: null, Segment: null, By: not Dimension.ModelVersion }
            && (ask.By == Dimension.None || ask.Lead == defaultLead);
        return Gathered.By(
            ask, buckets, rolled, (gathered, first, last) => RollUps(gathered, ask, buckets, first, last), (gathered, first, last) => Scan(gathered, ask, buckets, first, last));
    }

    private void RollUps(Gathered gathered, QualityAsk ask, Buckets buckets, int first, int last)
    {
        using var connection = _connections.OpenReader();
        using var command = RollUp.Prepare(connection);
        foreach (var lead in (int[])[QualityCount.ClassesOnly, ask.Lead])
        {
            Set(command, lead, first, last);
            using var row = command.ExecuteReader();
            while (row.Read())
            {
                if (!ask.Counts(Flag(row, 1)))
                    continue;
                var day = row.GetInt32(0);
                gathered.Bucket(buckets.Of(day, ask.Bucket)).Read(row, 2);
                gathered.Day(day).Read(row, 2);
            }
        }
        if (ask.By == Dimension.None)
            return;
        using var segments = SegmentRollUp.Prepare(connection);
        Set(segments, (int)ask.By, ask.Lead, first, last);
        using var segment = segments.ExecuteReader();
        while (segment.Read())
        {
            if (ask.Counts(Flag(segment, 1)))
                gathered.Segment(segment.GetString(2 + Counts.Width), segment.GetInt32(0)).Read(segment, 2);
        }
    }

    private void Scan(Gathered gathered, QualityAsk ask, Buckets buckets, int first, int last)
    {
        var names = ask.By == Dimension.ModelVersion ? ModelNames() : [];
        foreach (var (day, row, block) in Rows(ask, first, last))
            gathered.Add(ask, buckets, day, row, block, names);
    }

    /// <summary>The shipments that are asked for, one by one.</summary>
    internal IEnumerable<(int Day, BlockRow Row, DayBlock Block)> Rows(QualityAsk ask, int first, int last)
    {
        var byModel = ask.ModelVersionId is not null || ask.By == Dimension.ModelVersion;
        foreach (var (day, block) in _blocks.Read(first, last, ask.Lead))
        {
            // A pending shipment's scores come in while its tally stands still.
            var pending = byModel && Array.Exists(block.Rows, r => r.Class == OutcomeClass.Pending) ? Pending(day, ask.Lead) : null;
            foreach (var kept in block.Rows)
            {
                var row = kept.Class == OutcomeClass.Pending && pending is not null
                    ? kept with { ModelVersionId = pending.GetValueOrDefault(kept.ShipmentKey) } : kept;
                if (ask.Counts(row.Simulated) && ask.Holds(row.Promise) && (ask.ModelVersionId is not { } model || row.ModelVersionId == model)
                    && (ask.Segment is not { } segment || block.Segment(row, segment.Dimension) == segment.Value))
                    yield return (day, row, block);
            }
        }
    }

    /// <summary>The figures of the whole range at each lead of the grid, longest first.</summary>
    public IReadOnlyList<QualityAnswer> ReadLeads(QualityAsk ask) =>
        [.. LeadGrid.Minutes.Select(lead => Read(ask with { Lead = lead, By = Dimension.None, Bucket = BucketSize.Month }))];

    /// <summary>The shipments behind a count, by promise, and how many there are.</summary>
    /// <param name="ask">Which.</param>
    /// <param name="cell">The count; shipments: all of them.</param>
    /// <param name="atMost">How many are listed.</param>
    public (IReadOnlyList<CountedShipment> Rows, int Of) Find(QualityAsk ask, Count cell, int atMost)
    {
        var buckets = new Buckets(_settings.Current.TimeZone);
        var (first, last) = ask.Days(buckets);
        var found = new List<BlockRow>();
        foreach (var (_, row, _) in Rows(ask, first, last))
        {
            var counts = new Counts();
            Gathered.Add(counts, row, ask.Threshold);
            if (counts[cell] > 0)
                found.Add(row);
        }
        return (List(found, ask.Threshold, atMost), found.Count);
    }

    /// <summary>The first of some shipments, by promise.</summary>
    internal IReadOnlyList<CountedShipment> List(IEnumerable<BlockRow> found, double? threshold, int atMost)
    {
        using var connection = _connections.OpenReader();
        using var command = IdOf.Prepare(connection);
        List<CountedShipment> rows = [];
        foreach (var row in found.OrderBy(r => r.Promise).Take(atMost))
        {
            Set(command, row.ShipmentKey);
            rows.Add(new CountedShipment((string)command.ExecuteScalar()!, row.Promise, row.Class, row.Lead.Score, threshold ?? row.Threshold, row.Touched));
        }
        return rows;
    }

    private Dictionary<long, int> Pending(int day, int lead)
    {
        using var connection = _connections.OpenReader();
        using var command = PendingScores.Prepare(connection);
        Set(command, lead, day);
        using var row = command.ExecuteReader();
        Dictionary<long, int> models = [];
        while (row.Read())
            models[row.GetInt64(0)] = row.GetInt32(1);
        return models;
    }

    internal static void Set(DbCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
    }

    internal static bool Flag(DbDataReader row, int column) =>
        Convert.ToBoolean(row.GetValue(column), System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A shipment behind a count.</summary>
/// <param name="ShipmentId">The courier's id.</param>
/// <param name="Promise">The counted promise.</param>
/// <param name="Class">What it is in the figures.</param>
/// <param name="Score">The score kept at the lead; null: none.</param>
/// <param name="Threshold">What it was held against.</param>
/// <param name="Touched">Somebody did something that can change the outcome.</param>
public sealed record CountedShipment(string ShipmentId, DateTimeOffset Promise, OutcomeClass Class, double? Score, double Threshold, bool Touched);

/// <summary>Segments in the order a person expects: numbers by size, words by letter, the unknown last.</summary>
internal sealed class SegmentOrder : IComparer<string>
{
    internal static SegmentOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        if (x == y)
            return 0;
        if (x is null or Dimensions.Unknown || y is null or Dimensions.Unknown)
            return x is null or Dimensions.Unknown ? 1 : -1;
        return int.TryParse(x, out var a) && int.TryParse(y, out var b) ? a.CompareTo(b) : string.CompareOrdinal(x, y);
    }
}
