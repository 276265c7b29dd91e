using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Intake.Feeds;

/// <summary>What a source sends: the calls of intake.</summary>
public enum FeedKind
{
    /// <summary>Shipments.</summary>
    Shipments,

    /// <summary>Tracking events.</summary>
    Events,

    /// <summary>Weather and traffic.</summary>
    Conditions,

    /// <summary>Contacts with support.</summary>
    Contacts,
}

/// <summary>What one source sent of one kind on one day of the operation's zone: a counter, kept as it comes.</summary>
public sealed class SourceDay
{
    /// <summary>The source.</summary>
    public int SourceId { get; set; }

    /// <summary>The day's number.</summary>
    public int Day { get; set; }

    /// <summary>The kind.</summary>
    public FeedKind Kind { get; set; }

    /// <summary>Items stored.</summary>
    public long Accepted { get; set; }

    /// <summary>Items that were known already.</summary>
    public long Duplicates { get; set; }

    /// <summary>Items refused, and calls refused whole.</summary>
    public long Rejected { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SourceDay>(day =>
    {
        day.ToTable("source_days");
        day.HasKey(d => new { d.SourceId, d.Day, d.Kind });
    });
}

/// <summary>How long one source's items took to come: how many fell into which class of lag.</summary>
public sealed class SourceLag
{
    /// <summary>The source.</summary>
    public int SourceId { get; set; }

    /// <summary>The kind.</summary>
    public FeedKind Kind { get; set; }

    /// <summary>Index of the class (<see cref="LagClasses"/>).</summary>
    public int Class { get; set; }

    /// <summary>The items.</summary>
    public long Items { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SourceLag>(lag =>
    {
        lag.ToTable("source_lags");
        lag.HasKey(l => new { l.SourceId, l.Kind, l.Class });
    });
}

/// <summary>How many of a source's items have an optional field, or a field that isn't known.</summary>
public sealed class SourceField
{
    /// <summary>The source.</summary>
    public int SourceId { get; set; }

    /// <summary>The kind.</summary>
    public FeedKind Kind { get; set; }

    /// <summary>The field; empty: every item.</summary>
    public required string Field { get; set; }

    /// <summary>The field isn't known and was ignored.</summary>
    public bool Ignored { get; set; }

    /// <summary>Items that had it; of ignored ones: calls.</summary>
    public long Items { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SourceField>(field =>
    {
        field.ToTable("source_fields");
        field.HasKey(f => new { f.SourceId, f.Kind, f.Field, f.Ignored });
        field.Property(f => f.Field).HasMaxLength(128);
    });
}

/// <summary>An area that a source's shipments come from or go to.</summary>
public sealed class SourceArea
{
    /// <summary>The source.</summary>
    public int SourceId { get; set; }

    /// <summary>The area.</summary>
    public required string AreaCode { get; set; }

    /// <summary>How often it was named.</summary>
    public long Named { get; set; }

    /// <summary>How often with latitude and longitude.</summary>
    public long Placed { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SourceArea>(area =>
    {
        area.ToTable("source_areas");
        area.HasKey(a => new { a.SourceId, a.AreaCode });
        area.Property(a => a.AreaCode).HasMaxLength(32);
    });
}

/// <summary>What was wrong with a source's items, and how often: the field and the words of the receipt, never what stood in the field.</summary>
public sealed class SourceRejection
{
    /// <summary>The source.</summary>
    public int SourceId { get; set; }

    /// <summary>The kind.</summary>
    public FeedKind Kind { get; set; }

    /// <summary>The field, by its path.</summary>
    public required string Field { get; set; }

    /// <summary>What is wrong, and what is allowed.</summary>
    public required string Reason { get; set; }

    /// <summary>How many items.</summary>
    public long Items { get; set; }

    /// <summary>Id of the newest of them, if it could be read.</summary>
    public string? SampleId { get; set; }

    /// <summary>When the newest came.</summary>
    public DateTimeOffset LastAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SourceRejection>(rejection =>
    {
        rejection.ToTable("source_rejections");
        rejection.HasKey(r => new { r.SourceId, r.Kind, r.Field, r.Reason });
        rejection.Property(r => r.Field).HasMaxLength(128);
        rejection.Property(r => r.Reason).HasMaxLength(200);
        rejection.Property(r => r.SampleId).HasMaxLength(128);
    });
}

/// <summary>How many of a source's events wait for their shipment to be registered; exact, since it is kept with the events themselves.</summary>
public sealed class SourceWaiting
{
    /// <summary>The source.</summary>
    public int SourceId { get; set; }

    /// <summary>Events without a shipment.</summary>
    public long Events { get; set; }

    /// <summary>The shipment of the newest of them.</summary>
    public string? SampleId { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SourceWaiting>(waiting =>
    {
        waiting.ToTable("source_waiting");
        waiting.HasKey(w => w.SourceId);
        waiting.Property(w => w.SourceId).ValueGeneratedNever();
        waiting.Property(w => w.SampleId).HasMaxLength(64);
    });
}

/// <summary>A stream whose rhythm is known: all that a source sends, or what it sends from one facility.</summary>
public sealed class Feed
{
    /// <summary>The source.</summary>
    public int SourceId { get; set; }

    /// <summary>The facility; empty: the source as a whole.</summary>
    public required string Facility { get; set; }

    /// <summary>Since when it is known.</summary>
    public DateTimeOffset FirstAt { get; set; }

    /// <summary>When something came last.</summary>
    public DateTimeOffset LastAt { get; set; }

    /// <summary>The minute in which something came last, counted from the year 1.</summary>
    public long LastMinute { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<Feed>(feed =>
    {
        feed.ToTable("feeds");
        feed.HasKey(f => new { f.SourceId, f.Facility });
        feed.Property(f => f.Facility).HasMaxLength(64);
    });
}

/// <summary>In how many minutes of an hour something came of a feed.</summary>
public sealed class FeedHour
{
    /// <summary>The source.</summary>
    public int SourceId { get; set; }

    /// <summary>The facility; empty: the source as a whole.</summary>
    public required string Facility { get; set; }

    /// <summary>The hour, counted from the year 1.</summary>
    public int Hour { get; set; }

    /// <summary>Minutes, 1 to 60.</summary>
    public int Minutes { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<FeedHour>(hour =>
    {
        hour.ToTable("feed_hours");
        hour.HasKey(h => new { h.SourceId, h.Facility, h.Hour });
        hour.Property(h => h.Facility).HasMaxLength(64);
        hour.HasIndex(h => h.Hour);
    });
}

/// <summary>A time in which a feed was silent beyond its rhythm.</summary>
public sealed class FeedSilence
{
    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>The source.</summary>
    public int SourceId { get; set; }

    /// <summary>The facility; empty: the source as a whole.</summary>
    public required string Facility { get; set; }

    /// <summary>When something had come last.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>When it was noticed.</summary>
    public DateTimeOffset NoticedAt { get; set; }

    /// <summary>When something came again; null: not yet.</summary>
    public DateTimeOffset? BackAt { get; set; }

    /// <summary>When it was over: a while after something came again, so that what had piled up is in. Null: it lasts.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<FeedSilence>(silence =>
    {
        silence.ToTable("feed_silences");
        silence.Property(s => s.Facility).HasMaxLength(64);
        silence.HasIndex(s => new { s.SourceId, s.Since });
        silence.HasIndex(s => s.EndedAt);
    });
}
