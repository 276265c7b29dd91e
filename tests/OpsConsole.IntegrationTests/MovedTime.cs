namespace OpsConsole.IntegrationTests;

/// <summary>
/// The system's time, moved on by hand. Its timers are the system's: moving it by hours asks a host only what it thinks the time is, where the
/// timers of a <c>FakeTimeProvider</c> would all go off for every period between.
/// </summary>
internal sealed class MovedTime : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));

    internal void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
