using System.Data.Common;
using System.Globalization;
using OpsConsole.Client;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Triage;

/// <summary>How cases that are not closed are ordered.</summary>
internal enum CaseOrder
{
    /// <summary>What waiting costs per minute of handling, then what acting is worth; highest first.</summary>
    Value,

    /// <summary>Nearest promise first.</summary>
    Promise,

    /// <summary>Highest score first.</summary>
    Score,

    /// <summary>Opened last first.</summary>
    Opened,
}

/// <summary>Which cases.</summary>
internal sealed record CaseFilter(CaseState? State, string? Area, string? Service, string? Assignee, string? Q, CaseOrder Order, int Limit);

/// <summary>Where a page ended: its order's moment, the group and rank of its last case, and its key.</summary>
internal sealed record CaseCursor(CaseOrder Order, DateTimeOffset At, int Group, double First, double Second, long Key)
{
    internal string Write() => Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlEncode(System.Text.Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{(int)Order}|{At.UtcTicks}|{Group}|{First:R}|{Second:R}|{Key}")));

    internal static CaseCursor? Read(string text)
    {
        try
        {
            var parts = System.Text.Encoding.UTF8.GetString(Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(text)).Split('|');
            var culture = CultureInfo.InvariantCulture;
            if (parts.Length != 6)
                return null;
            var order = (CaseOrder)int.Parse(parts[0], culture);
            return !Enum.IsDefined(order) ? null : new CaseCursor(
                order, new DateTimeOffset(long.Parse(parts[1], culture), TimeSpan.Zero), int.Parse(parts[2], culture),
                double.Parse(parts[3], culture), double.Parse(parts[4], culture), long.Parse(parts[5], culture));
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>
/// Reads the queue a page at a time: cases that wait first, then answered ones, each in the order asked; then the closed ones, newest shipment first.
/// What a case is worth depends on the time left, so the order is computed on read, for all pages as of the moment of the first.
/// </summary>
internal sealed class CaseQueue(StoreConnections connections, SettingsStore settings, LoopClock clock)
{
    private const int Waiting = 0;
    private const int Answered = 1;
    private const int Closed = 2;

    private sealed record Entry(CaseAnswer Answer, int Group, double First, double Second, long Key);

    internal CasePage Read(CaseFilter filter, CaseCursor? cursor)
    {
        var at = cursor?.At ?? clock.Now;
        using var connection = connections.OpenReader();
        List<Entry> entries = [];
        if (cursor is not { Group: Closed } && filter.State != CaseState.Closed)
            entries.AddRange(ReadOpen(connection, filter, at).Where(e => cursor is null || Compare(e, cursor) > 0));
        entries.Sort(Compare);
        if (entries.Count <= filter.Limit && filter.State is null or CaseState.Closed)
            entries.AddRange(ReadClosed(connection, filter, cursor is { Group: Closed } ? cursor.Key : long.MaxValue, filter.Limit + 1 - entries.Count));
        var page = entries.Take(filter.Limit).ToList();
        var next = entries.Count > filter.Limit && page is [.., var last]
            ? new CaseCursor(filter.Order, at, last.Group, last.First, last.Second, last.Key).Write() : null;
        return new CasePage([.. page.Select(e => e.Answer)], next);
    }

    private List<Entry> ReadOpen(DbConnection connection, CaseFilter filter, DateTimeOffset at)
    {
        using var command = Select(connection, filter, $"c.state <> {(int)CaseState.Closed}", "");
        using var row = command.ExecuteReader();
        var (now, terms) = (clock.Now, settings.Current);
        List<Entry> entries = [];
        while (row.Read())
        {
            var found = CaseBook.ReadCase(row, BoardRowReader.Count + 6, row.GetInt64(BoardRowReader.Count));
            // A claim lapses by itself; the sweep only writes it down.
            var lapsed = found.State == CaseState.Claimed && found.ClaimedUntil <= now;
            var state = lapsed ? CaseState.Open : found.State;
            var assignee = lapsed ? null : found.AssigneeName;
            if ((filter.State is { } asked && asked != state) || (lapsed && filter.Assignee is not null))
                continue;
            var board = BoardRowReader.Read(row);
            var worth = board is null ? Worth.None : CaseWorth.Of(board, terms, at);
            var answer = Answer(row, state, assignee, board is null ? null : CaseWorth.Of(board, terms, now).ValueOfActing);
            var (first, second) = filter.Order switch
            {
                CaseOrder.Value => (-worth.LostPerMinute(terms), -worth.ValueOfActing),
                CaseOrder.Promise => (answer.PromisedBy.UtcTicks, 0d),
                CaseOrder.Score => (-(answer.Score ?? 0), 0d),
                _ => (-(double)found.OpenedAt.UtcTicks, 0d),
            };
            entries.Add(new Entry(answer, state == CaseState.Judged ? Answered : Waiting, first, second, found.ShipmentKey));
        }
        return entries;
    }

    private static List<Entry> ReadClosed(DbConnection connection, CaseFilter filter, long below, int most)
    {
        using var command = Select(
            connection, filter, $"c.state = {(int)CaseState.Closed} AND c.shipment_key < {below.ToString(CultureInfo.InvariantCulture)}", "ORDER BY c.shipment_key DESC");
        using var row = command.ExecuteReader();
        List<Entry> entries = [];
        while (entries.Count < most && row.Read())
        {
            var assignee = row.IsDBNull(BoardRowReader.Count + 11) ? null : row.GetString(BoardRowReader.Count + 11);
            entries.Add(new Entry(Answer(row, CaseState.Closed, assignee, null), Closed, 0, 0, row.GetInt64(BoardRowReader.Count)));
        }
        return entries;
    }

    private static CaseAnswer Answer(DbDataReader row, CaseState state, string? assignee, double? saving)
    {
        const int first = BoardRowReader.Count;
        return new CaseAnswer
        {
            ShipmentId = row.GetString(first + 1),
            State = state,
            Score = row.IsDBNull(first + 2) ? null : row.GetDouble(first + 2),
            PredictionId = row.IsDBNull(first + 3) ? null : row.GetInt64(first + 3).ToString(CultureInfo.InvariantCulture),
            PromisedBy = CaseBook.Time(row, first + 4)!.Value,
            DestinationArea = row.GetString(first + 5),
            ExpectedSaving = saving,
            Assignee = assignee,
        };
    }

    private static DbCommand Select(DbConnection connection, CaseFilter filter, string which, string order)
    {
        var command = connection.CreateCommand();
        List<string> wheres = [which];
        void Where(string sql, string name, string? value)
        {
            if (value is null)
                return;
            wheres.Add(sql);
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }
        Where("s.destination_area = @area", "@area", filter.Area);
        Where("s.service = @service", "@service", filter.Service);
        Where("(c.assignee_name = @assignee OR c.assignee = @assignee)", "@assignee", filter.Assignee);
        // SQLite compares so by itself; SQL Server by the collation, which tells upper from lower case.
        Where(@"(LOWER(s.shipment_id) LIKE LOWER(@q) ESCAPE '\' OR LOWER(s.reference) LIKE LOWER(@q) ESCAPE '\')", "@q", filter.Q is { } q ? $"%{Escape(q)}%" : null);
        command.CommandText =
            $"""
            SELECT {BoardRowReader.Columns}, c.shipment_key, s.shipment_id, s.score, s.prediction_key, s.promised_by, s.destination_area,
                c.state, c.opened_at, c.opened_by_person, c.flagged_since, c.assignee, c.assignee_name, c.claimed_until, c.judged_at, c.closed_at,
                c.closed_because, c.version
            FROM cases c JOIN shipments s ON s."key" = c.shipment_key LEFT JOIN board_rows b ON b.shipment_key = c.shipment_key
            WHERE {string.Join(" AND ", wheres)} {order}
            """;
        return command;
    }

    private static string Escape(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal);

    private static int Compare(Entry a, Entry b) => (a.Group, a.First, a.Second, a.Key).CompareTo((b.Group, b.First, b.Second, b.Key));

    private static int Compare(Entry a, CaseCursor b) => (a.Group, a.First, a.Second, a.Key).CompareTo((b.Group, b.First, b.Second, b.Key));
}
