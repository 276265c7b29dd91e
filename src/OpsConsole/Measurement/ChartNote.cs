using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Measurement;

/// <summary>What somebody wants remembered of a moment: an incident, a strike, a holiday. Marks the charts.</summary>
public sealed class ChartNote
{
    /// <summary>The longest words.</summary>
    public const int Longest = 200;

    /// <summary>Key.</summary>
    public long Key { get; set; }

    /// <summary>The moment it is about.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>What happened.</summary>
    public required string Words { get; set; }

    /// <summary>Name of who wrote it.</summary>
    public required string WrittenByName { get; set; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset WrittenAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<ChartNote>(note =>
    {
        note.ToTable("chart_notes");
        note.HasKey(n => n.Key);
        note.Property(n => n.Key).ValueGeneratedNever();
        note.Property(n => n.Words).HasMaxLength(Longest);
        note.Property(n => n.WrittenByName).HasMaxLength(256);
        note.HasIndex(n => n.At);
    });
}
