using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Access;

/// <summary>The secret that a person's app makes codes from.</summary>
public sealed class SecondFactor
{
    /// <summary>Whose.</summary>
    public long UserId { get; set; }

    /// <summary>The secret, locked with the key ring.</summary>
    public required string Secret { get; set; }

    /// <summary>Since when it is asked for; null while the person is about to set it up.</summary>
    public DateTimeOffset? EnabledAt { get; set; }

    /// <summary>The time step of the newest code that was taken: a code is good once.</summary>
    public long LastStep { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SecondFactor>(factor =>
    {
        factor.ToTable("second_factors");
        factor.HasKey(f => f.UserId);
        factor.Property(f => f.UserId).ValueGeneratedNever();
        factor.Property(f => f.Secret).HasMaxLength(512);
    });
}

/// <summary>A code that stands in for the app once, for whoever lost it.</summary>
public sealed class RecoveryCode
{
    /// <summary>Whose.</summary>
    public long UserId { get; set; }

    /// <summary>SHA-256 of the code, which has 120 random bits.</summary>
    public required string Hash { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<RecoveryCode>(code =>
    {
        code.ToTable("recovery_codes");
        code.HasKey(c => new { c.UserId, c.Hash });
        code.Property(c => c.Hash).HasMaxLength(64);
    });
}
