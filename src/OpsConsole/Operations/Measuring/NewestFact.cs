using System.Globalization;
using OpsConsole.Store;

namespace OpsConsole.Operations.Measuring;

/// <summary>When the newest event was taken in, by any instance.</summary>
public sealed class NewestFact(StoreConnections connections)
{
    /// <summary>The moment; null before the first.</summary>
    internal DateTimeOffset? Read()
    {
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT received_at FROM events WHERE id = (SELECT MAX(id) FROM events)";
        return command.ExecuteScalar() is { } ticks and not DBNull ? new DateTimeOffset(Convert.ToInt64(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero) : null;
    }
}
