namespace OpsConsole.Web.Demo;

/// <summary>The time of the loop that makes history: it stands still until it is moved on.</summary>
internal sealed class SteppedTime(DateTimeOffset start) : TimeProvider
{
    private long _now = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _now), TimeSpan.Zero);

    internal void MoveTo(DateTimeOffset moment) => Volatile.Write(ref _now, moment.UtcTicks);
}
