using System.Globalization;
using OpsConsole.Store;

namespace OpsConsole.Operations;

/// <summary>Another instance holds the lease now: what was begun under it must have no effect.</summary>
public sealed class LeaseLostException(string name) : Exception($"Another instance does the work {name} now.");

/// <summary>A lease this instance holds, or held: the token tells.</summary>
/// <param name="Name">Which work.</param>
/// <param name="Token">Grows with each change of holder.</param>
public sealed record HeldLease(string Name, long Token)
{
    // An update and not a read: on SQL Server it keeps the row until the commit, so that nobody takes the lease between the check and the effect.
    private static readonly Statement Check = new("UPDATE leases SET token = token WHERE name = @p0 AND token = @p1");

    /// <summary>
    /// Makes the unit fail where another instance has taken the lease since. Called in the very transaction of the work's effect: an instance that
    /// was held up for longer than the lease lasts then does nothing twice.
    /// </summary>
    /// <exception cref="LeaseLostException">The token has moved on.</exception>
    public void Require(WriteSession session)
    {
        if (session.Execute(Check, Name, Token) == 0)
            throw new LeaseLostException(Name);
    }
}

/// <summary>
/// The right to do work that must be done by one instance at a time (design 15). Who holds a lease renews it; it lapses by the time of the
/// database, which all instances share, and is then taken by another with a greater token. On SQLite, where all of them are on one machine, one
/// whose holder's process has ended is taken at once.
/// </summary>
public sealed class Leases(GroupedWriter writer, StoreConnections connections, StoreOptions options, LivingProcess process)
{
    // Ticks, as all times in the store. The Unix epoch is 621355968000000000.
    private const string SqliteNow = "(CAST(unixepoch('subsec') * 1000 AS INTEGER) * 10000 + 621355968000000000)";
    private const string ServerNow = "(DATEDIFF_BIG(millisecond, '1970-01-01', SYSUTCDATETIME()) * 10000 + 621355968000000000)";

    private static readonly Statement TakeOnServer = Take(ServerNow);
    private static readonly Statement TakeOnSqlite = Take(SqliteNow);
    private static readonly Statement FirstOnServer = First(ServerNow);
    private static readonly Statement FirstOnSqlite = First(SqliteNow);
    private static readonly Statement RenewOnServer = Renew(ServerNow);
    private static readonly Statement RenewOnSqlite = Renew(SqliteNow);
    private static readonly Statement Token = new("SELECT token FROM leases WHERE name = @p0");
    private static readonly Statement Free = new("UPDATE leases SET expires_at = 0 WHERE name = @p0 AND token = @p1");

    // Machine and process for whoever looks into the table; which process exactly is in the last part.
    private readonly string _holder = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName[..Math.Min(20, Environment.MachineName.Length)]}:{Environment.ProcessId}:{process.Id}");

    /// <summary>Takes a lease that nobody holds (any more).</summary>
    /// <param name="name">Which work; up to 64 characters.</param>
    /// <param name="length">How long it lasts unless renewed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The lease; null where somebody holds it, this instance included.</returns>
    public async Task<HeldLease?> TryTakeAsync(string name, TimeSpan length, CancellationToken cancellation = default)
    {
        // Who waits for it asks often, and must not write each time.
        if (!IsFree(name, out var left))
            return null;
        HeldLease? taken = null;
        await writer.WriteAsync(
            session =>
            {
                if (session.Execute(options.IsSqlite ? TakeOnSqlite : TakeOnServer, name, _holder, length.Ticks, left) == 1
                    || session.Execute(options.IsSqlite ? FirstOnSqlite : FirstOnServer, name, _holder, length.Ticks) == 1)
                    taken = new HeldLease(name, Convert.ToInt64(session.Scalar(Token, name), CultureInfo.InvariantCulture));
            },
            WritePriority.People, cancellation: cancellation);
        return taken;
    }

    /// <summary>Holds on to a lease for that long from now. False when another has taken it: then nothing more may be done under it.</summary>
    public async Task<bool> RenewAsync(HeldLease lease, TimeSpan length, CancellationToken cancellation = default)
    {
        var renewed = false;
        await writer.WriteAsync(
            session => renewed = session.Execute(options.IsSqlite ? RenewOnSqlite : RenewOnServer, lease.Name, lease.Token, length.Ticks) == 1,
            WritePriority.People, cancellation: cancellation);
        return renewed;
    }

    /// <summary>Lets a lease go, so that another needn't wait until it lapses. Without effect where it was lost.</summary>
    public Task ReleaseAsync(HeldLease lease, CancellationToken cancellation = default) =>
        writer.WriteAsync(session => session.Execute(Free, lease.Name, lease.Token), WritePriority.People, cancellation: cancellation);

    // Free too where its holder has ended; then the token is told that it had.
    private bool IsFree(string name, out long left)
    {
        left = -1;
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT holder, token FROM leases WHERE name = @p0 AND expires_at > {(options.IsSqlite ? SqliteNow : ServerNow)}";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@p0", name);
        command.Parameters.Add(parameter);
        using var row = command.ExecuteReader();
        if (!row.Read())
            return true;
        if (!options.IsSqlite || !process.HasEnded(row.GetString(0).Split(':')[^1]))
            return false;
        left = row.GetInt64(1);
        return true;
    }

    private static Statement Take(string now) => new(
        $"UPDATE leases SET holder = @p1, token = token + 1, expires_at = {now} + @p2 WHERE name = @p0 AND (expires_at <= {now} OR token = @p3)");

    private static Statement First(string now) => new(
        $"INSERT INTO leases (name, holder, token, expires_at) SELECT @p0, @p1, 1, {now} + @p2 WHERE NOT EXISTS (SELECT 1 FROM leases WHERE name = @p0)");

    // One that lapsed and that nobody took may go on.
    private static Statement Renew(string now) => new($"UPDATE leases SET expires_at = {now} + @p2 WHERE name = @p0 AND token = @p1");
}
