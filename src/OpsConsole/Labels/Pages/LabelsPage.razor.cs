using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Intake;
using OpsConsole.Operations;

namespace OpsConsole.Labels.Pages;

/// <summary>Labels to take home: which, how many of each kind, what they look like.</summary>
public sealed partial class LabelsPage(
    ExportLabels exports, SettingsStore settings, SimulatedDefault simulated, CircuitCaller circuit, NavigationManager navigation) : IDisposable
{
    private const int PreviewRows = 10;
    private static readonly (string Format, string Name)[] Formats = [("parquet", "Export Parquet"), ("csv", "CSV"), ("jsonl", "JSON Lines")];

    private readonly SettingsStore _settings = settings;
    private readonly SimulatedDefault _simulated = simulated;
    private LabelsPageState _state = new() { Decision = "lead:240" };
    private LabelCounts? _counts;
    private LabelProgress _progress;
    private IReadOnlyList<LabelColumn> _columns = [];
    private IReadOnlyList<string[]>? _preview;
    private string? _problem;
    private CancellationTokenSource? _looking;

    [SupplyParameterFromQuery(Name = "from")]
    private string? From { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    private string? To { get; set; }

    [SupplyParameterFromQuery(Name = "decision")]
    private string? DecisionText { get; set; }

    [SupplyParameterFromQuery(Name = "simulated")]
    private string? SimulatedText { get; set; }

    [SupplyParameterFromQuery(Name = "asOf")]
    private string? AsOfText { get; set; }

    [SupplyParameterFromQuery(Name = "pseudonymise")]
    private bool Pseudonymise { get; set; }

    private sealed record Kind(string Css, string Name, string Meaning, long Count);

    private IEnumerable<Kind> Kinds => _counts is not { } c ? [] : new Kind[]
    {
        new("late", "late", "Late if nobody acts.", c.Late),
        new("ontime", "on time", "On time, and nobody acted.", c.OnTime),
        new("touched", "touched", "On time after somebody acted: nobody knows what would have been, so no label.", c.Touched),
        new("unknown", "unknown", "Never heard of again: a lost scan is not a late parcel, so no label.", c.Unknown),
        new("excluded", "excluded", "Returned or cancelled by the promise: no label.", c.Excluded),
        new("pending", "pending", "Not known yet: no label.", c.Pending),
    }.Where(k => k.Count > 0);

    private string Headline => _counts is not { } c ? "Counting…"
        : $"{Number(c.Rows)} rows, {Number(c.Late + c.OnTime)} with a label{(_state.AsOf is { } asOf ? $", as of {Words(asOf)}" : "")}";

    protected override Task OnParametersSetAsync()
    {
        var state = LabelsPageState.Read(From, To, DecisionText, SimulatedText, AsOfText, Pseudonymise, _settings.Current.DefaultLeadMinutes);
        if (state == _state && _counts is not null)
            return Task.CompletedTask;
        _state = state;
        return LookAsync();
    }

    private async Task LookAsync()
    {
        _looking?.Cancel();
        using var looking = _looking = new CancellationTokenSource();
        (_counts, _preview, _problem, _progress) = (null, null, null, default);
        try
        {
            await circuit.RequireAsync(Scopes.Export);
            var request = _state.ToRequest(_settings.Current.TimeZone);
            if (request.To <= request.From)
            {
                (_problem, _counts) = ("The last day is before the first.", null);
                return;
            }
            _columns = exports.Columns(null, _state.AsOf);
            var rows = await exports.PreviewAsync(request, PreviewRows, looking.Token);
            _preview = [.. rows.Select(row => _columns.Select(column => Cell(column.Cell(row))).ToArray())];
            _counts = await exports.CountAsync(request, new Progress<LabelProgress>(Show), looking.Token);
        }
        catch (OperationCanceledException) when (looking.IsCancellationRequested)
        {
            // Another question was asked meanwhile, or the page was left.
        }
        finally
        {
            if (_looking == looking)
                _looking = null;
        }
    }

    /// <summary>Why some shipments have no row.</summary>
    private string Rest(long rows) => _progress.OfShipments > rows
        ? $"{Number(_progress.OfShipments - rows)} of {Number(_progress.OfShipments)} shipments have no row: they ended before this decision, were registered after it, or it is still to come. "
        : "";

    private void Show(LabelProgress progress)
    {
        if (_counts is not null)
            return;
        _progress = progress;
        StateHasChanged();
    }

    private void Go(LabelsPageState state) => navigation.NavigateTo(state.ToUrl());

    private static DateOnly? Day(ChangeEventArgs change) =>
        DateOnly.TryParseExact(change.Value as string, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private string Words(DateTimeOffset time) =>
        TimeZoneInfo.ConvertTime(time, _settings.Current.TimeZone).ToString("d MMM yyyy HH:mm", CultureInfo.InvariantCulture);

    private static string Cell(object? cell) => cell switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <inheritdoc/>
    public void Dispose() => _looking?.Cancel();
}
