namespace OpsConsole.Web.Demo;

/// <summary>How large the demo is. Not a setting of the product: tests make a small one.</summary>
internal sealed record DemoOptions
{
    /// <summary>Seed of everything simulated.</summary>
    internal int Seed { get; init; } = 20_260;

    /// <summary>Days of history, made once.</summary>
    internal int Days { get; init; } = 60;

    /// <summary>Shipments of those days.</summary>
    internal int Shipments { get; init; } = 20_000;

    /// <summary>Shipments a day of the live stream; zero: none.</summary>
    internal double LivePerDay { get; init; } = 3_000;

    /// <summary>Simulated time that is made at once; promises lie on half hours, so that each moment of the lead grid is met.</summary>
    internal TimeSpan Step { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How often what is over is settled. Most of a parcel's facts have it settled again, and the last of them says it all: what is found comes to light
    /// that much later than in the live loop.
    /// </summary>
    internal TimeSpan SettleEvery { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How often conditions of the history are told: as old as one may be that is still used. Each has what is open in its area scored again.</summary>
    internal TimeSpan ConditionsEvery { get; init; } = TimeSpan.FromHours(6);
}
