using System.Globalization;
using Microsoft.Extensions.Hosting;
using OpsConsole.Store;

namespace OpsConsole.Operations;

/// <summary>One thing that must be well before calls are sent here. Rooms add theirs as singletons.</summary>
public interface IReadinessCheck
{
    /// <summary>Begins what is wrong but no reason to send calls elsewhere.</summary>
    const string Degraded = "degraded: ";

    /// <summary>Its name in <c>/health/ready</c>.</summary>
    string Name { get; }

    /// <summary>Null when it is well, else what is wrong: in words, without secrets. After <see cref="Degraded"/> it serves all the same.</summary>
    ValueTask<string?> LookAsync(CancellationToken cancellation);
}

/// <summary>The store answers a read, and its newest write succeeded.</summary>
internal sealed class StoreCheck(StoreConnections connections, GroupedWriter writer) : IReadinessCheck
{
    public string Name => "store";

    public ValueTask<string?> LookAsync(CancellationToken cancellation)
    {
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1";
        command.ExecuteScalar();
        return ValueTask.FromResult(writer.Fault is null ? null : "the newest write failed");
    }
}

/// <summary>The process is not about to stop.</summary>
internal sealed class StoppingCheck(IHostApplicationLifetime lifetime) : IReadinessCheck
{
    public string Name => "process";

    public ValueTask<string?> LookAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : null);
}

/// <summary>How many shipments are behind their input, or due by time.</summary>
public sealed class Backlog(StoreConnections connections, LoopClock clock)
{
    internal (long Unscored, long Unsettled) Count()
    {
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        var now = clock.Now.UtcTicks.ToString(CultureInfo.InvariantCulture);
        var loop = clock.Loop.ToString(CultureInfo.InvariantCulture);
        command.CommandText =
            $"SELECT (SELECT COUNT(*) FROM shipments WHERE loop = {loop} AND next_score_at <= {now}), (SELECT COUNT(*) FROM shipments WHERE loop = {loop} AND next_settle_at <= {now})";
        using var reader = command.ExecuteReader();
        reader.Read();
        return (Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture), Convert.ToInt64(reader.GetValue(1), CultureInfo.InvariantCulture));
    }
}
