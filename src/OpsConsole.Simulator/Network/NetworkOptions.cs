using OpsConsole.Client;

namespace OpsConsole.Simulator.Network;

/// <summary>What kind of courier is simulated.</summary>
public sealed record NetworkOptions
{
    /// <summary>The same seed gives the same shipments, whatever they are asked for.</summary>
    public int Seed { get; init; } = 20_260;

    /// <summary>The first moment at which something is booked.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>After this moment nothing is booked any more; what is under way still comes to its end. Null: never ends.</summary>
    public DateTimeOffset? LastBooking { get; init; }

    /// <summary>Shipments a day over a week of average demand.</summary>
    public double ShipmentsPerDay { get; init; } = 5_000 / 14.0;

    /// <summary>What the ids of its shipments begin with.</summary>
    public string Prefix { get; init; } = "SIM";

    /// <summary>Which shipments are of interest; nothing happens to the others. Null: all.</summary>
    public Func<NewShipment, bool>? Wanted { get; init; }

    /// <summary>What goes wrong on purpose.</summary>
    public Troubles Troubles { get; init; } = new();

    /// <summary>How often each area's conditions are sent; zero: never.</summary>
    public TimeSpan ConditionsEvery { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Every so many observations a forecast goes with it.</summary>
    public int ForecastEvery { get; init; } = 6;

    /// <summary>The chance that an action saves a parcel that would be late, if it is taken in time; as the operation's settings assume it.</summary>
    public IReadOnlyDictionary<JudgementAction, double> ChanceOfAction { get; init; } = new Dictionary<JudgementAction, double>
    {
        [JudgementAction.Rerouted] = 0.45,
        [JudgementAction.Reprioritised] = 0.35,
    };
}
