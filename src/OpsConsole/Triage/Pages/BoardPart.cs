using Microsoft.AspNetCore.Components;

namespace OpsConsole.Triage.Pages;

/// <summary>A part of the board that paints itself when something changed that concerns it, and not when the page does.</summary>
public abstract class BoardPart : ComponentBase, IDisposable
{
    /// <summary>What the parts share.</summary>
    [CascadingParameter]
    protected BoardParts Parts { get; set; } = null!;

    /// <summary>The state.</summary>
    protected TriageBoardState State => Parts.State;

    protected override void OnInitialized() => Parts.Changed += Look;

    /// <summary>Whether a change concerns this part.</summary>
    protected abstract bool Concerns(Beat beat, BoardChange change);

    private void Look(Beat beat, BoardChange change)
    {
        if (Concerns(beat, change))
            StateHasChanged();
    }

    /// <summary>The part goes.</summary>
    protected virtual void Leave()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Parts.Changed -= Look;
        Leave();
        GC.SuppressFinalize(this);
    }
}
