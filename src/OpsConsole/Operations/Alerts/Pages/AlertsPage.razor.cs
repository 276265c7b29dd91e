using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Operations.Alerts.Delivery;

namespace OpsConsole.Operations.Alerts.Pages;

/// <summary>What fires, by which rules, and what has fired.</summary>
public sealed partial class AlertsPage(AlertStore store, AlertSettings settings, AlertBoard board, IEnumerable<IAlertRule> rules, AlertOutbox outbox, AlertOptions options,
    CircuitCaller circuit) : IDisposable
{
    private const int PageSize = 50;
    private const int UnsentShown = 20;
    private readonly IAlertRule[] _known = [.. rules.OrderBy(r => r.Title, StringComparer.Ordinal)];
    private readonly CancellationTokenSource _left = new();
    private IReadOnlyList<Alert>? _open;
    private IReadOnlyList<Alert> _cleared = [];
    private IReadOnlyList<(AlertDelivery Delivery, Alert Alert)> _unsent = [];
    private List<RuleRow> _rules = [];
    private Guid _version;
    private bool _more;
    private string? _problem;
    private string? _deliveryDone;
    private string? _ruleProblem;
    private string? _ruleDone;

    /// <summary>Only what is older than this alert.</summary>
    [SupplyParameterFromQuery(Name = "before")]
    private string? Before { get; set; }

    protected override void OnInitialized() => board.Changed += Follow;

    protected override async Task OnParametersSetAsync()
    {
        await ReadAsync();
        await ReadRulesAsync();
    }

    private async Task ReadAsync()
    {
        _open = await store.OpenAsync(_left.Token);
        _unsent = await outbox.UnsentAsync(UnsentShown, _left.Token);
        var below = long.TryParse(Before, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : long.MaxValue;
        var cleared = await store.ClearedAsync(below, PageSize + 1, _left.Token);
        (_more, _cleared) = (cleared.Count > PageSize, [.. cleared.Take(PageSize)]);
    }

    private async Task ReadRulesAsync()
    {
        (var set, _version) = await settings.ReadAsync(_left.Token);
        _rules = [.. _known.Select(rule => new RuleRow(rule, set.GetValueOrDefault(rule.Code, rule.Thresholds)))];
    }

    private async Task AcknowledgeAsync(Alert alert)
    {
        var done = await store.AcknowledgeAsync(alert, await circuit.RequireAsync(Scopes.Admin));
        _problem = done ? null : "That alert is over, or somebody else has acknowledged it.";
        await board.LookAsync(_left.Token);
        await ReadAsync();
    }

    private async Task SaveAsync(RuleRow row, AlertThresholds thresholds)
    {
        (_ruleProblem, _ruleDone) = (thresholds.Problem() is { } problem ? $"{row.Rule.Title}: {problem}." : null, null);
        if (_ruleProblem is not null)
            return;
        try
        {
            await settings.ChangeAsync(row.Rule, thresholds, _version, await circuit.RequireAsync(Scopes.Admin));
            _ruleDone = $"{row.Rule.Title}: saved, and in force with the next reading.";
        }
        catch (SettingsChangedMeanwhileException meanwhile)
        {
            _ruleProblem = $"{meanwhile.Message} What is in force now is shown.";
        }
        await ReadRulesAsync();
    }

    private async Task TestAsync()
    {
        await store.TestAsync(await circuit.RequireAsync(Scopes.Admin));
        _deliveryDone = "A test was raised and cleared: two messages to each receiver. What isn't taken stands below.";
        await ReadAsync();
    }

    private async Task SendAgainAsync(AlertDelivery delivery)
    {
        await outbox.AgainAsync(delivery, await circuit.RequireAsync(Scopes.Admin));
        _deliveryDone = "It is sent again now.";
        await ReadAsync();
    }

    private void Follow() => _ = InvokeAsync(async () =>
    {
        if (_left.IsCancellationRequested)
            return;
        await ReadAsync();
        StateHasChanged();
    });

    private string Title(string code) => Array.Find(_known, r => r.Code == code)?.Title ?? (code == AlertStore.Test ? "A test" : code);

    private string Advice(string code) => Array.Find(_known, r => r.Code == code)?.Advice ?? "";

    private static string Lasted(Alert alert)
    {
        var lasted = alert.ClearedAt!.Value - alert.RaisedAt;
        return lasted.TotalMinutes < 1 ? $"{lasted.Seconds} s" : lasted.TotalHours < 1 ? $"{(int)lasted.TotalMinutes} min" : $"{(int)lasted.TotalHours} h {lasted.Minutes:00}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        board.Changed -= Follow;
        _left.Cancel();
        _left.Dispose();
    }

    /// <summary>A rule while somebody edits its thresholds.</summary>
    private sealed class RuleRow(IAlertRule rule, AlertThresholds inForce)
    {
        internal IAlertRule Rule => rule;

        internal double RaiseAt { get; set; } = inForce.RaiseAt;

        internal int RaiseFor { get; set; } = inForce.RaiseForSeconds;

        internal double ClearAt { get; set; } = inForce.ClearAt;

        internal int ClearFor { get; set; } = inForce.ClearForSeconds;

        internal AlertThresholds Entered => new(RaiseAt, RaiseFor, ClearAt, ClearFor);

        internal bool IsChanged => Entered != inForce;

        internal bool IsSet => inForce != rule.Thresholds;
    }
}
