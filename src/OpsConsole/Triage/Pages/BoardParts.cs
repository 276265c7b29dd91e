namespace OpsConsole.Triage.Pages;

/// <summary>What the parts of one board share: its state, and word of what changed. The page itself is not painted for a row's change.</summary>
public sealed class BoardParts(TriageBoardState state)
{
    /// <summary>The state.</summary>
    public TriageBoardState State => state;

    /// <summary>Something changed: each part looks whether it concerns it. Raised on the circuit's dispatcher, within one painting.</summary>
    public event Action<Beat, BoardChange>? Changed;

    /// <summary>Looks at the feed, and tells the parts what that changed.</summary>
    internal void Take(Beat beat) => Changed?.Invoke(beat, state.Refresh());

    /// <summary>Tells the parts of a change that came from the person, not from the feed.</summary>
    internal void Tell(IReadOnlySet<long> rows, BoardChange change) => Changed?.Invoke(new Beat(rows, Tick: false), change);
}
