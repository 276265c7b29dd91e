using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Access;

/// <summary>Who sends: a courier's system, or the simulator. Every API key belongs to one.</summary>
public sealed class Source
{
    /// <summary>Key.</summary>
    public int Id { get; set; }

    /// <summary>Unique name.</summary>
    public required string Name { get; set; }

    /// <summary>What it registers is invented, and marked so everywhere.</summary>
    public bool Simulated { get; set; }

    /// <summary>How late its outcomes may be reported, in minutes; null: <c>Operations:ReportingLagMinutes</c>.</summary>
    public int? ReportingLagMinutes { get; set; }

    /// <summary>After how many minutes without anything it counts as down; null: by the rhythm that is learnt.</summary>
    public int? SilentAfterMinutes { get; set; }

    /// <summary>When it was set up.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<Source>(source =>
    {
        source.ToTable("sources");
        source.Property(s => s.Name).HasMaxLength(64);
        source.HasIndex(s => s.Name).IsUnique();
    });
}
