namespace OpsConsole.Simulator.Network;

/// <summary>What goes wrong in a courier's past on purpose, each by its causes: no outcome is set, only what leads to it. Nothing by default.</summary>
public sealed record Troubles
{
    /// <summary>The carrier whose rounds slow down (<see cref="CarrierSlowsFrom"/>).</summary>
    public const string SlowCarrier = "Fernway";

    /// <summary>The carrier whose scans don't come through for some hours (<see cref="FeedStalls"/>).</summary>
    public const string StalledCarrier = "Brook & Daughter";

    /// <summary>A storm over the whole country: heavy rain and gales.</summary>
    public (DateTimeOffset From, DateTimeOffset Until)? Storm { get; init; }

    /// <summary>The sorter of the western centre stands still.</summary>
    public (DateTimeOffset From, DateTimeOffset Until)? HubFails { get; init; }

    /// <summary>What a carrier scans meanwhile is sent when its feed comes back.</summary>
    public (DateTimeOffset From, DateTimeOffset Until)? FeedStalls { get; init; }

    /// <summary>From then on a carrier, short of drivers, takes a quarter longer for its rounds: what was learnt before no longer holds.</summary>
    public DateTimeOffset? CarrierSlowsFrom { get; init; }

    /// <summary>The troubles of sixty days, scaled to how many there are; the last of them stays.</summary>
    /// <param name="from">When the days begin.</param>
    /// <param name="until">When they end.</param>
    public static Troubles Between(DateTimeOffset from, DateTimeOffset until)
    {
        var day = (until - from) / 60;
        return new Troubles
        {
            Storm = (from + 17 * day, from + 20 * day),
            HubFails = (from + 26 * day, from + 27 * day),
            FeedStalls = (from + 31.4 * day, from + 31.65 * day),
            CarrierSlowsFrom = from + 36 * day,
        };
    }

    internal static bool Holds((DateTimeOffset From, DateTimeOffset Until)? time, DateTimeOffset at) => time is { } span && at >= span.From && at < span.Until;
}
