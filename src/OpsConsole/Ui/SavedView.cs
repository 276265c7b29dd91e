using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Ui;

/// <summary>A page as somebody set it up, under a name: a link, since all of its state stands in the URL.</summary>
public sealed class SavedView
{
    /// <summary>The longest name.</summary>
    public const int LongestName = 60;

    /// <summary>The longest address.</summary>
    public const int LongestAddress = 500;

    /// <summary>Key.</summary>
    public long Key { get; set; }

    /// <summary>Whose it is.</summary>
    public long UserId { get; set; }

    /// <summary>Their name.</summary>
    public required string UserName { get; set; }

    /// <summary>What it is called.</summary>
    public required string Name { get; set; }

    /// <summary>Path and query within the console.</summary>
    public required string Address { get; set; }

    /// <summary>Whether colleagues see it too.</summary>
    public bool Shared { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<SavedView>(view =>
    {
        view.ToTable("saved_views");
        view.HasKey(v => v.Key);
        view.Property(v => v.Key).ValueGeneratedNever();
        view.Property(v => v.UserName).HasMaxLength(256);
        view.Property(v => v.Name).HasMaxLength(LongestName);
        view.Property(v => v.Address).HasMaxLength(LongestAddress);
        view.HasIndex(v => v.UserId);
    });
}
