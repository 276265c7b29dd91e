using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Measurement.Thresholds;

/// <summary>Where a proposal stands; the numbers are stored.</summary>
public enum ProposalState
{
    /// <summary>Waits for somebody to look at it.</summary>
    Open = 0,

    /// <summary>In force from its decision on.</summary>
    Applied = 1,

    /// <summary>Somebody else said no.</summary>
    Declined = 2,

    /// <summary>Taken back by who made it.</summary>
    Withdrawn = 3,
}

/// <summary>Somebody proposes other thresholds for the champion; kept whatever becomes of it.</summary>
public sealed class ThresholdProposal
{
    /// <summary>Key.</summary>
    public long Key { get; set; }

    /// <summary>The champion it was made for; another champion's scores mean other flags.</summary>
    public int ModelVersionId { get; set; }

    /// <summary>The dispatchers' threshold when it was proposed.</summary>
    public double Before { get; set; }

    /// <summary>The dispatchers' threshold that is proposed, a multiple of 0.001.</summary>
    public double After { get; set; }

    /// <summary>The customers' threshold when it was proposed; null: none was set.</summary>
    public double? CustomersBefore { get; set; }

    /// <summary>The customers' threshold that is proposed; null: none.</summary>
    public double? CustomersAfter { get; set; }

    /// <summary>What was shown when it was proposed (<see cref="Client.ThresholdAnswer"/>), as JSON.</summary>
    public required string Expected { get; set; }

    /// <summary>Why.</summary>
    public required string Reason { get; set; }

    /// <summary>When it was proposed.</summary>
    public DateTimeOffset ProposedAt { get; set; }

    /// <summary>Who proposed it, as the audit names them.</summary>
    public required string ProposedBy { get; set; }

    /// <summary>Their name then.</summary>
    public required string ProposedByName { get; set; }

    /// <summary>Where it stands.</summary>
    public ProposalState State { get; set; }

    /// <summary>When it was decided; null while open.</summary>
    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Name of who decided.</summary>
    public string? DecidedByName { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<ThresholdProposal>(proposal =>
    {
        proposal.ToTable("threshold_proposals");
        proposal.HasKey(p => p.Key);
        proposal.Property(p => p.Key).ValueGeneratedNever();
        proposal.Property(p => p.Reason).HasMaxLength(1_000);
        proposal.Property(p => p.ProposedBy).HasMaxLength(128);
        proposal.Property(p => p.ProposedByName).HasMaxLength(256);
        proposal.Property(p => p.DecidedByName).HasMaxLength(256);
    });
}
