using Microsoft.AspNetCore.Components;
using OpsConsole.Operations;

namespace OpsConsole.Ui;

/// <summary>A page that shows what goes on elsewhere: it looks again at each signal, and now and then for what was not told here.</summary>
public abstract class FollowingPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _left = new();

    /// <summary/>
    protected FollowingPage() => Left = _left.Token;

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Left { get; }

    /// <summary>
    /// From now until the page is left, looks again in the page's own turn; not while it is only drawn for the first answer. What fails fails the
    /// page.
    /// </summary>
    /// <param name="signal">Raised here when there is something to look at.</param>
    /// <param name="seconds">How long to go without a look at most.</param>
    /// <param name="look">The look.</param>
    protected void Follow(Signal signal, double seconds, Func<Task> look)
    {
        if (RendererInfo.IsInteractive)
            _ = FollowAsync(signal, TimeSpan.FromSeconds(seconds), look);
    }

    private async Task FollowAsync(Signal signal, TimeSpan lookAgain, Func<Task> look)
    {
        using var raised = signal.Listen();
        try
        {
            while (true)
            {
                await raised.WaitAsync(lookAgain, Left);
                await InvokeAsync(look);
            }
        }
        catch (OperationCanceledException) when (Left.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the page holds.</summary>
    /// <param name="disposing">Always: there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        _left.Cancel();
        _left.Dispose();
    }
}
