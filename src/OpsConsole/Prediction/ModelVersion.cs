using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;

namespace OpsConsole.Prediction;

/// <summary>One version of a model. Learning writes it, Prediction reads and serves it.</summary>
public sealed class ModelVersion
{
    /// <summary>Key, small.</summary>
    public int Id { get; set; }

    /// <summary>Unique name, such as <c>rule-1</c> or <c>lightgbm-20261124-1</c>.</summary>
    public required string Version { get; set; }

    /// <summary><c>rule</c>, <c>random</c>, <c>logistic</c>, <c>lightgbm</c>.</summary>
    public required string Trainer { get; set; }

    /// <summary>Candidate, shadow, champion or retired.</summary>
    public ModelState State { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>The threshold it flags at, a multiple of 0.001.</summary>
    public double Threshold { get; set; }

    /// <summary>File name within <c>DataDirectory/models</c>; null for the models that are code (rule, random).</summary>
    public string? FileName { get; set; }

    /// <summary>SHA-256 of the file, hex.</summary>
    public string? FileHash { get; set; }

    /// <summary>SHA-256 of the training rows, hex.</summary>
    public string? DataHash { get; set; }

    /// <summary>Metrics of the hold-out and the like, as JSON.</summary>
    public required string Metrics { get; set; }

    /// <summary>Training window on <c>bookedAt</c>.</summary>
    public DateTimeOffset? TrainedFrom { get; set; }

    /// <summary>End of the training window, exclusive.</summary>
    public DateTimeOffset? TrainedTo { get; set; }

    /// <summary>Set when the model decides at the first event of a type (its contract name) rather than over the lead grid.</summary>
    public string? DecisionPoint { get; set; }

    /// <summary>Who trained it.</summary>
    public string? CreatedBy { get; set; }

    internal static void Map(ModelBuilder builder)
    {
        builder.Entity<ModelVersion>(model =>
        {
            model.ToTable("model_versions");
            model.Property(m => m.Version).HasMaxLength(64);
            model.Property(m => m.Trainer).HasMaxLength(32);
            model.Property(m => m.FileName).HasMaxLength(128);
            model.Property(m => m.FileHash).HasMaxLength(64);
            model.Property(m => m.DataHash).HasMaxLength(64);
            model.Property(m => m.DecisionPoint).HasMaxLength(32);
            model.Property(m => m.CreatedBy).HasMaxLength(128);
            model.HasIndex(m => m.Version).IsUnique();
        });
        builder.Entity<ChampionTerm>(term =>
        {
            term.ToTable("champion_terms");
            term.HasIndex(t => new { t.Loop, t.From });
        });
    }
}

/// <summary>From when on which version was champion, and at which threshold; append-only, so that any past moment can be asked.</summary>
public sealed class ChampionTerm
{
    /// <summary>Key.</summary>
    public long Id { get; set; }

    /// <summary>The loop it counts for (<see cref="Operations.LoopClock.Loop"/>).</summary>
    public int Loop { get; set; }

    /// <summary>In force from this moment on.</summary>
    public DateTimeOffset From { get; set; }

    /// <summary>The champion.</summary>
    public int ModelVersionId { get; set; }

    /// <summary>The threshold in force, at which dispatchers see a case.</summary>
    public double Threshold { get; set; }

    /// <summary>The threshold at which a customer would be told, never below the dispatchers'; null: none is set.</summary>
    public double? CustomerThreshold { get; set; }

    /// <summary>Who changed it, and why.</summary>
    public string? ChangedBy { get; set; }
}
