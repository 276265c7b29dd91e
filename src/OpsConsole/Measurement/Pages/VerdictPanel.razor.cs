using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Intake;
using OpsConsole.Measurement.Verdicts;
using OpsConsole.Operations;
using OpsConsole.Ui;

namespace OpsConsole.Measurement.Pages;

/// <summary>The verdict of what was served, and the two figures it rests on over time.</summary>
public sealed partial class VerdictPanel(
    VerdictReader reader, ChartMarks marks, SettingsStore store, SimulatedDefault simulated, LoopClock clock, CircuitCaller circuit) : IDisposable
{
    private static readonly string[] Writers = [Roles.Manager, Roles.Analyst, Roles.Admin];

    private readonly CancellationTokenSource _left = new();

    private OperationsSettings _settings = store.Current;
    private FiguresFilter? _loaded;
    private Verdict? _verdict;
    private IReadOnlyList<PairedPoint> _points = [];
    private IReadOnlyList<ChartMark> _marks = [];
    private PairedChart _chart = PairedChart.Empty;
    private bool _may;
    private DateTime _noteDay = TimeZoneInfo.ConvertTime(clock.Now, store.Current.TimeZone).Date;
    private string _noteWords = "";
    private string? _noteProblem;

    /// <summary>Which range, which buckets.</summary>
    [Parameter, EditorRequired]
    public FiguresFilter Filter { get; set; } = new();

    /// <summary>A point was clicked: the start of its stretch.</summary>
    [Parameter]
    public EventCallback<DateTimeOffset> OnOpen { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _may = await circuit.IsAsync(Writers);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // What is opened, or split by, changes nothing here.
        var asked = new FiguresFilter { Range = Filter.Range, Bucket = Filter.Bucket, Simulated = Filter.Simulated };
        if (asked == _loaded)
            return;
        _loaded = asked;
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        _settings = store.Current;
        var ask = _loaded!.Ask(_settings, clock.Now, simulated.Of(_loaded.Simulated));
        var (verdict, points) = await reader.ReadAsync(ask, _left.Token);
        _marks = await marks.ReadAsync(ask.From ?? (points.Count > 0 ? points[0].Start : null), ask.To, _left.Token);
        (_verdict, _points) = (verdict, points);
        _chart = new PairedChart(verdict, points, _marks, _settings);
    }

    private Task PointAsync(ChartPoint clicked) => _chart.PointOf(clicked) is { } index ? OnOpen.InvokeAsync(_points[index].Start) : Task.CompletedTask;

    private string Business(double? value) => value is not { } known ? "—"
        : VerdictWords.IsShare(_verdict!.Brief.BusinessMetric) ? FigureWords.Percent(known) : known.ToString("N0", CultureInfo.InvariantCulture);

    private async Task AddAsync()
    {
        var who = await circuit.RequireRoleAsync(Writers);
        var noon = DateTime.SpecifyKind(_noteDay.Date.AddHours(12), DateTimeKind.Unspecified);
        _noteProblem = await marks.AddAsync(new DateTimeOffset(noon, _settings.TimeZone.GetUtcOffset(noon)), _noteWords, who, _left.Token);
        if (_noteProblem is not null)
            return;
        _noteWords = "";
        await LoadAsync();
    }

    private async Task RemoveAsync(long key)
    {
        await marks.RemoveAsync(key, await circuit.RequireRoleAsync(Writers), _left.Token);
        await LoadAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}
