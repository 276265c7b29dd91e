using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Measurement.Thresholds;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Ui;

namespace OpsConsole.Measurement.Pages;

/// <summary>The threshold studio: what a threshold would have done, in flags, misses, hours and money; proposed, looked at, applied, watched.</summary>
public sealed partial class ThresholdPage(
    ThresholdStudio studio, ChangeThreshold change, QualityReader quality, Champions champions, CircuitCaller circuit, SettingsStore store, SimulatedDefault simulated,
    LoopClock clock, NavigationManager navigation, ILogger<ThresholdPage> log)
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private static readonly Dimension[] Parted = [Dimension.Service, Dimension.Carrier, Dimension.AreaType];

    private FiguresFilter _filter = new();
    private string _part = "";
    private IReadOnlyList<(Dimension Dimension, string Segment)> _parts = [];
    private OperationsSettings _settings = store.Current;
    private ThresholdRange? _range;
    private ThresholdAnswer? _answer;
    private IReadOnlyList<ThresholdProposal> _proposals = [];
    private (ThresholdProposal Applied, QualityBucket Since, double Days)? _watched;
    private IReadOnlyList<CountedShipment> _sides = [];
    private int _sidesOf;
    private int _openFlips;
    private int _now;
    private int _then;
    private int? _customersNow;
    private int? _customers;
    private bool _failed;
    private bool _may;
    private string _mine = "";
    private string? _problem;
    private string? _done;

    private bool OnlyPart => _part.Length > 0;

    private (ThresholdProposal Applied, WatchedSince Since)? Watch => _watched is { } watched
        ? (watched.Applied, new WatchedSince(watched.Since, watched.Days, _settings)) : null;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        navigation.LocationChanged += Moved;
        _may = await circuit.IsAsync(Roles.Manager, Roles.Analyst, Roles.Admin);
        _mine = _may ? (await circuit.RequireRoleAsync(Roles.Manager, Roles.Analyst, Roles.Admin)).AuditName : "";
        await LoadAsync();
    }

    private void Moved(object? sender, LocationChangedEventArgs moved)
    {
        if (new Uri(moved.Location).AbsolutePath == "/threshold")
            _ = InvokeAsync(LoadAsync);
    }

    private async Task LoadAsync()
    {
        var query = new Uri(navigation.Uri).Query;
        var filter = FiguresFilter.Of(query);
        var same = _range is not null && filter == _filter && !_failed && store.Current == _settings;
        (_settings, _filter, _failed) = (store.Current, filter, false);
        var champion = champions.Current;
        (_now, _customersNow) = (ThresholdRange.Thousandths(champion.Threshold), champion.CustomerThreshold is { } told ? ThresholdRange.Thousandths(told) : null);
        var values = QueryHelpers.ParseQuery(query);
        _then = Threshold(values, "to") ?? _now;
        _customers = Threshold(values, "customers") ?? _customersNow;
        try
        {
            if (!same)
                _range = await Task.Run(() => studio.Load(Ask()));
            await ReadAsync();
        }
        catch (System.Data.Common.DbException failure)
        {
            LogFailed(log, failure);
            _failed = true;
        }
        StateHasChanged();
    }

    private async Task ReadAsync()
    {
        _part = _filter.Segment is { } segment ? Part(_filter.By, segment) : "";
        (_parts, _proposals) = (await Task.Run(Parts), await change.ReadAsync(Left));
        _watched = await Task.Run(Watched);
        Count();
        await SidesAsync();
    }

    private QualityAsk Ask() => _filter.Ask(_settings, clock.Now, simulated.Of(_filter.Simulated)) with
    {
        By = Dimension.None,
        Segment = _filter.Segment is { } segment ? (_filter.By, segment) : null,
    };

    private List<(Dimension, string)> Parts() =>
    [
        .. Parted.SelectMany(by => quality.Read(Ask() with { By = by, Segment = null, Bucket = BucketSize.Month, Lead = _settings.DefaultLeadMinutes }).Segments?
            .Select(s => (by, s.Segment!)) ?? []),
    ];

    // Watched for seven days after it was applied: what was expected, and what came.
    private (ThresholdProposal, QualityBucket, double)? Watched()
    {
        var now = clock.Now;
        if (_proposals.FirstOrDefault(p => p.State == ProposalState.Applied) is not { DecidedAt: { } since } applied || now - since > TimeSpan.FromDays(7))
            return null;
        var total = quality.Read(Ask() with { From = since, To = now, Segment = null, Lead = _settings.DefaultLeadMinutes, Bucket = BucketSize.Month }).Total;
        return (applied, total, (now - since).TotalDays);
    }

    private void Count() => _answer = _range?.Compare(_now, _then);

    private async Task SidesAsync()
    {
        var (ask, now, then) = (Ask(), _now / 1000.0, _then / 1000.0);
        ((_sides, _sidesOf), _openFlips) = await Task.Run(() => (studio.Between(ask, now, then), now == then ? 0 : studio.OpenBetween(now, then)));
    }

    // While it moves only what is in memory is asked; the address and the shipments follow when it rests.
    private void Try(ChangeEventArgs moved)
    {
        _then = Value(moved) ?? _then;
        if (_customers < _then)
            _customers = _then;
        Count();
    }

    private void TryCustomers(ChangeEventArgs moved) => _customers = Math.Max(_then, Value(moved) ?? _then);

    private void Keep() => Go(_filter);

    private void Jump(int threshold)
    {
        _then = threshold;
        if (_customers < _then)
            _customers = _then;
        Go(_filter);
    }

    private void GoPart(string part)
    {
        var at = part.IndexOf('|', StringComparison.Ordinal);
        Go(at < 0 ? _filter with { Segment = null } : _filter with { By = Dimensions.Of(part[..at]), Segment = part[(at + 1)..] });
    }

    private void Go(FiguresFilter filter)
    {
        (_problem, _done) = (null, null);
        var query = filter.Query();
        List<string> more = [];
        if (_then != _now)
            more.Add($"to={ThresholdWords.Number(_then)}");
        if (_customers is { } customers && customers != _customersNow)
            more.Add($"customers={ThresholdWords.Number(customers)}");
        var joined = string.Join('&', more);
        navigation.NavigateTo("/threshold" + query + (joined.Length == 0 ? "" : (query.Length == 0 ? "?" : "&") + joined), new NavigationOptions { ReplaceHistoryEntry = filter == _filter });
    }

    private async Task ProposeAsync(string reason)
    {
        var who = await circuit.RequireRoleAsync(Roles.Manager, Roles.Analyst, Roles.Admin);
        _problem = await change.ProposeAsync(_range!.Compare(_now, _then), _customers / 1000.0, reason, who);
        _done = _problem is null ? "Proposed." : null;
        _proposals = await change.ReadAsync(Left);
    }

    private async Task DecideAsync((long Key, ProposalState To) decision)
    {
        var who = await circuit.RequireRoleAsync(Roles.Manager, Roles.Analyst, Roles.Admin);
        _problem = await change.DecideAsync(decision.Key, decision.To, who);
        _done = _problem is not null ? null : decision.To == ProposalState.Applied ? "Applied. Open shipments are being held against it." : "Noted.";
        await LoadAsync();
    }

    private static int? Threshold(Dictionary<string, Microsoft.Extensions.Primitives.StringValues> values, string name) =>
        values.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.AllowDecimalPoint, Culture, out var value) && value is >= 0.001 and <= 0.999
            ? ThresholdRange.Thousandths(value) : null;

    private static int? Value(ChangeEventArgs moved) => int.TryParse(Text(moved), NumberStyles.None, Culture, out var value)
        ? Math.Clamp(value, ThresholdRange.Least, ThresholdRange.Most) : null;

    private static string Part(Dimension dimension, string segment) => $"{Dimensions.Names[(int)dimension - 1]}|{segment}";

    private static string Text(ChangeEventArgs moved) => moved.Value?.ToString() ?? "";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        navigation.LocationChanged -= Moved;
        base.Dispose(disposing);
    }

    [LoggerMessage(EventId = 6005, Level = LogLevel.Error, Message = "The threshold's figures could not be read")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
