using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Learning;
using OpsConsole.Prediction;

namespace OpsConsole.Tests.Learning;

/// <summary>A small courier network whose lateness has causes: distance, a slow area, and a parcel's own luck.</summary>
internal static class Network
{
    internal static DateTimeOffset Start { get; } = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    internal static DateTimeOffset AsOf { get; } = Start.AddDays(200);

    internal static TrainingPlan Plan(string trainer, EventType? point = EventType.Collected, int seed = 1) => new()
    {
        Trainer = trainer,
        AsOf = AsOf,
        DecisionPoint = point,
        Name = "test",
        Seed = seed,
        Simulated = SimulatedFilter.Include,
    };

    /// <summary>A shipment with its collection and delivery, as history.</summary>
    internal static (string Id, ShipmentHistory History) Shipment(int n, Random random)
    {
        var id = FormattableString.Invariant($"S{n:00000}");
        var booked = Start.AddHours(n / 2.0);
        var km = 20 + (random.NextDouble() * 600);
        var slow = n % 7 == 0;
        var collected = booked.AddHours(2 + (random.NextDouble() * 6));
        var hours = (8 + (km / 25) + (slow ? 14 : 0)) * Math.Exp(0.35 * Gauss(random));
        var content = new NewShipment
        {
            ShipmentId = id,
            BookedAt = booked,
            PromisedBy = booked.AddHours(48),
            Origin = new Area { AreaCode = "HUB" },
            Destination = new Area { AreaCode = slow ? "SLOW" : $"A{n % 5}" },
            Service = n % 3 == 0 ? "express" : "standard",
            DistanceKm = km,
            WeightKg = random.NextDouble() * 20,
            Attributes = new Dictionary<string, AttributeValue> { ["noise"] = random.NextDouble() },
        };
        return (id, new ShipmentHistory(
            [new VersionFact(content, null, AsOf)],
            [Event(id, EventType.Collected, collected), Event(id, EventType.Delivered, collected.AddHours(hours))],
            history: true, firstScoredAt: null));
    }

    internal static TrackingEvent Event(string id, EventType type, DateTimeOffset at) => new()
    {
        EventId = $"{id}-{type}",
        ShipmentId = id,
        Type = type,
        OccurredAt = at,
        ReceivedAt = AsOf,
    };

    /// <summary>The rows of a plan.</summary>
    internal static IEnumerable<TrainingRow> Rows(TrainingPlan plan, int shipments)
    {
        var random = new Random(7);
        for (var n = 0; n < shipments; n++)
        {
            var (id, history) = Shipment(n, random);
            var outcome = history.OutcomeAt(AsOf, OutcomeRules.Default, Knowledge.Known);
            var moments = TrainingRows.Moments(history, plan).ToList();
            foreach (var moment in moments)
            {
                var left = (history.PromiseCounted - moment).TotalHours;
                var needed = left + (outcome.DelayMinutes!.Value / 60);
                var features = Features.Of(history.AsOf(moment, Knowledge.Known)!, ConditionsAsOf.None, TimeZoneInfo.Utc);
                yield return new(id, moment, features, outcome.Late!.Value, left, needed, needed, 1.0 / moments.Count);
            }
        }
    }

    private static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
