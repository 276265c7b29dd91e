using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Measurement;

/// <summary>Counts gathered for an answer: over time, by day (for the intervals), by segment; and those of a training window, apart.</summary>
internal sealed class Gathered
{
    // Those of the block added last: its shipments come one after the other, and a million of them make a page wait if each is looked up.
    private DayBlock? _block;
    private Counts? _bucketOfBlock;
    private Counts? _dayOfBlock;
    private Counts?[] _segmentsOfBlock = [];

    internal SortedDictionary<DateTimeOffset, (DateTimeOffset End, Counts Counts)> Buckets { get; } = [];

    internal Dictionary<int, Counts> Days { get; } = [];

    internal Dictionary<string, Dictionary<int, Counts>> Segments { get; } = new(StringComparer.Ordinal);

    /// <summary>By day; in none of the others.</summary>
    internal Dictionary<int, Counts> InSample { get; } = [];

    internal Counts Bucket((DateTimeOffset Start, DateTimeOffset End) bucket)
    {
        if (!Buckets.TryGetValue(bucket.Start, out var found))
            Buckets[bucket.Start] = found = (bucket.End, new Counts());
        return found.Counts;
    }

    internal Counts Day(int day) => Of(Days, day);

    internal Counts InSampleDay(int day) => Of(InSample, day);

    internal Counts Segment(string segment, int day)
    {
        if (!Segments.TryGetValue(segment, out var days))
            Segments[segment] = days = [];
        return Of(days, day);
    }

    private static Counts Of(Dictionary<int, Counts> days, int day)
    {
        if (!days.TryGetValue(day, out var counts))
            days[day] = counts = new Counts();
        return counts;
    }

    /// <summary>Gathers a range: whole days from roll-ups where those hold what is asked, what the range cuts and anything else one by one.</summary>
    /// <param name="ask">What is asked.</param>
    /// <param name="buckets">Days of the zone.</param>
    /// <param name="rolled">Whether roll-ups hold what is asked.</param>
    /// <param name="rollUps">Adds whole days, first and last included.</param>
    /// <param name="scan">Adds days one shipment after the other, first and last included.</param>
    internal static Gathered By(QualityAsk ask, Buckets buckets, bool rolled, Action<Gathered, int, int> rollUps, Action<Gathered, int, int> scan)
    {
        var gathered = new Gathered();
        var (first, last) = ask.Days(buckets);
        if (ask.From >= ask.To)
            return gathered;
        if (!rolled)
        {
            scan(gathered, first, last);
            return gathered;
        }
        // Days that the range cuts are counted one by one.
        var wholeFirst = ask.From is { } start && buckets.StartOf(first) != start ? first + 1 : first;
        var wholeLast = ask.To is { } end && buckets.StartOf(last + 1) != end ? last - 1 : last;
        if (wholeFirst > first)
            scan(gathered, first, first);
        if (wholeLast < last && (last > first || wholeFirst == first))
            scan(gathered, last, last);
        if (wholeFirst <= wholeLast)
            rollUps(gathered, wholeFirst, wholeLast);
        return gathered;
    }

    /// <summary>Adds one shipment.</summary>
    internal void Add(QualityAsk ask, Buckets buckets, int day, in BlockRow row, DayBlock block, IReadOnlyDictionary<int, string> models)
    {
        if (row.InSample)
        {
            Add(InSampleDay(day), row, ask.Threshold);
            return;
        }
        if (!ReferenceEquals(block, _block))
            (_block, _bucketOfBlock, _dayOfBlock, _segmentsOfBlock) = (block, null, null, new Counts?[block.Words.Length]);
        // A tally's day is known; only the hour must be asked of the zone.
        Add(ask.Bucket == BucketSize.Hour ? Bucket(buckets.Of(row.Promise, BucketSize.Hour)) : _bucketOfBlock ??= Bucket(buckets.Of(day, ask.Bucket)), row, ask.Threshold);
        Add(_dayOfBlock ??= Day(day), row, ask.Threshold);
        if (ask.By == Dimension.ModelVersion)
            Add(Segment(models.GetValueOrDefault(row.ModelVersionId, Dimensions.Unknown), day), row, ask.Threshold);
        else if (ask.By != Dimension.None)
            Add(_segmentsOfBlock[row.Segments[(int)ask.By - 1]] ??= Segment(block.Segment(row, ask.By), day), row, ask.Threshold);
    }

    internal static void Add(Counts counts, in BlockRow row, double? threshold)
    {
        counts.AddClass(row.Class);
        counts.AddLead(row.Class, row.Touched, row.Lead, threshold);
    }

    /// <summary>The answer that the counts give.</summary>
    /// <param name="ask">What was asked.</param>
    /// <param name="basis">What it is made of.</param>
    /// <param name="zone">Of the buckets.</param>
    /// <param name="isSettled">Whether a stretch of time with its counts is settled.</param>
    internal QualityAnswer Answer(QualityAsk ask, string basis, TimeZoneInfo zone, Func<DateTimeOffset, DateTimeOffset, Counts, bool> isSettled)
    {
        var effects = DesignEffects.Of(Days.Values);
        List<QualityBucket> over = [];
        foreach (var (bucketStart, (bucketEnd, counts)) in Buckets)
        {
            if (counts.IsEmpty)
                continue;
            var start = ask.From > bucketStart ? ask.From.Value : bucketStart;
            var end = ask.To < bucketEnd ? ask.To.Value : bucketEnd;
            over.Add(Figures.Bucket(counts, start, end, isSettled(start, end, counts), effects));
        }
        var total = Sum(Days.Values);
        var (from, to) = (ask.From ?? over.FirstOrDefault()?.Start, ask.To ?? over.LastOrDefault()?.End);
        var settled = from is { } first && to is { } last && first < last && isSettled(first, last, total);
        return new QualityAnswer
        {
            Basis = basis,
            TimeZone = zone.Id,
            Lead = ask.Lead,
            Buckets = over,
            Total = Figures.Bucket(total, from, to, settled, effects),
            Segments = ask.By == Dimension.None ? null : [.. SegmentsOf(from, to, settled)],
        };
    }

    /// <summary>The bucket of the training window.</summary>
    internal QualityBucket InSampleBucket(QualityAsk ask, Buckets buckets, Func<DateTimeOffset, DateTimeOffset, Counts, bool> isSettled)
    {
        var counts = Sum(InSample.Values);
        DateTimeOffset? Edge(int day) => InSample.Count == 0 ? null : buckets.StartOf(day);
        var (from, to) = (ask.From ?? Edge(InSample.Keys.DefaultIfEmpty().Min()), ask.To ?? Edge(InSample.Keys.DefaultIfEmpty().Max() + 1));
        var settled = from is { } first && to is { } last && first < last && isSettled(first, last, counts);
        return Figures.Bucket(counts, from, to, settled, DesignEffects.Of(InSample.Values));
    }

    private IEnumerable<QualityBucket> SegmentsOf(DateTimeOffset? from, DateTimeOffset? to, bool settled)
    {
        foreach (var (name, days) in Segments.OrderBy(s => s.Key, SegmentOrder.Instance))
        {
            var counts = Sum(days.Values);
            if (!counts.IsEmpty)
                yield return Figures.Bucket(counts, from, to, settled, DesignEffects.Of(days.Values), name);
        }
    }

    private static Counts Sum(IEnumerable<Counts> all)
    {
        var sum = new Counts();
        foreach (var counts in all)
            sum.Add(counts);
        return sum;
    }
}
