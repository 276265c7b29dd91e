using System.Globalization;
using OpsConsole.Access;
using OpsConsole.Operations.Backups;

namespace OpsConsole.Operations.Measuring.Pages;

/// <summary>How it runs at the moment, read anew every five seconds.</summary>
public sealed partial class QuickLook(RecentFigures figures, CircuitSeats seats, Backlog backlog, NewestFact newest, BackupNotes backups, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _left = new();
    private RecentFigure _items;
    private RecentFigure _calls;
    private RecentFigure _failed;
    private RecentFigure _scoring;
    private RecentFigure _push;
    private RecentFigure _browser;
    private (long Unscored, long Unsettled) _backlog;
    private DateTimeOffset? _newest;
    private BackupNote? _backup;

    protected override void OnInitialized()
    {
        Read();
        if (RendererInfo.IsInteractive)
            _ = FollowAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    private void Read()
    {
        (_items, _calls, _failed) = (figures.Of(Figure.IntakeItem), figures.Of(Figure.Call), figures.Of(Figure.FailedCall));
        (_scoring, _push, _browser) = (figures.Of(Figure.ScoringDelay), figures.Of(Figure.PushDelay), figures.Of(Figure.BrowserRoundTrip));
        (_backlog, _newest, _backup) = (backlog.Count(), newest.Read(), backups.Newest());
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(LookAgain, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_left.Token))
            {
                await InvokeAsync(() =>
                {
                    Read();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    private static string Number(double value) => value.ToString(value is > 0 and < 10 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    private static string Time(RecentFigure figure) => figure switch
    {
        { Count: 0 } => "—",
        { Slow: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{figure.Slow * 1000:0.#} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{figure.Slow:0.0} s"),
    };

    private static string Size(long bytes) => bytes < 1e9
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N1} MB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:N1} GB");
}
