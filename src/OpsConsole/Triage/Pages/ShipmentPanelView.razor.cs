using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Triage.Pages;

/// <summary>
/// Reads the selected shipment again whenever its row changed, and keeps apart what a person is saying of it. What is typed is kept in the store
/// a moment later, so that it is there again after a reload.
/// </summary>
public sealed partial class ShipmentPanelView(
    ShipmentPanelQuery query, JudgeShipment judge, WithdrawJudgement withdraw, ClaimCase claims, Drafts drafts, CircuitCaller circuit, LoopClock clock, TimeProvider time)
{
    private static readonly TimeSpan KeepsAfter = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan ClaimsAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClaimsAgain = TimeSpan.FromMinutes(1);

    private string? _shownId;
    private ShipmentPanel? _panel;
    private Answer _answer = new();
    private long? _seen;
    private SavedAnswer? _restored;
    private ITimer? _keep;
    private ITimer? _claim;
    private bool _unkept;
    private bool _read;
    private bool _busy;
    private bool _changed;
    private bool _mayJudge;
    private string? _me;
    private string? _problem;

    /// <summary>The courier's id of the shipment.</summary>
    [Parameter, EditorRequired]
    public string ShipmentId { get; set; } = "";

    /// <summary>The address of the list without it.</summary>
    [Parameter, EditorRequired]
    public string Back { get; set; } = "/";

    /// <summary>An answer that was just taken back: what was said stands in the form again.</summary>
    [Parameter]
    public SavedAnswer? Restored { get; set; }

    /// <summary>An answer was saved.</summary>
    [Parameter]
    public EventCallback<SavedAnswer> OnSaved { get; set; }

    /// <summary>An answer was taken back from the history.</summary>
    [Parameter]
    public EventCallback<string> OnWithdrawn { get; set; }

    private DateTimeOffset Now => clock.Now;

    /// <summary>The prediction that was shown when the answer was chosen; else the one that is shown.</summary>
    private PanelPrediction? Seen => _panel is not { } panel ? null
        : _seen is { } key ? panel.Earlier.Prepend(panel.Prediction).FirstOrDefault(p => p?.Key == key) ?? panel.Prediction : panel.Prediction;

    private Judgement? Colleague => _panel?.Judgements.LastOrDefault(j => j.Stands && j.Judgement.JudgeId != _me)?.Judgement;

    protected override async Task OnInitializedAsync()
    {
        _mayJudge = await circuit.MayAsync(Scopes.Judge);
        _me = (await circuit.RequireAsync(Scopes.Read)).JudgeId();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (ShipmentId != _shownId)
        {
            // What was typed goes with the shipment it is about, before the next key can reach the form.
            var leaving = LeaveAsync();
            (_shownId, _answer, _seen, _problem, _changed, _panel, _read) = (ShipmentId, new(), null, null, false, null, false);
            await ReadAsync();
            await EnterAsync();
            await leaving;
        }
        if (Restored is { } restored && restored != _restored && restored.ShipmentId == ShipmentId)
            (_restored, _answer, _seen) = (restored, restored.Answer, null);
    }

    protected override bool Concerns(Beat beat, BoardChange change)
    {
        if (_panel is not { } panel)
            return false;
        if (beat.Changed.Contains(panel.ShipmentKey))
            _ = InvokeAsync(ReadAgainAsync);
        return beat.Tick;
    }

    private async Task ReadAsync()
    {
        var id = ShipmentId;
        var panel = await query.ReadAsync(id);
        if (id == ShipmentId)
            (_panel, _read) = (panel, true);
    }

    private async Task ReadAgainAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    private async Task EnterAsync()
    {
        if (_panel is not { } panel || !_mayJudge)
            return;
        var empty = _answer;
        if (await UserAsync() is { UserId: { } user } && await drafts.ReadAsync(user, panel.ShipmentKey) is { } draft && ReferenceEquals(empty, _answer) && empty.IsEmpty)
            _answer = Answer.From(draft);
        // Opening a case says "I have it", unless one only passes through.
        if (panel.Case is { State: CaseState.Open or CaseState.Claimed })
            _claim = time.CreateTimer(_ => _ = InvokeAsync(ClaimAsync), null, ClaimsAfter, ClaimsAgain);
    }

    private async Task LeaveAsync()
    {
        var (claim, panel) = (_claim, _panel);
        _claim = null;
        claim?.Dispose();
        await KeepAsync();
        if (claim is not null && panel is not null && await UserAsync() is { } user)
            await claims.ReleaseAsync(panel.ShipmentKey, user);
    }

    private async Task ClaimAsync()
    {
        if (_claim is not null && _panel is { } panel && await UserAsync() is { } user)
            await claims.ClaimAsync(panel.ShipmentKey, user);
    }

    /// <summary>Who sits here, if they may still judge.</summary>
    private async Task<Caller?> UserAsync() => await circuit.MayAsync(Scopes.Judge) ? await circuit.RequireAsync(Scopes.Judge) : null;

    private Task ChangedAsync()
    {
        if (_answer.Late is not null)
            _seen ??= _panel?.Prediction?.Key;
        (_unkept, _problem, _changed) = (true, null, false);
        _keep ??= time.CreateTimer(_ => _ = InvokeAsync(KeepAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _keep.Change(KeepsAfter, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    private async Task KeepAsync()
    {
        if (!_unkept || _panel is not { } panel)
            return;
        var (answer, draft) = (_answer, _answer.IsEmpty ? null : _answer.ToDraft());
        _unkept = false;
        if (await UserAsync() is not { UserId: { } user })
            return;
        try
        {
            await (draft is null ? drafts.DropAsync(user, panel.ShipmentKey) : drafts.KeepAsync(user, panel.ShipmentKey, draft));
        }
        catch (StoreUnavailableException)
        {
            // It is still in the form, if that is still open; the next letter tries again.
            _unkept |= ReferenceEquals(answer, _answer);
        }
    }

    private async Task SaveAsync()
    {
        if (_busy || _panel is not { } panel)
            return;
        if (_answer.Late is null)
        {
            _problem = "First say L, late if we do nothing, or O, will make it.";
            return;
        }
        (_busy, _unkept) = (true, false);
        try
        {
            var caller = await circuit.RequireAsync(Scopes.Judge);
            await TakeAsync(panel, await judge.HandleAsync(ShipmentId, _answer.ToRequest(_seen ?? panel.Prediction?.Key), caller), caller);
        }
        catch (UnauthorizedAccessException)
        {
            _problem = "Your role may no longer answer. What you wrote is still here.";
        }
        catch (StoreUnavailableException)
        {
            (_problem, _unkept) = ("It could not be saved just now. What you wrote is still here; try again.", true);
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task TakeAsync(ShipmentPanel panel, JudgeResult result, Caller caller)
    {
        switch (result)
        {
            case JudgeResult.Stored(var receipt):
                if (caller.UserId is { } user)
                    await drafts.DropAsync(user, panel.ShipmentKey);
                _claim?.Dispose();
                _claim = null;
                var saved = new SavedAnswer(ShipmentId, panel.ShipmentKey, long.Parse(receipt.JudgementId, CultureInfo.InvariantCulture), _answer);
                (_answer, _seen, _problem, _changed) = (new(), null, null, false);
                await ReadAsync();
                await OnSaved.InvokeAsync(saved);
                break;
            case JudgeResult.Conflict(var news):
                await ReadAsync();
                (_seen, _problem, _changed, _unkept) = (_panel?.Prediction?.Key, WhatChanged(news), true, true);
                break;
            case JudgeResult.Invalid(var errors):
                _problem = string.Join(" ", errors.Select(e => $"{e.Key} {e.Value[0]}."));
                break;
            default:
                _problem = "The shipment is no longer there.";
                break;
        }
    }

    private static string WhatChanged(WhatIsNew news)
    {
        List<string> parts = [];
        if (news.Changed.Contains("promise"))
            parts.Add("the promise was moved");
        if (news.Changed.Contains("flag"))
            parts.Add(news.Flagged ? "it was flagged" : "the flag was taken back");
        if (parts.Count == 0)
            parts.Add("its state changed");
        return $"Since you looked, {string.Join(" and ", parts)}. Look above; nothing is saved yet.";
    }

    private async Task WithdrawAsync(long judgementKey)
    {
        await withdraw.HandleAsync(ShipmentId, judgementKey, await circuit.RequireAsync(Scopes.Judge));
        await ReadAsync();
        await OnWithdrawn.InvokeAsync(ShipmentId);
    }

    /// <inheritdoc/>
    protected override void Leave()
    {
        _keep?.Dispose();
        // The circuit ends with the page; what is on its way to the store is not held up by it.
        _ = LeaveAsync();
    }
}
