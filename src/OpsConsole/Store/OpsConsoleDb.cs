using System.Text;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace OpsConsole.Store;

/// <summary>
/// The one database of the product. The rooms contribute their tables (<see cref="OpsConsoleModel"/>); this class adds what
/// holds for all of them: names in snake_case, times as UTC ticks, money with four decimals.
/// </summary>
public sealed class OpsConsoleDb(DbContextOptions<OpsConsoleDb> options)
    : IdentityDbContext<IdentityUser<long>, IdentityRole<long>, long>(options), IDataProtectionKeyContext
{
    /// <summary>The key ring, shared by all instances.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
        configurationBuilder.Properties<decimal>().HavePrecision(18, 4);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Counter>(counter =>
        {
            counter.ToTable("counters");
            counter.HasKey(c => c.Name);
            counter.Property(c => c.Name).HasMaxLength(64);
        });
        FixKeyLengths(builder);
        MapPasskeys(builder);
        OpsConsoleModel.Build(builder);
        foreach (var entity in builder.Model.GetEntityTypes())
        {
            if (entity.GetTableName() is { } table)
                entity.SetTableName(SnakeCase(table));
            if (entity.IsMappedToJson())
                continue;
            foreach (var property in entity.GetProperties())
                property.SetColumnName(SnakeCase(property.Name));
        }
    }

    // Identity takes these from the host's options, which the migrations' design-time factory doesn't have; the model must be one.
    private static void FixKeyLengths(ModelBuilder builder)
    {
        builder.Entity<IdentityUserLogin<long>>(login =>
        {
            login.Property(l => l.LoginProvider).HasMaxLength(128);
            login.Property(l => l.ProviderKey).HasMaxLength(128);
        });
        builder.Entity<IdentityUserToken<long>>(token =>
        {
            token.Property(t => t.LoginProvider).HasMaxLength(128);
            token.Property(t => t.Name).HasMaxLength(128);
        });
    }

    // For the same reason: Identity maps them itself only where the host's options say so.
    private static void MapPasskeys(ModelBuilder builder) => builder.Entity<IdentityUserPasskey<long>>(passkey =>
    {
        passkey.ToTable("passkeys");
        passkey.HasKey(p => p.CredentialId);
        passkey.Property(p => p.CredentialId).HasMaxLength(1024);
        passkey.OwnsOne(p => p.Data).ToJson("data");
        passkey.HasOne<IdentityUser<long>>().WithMany().HasForeignKey(p => p.UserId).IsRequired();
    });

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && !char.IsUpper(name[i - 1]))
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    /// <summary>Times are kept as UTC ticks on both providers, so that they order and compare the same way everywhere.</summary>
    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(
        time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}

/// <summary>A number that only grows: the live version, the newest time received, instance numbers.</summary>
public sealed class Counter
{
    /// <summary>What is counted.</summary>
    public required string Name { get; set; }

    /// <summary>The newest value.</summary>
    public long Value { get; set; }
}
