using OpsConsole.Client;
using OpsConsole.Simulator.Network;

namespace OpsConsole.Simulator.Replay;

/// <summary>Moves times so that one moment becomes another, and brings the rest nearer to it by a factor.</summary>
/// <param name="first">The moment that becomes <paramref name="start"/>.</param>
/// <param name="start">What it becomes.</param>
/// <param name="speed">How many times faster time runs.</param>
internal sealed class TimeShift(DateTimeOffset first, DateTimeOffset start, double speed)
{
    internal Fact Move(Fact fact) => fact switch
    {
        ShipmentFact shipment => new ShipmentFact(Move(fact.At), Move(shipment.Shipment)),
        EventFact scan => new EventFact(Move(fact.At), Move(scan.Event)),
        _ => throw new ArgumentException($"A replay has no {fact.GetType().Name}.", nameof(fact)),
    };

    internal DateTimeOffset Move(DateTimeOffset at) => start + (at - first) / speed;

    private NewShipment Move(NewShipment shipment) => shipment with
    {
        BookedAt = Move(shipment.BookedAt),
        PromisedBy = Move(shipment.PromisedBy),
        PromisedFrom = Move(shipment.PromisedFrom),
        RecordedAt = Move(shipment.RecordedAt),
    };

    private NewEvent Move(NewEvent scan) => scan with
    {
        OccurredAt = Move(scan.OccurredAt),
        RecordedAt = Move(scan.RecordedAt),
        PromisedBy = Move(scan.PromisedBy),
        CarrierEstimate = Move(scan.CarrierEstimate),
    };

    private DateTimeOffset? Move(DateTimeOffset? at) => at is { } moment ? Move(moment) : null;
}
