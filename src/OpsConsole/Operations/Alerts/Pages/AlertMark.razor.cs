namespace OpsConsole.Operations.Alerts.Pages;

/// <summary>How many alerts are not over.</summary>
public sealed partial class AlertMark(AlertBoard board) : IDisposable
{
    private int _open;
    private int _firing;

    private string Words => (_open, _firing) switch
    {
        (0, _) => "No alerts",
        (1, 0) => "1 alert, acknowledged",
        (1, _) => "1 alert, firing",
        _ => $"{_open} alerts, {_firing} firing",
    };

    protected override void OnInitialized()
    {
        board.Changed += Follow;
        Count();
    }

    private void Count()
    {
        var open = board.Open;
        (_open, _firing) = (open.Count, open.Count(a => a.State == AlertState.Firing));
    }

    private void Follow() => _ = InvokeAsync(() =>
    {
        Count();
        StateHasChanged();
    });

    /// <inheritdoc/>
    public void Dispose() => board.Changed -= Follow;
}
