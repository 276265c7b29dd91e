namespace OpsConsole.Operations;

/// <summary>
/// What the operation calls now. Every use case of the loop asks this clock; machinery (leases, cookies, limits,
/// logs) asks <see cref="TimeProvider"/>. The two differ only while the demo's history is made, with simulated time.
/// </summary>
/// <param name="time">Where the loop's time comes from.</param>
/// <param name="loop">Which loop this is: 0 the live one, 1 the one that makes the demo's history. Shipments carry it, so
/// that neither loop's sweeps touch the other's shipments.</param>
public sealed class LoopClock(TimeProvider time, int loop = LoopClock.Live)
{
    /// <summary>The loop that runs on real time.</summary>
    public const int Live = 0;

    /// <summary>The loop that makes the demo's history.</summary>
    public const int DemoHistory = 1;

    /// <summary>Which loop this is.</summary>
    public int Loop => loop;

    /// <summary>The moment the loop calls now, in UTC.</summary>
    public DateTimeOffset Now => time.GetUtcNow();
}
