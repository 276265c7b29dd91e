using Microsoft.EntityFrameworkCore;

namespace OpsConsole.Labels;

/// <summary>
/// What the operation had set from a moment on: the settings of the store, those of the configuration, and the sources' own reporting lags.
/// Append-only, stamped by the writer, so that a file as of a past moment counts by the rules of then.
/// </summary>
public sealed class RulesTerm
{
    /// <summary>Key, in the order they came into force.</summary>
    public long Id { get; set; }

    /// <summary>In force from this moment on (time received).</summary>
    public DateTimeOffset From { get; set; }

    /// <summary>The rules as JSON.</summary>
    public required string Rules { get; set; }

    internal static void Map(ModelBuilder builder) => builder.Entity<RulesTerm>(term =>
    {
        term.ToTable("rules_terms");
        term.HasIndex(t => t.From);
    });
}
