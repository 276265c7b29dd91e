namespace OpsConsole.Web.Demo;

/// <summary>How large the demo is. Not a setting of the product: tests make a small one.</summary>
internal sealed record DemoOptions
{
    /// <summary>Seed of everything simulated.</summary>
    internal int Seed { get; init; } = 20_260;

    /// <summary>Days of history, made once.</summary>
    internal int Days { get; init; } = 14;

    /// <summary>Shipments of those days.</summary>
    internal int Shipments { get; init; } = 5_000;

    /// <summary>Shipments a day of the live stream; zero: none.</summary>
    internal double LivePerDay { get; init; } = 3_000;

    /// <summary>Simulated time that is made at once; promises lie on half hours, so that each moment of the lead grid is met.</summary>
    internal TimeSpan Step { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often conditions of the history are told.</summary>
    internal TimeSpan ConditionsEvery { get; init; } = TimeSpan.FromHours(3);
}
