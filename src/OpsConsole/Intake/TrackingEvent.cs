using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;

namespace OpsConsole.Intake;

/// <summary>
/// One scan or notice about a shipment, never changed. It refers to the shipment by the courier's id, since it may come first.
/// </summary>
public sealed class TrackingEvent
{
    /// <summary>Key, in the order received.</summary>
    public long Id { get; set; }

    /// <summary>The sender's id of the event, unique.</summary>
    public required string EventId { get; set; }

    /// <summary>The shipment's id.</summary>
    public required string ShipmentId { get; set; }

    /// <summary>What happened.</summary>
    public EventType Type { get; set; }

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

    /// <summary>Facility it was scanned at.</summary>
    public string? Facility { get; set; }

    /// <summary>Reason code or text.</summary>
    public string? Reason { get; set; }

    /// <summary>The new promise, with <see cref="EventType.PromiseChanged"/>.</summary>
    public DateTimeOffset? PromisedBy { get; set; }

    /// <summary>Who asked for the new promise.</summary>
    public PromiseInitiator? InitiatedBy { get; set; }

    /// <summary>When the carrier itself expects to deliver.</summary>
    public DateTimeOffset? CarrierEstimate { get; set; }

    /// <summary>The remaining members (area, place, route, vehicle, attributes) as JSON; null when there are none.</summary>
    public string? Details { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<TrackingEvent>(e =>
    {
        e.ToTable("events");
        e.Property(x => x.EventId).HasMaxLength(128);
        e.Property(x => x.ShipmentId).HasMaxLength(64);
        e.Property(x => x.Facility).HasMaxLength(64);
        e.Property(x => x.Reason).HasMaxLength(200);
        e.HasIndex(x => x.EventId).IsUnique();
        e.HasIndex(x => x.ShipmentId);
    });
}
