using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Measurement;

/// <summary>
/// Counts of served shipments by day: the classes of all (lead <see cref="ClassesOnly"/>), the cells of each lead, and classes and cells
/// of each segment at the default lead.
/// </summary>
public sealed class QualityCount
{
    /// <summary>Stands where no lead is meant.</summary>
    public const int ClassesOnly = -1;

    /// <summary>Day of the counted promise in the operation's zone.</summary>
    public int Day { get; set; }

    /// <summary>Registered by a simulated source.</summary>
    public bool Simulated { get; set; }

    /// <summary>Minutes before the promise, or <see cref="ClassesOnly"/>.</summary>
    public int Lead { get; set; }

    /// <summary>What it is split by.</summary>
    public Dimension Dimension { get; set; }

    /// <summary>The segment; empty when not split.</summary>
    public required string Segment { get; set; }

    public long Shipments { get; set; }
    public long Late { get; set; }
    public long OnTime { get; set; }
    public long Unknown { get; set; }
    public long Excluded { get; set; }
    public long Pending { get; set; }
    public long AtRisk { get; set; }
    public long FinishedEarlier { get; set; }
    public long RegisteredTooLate { get; set; }
    public long Tp { get; set; }
    public long Fp { get; set; }
    public long Fn { get; set; }
    public long Tn { get; set; }
    public long AvertedOrFalse { get; set; }
    public long TouchedOnTime { get; set; }
    public long Recomputed { get; set; }
}

/// <summary>What business figures are made of, by day of the counted promise; history included, but for what was served.</summary>
public sealed class KpiCount
{
    /// <summary>Day of the counted promise in the operation's zone.</summary>
    public int Day { get; set; }

    /// <summary>Registered by a simulated source.</summary>
    public bool Simulated { get; set; }

    /// <summary>All shipments.</summary>
    public long Shipments { get; set; }

    /// <summary>Late ones.</summary>
    public long Late { get; set; }

    /// <summary>On-time ones.</summary>
    public long OnTime { get; set; }

    /// <summary>Late ones that were served.</summary>
    public long ServedLate { get; set; }

    /// <summary>Of those, put before a person in time.</summary>
    public long RaisedInTime { get; set; }

    /// <summary>Support contacts.</summary>
    public long Contacts { get; set; }

    /// <summary>Their cost, in ten-thousandths of the currency.</summary>
    public long ContactCost { get; set; }

    /// <summary>At risk at the default lead, with an estimate by the carrier known then.</summary>
    public long Estimated { get; set; }

    /// <summary>The carrier said late, and it was.</summary>
    public long CarrierTp { get; set; }

    /// <summary>The carrier said late, and it was on time, untouched.</summary>
    public long CarrierFp { get; set; }

    /// <summary>The carrier said late; on time, touched.</summary>
    public long CarrierAverted { get; set; }
}

/// <summary>Scores of served shipments at risk by day and lead, in the bins of <see cref="Numerics.Statistics.ScoreHistogram"/>.</summary>
public sealed class ScoreHistogramRow
{
    /// <summary>Day of the counted promise in the operation's zone.</summary>
    public int Day { get; set; }

    /// <summary>Registered by a simulated source.</summary>
    public bool Simulated { get; set; }

    /// <summary>Minutes before the promise.</summary>
    public int Lead { get; set; }

    /// <summary>Bin of the score.</summary>
    public int Bin { get; set; }

    /// <summary>Late ones.</summary>
    public long Late { get; set; }

    /// <summary>On time, untouched.</summary>
    public long OnTime { get; set; }

    /// <summary>On time, touched.</summary>
    public long Touched { get; set; }
}

/// <summary>Grows whenever a tally of the day changed, so that who keeps the day in memory knows when to read it again.</summary>
public sealed class TallyDay
{
    /// <summary>Day of the counted promise in the operation's zone.</summary>
    public int Day { get; set; }

    /// <summary>The version.</summary>
    public long Version { get; set; }
}

/// <summary>The mapping of the roll-ups.</summary>
internal static class RollUps
{
    internal static void Map(ModelBuilder builder)
    {
        builder.Entity<QualityCount>(count =>
        {
            count.ToTable("quality_counts");
            count.HasKey(c => new { c.Dimension, c.Lead, c.Day, c.Simulated, c.Segment });
            count.Property(c => c.Segment).HasMaxLength(64);
        });
        builder.Entity<KpiCount>(count =>
        {
            count.ToTable("kpi_counts");
            count.HasKey(c => new { c.Day, c.Simulated });
        });
        builder.Entity<ScoreHistogramRow>(row =>
        {
            row.ToTable("score_histograms");
            row.HasKey(r => new { r.Lead, r.Day, r.Simulated, r.Bin });
        });
        builder.Entity<TallyDay>(day =>
        {
            day.ToTable("tally_days");
            day.HasKey(d => d.Day);
            day.Property(d => d.Day).ValueGeneratedNever();
        });
    }
}
