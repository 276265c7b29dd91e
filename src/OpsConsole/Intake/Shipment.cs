using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;

namespace OpsConsole.Intake;

/// <summary>
/// What is true now of one shipment: one row, each stage of the loop updating its own columns. Everything here can be rebuilt from the
/// append-only facts.
/// </summary>
public sealed class Shipment
{
    // Intake's columns.

    /// <summary>Surrogate key, growing with time of registration.</summary>
    public long Key { get; set; }

    /// <summary>The courier's id, unique.</summary>
    public required string ShipmentId { get; set; }

    /// <summary>The source that registered it.</summary>
    public int SourceId { get; set; }

    /// <summary>Registered by a simulated source.</summary>
    public bool Simulated { get; set; }

    /// <summary>Which loop works on it (<see cref="Operations.LoopClock.Loop"/>).</summary>
    public int Loop { get; set; }

    /// <summary>Time received of its first version.</summary>
    public DateTimeOffset RegisteredAt { get; set; }

    /// <summary>Registered after its first promise had passed: no served prediction, case or warning.</summary>
    public bool History { get; set; }

    /// <summary>Drawn into the hold-out at registration.</summary>
    public bool HeldOut { get; set; }

    /// <summary>The chance with which it was drawn for the hold-out; null where it couldn't be.</summary>
    public double? HoldOutChance { get; set; }

    /// <summary>Booked at, by the newest version.</summary>
    public DateTimeOffset BookedAt { get; set; }

    /// <summary>The promise of the first version.</summary>
    public DateTimeOffset PromisedFirst { get; set; }

    /// <summary>Service, by the newest version.</summary>
    public required string Service { get; set; }

    /// <summary>Carrier, if told.</summary>
    public string? Carrier { get; set; }

    /// <summary>Area of origin.</summary>
    public required string OriginArea { get; set; }

    /// <summary>Area of destination.</summary>
    public required string DestinationArea { get; set; }

    /// <summary>Urban, suburban or rural, of the destination.</summary>
    public AreaType? AreaType { get; set; }

    /// <summary>1 (most deprived) to 10, of the destination.</summary>
    public int? DeprivationBand { get; set; }

    /// <summary>Pieces of one order share it.</summary>
    public string? ConsignmentId { get; set; }

    /// <summary>The sender's reference.</summary>
    public string? Reference { get; set; }

    /// <summary>Grows whenever something the shipment depends on changes; the later stages chase it.</summary>
    public long InputVersion { get; set; }

    // Prediction's columns.

    /// <summary>The input version that was scored last.</summary>
    public long ScoredVersion { get; set; }

    /// <summary>When it is to be scored next, in UTC ticks: 0 at once (input changed), null never.</summary>
    public long? NextScoreAt { get; set; }

    /// <summary>The newest state, as of the time received.</summary>
    public ShipmentState State { get; set; }

    /// <summary>The newest promise, shown to people.</summary>
    public DateTimeOffset PromisedBy { get; set; }

    /// <summary>The promise that figures are counted by (measurement.md, Which promise).</summary>
    public DateTimeOffset PromiseCounted { get; set; }

    /// <summary>When its first prediction was stored: from then on a correction no longer replaces the promise.</summary>
    public DateTimeOffset? FirstScoredAt { get; set; }

    /// <summary>When it was scored last.</summary>
    public DateTimeOffset? ScoredAt { get; set; }

    /// <summary>The newest score, stored as a prediction or not.</summary>
    public double? Score { get; set; }

    /// <summary>Whether the newest score reached the threshold, before the promise.</summary>
    public bool Flagged { get; set; }

    /// <summary>No scan for longer than usual.</summary>
    public bool Silent { get; set; }

    /// <summary>Time of the newest scan known.</summary>
    public DateTimeOffset? LastScanAt { get; set; }

    /// <summary>Key of the newest stored prediction.</summary>
    public long? PredictionKey { get; set; }

    // Measurement's columns.

    /// <summary>The input version that was settled last.</summary>
    public long SettledVersion { get; set; }

    /// <summary>When it is to be settled next, in UTC ticks: 0 at once, null never.</summary>
    public long? NextSettleAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<Shipment>(shipment =>
    {
        shipment.ToTable("shipments");
        shipment.HasKey(s => s.Key);
        shipment.Property(s => s.Key).ValueGeneratedNever();
        shipment.Property(s => s.ShipmentId).HasMaxLength(64);
        shipment.Property(s => s.Service).HasMaxLength(32);
        shipment.Property(s => s.Carrier).HasMaxLength(64);
        shipment.Property(s => s.OriginArea).HasMaxLength(32);
        shipment.Property(s => s.DestinationArea).HasMaxLength(32);
        shipment.Property(s => s.ConsignmentId).HasMaxLength(64);
        shipment.Property(s => s.Reference).HasMaxLength(128);
        shipment.HasIndex(s => s.ShipmentId).IsUnique();
        shipment.HasIndex(s => new { s.Loop, s.NextScoreAt, s.PromiseCounted });
        shipment.HasIndex(s => new { s.Loop, s.NextSettleAt });
        shipment.HasIndex(s => new { s.DestinationArea, s.State });
        // Conditions of an area reach the open shipments that come from there too.
        shipment.HasIndex(s => s.OriginArea).HasFilter("state = 0");
        shipment.HasIndex(s => s.PromiseCounted);
    });
}

/// <summary>
/// One version of a shipment as its courier sent it, never changed. The first registers it, later ones amend it; each carries its
/// promise, so the history keeps the earlier ones.
/// </summary>
public sealed class ShipmentVersion
{
    /// <summary>Key, in the order received.</summary>
    public long Id { get; set; }

    /// <summary>The shipment's id.</summary>
    public required string ShipmentId { get; set; }

    /// <summary>Time received.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>When the sender's system knew it, if it said so.</summary>
    public DateTimeOffset? RecordedAt { get; set; }

    /// <summary>The promise of this version.</summary>
    public DateTimeOffset PromisedBy { get; set; }

    /// <summary>Hash of the normalised content, <c>recordedAt</c> left in, customer included.</summary>
    public long ContentHash { get; set; }

    /// <summary>The content as normalised JSON (<see cref="NewShipment"/> without customer).</summary>
    public required string Content { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<ShipmentVersion>(version =>
    {
        version.ToTable("shipment_versions");
        version.Property(v => v.ShipmentId).HasMaxLength(64);
        version.HasIndex(v => v.ShipmentId);
    });
}
