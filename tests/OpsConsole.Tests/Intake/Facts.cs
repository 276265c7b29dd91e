using OpsConsole.Client;
using OpsConsole.Intake;

namespace OpsConsole.Tests.IntakeFold;

/// <summary>Makes the facts of one shipment for the tests of the fold. Hours count from the booking; the first promise is at hour 24.</summary>
internal sealed class Facts
{
    internal static readonly DateTimeOffset Booked = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly List<VersionFact> _versions = [];
    private readonly List<TrackingEvent> _events = [];

    internal static DateTimeOffset At(double hours) => Booked.AddHours(hours);

    internal Facts Version(double promisedAt = 24, double received = 0, double? recorded = null, string service = "std")
    {
        var content = new NewShipment
        {
            ShipmentId = "S",
            BookedAt = Booked,
            PromisedBy = At(promisedAt),
            Origin = new Area { AreaCode = "A" },
            Destination = new Area { AreaCode = "B" },
            Service = service,
        };
        _versions.Add(new VersionFact(content, recorded is { } at ? At(at) : null, At(received)));
        return this;
    }

    internal Facts Event(
        EventType type, double occurred, double? received = null, double? recorded = null, string? id = null, double? promise = null, PromiseInitiator? by = null)
    {
        _events.Add(new TrackingEvent
        {
            Id = _events.Count + 1,
            EventId = id ?? $"E{_events.Count}",
            ShipmentId = "S",
            Type = type,
            OccurredAt = At(occurred),
            ReceivedAt = At(received ?? occurred),
            RecordedAt = recorded is { } at ? At(at) : null,
            PromisedBy = promise is { } to ? At(to) : null,
            InitiatedBy = by,
        });
        return this;
    }

    internal ShipmentHistory Fold(bool history = false, double? firstScored = null) =>
        new(_versions.Count > 0 ? _versions : new Facts().Version()._versions, _events, history, firstScored is { } at ? At(at) : null);

    /// <summary>The same facts in another order of arrival in the list.</summary>
    internal ShipmentHistory FoldShuffled(int seed, bool history, double? firstScored)
    {
        var random = new Random(seed);
        var (versions, events) = (_versions.ToArray(), _events.ToArray());
        random.Shuffle(versions);
        random.Shuffle(events);
        return new(versions, events, history, firstScored is { } at ? At(at) : null);
    }
}
