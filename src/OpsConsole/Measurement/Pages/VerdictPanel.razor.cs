using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Measurement.Verdicts;
using OpsConsole.Operations;
using OpsConsole.Ui;

namespace OpsConsole.Measurement.Pages;

/// <summary>The verdict of what was served, and the two figures it rests on over time.</summary>
public sealed partial class VerdictPanel(ChartMarks marks, SettingsStore store, LoopClock clock, CircuitCaller circuit) : IDisposable
{
    private static readonly string[] Writers = [Roles.Manager, Roles.Analyst, Roles.Admin];

    private readonly CancellationTokenSource _left = new();

    private OperationsSettings _settings = store.Current;
    private VerdictOfRange? _drawn;
    private PairedChart _chart = PairedChart.Empty;
    private bool _may;
    private DateTime _noteDay = TimeZoneInfo.ConvertTime(clock.Now, store.Current.TimeZone).Date;
    private string _noteWords = "";
    private string? _noteProblem;

    /// <summary>What is shown; read by the page together with its own figures, so that nothing moves when it comes.</summary>
    [Parameter, EditorRequired]
    public VerdictOfRange Of { get; set; } = null!;

    /// <summary>A point was clicked: the start of its stretch.</summary>
    [Parameter]
    public EventCallback<DateTimeOffset> OnOpen { get; set; }

    /// <summary>A note was added or taken away.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _may = await circuit.IsAsync(Writers);

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(Of, _drawn))
            return;
        (_drawn, _settings) = (Of, store.Current);
        _chart = new PairedChart(Of.Verdict, Of.Points, Of.Marks, _settings);
    }

    private Task PointAsync(ChartPoint clicked) => _chart.PointOf(clicked) is { } index ? OnOpen.InvokeAsync(Of.Points[index].Start) : Task.CompletedTask;

    private string Business(double? value) => value is not { } known ? "—"
        : VerdictWords.IsShare(Of.Verdict.Brief.BusinessMetric) ? FigureWords.Percent(known) : known.ToString("N0", CultureInfo.InvariantCulture);

    private async Task AddAsync()
    {
        var who = await circuit.RequireRoleAsync(Writers);
        var noon = DateTime.SpecifyKind(_noteDay.Date.AddHours(12), DateTimeKind.Unspecified);
        _noteProblem = await marks.AddAsync(new DateTimeOffset(noon, _settings.TimeZone.GetUtcOffset(noon)), _noteWords, who, _left.Token);
        if (_noteProblem is not null)
            return;
        _noteWords = "";
        await OnChanged.InvokeAsync();
    }

    private async Task RemoveAsync(long key)
    {
        await marks.RemoveAsync(key, await circuit.RequireRoleAsync(Writers), _left.Token);
        await OnChanged.InvokeAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}
