using System.Globalization;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>Whether simulated shipments count (contract, Sources).</summary>
public enum SimulatedFilter
{
    /// <summary>Real ones only.</summary>
    Exclude,

    /// <summary>Simulated ones only.</summary>
    Only,

    /// <summary>All.</summary>
    Include,
}

/// <summary>What <c>simulated</c> is when nobody says: exclude, as soon as one shipment is real; until then include.</summary>
public sealed class SimulatedDefault(StoreConnections connections)
{
    private volatile bool _real;

    /// <summary>The default now.</summary>
    public SimulatedFilter Now => AnyReal() ? SimulatedFilter.Exclude : SimulatedFilter.Include;

    /// <summary>The filter by its contract name (<c>exclude|only|include</c>), or the default for null.</summary>
    public SimulatedFilter Of(string? asked) => asked switch
    {
        "exclude" => SimulatedFilter.Exclude,
        "only" => SimulatedFilter.Only,
        "include" => SimulatedFilter.Include,
        _ => Now,
    };

    private bool AnyReal()
    {
        if (_real)
            return true;
        using var connection = connections.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT CASE WHEN EXISTS (SELECT 1 FROM shipments WHERE simulated = 0) THEN 1 ELSE 0 END";
        return _real = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture) == 1;
    }
}
