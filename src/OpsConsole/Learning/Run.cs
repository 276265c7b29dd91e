using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;

namespace OpsConsole.Learning;

/// <summary>What a run does; the numbers are stored.</summary>
public enum RunKind
{
    /// <summary>Makes a version.</summary>
    Training = 0,

    /// <summary>Evaluates a version on past shipments.</summary>
    Backtest = 1,
}

/// <summary>One run: what was asked, how far it is, what came of it.</summary>
public sealed class Run
{
    /// <summary>Key; the contract's <c>runId</c> in decimal.</summary>
    public long Key { get; set; }

    /// <summary>Training or backtest.</summary>
    public RunKind Kind { get; set; }

    /// <summary>Queued, running, succeeded, failed, cancelled.</summary>
    public RunState State { get; set; }

    /// <summary>0 to 1.</summary>
    public double Progress { get; set; }

    /// <summary>What is being done, in words.</summary>
    public string? Line { get; set; }

    /// <summary>What was asked, as JSON (<see cref="TrainingPlan"/>, <see cref="Measurement.BacktestPlan"/>).</summary>
    public required string Plan { get; set; }

    /// <summary>The version it made, or evaluates.</summary>
    public string? ModelVersion { get; set; }

    /// <summary>Its result, as JSON.</summary>
    public string? Metrics { get; set; }

    /// <summary>Why it failed, in words.</summary>
    public string? Error { get; set; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>When it was last heard of, while it runs.</summary>
    public DateTimeOffset? HeardAt { get; set; }

    /// <summary>Who asked for it.</summary>
    public required string CreatedBy { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<Run>(run =>
    {
        run.ToTable("runs");
        run.HasKey(r => r.Key);
        run.Property(r => r.Key).ValueGeneratedNever();
        run.Property(r => r.Kind).HasDefaultValue(RunKind.Training);
        run.Property(r => r.Line).HasMaxLength(400);
        run.Property(r => r.ModelVersion).HasMaxLength(64);
        run.Property(r => r.Error).HasMaxLength(2000);
        run.Property(r => r.CreatedBy).HasMaxLength(128);
        run.HasIndex(r => r.State);
        run.HasIndex(r => r.ModelVersion);
    });
}
