using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Measurement;

/// <summary>
/// Makes tallies and roll-ups anew from the facts. Two ways: everything is marked as due, so that each tally is replaced in its turn while the
/// figures stay readable (after a change of zone, default lead or rule); or everything is thrown away first (the command <c>rebuild</c>).
/// </summary>
public sealed class Rebuild(IDbContextFactory<OpsConsoleDb> factory, StoreConnections connections, GroupedWriter writer, SettingsStore settings, TimeProvider time)
{
    private const string Name = "measurement";
    private const int Chunk = 2_000;
    private static readonly string[] Derived = ["tallies", "quality_counts", "kpi_counts", "score_histograms"];
    private static readonly Statement Mark = new("UPDATE shipments SET next_settle_at = 0 WHERE \"key\" > @p0 AND \"key\" <= @p1");
    private static readonly Statement RaiseDays = new("UPDATE tally_days SET version = version + 1");

    private string? _basis;

    /// <summary>What the stored figures depend on beside the facts.</summary>
    internal static string BasisOf(OperationsSettings settings) => JsonSerializer.Serialize(new
    {
        zone = settings.TimeZone.Id,
        lead = settings.DefaultLeadMinutes,
        lag = settings.ReportingLagMinutes,
        grace = settings.GraceMinutes,
        unknown = settings.UnknownAfterDays,
        touching = settings.TouchingActions.Select(a => a.ToString()).Order(StringComparer.Ordinal),
        // What tallies hold: told here when it grows, so that those there are get it too.
        holds = "minutes",
        lastUseful = TallyOf.LastUsefulMoment(DateTimeOffset.UnixEpoch, settings).ToUnixTimeSeconds(),
    });

    /// <summary>Marks everything as due when zone, default lead or a rule has changed since the figures were made.</summary>
    internal async Task MarkIfBasisChangedAsync(CancellationToken cancellation)
    {
        var basis = BasisOf(settings.Current);
        if (basis == _basis)
            return;
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<Setting>().SingleOrDefaultAsync(s => s.Name == Name, cancellation);
        if (row?.Value != basis)
        {
            if (row is not null)
                await MarkAllAsync(cancellation);
            row ??= db.Add(new Setting { Name = Name, Value = "" }).Entity;
            (row.Value, row.ChangedAt, row.Version) = (basis, time.GetUtcNow(), Guid.NewGuid());
            try
            {
                await db.SaveChangesAsync(cancellation);
            }
            catch (DbUpdateException)
            {
                // Another instance that found the same was faster; what it kept is looked at with the next look.
                return;
            }
        }
        _basis = basis;
    }

    /// <summary>Throws tallies and roll-ups away and marks everything as due. Outcomes stay: they are a record.</summary>
    internal async Task StartOverAsync(CancellationToken cancellation)
    {
        await writer.WriteAsync(session =>
        {
            foreach (var statement in Clear)
                session.Execute(statement);
            session.Execute(RaiseDays);
        }, cancellation: cancellation);
        await MarkAllAsync(cancellation);
    }

    private static readonly Statement[] Clear = [.. Derived.Select(table => new Statement($"DELETE FROM {table}"))];

    private async Task MarkAllAsync(CancellationToken cancellation)
    {
        var after = long.MinValue;
        while (NextKeys(after) is { } last)
        {
            var (low, high) = (after, last);
            await writer.WriteAsync(session => session.Execute(Mark, low, high), admitted: true, cancellation: cancellation);
            after = last;
        }
    }

    private long? NextKeys(long after)
    {
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT MAX(k) FROM (SELECT \"key\" AS k, ROW_NUMBER() OVER (ORDER BY \"key\") AS place FROM shipments WHERE \"key\" > @p0) keys WHERE place <= {Chunk}";
        Parameter(command, after);
        return command.ExecuteScalar() is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;
    }

    private static void Parameter(DbCommand command, long value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@p0", value);
        command.Parameters.Add(parameter);
    }

    /// <summary>The loops that have shipments due.</summary>
    internal IReadOnlyList<(int Loop, long Due)> Due()
    {
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT loop, COUNT(*) FROM shipments WHERE next_settle_at <= 0 GROUP BY loop";
        using var row = command.ExecuteReader();
        List<(int, long)> loops = [];
        while (row.Read())
            loops.Add((row.GetInt32(0), Convert.ToInt64(row.GetValue(1), CultureInfo.InvariantCulture)));
        return loops;
    }
}
