using Microsoft.AspNetCore.Components;
using OpsConsole.Access;

namespace OpsConsole.Triage.Pages;

/// <summary>
/// The board. Its address holds its state; its parts listen to the feed themselves, so that the page is painted only when the person did
/// something.
/// </summary>
public sealed partial class TriageBoard : IDisposable
{
    private static readonly TimeSpan ToastStays = TimeSpan.FromSeconds(10);

    private readonly TriageBoardState _state;
    private readonly BoardParts _parts;
    private readonly NavigationManager _navigation;
    private readonly WithdrawJudgement _withdraw;
    private readonly CircuitCaller _circuit;
    private readonly ITimer _toast;
    private SavedAnswer? _saved;
    private SavedAnswer? _restored;
    private string? _words;

    public TriageBoard(BoardOrder order, NavigationManager navigation, WithdrawJudgement withdraw, CircuitCaller circuit, TimeProvider time)
    {
        (_navigation, _withdraw, _circuit) = (navigation, withdraw, circuit);
        _state = new TriageBoardState(order);
        _parts = new BoardParts(_state);
        _toast = time.CreateTimer(_ => _ = InvokeAsync(HideToast), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    [SupplyParameterFromQuery(Name = "section")]
    private string? Section { get; set; }

    [SupplyParameterFromQuery(Name = "area")]
    private string? Area { get; set; }

    [SupplyParameterFromQuery(Name = "service")]
    private string? Service { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    private string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "case")]
    private string? Case { get; set; }

    private string Title => _state.Filter.Section == BoardSection.Answer ? "Board" : BoardWords.Section(_state.Filter.Section);

    protected override void OnParametersSet()
    {
        var before = (_state.Selected, _state.Filter, _state.Shown);
        _state.Show(BoardFilter.Of(Section, Area, Service, Query, Case));
        var rows = new HashSet<long>();
        if (before.Selected is { } left)
            rows.Add(left);
        if (_state.Selected is { } selected)
            rows.Add(selected);
        // Another filter is another address in every row.
        var list = before.Filter with { Case = null } != _state.Filter with { Case = null };
        if (list)
            rows.UnionWith(_state.Shown);
        _parts.Tell(rows, new(list || !ReferenceEquals(before.Shown, _state.Shown), Frame: true));
    }

    private Task SavedAsync(SavedAnswer saved)
    {
        (_saved, _restored, _words) = (saved, null, null);
        _toast.Change(ToastStays, Timeout.InfiniteTimeSpan);
        // The feed may not have come round yet; the answered row is no candidate, being the selected one.
        var next = _state.NextToAnswer();
        _navigation.NavigateTo((_state.Filter with { Case = next }).Uri);
        return Task.CompletedTask;
    }

    private async Task UndoAsync()
    {
        if (_saved is not { } saved)
            return;
        var result = await _withdraw.HandleAsync(saved.ShipmentId, saved.JudgementKey, await _circuit.RequireAsync(Scopes.Judge));
        _saved = null;
        if (result == WithdrawResult.Withdrawn)
            (_restored, _words) = (saved, $"Taken back: {saved.ShipmentId} waits for an answer again.");
        else
            _words = "It could not be taken back.";
        _toast.Change(ToastStays, Timeout.InfiniteTimeSpan);
        _navigation.NavigateTo((_state.Filter with { Case = saved.ShipmentId }).Uri);
    }

    private Task WithdrawnAsync(string shipmentId)
    {
        (_saved, _words) = (null, $"Taken back: {shipmentId} waits for an answer again.");
        _toast.Change(ToastStays, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    private void HideToast()
    {
        (_saved, _words) = (null, null);
        StateHasChanged();
    }

    /// <inheritdoc/>
    public void Dispose() => _toast.Dispose();
}
