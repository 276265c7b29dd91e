using Microsoft.EntityFrameworkCore;
using OpsConsole.Client;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>The newest event there is.</summary>
/// <param name="ShipmentId">Of which shipment.</param>
/// <param name="Type">What happened.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Registered">Whether its shipment is registered.</param>
public sealed record Arrival(string ShipmentId, EventType Type, DateTimeOffset ReceivedAt, bool Registered);

/// <summary>Tells whoever sets up a connection whether anything has come. Reads one row by key, however much there is.</summary>
public sealed class FirstArrival(IDbContextFactory<OpsConsoleDb> factory)
{
    /// <summary>The newest event; null while none has come.</summary>
    public async Task<Arrival?> NewestAsync(CancellationToken cancellation = default)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var newest = await db.Set<TrackingEvent>().AsNoTracking().OrderByDescending(e => e.Id)
            .Select(e => new { e.ShipmentId, e.Type, e.ReceivedAt }).FirstOrDefaultAsync(cancellation);
        if (newest is null)
            return null;
        var registered = await db.Set<Shipment>().AnyAsync(s => s.ShipmentId == newest.ShipmentId, cancellation);
        return new Arrival(newest.ShipmentId, newest.Type, newest.ReceivedAt, registered);
    }
}
