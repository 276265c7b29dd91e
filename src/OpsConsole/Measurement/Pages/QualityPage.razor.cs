using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement.Verdicts;
using OpsConsole.Operations;
using OpsConsole.Ui;
using Plotly.Blazor;

namespace OpsConsole.Measurement.Pages;

/// <summary>Precision and recall over time, by lead and by segment, down to single shipments.</summary>
public sealed partial class QualityPage(
    QualityReader reader, VerdictReader verdicts, BacktestReader backtests, IRunBacktests runs, CircuitCaller circuit, SettingsStore settings, SimulatedDefault simulated, LoopClock clock,
    NavigationManager navigation, ILogger<QualityPage> log)
{
    private const int MostRows = 200;

    private readonly BacktestView _view = new(backtests, runs);

    private FiguresFilter _filter = new();
    private int _lead;
    private string _when = "";
    private bool _failed;
    private bool _loaded;
    private bool _mayLearn;
    private string? _problem;
    private QualityAnswer? _answer;
    private VerdictOfRange? _verdict;
    private FigureChart? _precision;
    private FigureChart? _recall;
    private IReadOnlyList<QualityAnswer> _leads = [];
    private IReadOnlyList<ITrace> _byLead = [];
    private FigureChart? _leadPrecision;
    private QualityBucket? _open;
    private string _openTitle = "";
    private IReadOnlyList<CountedShipment> _rows = [];
    private int _rowsOf;

    private string Zone => settings.Current.TimeZone.Id;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        navigation.LocationChanged += Moved;
        _mayLearn = await circuit.MayAsync(Scopes.Learn);
        await LoadAsync();
        Follow(runs.Changed, 2, LookAsync);
    }

    // A run's progress; and once it has ended, its figures.
    private async Task LookAsync()
    {
        if (!_filter.Backtest)
            return;
        var before = _view.Run;
        if (await _view.FollowAsync(Left))
            await LoadAsync();
        else if (_view.Run != before)
            StateHasChanged();
    }

    private async Task StartAsync()
    {
        _problem = await runs.StartAsync(_view.Model!.Version, new BacktestRequest(), await circuit.RequireAsync(Scopes.Learn), Left);
        await _view.FollowAsync(Left);
    }

    private async Task CancelAsync()
    {
        await runs.CancelAsync(_view.Run!.RunId, await circuit.RequireAsync(Scopes.Learn), Left);
        await _view.FollowAsync(Left);
    }

    private void Moved(object? sender, LocationChangedEventArgs moved)
    {
        if (new Uri(moved.Location).AbsolutePath == "/quality")
            _ = InvokeAsync(LoadAsync);
    }

    private void Show(FiguresFilter filter) => navigation.NavigateTo("/quality" + filter.Query());

    private void Open(int? point)
    {
        if (point is { } index && _answer?.Buckets.ElementAtOrDefault(index) is { } bucket)
            Show(_filter with { At = bucket.Start, Segment = null });
    }

    private void ChooseLead(ChartPoint clicked)
    {
        if (_leadPrecision?.PointOf(clicked) is { } index)
            Show(_filter with { Lead = _leads[index].Lead, At = null, Segment = null });
    }

    private async Task LoadAsync()
    {
        var current = settings.Current;
        var filter = FiguresFilter.Of(new Uri(navigation.Uri).Query);
        (_filter, _lead, _failed, _problem) = (filter, filter.Lead ?? current.DefaultLeadMinutes, false, null);
        try
        {
            var ask = filter.Ask(current, clock.Now, simulated.Of(filter.Simulated));
            if (filter.Backtest)
                await _view.LoadAsync(filter.Model, Left);
            _when = BacktestView.When(filter.Backtest ? _view.Found : null, _lead);
            // Reads don't belong on the circuit's thread.
            var verdict = filter.Backtest ? null : await verdicts.ReadAsync(ask, Left);
            (_answer, _leads) = await Task.Run(() => (Read(ask), ReadLeads(ask)));
            _verdict = verdict;
            if (_answer is not null)
                Draw(_answer, current.TimeZone);
            await OpenAsync(ask);
            _loaded = true;
        }
        catch (Exception failure) when (failure is System.Data.Common.DbException or BacktestGoneException)
        {
            LogFailed(log, failure);
            _failed = true;
        }
        StateHasChanged();
    }

    private QualityAnswer? Read(QualityAsk ask) =>
        !_filter.Backtest ? reader.Read(ask) : _view.Found is { } backtest ? backtests.Read(ask, backtest) : null;

    private IReadOnlyList<QualityAnswer> ReadLeads(QualityAsk ask) =>
        !_filter.Backtest ? reader.ReadLeads(ask) : _view.Found is { } backtest ? backtests.ReadLeads(ask, backtest) : [];

    private (IReadOnlyList<CountedShipment> Rows, int Of) Find(QualityAsk ask) =>
        _filter.Backtest ? backtests.Find(ask, _view.Found!, _filter.Cell, MostRows) : reader.Find(ask, _filter.Cell, MostRows);

    private async Task OpenAsync(QualityAsk ask)
    {
        _open = null;
        if (_filter.At is { } at && _answer?.Buckets.FirstOrDefault(b => b.Start == at) is { } bucket)
        {
            ask = ask with { From = bucket.Start, To = bucket.End };
            (_open, _openTitle) = (bucket, Title(bucket));
        }
        else if (_filter.Segment is { } segment && _filter.By != Dimension.ModelVersion && _answer?.Segments?.FirstOrDefault(s => s.Segment == segment) is { } found)
        {
            ask = ask with { Segment = (_filter.By, segment) };
            (_open, _openTitle) = (found, $"{FigureWords.Dimension(_filter.By)} {segment}");
        }
        if (_open is not null)
            (_rows, _rowsOf) = await Task.Run(() => Find(ask with { By = Dimension.None }));
    }

    private string Title(QualityBucket bucket)
    {
        var start = TimeZoneInfo.ConvertTime(bucket.Start ?? default, settings.Current.TimeZone);
        return _filter.Bucket switch
        {
            BucketSize.Hour => start.ToString("ddd d MMM yyyy, HH:mm", CultureInfo.InvariantCulture),
            BucketSize.Day => start.ToString("ddd d MMM yyyy", CultureInfo.InvariantCulture),
            BucketSize.Week => $"Week from {start.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}",
            _ => start.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
        };
    }

    private void Draw(QualityAnswer answer, TimeZoneInfo zone)
    {
        FigurePoint Point(QualityBucket bucket, RateFigure? figure) => new(
            FigureChart.Axis(bucket.Start, zone), figure?.Value, figure?.Low, figure?.High, bucket.Settled, $"{Title(bucket)}<br>{Hover(bucket, figure)}");
        const string Rule = "everything still open";
        var rules = answer.Buckets.Select(b => b.StillOpenRule?.Precision).ToList();
        _precision = new FigureChart("precision", [.. answer.Buckets.Select(b => Point(b, b.Precision))], Rule, rules);
        _recall = new FigureChart("recall", [.. answer.Buckets.Select(b => Point(b, b.Recall))], null, [], ChartColors.Second, ChartColors.SecondBand);
        DrawLeads();
    }

    private void DrawLeads()
    {
        FigurePoint At(QualityAnswer answer, RateFigure? figure) => new(
            FigureWords.ShortLead(answer.Lead ?? 0), figure?.Value, figure?.Low, figure?.High, true,
            $"{FigureWords.Lead(answer.Lead ?? 0)}<br>{Hover(answer.Total, figure)}");
        _leadPrecision = new FigureChart(
            "precision", [.. _leads.Select(l => At(l, l.Total.Precision))], "everything still open", [.. _leads.Select(l => l.Total.StillOpenRule?.Precision)]);
        var recall = new FigureChart("recall", [.. _leads.Select(l => At(l, l.Total.Recall))], null, [], ChartColors.Second, ChartColors.SecondBand);
        _byLead = [.. _leadPrecision.Traces, .. recall.Traces];
    }

    private static string Hover(QualityBucket bucket, RateFigure? figure) =>
        $"{FigureWords.Percent(figure?.Value)} ({FigureWords.Percent(figure?.Low)}–{FigureWords.Percent(figure?.High)}), n = {FigureWords.Number(figure?.N ?? 0)}"
        + $"<br>TP {bucket.Tp} · FP {bucket.Fp} · FN {bucket.Fn} · TN {bucket.Tn} · acted on {bucket.AvertedOrFalse + bucket.TouchedOnTime}"
        + (bucket.Settled ? "" : "<br>provisional");

    private static string Range(RateFigure? figure) => figure is null ? "Nothing to divide by"
        : figure.AtLeast == figure.AtMost ? "No acted-on shipment is in doubt"
        : $"{FigureWords.Percent(figure.AtLeast)} to {FigureWords.Percent(figure.AtMost)}, however what was acted on is counted";

    private string StillOpen(QualityBucket total) => _filter.Backtest
        ? total.Pending > 0 ? " Some outcomes were not known when it was computed." : ""
        : total.Settled ? "" : " Outcomes are still coming in.";

    private static double? Coverage(QualityBucket total) => Figures.Divide(total.Shipments - total.Pending - total.Unknown, total.Shipments - total.Pending);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        navigation.LocationChanged -= Moved;
        base.Dispose(disposing);
    }

    [LoggerMessage(EventId = 6003, Level = LogLevel.Error, Message = "The figures could not be read")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
