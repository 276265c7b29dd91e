using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using OpsConsole.Live;

namespace OpsConsole.Triage.Pages;

/// <summary>
/// Paints nothing itself: it listens to the feed, and when a beat is due its own painting tells the other parts to paint. What they paint then
/// goes to the browser as one message, however many rows changed.
/// </summary>
public sealed class BoardHeart : ComponentBase, IDisposable
{
    private BoardPulse? _pulse;
    private IDisposable? _subscription;
    private bool _due;

    [Inject]
    private BoardFeed Feed { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [CascadingParameter]
    private BoardParts Parts { get; set; } = null!;

    protected override void OnInitialized()
    {
        var pulse = new BoardPulse(Time, () => _ = InvokeAsync(Paint));
        _pulse = pulse;
        _subscription = Feed.Subscribe(pulse.Note);
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (!_due || _pulse is null)
            return;
        _due = false;
        Parts.Take(_pulse.Take());
    }

    private void Paint()
    {
        _due = true;
        StateHasChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _subscription?.Dispose();
        _pulse?.Dispose();
    }
}
