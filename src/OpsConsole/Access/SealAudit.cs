using System.Globalization;
using Microsoft.Extensions.Logging;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>
/// Gives new audit entries their place in the chain, once a minute, on one instance. An entry without the mark that the program gives is left
/// out, and named in the log and by <see cref="VerifyAudit"/>: it was written by somebody else.
/// </summary>
public sealed partial class SealAudit(LeasedWorkTools tools, GroupedWriter writer, AuditKey marks, ILogger<SealAudit> log) : LeasedWork(tools)
{
    private const int AtOnce = 500;

    /// <summary>How far below the newest sealed key an entry may turn up that was made before and committed after it: an hour of keys (<see cref="Ids"/>).</summary>
    private const long Late = 3_600_000L << 22;

    private static readonly Statement Newest = new("SELECT position, seal FROM audit_seals WHERE position = (SELECT MAX(position) FROM audit_seals)");
    private static readonly Statement NewestKey = new("SELECT COALESCE(MAX(entry_key), 0) FROM audit_seals");
    private static readonly Statement Unsealed = new(
        """
        SELECT a."key", a.at, a.who, a.what, a.subject, a.details, a.mark FROM audit a
        WHERE a."key" > @p0 AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.entry_key = a."key") ORDER BY a."key"
        """);
    private static readonly Statement Insert = new("INSERT INTO audit_seals (position, entry_key, seal) VALUES (@p0, @p1, @p2)");

    /// <inheritdoc/>
    protected override string Name => "audit-seal";

    /// <inheritdoc/>
    protected override TimeSpan Period => TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task WorkAsync(HeldLease lease, CancellationToken cancellation)
    {
        while (await SealAsync(lease.Require, cancellation) == AtOnce)
        {
        }
    }

    /// <summary>Seals what is new, up to 500 entries; how many there were.</summary>
    internal async Task<int> SealAsync(Action<WriteSession> require, CancellationToken cancellation)
    {
        var (entries, forged, head) = (0, new List<long>(), (Position: 0L, Seal: Array.Empty<byte>()));
        await writer.WriteAsync(
            session =>
            {
                require(session);
                (entries, forged, head) = Seal(session);
            },
            WritePriority.People, cancellation: cancellation);
        if (entries > forged.Count)
        {
            marks.KeepHead(head.Position, head.Seal);
            // The log is kept elsewhere: what it says can't be taken back by who rules over the database and the files.
            LogSealed(log, head.Position, Convert.ToHexStringLower(head.Seal));
        }
        foreach (var key in forged)
            LogForged(log, key);
        return entries;
    }

    private (int Entries, List<long> Forged, (long Position, byte[] Seal) Head) Seal(WriteSession session)
    {
        var head = Head(session);
        var found = Read(session);
        List<long> forged = [];
        foreach (var entry in found)
        {
            if (!entry.HasItsMark(marks))
            {
                forged.Add(entry.Key);
                continue;
            }
            var position = head.Position + 1;
            head = (position, marks.Link(head.Seal, position, entry.Key, entry.Mark));
            session.Execute(Insert, position, entry.Key, head.Seal);
        }
        return (found.Count, forged, head);
    }

    private static (long Position, byte[] Seal) Head(WriteSession session)
    {
        using var row = session.Query(Newest);
        return row.Read() ? (row.GetInt64(0), (byte[])row.GetValue(1)) : (0, []);
    }

    private static List<AuditEntry> Read(WriteSession session)
    {
        var newest = Convert.ToInt64(session.Scalar(NewestKey), CultureInfo.InvariantCulture);
        List<AuditEntry> entries = [];
        using var rows = session.Query(Unsealed, Math.Max(0, newest - Late));
        while (entries.Count < AtOnce && rows.Read())
            entries.Add(AuditEntry.Read(rows, 0));
        return entries;
    }

    [LoggerMessage(EventId = 2004, Level = LogLevel.Information, Message = "The audit is sealed up to entry {Position}: {Seal}")]
    private static partial void LogSealed(ILogger logger, long position, string seal);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Error, Message = "The audit entry {Key} doesn't have the program's mark: it was written or changed by somebody else")]
    private static partial void LogForged(ILogger logger, long key);
}
