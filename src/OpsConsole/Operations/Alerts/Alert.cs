using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Operations.Alerts;

/// <summary>Where an alert is.</summary>
public enum AlertState
{
    /// <summary>Raised; nobody has said yet that they look into it.</summary>
    Firing,

    /// <summary>Somebody looks into it.</summary>
    Acknowledged,

    /// <summary>Over.</summary>
    Cleared,
}

/// <summary>One time that a rule was raised for a subject, until it cleared. The next time is a row of its own.</summary>
public sealed class Alert
{
    /// <summary>Key, growing with time.</summary>
    public long Key { get; set; }

    /// <summary>The rule (<see cref="IAlertRule.Code"/>).</summary>
    public required string Code { get; set; }

    /// <summary>Of what; empty when the rule has only one.</summary>
    public required string Subject { get; set; }

    /// <summary>Firing, acknowledged or cleared.</summary>
    public AlertState State { get; set; }

    /// <summary>When it was raised.</summary>
    public DateTimeOffset RaisedAt { get; set; }

    /// <summary>The newest value.</summary>
    public double Value { get; set; }

    /// <summary>The newest reading in words.</summary>
    public required string Words { get; set; }

    /// <summary>When it was last read.</summary>
    public DateTimeOffset ReadAt { get; set; }

    /// <summary>When somebody said that they look into it.</summary>
    public DateTimeOffset? AcknowledgedAt { get; set; }

    /// <summary>Who.</summary>
    public string? AcknowledgedBy { get; set; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? ClearedAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<Alert>(alert =>
    {
        alert.ToTable("alerts");
        alert.HasKey(a => a.Key);
        alert.Property(a => a.Key).ValueGeneratedNever();
        alert.Property(a => a.Code).HasMaxLength(64);
        alert.Property(a => a.Subject).HasMaxLength(128);
        alert.Property(a => a.Words).HasMaxLength(400);
        alert.Property(a => a.AcknowledgedBy).HasMaxLength(128);
        // Two instances that read the same at once raise it once.
        alert.HasIndex(a => new { a.Code, a.Subject }).IsUnique().HasFilter("cleared_at IS NULL");
        alert.HasIndex(a => a.ClearedAt);
    });
}
