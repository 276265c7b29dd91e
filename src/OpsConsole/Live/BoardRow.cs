using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;

namespace OpsConsole.Live;

/// <summary>
/// What a screen shows of one shipment, with the version of its last change: the one feed that circuits and hub clients are served from
/// (design 12). Shipments registered before their promise that are open, or closed in the last 24 hours.
/// </summary>
public sealed class BoardRow
{
    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>Grows with each change, across all instances, in commit order.</summary>
    public long Version { get; set; }

    /// <summary>The courier's id.</summary>
    public required string ShipmentId { get; set; }

    /// <summary>Registered by a simulated source.</summary>
    public bool Simulated { get; set; }

    /// <summary>Open, delivered, returned, cancelled.</summary>
    public ShipmentState State { get; set; }

    /// <summary>Newest score; null before the first.</summary>
    public double? Score { get; set; }

    /// <summary>Threshold the newest score was held against.</summary>
    public double? Threshold { get; set; }

    /// <summary>Newest score reached the threshold.</summary>
    public bool Late { get; set; }

    /// <summary>Newest score reached the threshold, before the promise.</summary>
    public bool Flagged { get; set; }

    /// <summary>No scan for longer than usual.</summary>
    public bool Silent { get; set; }

    /// <summary>Silent because its feed is down, which says nothing of the shipment.</summary>
    public bool FeedDown { get; set; }

    /// <summary>Minutes, signed.</summary>
    public double? ExpectedDelayMinutes { get; set; }

    /// <summary>Lower end of the 80 % interval of the minutes.</summary>
    public double? DelayLow { get; set; }

    /// <summary>Upper end of the 80 % interval of the minutes.</summary>
    public double? DelayHigh { get; set; }

    /// <summary>The newest promise.</summary>
    public DateTimeOffset PromisedBy { get; set; }

    /// <summary>When the carrier itself expects to deliver.</summary>
    public DateTimeOffset? CarrierEstimate { get; set; }

    /// <summary>Area of destination.</summary>
    public required string DestinationArea { get; set; }

    /// <summary>Service.</summary>
    public required string Service { get; set; }

    /// <summary>Carrier.</summary>
    public string? Carrier { get; set; }

    /// <summary>Declared value, for the money.</summary>
    public double? DeclaredValue { get; set; }

    /// <summary>Version name of the model that made the newest score.</summary>
    public string? ModelVersion { get; set; }

    /// <summary>Key of the newest stored prediction.</summary>
    public long? PredictionKey { get; set; }

    /// <summary>Code of the strongest reason, for "why in six words".</summary>
    public string? Why { get; set; }

    /// <summary>Time of the newest scan.</summary>
    public DateTimeOffset? LastScanAt { get; set; }

    /// <summary>The case, if there is one.</summary>
    public CaseState? CaseState { get; set; }

    /// <summary>Who holds the case.</summary>
    public string? Assignee { get; set; }

    /// <summary>When the case was judged last.</summary>
    public DateTimeOffset? JudgedAt { get; set; }

    /// <summary>When the shipment finished (time received).</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<BoardRow>(row =>
    {
        row.ToTable("board_rows");
        row.HasKey(r => r.ShipmentKey);
        row.Property(r => r.ShipmentKey).ValueGeneratedNever();
        row.Property(r => r.ShipmentId).HasMaxLength(64);
        row.Property(r => r.DestinationArea).HasMaxLength(32);
        row.Property(r => r.Service).HasMaxLength(32);
        row.Property(r => r.Carrier).HasMaxLength(64);
        row.Property(r => r.ModelVersion).HasMaxLength(64);
        row.Property(r => r.Why).HasMaxLength(64);
        row.Property(r => r.Assignee).HasMaxLength(128);
        row.HasIndex(r => r.Version).IsUnique();
        row.HasIndex(r => r.FinishedAt);
    });
}
