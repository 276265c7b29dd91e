using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>Who did what, when. Only ever added to.</summary>
public sealed class AuditEntry
{
    /// <summary>Key, growing with time.</summary>
    public long Key { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Who: <c>user:ID</c>, <c>key:ID</c>, or <c>system</c>.</summary>
    public required string Who { get; set; }

    /// <summary>What, such as <c>apiKey.revoked</c>.</summary>
    public required string What { get; set; }

    /// <summary>To what, such as the key's id; never personal data.</summary>
    public string? Subject { get; set; }

    /// <summary>Details as JSON; never personal data, never secrets.</summary>
    public string? Details { get; set; }

    /// <summary>HMAC over all of it (<see cref="AuditKey"/>), made as it is written.</summary>
    public required byte[] Mark { get; set; }

    /// <summary>Whether its mark is the one that the program makes for what it says now.</summary>
    internal bool HasItsMark(AuditKey marks) => CryptographicOperations.FixedTimeEquals(Mark, marks.Mark(Key, At, Who, What, Subject, Details));

    /// <summary>Reads key, at, who, what, subject, details and mark, from a column on.</summary>
    internal static AuditEntry Read(DbDataReader row, int from) => new()
    {
        Key = row.GetInt64(from),
        At = new DateTimeOffset(row.GetInt64(from + 1), TimeSpan.Zero),
        Who = row.GetString(from + 2),
        What = row.GetString(from + 3),
        Subject = row.IsDBNull(from + 4) ? null : row.GetString(from + 4),
        Details = row.IsDBNull(from + 5) ? null : row.GetString(from + 5),
        Mark = (byte[])row.GetValue(from + 6),
    };

    internal static void Map(ModelBuilder builder) => builder.Entity<AuditEntry>(entry =>
    {
        entry.ToTable("audit");
        entry.HasKey(e => e.Key);
        entry.Property(e => e.Key).ValueGeneratedNever();
        entry.Property(e => e.Who).HasMaxLength(128);
        entry.Property(e => e.What).HasMaxLength(64);
        entry.Property(e => e.Subject).HasMaxLength(128);
        entry.HasIndex(e => new { e.What, e.Key });
        entry.Property(e => e.Mark).HasMaxLength(32);
        builder.Entity<AuditSeal>(seal =>
        {
            seal.ToTable("audit_seals");
            seal.HasKey(s => s.Position);
            seal.Property(s => s.Position).ValueGeneratedNever();
            seal.Property(s => s.Seal).HasMaxLength(32);
            seal.HasIndex(s => s.EntryKey).IsUnique();
        });
    });
}

/// <summary>The place of an entry in the chain, and its link to the one before (<see cref="AuditKey.Link"/>). Made once a minute.</summary>
public sealed class AuditSeal
{
    /// <summary>Its place, from 1 without a gap.</summary>
    public long Position { get; set; }

    /// <summary>The entry.</summary>
    public long EntryKey { get; set; }

    /// <summary>The link.</summary>
    public required byte[] Seal { get; set; }
}

/// <summary>Adds audit entries in the transaction of what they are about.</summary>
public sealed class Audit(Ids ids, TimeProvider time, AuditKey marks)
{
    private static readonly Statement Insert =
        new("INSERT INTO audit (\"key\", at, who, what, subject, details, mark) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6)");

    /// <summary>Adds an entry in the grouped writer's transaction.</summary>
    public void Write(WriteSession session, Caller who, string what, string? subject = null, object? details = null)
    {
        var entry = Make(who, what, subject, details);
        session.Execute(Insert, entry.Key, entry.At, entry.Who, entry.What, entry.Subject, entry.Details, entry.Mark);
    }

    /// <summary>Adds an entry that the next SaveChanges writes.</summary>
    public void Add(OpsConsoleDb db, Caller who, string what, string? subject = null, object? details = null) => db.Add(Make(who, what, subject, details));

    private AuditEntry Make(Caller who, string what, string? subject, object? details)
    {
        var (key, at, json) = (ids.Next(), time.GetUtcNow(), details is null ? null : JsonSerializer.Serialize(details, JsonSerializerOptions.Web));
        return new AuditEntry
        {
            Key = key,
            At = at,
            Who = who.AuditName,
            What = what,
            Subject = subject,
            Details = json,
            Mark = marks.Mark(key, at, who.AuditName, what, subject, json),
        };
    }
}
