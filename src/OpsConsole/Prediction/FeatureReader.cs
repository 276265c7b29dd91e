using System.Data.Common;
using System.Globalization;
using OpsConsole.Intake;
using OpsConsole.Store;

namespace OpsConsole.Prediction;

/// <summary>Makes the features of shipments with the conditions they need, read from the store. Bound to one connection; not for several threads.</summary>
public sealed class FeatureReader : IDisposable
{
    private static readonly Statement Anything = new("SELECT CASE WHEN EXISTS (SELECT 1 FROM conditions) THEN 1 ELSE 0 END");

    private readonly ConditionsReader? _conditions;
    private readonly TimeZoneInfo _zone;

    /// <param name="connection">An open connection, of <see cref="StoreConnections.OpenReader"/> as a rule.</param>
    /// <param name="zone">The operation's zone.</param>
    /// <param name="transaction">The transaction to read in, if any.</param>
    /// <param name="receivedBy">No condition received later is read; by default all.</param>
    public FeatureReader(DbConnection connection, TimeZoneInfo zone, DbTransaction? transaction = null, DateTimeOffset? receivedBy = null)
    {
        _zone = zone;
        using var anything = Anything.Prepare(connection);
        anything.Transaction = transaction;
        // Where nobody sends conditions, looking for them would be most of the work.
        if (Convert.ToInt32(anything.ExecuteScalar(), CultureInfo.InvariantCulture) == 1)
            _conditions = new ConditionsReader(connection, transaction, receivedBy);
    }

    /// <summary>Whether anybody sends conditions.</summary>
    public bool HasConditions => _conditions is not null;

    /// <summary>The features of a shipment as of its moment.</summary>
    /// <param name="shipment">The shipment as of the moment.</param>
    /// <param name="knowledge">Which clock "as of" goes by.</param>
    public FeatureRow Of(ShipmentAsOf shipment, Knowledge knowledge)
    {
        if (_conditions is null)
            return Features.Of(shipment, ConditionsAsOf.None, _zone);
        var (from, to) = (shipment.Content.Origin.AreaCode, shipment.Content.Destination.AreaCode);
        var destination = _conditions.Read(to, shipment.Moment, knowledge, shipment.PromisedBy);
        var origin = from == to ? destination : _conditions.Read(from, shipment.Moment, knowledge);
        return Features.Of(shipment, destination, _zone, origin);
    }

    /// <inheritdoc/>
    public void Dispose() => _conditions?.Dispose();
}
