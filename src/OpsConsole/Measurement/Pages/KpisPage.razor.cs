using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement.Verdicts;
using OpsConsole.Operations;
using OpsConsole.Ui;
using Plotly.Blazor;

namespace OpsConsole.Measurement.Pages;

/// <summary>Business figures over time and by segment.</summary>
public sealed partial class KpisPage(
    KpiReader reader, VerdictReader verdicts, SettingsStore settings, SimulatedDefault simulated, LoopClock clock, NavigationManager navigation, ILogger<KpisPage> log) : IDisposable
{
    private FiguresFilter _filter = new();
    private bool _failed;
    private KpiAnswer? _answer;
    private VerdictOfRange? _verdict;
    private FigureChart? _onTime;
    private FigureChart? _raised;
    private IReadOnlyList<ITrace> _costs = [];
    private string _action = "";
    private string _currency = "";

    private string Zone => settings.Current.TimeZone.Id;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        navigation.LocationChanged += Moved;
        await LoadAsync();
    }

    private void Moved(object? sender, LocationChangedEventArgs moved)
    {
        if (new Uri(moved.Location).AbsolutePath == "/kpis")
            _ = InvokeAsync(LoadAsync);
    }

    private void Show(FiguresFilter filter) => navigation.NavigateTo("/kpis" + filter.Query());

    private async Task LoadAsync()
    {
        var current = settings.Current;
        var filter = FiguresFilter.Of(new Uri(navigation.Uri).Query);
        (_filter, _failed) = (filter with { By = filter.By == Dimension.ModelVersion ? Dimension.DestinationArea : filter.By }, false);
        try
        {
            var ask = _filter.Ask(current, clock.Now, simulated.Of(filter.Simulated));
            var verdict = await verdicts.ReadAsync(ask, CancellationToken.None);
            // The figures over time come from the roll-ups; only the split reads tallies, those of the range.
            _answer = await Task.Run(() =>
            {
                var total = reader.Read(ask with { By = Dimension.None });
                return total with { Segments = reader.Read(ask, total.BoardEffect).Segments };
            });
            _verdict = verdict;
            Draw(_answer, current);
        }
        catch (System.Data.Common.DbException failure)
        {
            LogFailed(log, failure);
            _failed = true;
        }
        StateHasChanged();
    }

    private void Draw(KpiAnswer answer, OperationsSettings current)
    {
        FigurePoint Point(KpiBucket bucket, ShareFigure? share) => new(
            FigureChart.Axis(bucket.Start, current.TimeZone), share?.Value, share?.Low, share?.High,
            bucket.End + TimeSpan.FromMinutes(current.GraceMinutes + current.ReportingLagMinutes) <= clock.Now,
            $"{FigureChart.Axis(bucket.Start, current.TimeZone)}<br>{FigureWords.Percent(share?.Value)} ({FigureWords.Percent(share?.Low)}–{FigureWords.Percent(share?.High)}), n = {FigureWords.Number(share?.N ?? 0)}");
        _onTime = new FigureChart("on time", [.. answer.Buckets.Select(b => Point(b, b.OnTimeShare))], null, [], ChartColors.Third, "rgba(43,154,98,0.18)");
        _raised = new FigureChart("raised in time", [.. answer.Buckets.Select(b => Point(b, b.RaisedInTimeShare))], null, []);
        _currency = current.Currency;
        _action = ErrorCosts.ActionAt(current.DefaultLeadMinutes, current).Action switch
        {
            JudgementAction.CustomerContacted => "a word to the customer",
            JudgementAction.Rerouted => "another route",
            JudgementAction.Reprioritised => "a higher priority",
            JudgementAction.PromiseChanged => "another promise",
            JudgementAction.Other => "another action",
            _ => "nothing",
        };
        var open = answer.Buckets.Where(b => b.ErrorCost is not null).ToList();
        _costs = open.Count == 0 ? [] :
        [
            Cost("as flagged", b => b.ErrorCost, ChartColors.Main, null), Cost("flag nothing", b => b.ErrorCostFlagNothing, ChartColors.Second, null),
            Cost("everything still open", b => b.ErrorCostByRule, ChartColors.Reference, "dot"),
            .. open.Any(b => b.ErrorCostByCarrierEstimate is not null)
                ? (ITrace[])[Cost("the carrier's estimate", b => b.ErrorCostByCarrierEstimate, ChartColors.Fourth, "dash")] : [],
        ];

        ITrace Cost(string name, Func<KpiBucket, double?> of, string color, string? dash) => FigureChart.Amount(
            name, [.. open.Select(b => (FigureChart.Axis(b.Start, current.TimeZone), of(b), of(b) is { } cost ? $"{name}: {Amount(cost)}" : ""))], color, dash);
    }

    private string Amount(double amount) => Money.Words(amount, settings.Current.Currency);

    private static string Plain(double? number) => number is { } value ? value.ToString(Math.Abs(value) < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture) : "—";

    /// <inheritdoc/>
    public void Dispose() => navigation.LocationChanged -= Moved;

    [LoggerMessage(EventId = 6004, Level = LogLevel.Error, Message = "The figures could not be read")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
