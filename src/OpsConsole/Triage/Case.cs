using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;

namespace OpsConsole.Triage;

/// <summary>A shipment put before people; one a shipment, reopened as the same case.</summary>
public sealed class Case
{
    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>Open, claimed, judged or closed.</summary>
    public CaseState State { get; set; }

    /// <summary>Opened first.</summary>
    public DateTimeOffset OpenedAt { get; set; }

    /// <summary>Opened by a person saying "this one will be late", not by a flag.</summary>
    public bool OpenedByPerson { get; set; }

    /// <summary>Since when the flag stands without a break; null while it doesn't.</summary>
    public DateTimeOffset? FlaggedSince { get; set; }

    /// <summary>Who holds it: a user's id, or a key's judge.</summary>
    public string? Assignee { get; set; }

    /// <summary>Their name, shown to colleagues.</summary>
    public string? AssigneeName { get; set; }

    /// <summary>When the soft claim lapses.</summary>
    public DateTimeOffset? ClaimedUntil { get; set; }

    /// <summary>When it was last judged.</summary>
    public DateTimeOffset? JudgedAt { get; set; }

    /// <summary>When it was closed.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Why it was closed.</summary>
    public CloseReason? ClosedBecause { get; set; }

    /// <summary>Changes with each change; the concurrency token.</summary>
    public long Version { get; set; }

    internal static void Map(ModelBuilder builder)
    {
        builder.Entity<Case>(entity =>
        {
            entity.ToTable("cases");
            entity.HasKey(c => c.ShipmentKey);
            entity.Property(c => c.ShipmentKey).ValueGeneratedNever();
            entity.Property(c => c.Assignee).HasMaxLength(256);
            entity.Property(c => c.AssigneeName).HasMaxLength(128);
            entity.Property(c => c.Version).IsConcurrencyToken();
            entity.HasIndex(c => new { c.State, c.ShipmentKey });
        });
        builder.Entity<HeldFlag>(flag =>
        {
            flag.ToTable("held_flags");
            flag.HasKey(f => f.ShipmentKey);
            flag.Property(f => f.ShipmentKey).ValueGeneratedNever();
            flag.HasIndex(f => new { f.Loop, f.Since });
        });
        builder.Entity<Judgement>(judgement =>
        {
            judgement.ToTable("judgements");
            judgement.HasKey(j => j.Key);
            judgement.Property(j => j.Key).ValueGeneratedNever();
            judgement.Property(j => j.JudgeId).HasMaxLength(256);
            judgement.Property(j => j.JudgeName).HasMaxLength(128);
            judgement.Property(j => j.Reason).HasMaxLength(64);
            judgement.Property(j => j.Note).HasMaxLength(2000);
            judgement.HasIndex(j => j.ShipmentKey);
            judgement.HasIndex(j => new { j.JudgeId, j.CreatedAt });
        });
        builder.Entity<Draft>(draft =>
        {
            draft.ToTable("drafts");
            draft.HasKey(d => new { d.UserId, d.ShipmentKey });
            draft.Property(d => d.UserId).HasMaxLength(128);
        });
    }
}

/// <summary>A flag that stands, but not yet for as long as it must (<c>HoldBackMinutes</c>) to open a case.</summary>
public sealed class HeldFlag
{
    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>Which loop works on it.</summary>
    public int Loop { get; set; }

    /// <summary>Since when it stands without a break.</summary>
    public DateTimeOffset Since { get; set; }
}

/// <summary>Why a case was closed.</summary>
public enum CloseReason
{
    /// <summary>The outcome is known.</summary>
    Outcome,

    /// <summary>It fell under the threshold before anybody judged it.</summary>
    Receded,
}

/// <summary>What a person said of a shipment, and what they did; never changed but for its withdrawal.</summary>
public sealed class Judgement
{
    /// <summary>Key; the contract's <c>judgementId</c> in decimal.</summary>
    public long Key { get; set; }

    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>Who judged: <c>user:ID</c>, or <c>key:SOURCE:JUDGE</c>.</summary>
    public required string JudgeId { get; set; }

    /// <summary>Their name.</summary>
    public required string JudgeName { get; set; }

    /// <summary>Late if nobody acts (true), or will make it.</summary>
    public bool Late { get; set; }

    /// <summary>Reason code.</summary>
    public string? Reason { get; set; }

    /// <summary>The action taken.</summary>
    public JudgementAction Action { get; set; }

    /// <summary>Free text.</summary>
    public string? Note { get; set; }

    /// <summary>The prediction the judge saw; null: nothing was seen.</summary>
    public long? PredictionKey { get; set; }

    /// <summary>Confirmed or corrected; null when nothing was seen.</summary>
    public Verdict? Verdict { get; set; }

    /// <summary>Time received.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Given after the shipment had finished: never a label.</summary>
    public bool Hindsight { get; set; }

    /// <summary>When it was taken back; null while it wasn't. The newest not taken back of each judge stands.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }
}

/// <summary>What a person has typed and not yet said, so that a lost connection loses no word.</summary>
public sealed class Draft
{
    /// <summary>Whose.</summary>
    public required string UserId { get; set; }

    /// <summary>About which shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>The draft as JSON.</summary>
    public required string Content { get; set; }

    /// <summary>When it was typed.</summary>
    public DateTimeOffset UpdatedAt { get; set; }
}
