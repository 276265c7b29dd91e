using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Intake.Import;

/// <summary>What a row of a file stands for.</summary>
public enum ImportKind
{
    /// <summary>A delivery, with the times of what happened to it in columns.</summary>
    Deliveries,

    /// <summary>Something that happened to a delivery.</summary>
    Events,
}

/// <summary>How far a file has come.</summary>
public enum ImportState
{
    /// <summary>It is here, and its columns are being assigned.</summary>
    Mapping,

    /// <summary>It waits to be checked.</summary>
    CheckWaiting,

    /// <summary>It is read through, and nothing is stored.</summary>
    Checking,

    /// <summary>It was read through; the report is there.</summary>
    Checked,

    /// <summary>It waits to be brought in.</summary>
    Waiting,

    /// <summary>It is brought in.</summary>
    Importing,

    /// <summary>All of it was brought in.</summary>
    Done,

    /// <summary>Somebody stopped it; what was stored before stays.</summary>
    Cancelled,

    /// <summary>It broke off; what was stored before stays.</summary>
    Failed,
}

/// <summary>One file of history: what it is, what its columns mean, how far it has come, what came of it.</summary>
public sealed class DeliveryImport
{
    /// <summary>Key, also the name of its folder.</summary>
    public long Key { get; set; }

    /// <summary>How far it has come.</summary>
    public ImportState State { get; set; }

    /// <summary>What a row stands for.</summary>
    public ImportKind Kind { get; set; }

    /// <summary>What the file was called where it came from; for people only.</summary>
    public required string FileName { get; set; }

    /// <summary>Its size as it was sent, in bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>The source that what it holds belongs to.</summary>
    public int SourceId { get; set; }

    /// <summary>How it is written, as JSON (<see cref="FileShape"/>).</summary>
    public required string Shape { get; set; }

    /// <summary>What its columns mean, as JSON (<see cref="ImportMapping"/>); null until somebody saved it.</summary>
    public string? Mapping { get; set; }

    /// <summary>What the check found, as JSON (<see cref="QualityReport"/>).</summary>
    public string? Report { get; set; }

    /// <summary>How far the pass under way, or the last one, came, as JSON (<see cref="ImportProgress"/>).</summary>
    public string? Progress { get; set; }

    /// <summary>Why it broke off, or what happened to it meanwhile, in words.</summary>
    public string? Note { get; set; }

    /// <summary>When it came.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Who sent it, as the audit names them.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When the pass under way was last heard of.</summary>
    public DateTimeOffset? HeardAt { get; set; }

    /// <summary>When it ended, one way or another.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<DeliveryImport>(import =>
    {
        import.ToTable("imports");
        import.HasKey(i => i.Key);
        import.Property(i => i.Key).ValueGeneratedNever();
        import.Property(i => i.FileName).HasMaxLength(200);
        import.Property(i => i.Note).HasMaxLength(1000);
        import.Property(i => i.CreatedBy).HasMaxLength(128);
        import.HasIndex(i => i.State);
    });
}

/// <summary>What columns mean, kept for the next file of the same source.</summary>
public sealed class SavedMapping
{
    /// <summary>Key.</summary>
    public long Key { get; set; }

    /// <summary>Whose files it is for.</summary>
    public int SourceId { get; set; }

    /// <summary>What a row stands for.</summary>
    public ImportKind Kind { get; set; }

    /// <summary>What people call it; unique within source and kind.</summary>
    public required string Name { get; set; }

    /// <summary>It, as JSON (<see cref="ImportMapping"/>).</summary>
    public required string Mapping { get; set; }

    /// <summary>When it was last saved.</summary>
    public DateTimeOffset SavedAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SavedMapping>(saved =>
    {
        saved.ToTable("import_mappings");
        saved.HasKey(s => s.Key);
        saved.Property(s => s.Key).ValueGeneratedNever();
        saved.Property(s => s.Name).HasMaxLength(80);
        saved.HasIndex(s => new { s.SourceId, s.Kind, s.Name }).IsUnique();
    });
}
