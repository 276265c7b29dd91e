using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>Something that the courier's systems send, at the moment they know it.</summary>
/// <param name="At">When it is sent.</param>
public abstract record Fact(DateTimeOffset At);

/// <summary>A shipment is registered.</summary>
public sealed record ShipmentFact(DateTimeOffset At, NewShipment Shipment) : Fact(At);

/// <summary>Something happened to a shipment.</summary>
public sealed record EventFact(DateTimeOffset At, NewEvent Event) : Fact(At);

/// <summary>Weather and traffic were observed, or forecast.</summary>
public sealed record ConditionFact(DateTimeOffset At, NewCondition Condition) : Fact(At);

/// <summary>A customer called or wrote.</summary>
public sealed record ContactFact(DateTimeOffset At, NewContact Contact) : Fact(At);

/// <summary>Something that somebody did about a shipment, some time ago.</summary>
/// <param name="ShipmentId">The shipment.</param>
/// <param name="Action">What.</param>
/// <param name="At">When.</param>
public sealed record PastAction(string ShipmentId, JudgementAction Action, DateTimeOffset At);
