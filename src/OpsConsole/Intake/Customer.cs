using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Intake;

/// <summary>
/// A customer's own key, by which what is known of them is encrypted; erasing the customer destroys the key and what it locked.
/// </summary>
public sealed class Customer
{
    /// <summary>Key.</summary>
    public long Key { get; set; }

    /// <summary>Keyed hash of the customer's id, so that they can be found without being named; null once erased.</summary>
    public byte[]? BlindIndex { get; set; }

    /// <summary>Which master key wrapped <see cref="WrappedKey"/>.</summary>
    public required string MasterKeyId { get; set; }

    /// <summary>The customer's key, wrapped by AES-GCM; null once erased.</summary>
    public byte[]? WrappedKey { get; set; }

    /// <summary>When they were erased.</summary>
    public DateTimeOffset? ErasedAt { get; set; }

    internal static void Map(ModelBuilder builder)
    {
        builder.Entity<Customer>(customer =>
        {
            customer.ToTable("customers");
            customer.HasKey(c => c.Key);
            customer.Property(c => c.Key).ValueGeneratedNever();
            customer.Property(c => c.BlindIndex).HasMaxLength(32);
            customer.Property(c => c.MasterKeyId).HasMaxLength(32);
            customer.HasIndex(c => c.BlindIndex).IsUnique();
        });
        builder.Entity<ShipmentCustomer>(link =>
        {
            link.ToTable("shipment_customers");
            link.HasKey(l => l.ShipmentKey);
            link.Property(l => l.ShipmentKey).ValueGeneratedNever();
            link.HasIndex(l => l.CustomerKey);
        });
    }
}

/// <summary>What a warning would need of a shipment's customer, encrypted under the customer's key.</summary>
public sealed class ShipmentCustomer
{
    /// <summary>The shipment.</summary>
    public long ShipmentKey { get; set; }

    /// <summary>The customer.</summary>
    public long CustomerKey { get; set; }

    /// <summary>Nonce, tag and ciphertext of the customer's part of the newest version; null once erased.</summary>
    public byte[]? Sealed { get; set; }
}
