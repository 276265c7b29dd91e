using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Intake;

/// <summary>Weather and traffic of an area at a moment, as one source saw or forecast it; each amendment is a row of its own.</summary>
public sealed class Condition
{
    /// <summary>Key, in the order received.</summary>
    public long Id { get; set; }

    /// <summary>The area.</summary>
    public required string AreaCode { get; set; }

    /// <summary>The moment it is about.</summary>
    public DateTimeOffset ObservedAt { get; set; }

    /// <summary>When the sender's system knew it; before <see cref="ObservedAt"/> it is a forecast.</summary>
    public DateTimeOffset? RecordedAt { get; set; }

    /// <summary>Time received.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>From when on it counts as known (contract, Three times).</summary>
    public DateTimeOffset KnownAt { get; set; }

    /// <summary>Who sent it.</summary>
    public int SourceId { get; set; }

    /// <summary>Hash of the normalised content.</summary>
    public long ContentHash { get; set; }

    /// <summary>Rain and the like, millimetres in the hour.</summary>
    public double? PrecipitationMm { get; set; }

    /// <summary>Snow, centimetres.</summary>
    public double? SnowCm { get; set; }

    /// <summary>Wind, km/h.</summary>
    public double? WindKph { get; set; }

    /// <summary>Temperature, °C.</summary>
    public double? TemperatureC { get; set; }

    /// <summary>Traffic, 1 = free flow.</summary>
    public double? TrafficIndex { get; set; }

    /// <summary>Road incidents.</summary>
    public int? Incidents { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<Condition>(condition =>
    {
        condition.ToTable("conditions");
        condition.Property(c => c.AreaCode).HasMaxLength(32);
        condition.HasIndex(c => new { c.AreaCode, c.ObservedAt, c.SourceId });
        condition.HasIndex(c => new { c.AreaCode, c.KnownAt });
    });
}

/// <summary>A customer's contact with support about a shipment, never changed.</summary>
public sealed class SupportContact
{
    /// <summary>Key, in the order received.</summary>
    public long Id { get; set; }

    /// <summary>The sender's id, unique.</summary>
    public required string ContactId { get; set; }

    /// <summary>The shipment's id.</summary>
    public required string ShipmentId { get; set; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset OccurredAt { get; set; }

    /// <summary>When the sender's system knew it, if it said so.</summary>
    public DateTimeOffset? RecordedAt { get; set; }

    /// <summary>Time received.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>Who sent it.</summary>
    public int SourceId { get; set; }

    /// <summary>Hash of the normalised content.</summary>
    public long ContentHash { get; set; }

    /// <summary>Phone, e-mail and the like.</summary>
    public string? Channel { get; set; }

    /// <summary>What it cost, in the operation's currency.</summary>
    public double? Cost { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SupportContact>(contact =>
    {
        contact.ToTable("contacts");
        contact.Property(c => c.ContactId).HasMaxLength(128);
        contact.Property(c => c.ShipmentId).HasMaxLength(64);
        contact.Property(c => c.Channel).HasMaxLength(32);
        contact.HasIndex(c => c.ContactId).IsUnique();
        contact.HasIndex(c => c.ShipmentId);
    });
}
