using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>Where a message is.</summary>
public enum DeliveryState
{
    /// <summary>To be sent at its moment.</summary>
    Waiting,

    /// <summary>Taken by who it was sent to.</summary>
    Sent,

    /// <summary>Given up after a day; an administrator may send it again.</summary>
    Dead,
}

/// <summary>One message about one alert to one receiver: the outbox. It is written in the transaction that raised or cleared the alert.</summary>
public sealed class AlertDelivery
{
    /// <summary>Key; the receiver gets it with each attempt, to tell a repetition by.</summary>
    public long Key { get; set; }

    /// <summary>The alert.</summary>
    public long AlertKey { get; set; }

    /// <summary>It is over; else it was raised.</summary>
    public bool Over { get; set; }

    /// <summary><c>email</c> or <c>webhook</c>.</summary>
    public required string Channel { get; set; }

    /// <summary>To whom within the channel.</summary>
    public required string Target { get; set; }

    /// <summary>Waiting, sent or given up.</summary>
    public DeliveryState State { get; set; }

    /// <summary>How often it has been tried.</summary>
    public int Attempts { get; set; }

    /// <summary>When it is tried next; moved on before an attempt, so that no other instance tries at once.</summary>
    public DateTimeOffset NextAt { get; set; }

    /// <summary>When it was written, or asked for again.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was taken.</summary>
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>What went wrong last, in words without secrets.</summary>
    public string? Problem { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<AlertDelivery>(delivery =>
    {
        delivery.ToTable("alert_deliveries");
        delivery.HasKey(d => d.Key);
        delivery.Property(d => d.Key).ValueGeneratedNever();
        delivery.Property(d => d.Channel).HasMaxLength(16);
        delivery.Property(d => d.Target).HasMaxLength(256);
        delivery.Property(d => d.Problem).HasMaxLength(300);
        delivery.HasIndex(d => new { d.State, d.NextAt });
    });
}
