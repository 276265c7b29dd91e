using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Ui;
using Plotly.Blazor;

namespace OpsConsole.Measurement.Pages;

/// <summary>How good the scores are beyond one threshold: both curves, calibration, scores, confusion and minutes, of the page's filter.</summary>
public sealed partial class CurvesPanel(
    CurvesReader curves, QualityReader quality, BacktestReader backtests, SettingsStore settings, SimulatedDefault simulated, LoopClock clock, ILogger<CurvesPanel> log)
{
    private const int MostRows = 200;

    private (FiguresFilter Filter, long? Backtest)? _read;
    private CurvesAnswer? _answer;
    private bool _failed;
    private IReadOnlyList<ITrace> _roc = [];
    private IReadOnlyList<ITrace> _precisionRecall = [];
    private IReadOnlyList<ITrace> _calibration = [];
    private IReadOnlyList<ITrace> _scores = [];
    private IReadOnlyList<ScoreBin> _scoreBins = [];
    private IReadOnlyList<CountedShipment> _rows = [];
    private int _rowsOf;

    /// <summary>What the page shows.</summary>
    [Parameter, EditorRequired]
    public FiguresFilter Filter { get; set; } = new();

    /// <summary>The backtest it shows; null with what was served.</summary>
    [Parameter]
    public Backtest? Found { get; set; }

    /// <summary>Something else is to be shown.</summary>
    [Parameter]
    public EventCallback<FiguresFilter> OnChange { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // Which point or segment is open changes nothing here.
        var wanted = (Filter with { At = null, Segment = null, By = Dimension.None, Bucket = BucketSize.Day }, Filter.Backtest ? Found?.Key : null);
        if (wanted == _read)
            return;
        _read = wanted;
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var (filter, found) = (Filter, Found);
        try
        {
            var ask = filter.Ask(settings.Current, clock.Now, simulated.Of(filter.Simulated)) with { By = Dimension.None, Bucket = BucketSize.Day };
            // Reads don't belong on the circuit's thread.
            var (answer, rows, of) = await Task.Run(() => Read(ask, filter, found));
            if (filter != Filter || found?.Key != Found?.Key)
                return; // Another question came meanwhile.
            (_answer, _rows, _rowsOf, _failed) = (answer, rows, of, false);
            (_scoreBins, _roc, _precisionRecall, _calibration) =
                (CurveCharts.Wider(answer.Scores), CurveCharts.Roc(answer), CurveCharts.PrecisionRecall(answer), CurveCharts.Calibration(answer));
            _scores = CurveCharts.Scores(_scoreBins);
        }
        catch (Exception failure) when (failure is System.Data.Common.DbException or BacktestGoneException)
        {
            LogFailed(log, failure);
            _failed = true;
        }
    }

    private (CurvesAnswer Answer, IReadOnlyList<CountedShipment> Rows, int Of) Read(QualityAsk ask, FiguresFilter filter, Backtest? found)
    {
        if (filter.Backtest && found is null)
            throw new BacktestGoneException();
        var answer = found is { } backtest && filter.Backtest ? curves.Read(ask, backtest, leads: false) : curves.Read(ask, leads: false);
        if (!filter.OpensWhole)
            return (answer, [], 0);
        var (rows, of) = filter.Backtest ? backtests.Find(ask, found!, filter.Cell, MostRows) : quality.Find(ask, filter.Cell, MostRows);
        return (answer, rows, of);
    }

    private Task OpenAsync(Count cell) => OnChange.InvokeAsync(Filter with { At = null, Segment = null, Whole = true, Cell = cell });

    private static string Area(AreaFigure? area, CurveRows rows) => area is null ? $"nothing to rank: {Of(rows)}"
        : $"area {Figure(area.Value)}{(area.Low is null ? "" : $" ({Figure(area.Low)}–{Figure(area.High)})")}; {Of(rows)}";

    private static string Of(CurveRows rows) => string.Create(CultureInfo.InvariantCulture, $"{rows.Late:N0} late, {rows.OnTime:N0} on time, {rows.Days} days{(rows.TooFew is null ? "" : ": too few to compare")}");

    internal static string Figure(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "—";

    private static string Minutes(double? value) => value is { } minutes ? minutes.ToString("0.#", CultureInfo.InvariantCulture) : "—";

    [LoggerMessage(EventId = 6004, Level = LogLevel.Error, Message = "The curves could not be read")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
