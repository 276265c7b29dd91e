using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Access;

/// <summary>How a system says who it is.</summary>
public enum ApiKeyKind
{
    /// <summary>Sends the key itself with each call.</summary>
    Key,

    /// <summary>OAuth2 client: sends its id and secret for a token of five minutes, and that with each call.</summary>
    Client,
}

/// <summary>A key of a courier's system. The key itself is shown once and never kept: only its id and a hash.</summary>
public sealed class ApiKey
{
    /// <summary>The eight characters after <c>oc_live_</c>.</summary>
    public required string Id { get; set; }

    /// <summary>SHA-256 of the whole key; a fast hash is right for 190 random bits.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>What it is for, in its owner's words.</summary>
    public required string Name { get; set; }

    /// <summary>The source it belongs to.</summary>
    public int SourceId { get; set; }

    /// <summary>Its scopes, separated by spaces.</summary>
    public required string Scopes { get; set; }

    /// <summary>Calls a second before it is told to wait; null: the default, 2,000.</summary>
    public int? CallsPerSecond { get; set; }

    /// <summary>How it is used.</summary>
    public ApiKeyKind Kind { get; set; }

    /// <summary>The networks it may be used from, separated by spaces; null: from anywhere.</summary>
    public string? AllowedNetworks { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>When it lapses; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<ApiKey>(key =>
    {
        key.ToTable("api_keys");
        key.Property(k => k.Id).HasMaxLength(16);
        key.Property(k => k.Hash).HasMaxLength(32);
        key.Property(k => k.Name).HasMaxLength(64);
        key.Property(k => k.Scopes).HasMaxLength(200);
        key.Property(k => k.AllowedNetworks).HasMaxLength(4_000);
        key.Property(k => k.CreatedBy).HasMaxLength(128);
        key.HasIndex(k => k.SourceId);
    });
}
