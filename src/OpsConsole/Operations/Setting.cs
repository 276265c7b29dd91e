using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Operations;

/// <summary>One setting that is changed while the product runs; the value as JSON.</summary>
public sealed class Setting
{
    /// <summary>Its name, such as <c>costs</c>.</summary>
    public required string Name { get; set; }

    /// <summary>Its value as JSON.</summary>
    public required string Value { get; set; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Changes with each change; the concurrency token.</summary>
    public Guid Version { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<Setting>(setting =>
    {
        setting.ToTable("settings");
        setting.HasKey(s => s.Name);
        setting.Property(s => s.Name).HasMaxLength(64);
        setting.Property(s => s.Version).IsConcurrencyToken();
    });
}

/// <summary>The right to do periodic work, held by one instance at a time (design 15).</summary>
public sealed class Lease
{
    /// <summary>Which work.</summary>
    public required string Name { get; set; }

    /// <summary>The instance that holds it.</summary>
    public required string Holder { get; set; }

    /// <summary>Grows with each change of holder; checked in the transaction of the work's effect.</summary>
    public long Token { get; set; }

    /// <summary>When it lapses unless renewed.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<Lease>(lease =>
    {
        lease.ToTable("leases");
        lease.HasKey(l => l.Name);
        lease.Property(l => l.Name).HasMaxLength(64);
        lease.Property(l => l.Holder).HasMaxLength(64);
    });
}
