using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Access;

/// <summary>That a person is signed in somewhere. The cookie names it and is worth nothing without it: a session ends by its row going.</summary>
public sealed class Session
{
    /// <summary>128 random bits.</summary>
    public required string Id { get; set; }

    /// <summary>Whose.</summary>
    public long UserId { get; set; }

    /// <summary>How they proved who they are, such as <c>password</c>.</summary>
    public required string Method { get; set; }

    /// <summary>When they signed in.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset UsedAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<Session>(session =>
    {
        session.ToTable("sessions");
        session.HasKey(s => s.Id);
        session.Property(s => s.Id).HasMaxLength(32);
        session.Property(s => s.Method).HasMaxLength(32);
        session.HasIndex(s => s.UserId);
    });
}
