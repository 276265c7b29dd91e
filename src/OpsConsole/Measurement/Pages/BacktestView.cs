using System.Globalization;
using System.Text.Json;
using OpsConsole.Client;
using OpsConsole.Prediction;

namespace OpsConsole.Measurement.Pages;

/// <summary>What the page of figures knows of backtests: the versions there are, the one that is looked at, its backtest, and how its newest run gets on.</summary>
public sealed class BacktestView(BacktestReader backtests, IRunBacktests runs)
{
    /// <summary>The versions there are, newest first.</summary>
    public IReadOnlyList<ModelVersion> Versions { get; private set; } = [];

    /// <summary>The version that is looked at.</summary>
    public ModelVersion? Model { get; private set; }

    /// <summary>Its backtest; null: not computed.</summary>
    public Backtest? Found { get; private set; }

    /// <summary>Its newest run; null: there was none.</summary>
    public BacktestRun? Run { get; private set; }

    /// <summary>Reads all of it; without a version of the name asked for, the champion is looked at.</summary>
    internal async Task LoadAsync(string? asked, CancellationToken cancellation)
    {
        Versions = await backtests.VersionsAsync(cancellation);
        Model = Versions.FirstOrDefault(v => v.Version == asked) ?? Versions.FirstOrDefault(v => v.State == ModelState.Champion) ?? (Versions.Count > 0 ? Versions[0] : null);
        Found = Model is null ? null : await backtests.FindAsync(Model.Id, cancellation);
        await FollowAsync(cancellation);
    }

    /// <summary>Reads how the run gets on; true when it has come to an end since.</summary>
    internal async Task<bool> FollowAsync(CancellationToken cancellation)
    {
        var before = Run;
        Run = Model is null ? null : await runs.NewestAsync(Model.Version, cancellation);
        return before?.RunId == Run?.RunId && before?.IsUnderWay == true && Run?.IsUnderWay == false;
    }

    /// <summary>When the model is asked, in words.</summary>
    internal static string When(Backtest? backtest, int lead) =>
        backtest?.DecisionPoint is { } point ? $"when “{JsonNamingPolicy.CamelCase.ConvertName(point.ToString())}” was first known" : FigureWords.Lead(lead);

    /// <summary>What was evaluated, in words.</summary>
    internal static string Extent(Backtest backtest, TimeZoneInfo zone)
    {
        string Day(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).ToString("d MMM yyyy HH:mm", CultureInfo.InvariantCulture);
        var range = (backtest.From, backtest.To) switch
        {
            (null, null) => "all past shipments",
            ({ } from, null) => $"what was promised from {Day(from)} on",
            (null, { } to) => $"what was promised before {Day(to)}",
            ({ } from, { } to) => $"what was promised from {Day(from)} to {Day(to)}",
        };
        var simulated = backtest.Simulated switch
        {
            Intake.SimulatedFilter.Exclude => ", simulated ones left out",
            Intake.SimulatedFilter.Only => ", only simulated ones",
            _ => "",
        };
        return $"{range}{simulated}: {FigureWords.Shipments(backtest.Shipments)}";
    }
}
