using OpsConsole.Access;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake.Feeds;

/// <summary>Adds what was noted of a source to its counters. Every table is bounded: beyond so many names, new ones are counted together or not at all.</summary>
internal static class WriteFeedNotes
{
    private const int MostAreas = 5_000;
    private const int MostFields = 300;
    private const int MostRejections = 200;
    private const int MostFeeds = 200;

    /// <summary>What was wrong long ago and hasn't come again since. How many were rejected on which day stays (<see cref="SourceDay"/>).</summary>
    internal static readonly LeftoverRows LeftRejections = new(
        "rejections", "What was rejected, with its sample, of each source", days: 90, fewest: 1,
        new Statement("SELECT source_id, kind, field, reason FROM source_rejections WHERE last_at < @p0"),
        new Statement("DELETE FROM source_rejections WHERE source_id = @p0 AND kind = @p1 AND field = @p2 AND reason = @p3 AND last_at < @p4"));

    private static readonly Statement AddToDay = new(
        "UPDATE source_days SET accepted = accepted + @p3, duplicates = duplicates + @p4, rejected = rejected + @p5 WHERE source_id = @p0 AND day = @p1 AND kind = @p2");
    private static readonly Statement NewDay = new(
        "INSERT INTO source_days (source_id, day, kind, accepted, duplicates, rejected) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)");
    private static readonly Statement AddToLag = new("UPDATE source_lags SET items = items + @p3 WHERE source_id = @p0 AND kind = @p1 AND class = @p2");
    private static readonly Statement NewLag = new("INSERT INTO source_lags (source_id, kind, class, items) VALUES (@p0, @p1, @p2, @p3)");
    private static readonly Statement AddToField = new(
        "UPDATE source_fields SET items = items + @p4 WHERE source_id = @p0 AND kind = @p1 AND field = @p2 AND ignored = @p3");
    private static readonly Statement NewField = new(
        """
        INSERT INTO source_fields (source_id, kind, field, ignored, items) SELECT @p0, @p1, @p2, @p3, @p4
        WHERE (SELECT COUNT(*) FROM source_fields WHERE source_id = @p0) < @p5
        """);
    private static readonly Statement AddToArea = new(
        "UPDATE source_areas SET named = named + @p2, placed = placed + @p3 WHERE source_id = @p0 AND area_code = @p1");
    private static readonly Statement NewArea = new(
        """
        INSERT INTO source_areas (source_id, area_code, named, placed) SELECT @p0, @p1, @p2, @p3
        WHERE (SELECT COUNT(*) FROM source_areas WHERE source_id = @p0) < @p4
        """);
    private static readonly Statement AddToRejection = new(
        """
        UPDATE source_rejections SET items = items + @p4, sample_id = COALESCE(@p5, sample_id), last_at = @p6
        WHERE source_id = @p0 AND kind = @p1 AND field = @p2 AND reason = @p3
        """);
    private static readonly Statement NewRejection = new(
        """
        INSERT INTO source_rejections (source_id, kind, field, reason, items, sample_id, last_at) SELECT @p0, @p1, @p2, @p3, @p4, @p5, @p6
        WHERE (SELECT COUNT(*) FROM source_rejections WHERE source_id = @p0) < @p7
        """);
    private static readonly Statement Arrived = new(
        "UPDATE feeds SET last_at = @p2, last_minute = @p3 WHERE source_id = @p0 AND facility = @p1 AND last_at < @p2");
    private static readonly Statement NewFeed = new(
        """
        INSERT INTO feeds (source_id, facility, first_at, last_at, last_minute) SELECT @p0, @p1, @p2, @p2, @p3
        WHERE (SELECT COUNT(*) FROM feeds WHERE source_id = @p0) < @p4
        """);
    private static readonly Statement LastMinute = new("SELECT last_minute FROM feeds WHERE source_id = @p0 AND facility = @p1");
    private static readonly Statement AddToHour = new("UPDATE feed_hours SET minutes = minutes + 1 WHERE source_id = @p0 AND facility = @p1 AND hour = @p2");
    private static readonly Statement NewHour = new("INSERT INTO feed_hours (source_id, facility, hour, minutes) VALUES (@p0, @p1, @p2, 1)");

    internal static void Write(WriteSession session, int source, FeedNotes notes)
    {
        foreach (var ((day, kind), (accepted, duplicates, rejected)) in notes.Days)
        {
            if (session.Execute(AddToDay, source, day, kind, accepted, duplicates, rejected) == 0)
                session.Execute(NewDay, source, day, kind, accepted, duplicates, rejected);
        }
        for (var kind = 0; kind < notes.Items.Length; kind++)
            WriteKind(session, source, (FeedKind)kind, notes);
        foreach (var ((kind, field), calls) in notes.Ignored)
            AddField(session, source, kind, field, ignored: true, calls);
        foreach (var (area, (named, placed)) in notes.Areas)
        {
            if (session.Execute(AddToArea, source, area, named, placed) == 0)
                session.Execute(NewArea, source, area, named, placed, MostAreas);
        }
        foreach (var ((kind, field, reason), rejection) in notes.Rejections)
            AddRejection(session, source, kind, field, reason, rejection);
        // The demo's history is made in minutes: it has no rhythm.
        if (session.Loop != LoopClock.Live)
            return;
        foreach (var (facility, at) in notes.Arrivals)
            AddArrival(session, source, facility, at);
    }

    private static void WriteKind(WriteSession session, int source, FeedKind kind, FeedNotes notes)
    {
        if (notes.Items[(int)kind] == 0)
            return;
        AddField(session, source, kind, "", ignored: false, notes.Items[(int)kind]);
        for (var i = 0; i < notes.Filled[(int)kind].Length; i++)
        {
            if (notes.Filled[(int)kind][i] is > 0 and var filled)
                AddField(session, source, kind, OptionalFields.Names[(int)kind][i], ignored: false, filled);
        }
        for (var i = 0; i < LagClasses.Count; i++)
        {
            if (notes.Lags[(int)kind][i] is > 0 and var items && session.Execute(AddToLag, source, kind, i, items) == 0)
                session.Execute(NewLag, source, kind, i, items);
        }
    }

    private static void AddField(WriteSession session, int source, FeedKind kind, string field, bool ignored, long items)
    {
        if (session.Execute(AddToField, source, kind, field, ignored, items) == 0)
            session.Execute(NewField, source, kind, field, ignored, items, MostFields);
    }

    private static void AddRejection(WriteSession session, int source, FeedKind kind, string field, string reason, FeedNotes.Rejection rejection)
    {
        if (session.Execute(AddToRejection, source, kind, field, reason, rejection.Items, rejection.SampleId, rejection.At) > 0)
            return;
        if (session.Execute(NewRejection, source, kind, field, reason, rejection.Items, rejection.SampleId, rejection.At, MostRejections - 1) > 0)
            return;
        const string others = "others";
        if (session.Execute(AddToRejection, source, kind, others, others, rejection.Items, rejection.SampleId, rejection.At) == 0)
            session.Execute(NewRejection, source, kind, others, others, rejection.Items, rejection.SampleId, rejection.At, int.MaxValue);
    }

    private static void AddArrival(WriteSession session, int source, string facility, DateTimeOffset at)
    {
        var minute = at.UtcTicks / TimeSpan.TicksPerMinute;
        var before = session.Scalar(LastMinute, source, facility);
        if (before is null && session.Execute(NewFeed, source, facility, at, minute, MostFeeds) == 0)
            return;
        if (before is not null)
            session.Execute(Arrived, source, facility, at, minute);
        // Whichever instance saw it: a minute counts once.
        if (before is not null && Convert.ToInt64(before, System.Globalization.CultureInfo.InvariantCulture) >= minute)
            return;
        var hour = (int)(at.UtcTicks / TimeSpan.TicksPerHour);
        if (session.Execute(AddToHour, source, facility, hour) == 0)
            session.Execute(NewHour, source, facility, hour);
    }
}
