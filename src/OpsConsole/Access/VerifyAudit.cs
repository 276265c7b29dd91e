using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>What the audit looks like when it is held against its marks and links.</summary>
/// <param name="Sealed">Entries with a place in the chain.</param>
/// <param name="Waiting">Entries of the last minute or two, which have none yet.</param>
/// <param name="Problems">What was done to it, one line each, with the entry's key; empty when nothing was.</param>
public sealed record AuditVerdict(long Sealed, long Waiting, IReadOnlyList<string> Problems);

/// <summary>
/// Holds every audit entry against its mark, every link against the one before, and the end against the one that is kept outside the database.
/// Names each entry that was changed, deleted, added or moved by somebody other than the program.
/// </summary>
public sealed class VerifyAudit(StoreConnections connections, AuditKey marks)
{
    /// <summary>What retention writes when it removes the oldest entries: the chain goes on after that place.</summary>
    internal const string Trimmed = "audit.trimmed";

    private const int MostProblems = 1_000;

    private static readonly Statement Chain = new(
        """
        SELECT s.position, s.entry_key, s.seal, a."key", a.at, a.who, a.what, a.subject, a.details, a.mark
        FROM audit_seals s LEFT JOIN audit a ON a."key" = s.entry_key ORDER BY s.position
        """);
    private static readonly Statement Unsealed = new(
        """
        SELECT a."key", a.at, a.who, a.what, a.subject, a.details, a.mark FROM audit a
        WHERE NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.entry_key = a."key") ORDER BY a."key"
        """);
    private static readonly Statement Trims = new(
        """SELECT "key", at, who, what, subject, details, mark FROM audit WHERE what = @p0 ORDER BY "key" """);

    /// <summary>Looks at all of it. Reads one row after the other, whatever its length.</summary>
    public AuditVerdict Look(CancellationToken cancellation = default)
    {
        // The kept end before the snapshot: it is written after the commit, so that what it names is in there. Entries sealed in between are no gap.
        var kept = marks.Head();
        using var connection = connections.OpenReader();
        using var transaction = StoreConnections.BeginSnapshot(connection);
        var walk = new Walk(marks, TrimmedUpTo(connection, transaction), kept);
        Read(
            connection, transaction, Chain,
            row => walk.Take(row.GetInt64(0), row.GetInt64(1), (byte[])row.GetValue(2), row.IsDBNull(3) ? null : AuditEntry.Read(row, 3)),
            null, cancellation);
        walk.End();
        var waiting = 0L;
        Read(connection, transaction, Unsealed, row =>
        {
            var entry = AuditEntry.Read(row, 0);
            if (entry.HasItsMark(marks))
                waiting++;
            else
                walk.Add($"entry {entry.Key} was added, or changed, by somebody else: it doesn't have the program's mark");
        }, null, cancellation);
        return new AuditVerdict(walk.Sealed, waiting, walk.Problems);
    }

    /// <summary>The verb: says what is wrong, line by line. 0: nothing is; 1: something is.</summary>
    internal static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var verdict = services.GetRequiredService<VerifyAudit>().Look(cancellation);
        foreach (var problem in verdict.Problems)
            await Console.Out.WriteLineAsync(problem);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{verdict.Sealed} sealed entries, {verdict.Waiting} not sealed yet, {verdict.Problems.Count} problems."));
        return verdict.Problems.Count == 0 ? 0 : 1;
    }

    private (long Position, byte[] Seal) TrimmedUpTo(DbConnection connection, DbTransaction transaction)
    {
        (long, byte[]) upTo = (0, []);
        Read(connection, transaction, Trims, row =>
        {
            if (AuditEntry.Read(row, 0) is { Details: { } details } entry && entry.HasItsMark(marks))
                upTo = JsonSerializer.Deserialize<TrimDetails>(details, JsonSerializerOptions.Web)!.Place;
        }, Trimmed, CancellationToken.None);
        return upTo;
    }

    private static void Read(
        DbConnection connection, DbTransaction transaction, Statement statement, Action<DbDataReader> take, object? parameter, CancellationToken cancellation)
    {
        using var command = statement.Prepare(connection);
        command.Transaction = transaction;
        if (parameter is not null)
            command.Parameters[0].Value = parameter;
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            take(rows);
        }
    }

    /// <summary>Goes along the chain.</summary>
    private sealed class Walk(AuditKey marks, (long Position, byte[] Seal) start, (long Position, byte[] Seal)? kept)
    {
        private readonly List<string> _problems = [];
        private long _position = start.Position;
        private byte[] _before = start.Seal;

        internal long Sealed { get; private set; }

        internal IReadOnlyList<string> Problems => _problems;

        internal void Take(long position, long key, byte[] seal, AuditEntry? entry)
        {
            // What retention is removing at this moment.
            if (position <= start.Position)
                return;
            var gap = position != _position + 1;
            if (gap)
                Add($"the entries at places {_position + 1} to {position - 1} were deleted with their links");
            if (entry is null)
                Add($"entry {key}, at place {position}, was deleted");
            else if (!entry.HasItsMark(marks))
                Add($"entry {key}, at place {position}, was changed");
            else if (!gap && !CryptographicOperations.FixedTimeEquals(seal, marks.Link(_before, position, key, entry.Mark)))
                Add($"entry {key}, at place {position}, was moved: its link isn't the one that was made there");
            if (kept is { } head && head.Position == position && !CryptographicOperations.FixedTimeEquals(head.Seal, seal))
                Add($"the link at place {position} isn't the one kept in keys/audit.head");
            (_position, _before) = (position, seal);
            Sealed++;
        }

        internal void End()
        {
            if (kept is { } head && head.Position > _position)
                Add($"the newest entries, at places {_position + 1} to {head.Position}, were deleted with their links");
        }

        internal void Add(FormattableString problem)
        {
            if (_problems.Count < MostProblems)
                _problems.Add(problem.ToString(CultureInfo.InvariantCulture));
        }
    }
}

/// <summary>What the entry <see cref="VerifyAudit.Trimmed"/> says.</summary>
/// <param name="Through">The last place that was removed.</param>
/// <param name="Seal">Its link.</param>
/// <param name="Entries">How many were removed.</param>
internal sealed record TrimDetails(long Through, string Seal, long Entries)
{
    internal (long Position, byte[] Seal) Place => (Through, Convert.FromHexString(Seal));
}
