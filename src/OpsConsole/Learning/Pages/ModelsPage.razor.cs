using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Ui;

namespace OpsConsole.Learning.Pages;

/// <summary>Which model serves, what the others can do, what is being trained.</summary>
public sealed partial class ModelsPage(
    LearningQueries queries, StartTraining start, StartBacktest backtest, CancelRun cancel, PromoteModel promote, RetireModel retire, RunsChanged changed, CircuitCaller circuit,
    SettingsStore settings)
{
    private const int RunsShown = 6;

    private readonly TrainForm _form = new();
    private IReadOnlyList<(ModelVersion Version, VersionFigures Figures, IReadOnlyList<Gate> Gates)>? _versions;
    private IReadOnlyList<Run> _runs = [];
    private (int Version, bool Promote)? _asked;
    private IReadOnlySet<int> _tested = new HashSet<int>();
    private bool _mayLearn;
    private bool _mayPass;
    private string? _done;
    private string? _problem;

    private ModelVersion? Serving => _versions?.Select(v => v.Version).FirstOrDefault(v => v.State == ModelState.Champion);

    protected override async Task OnInitializedAsync()
    {
        _mayLearn = await circuit.MayAsync(Scopes.Learn);
        _mayPass = await circuit.MayAsync(Scopes.Admin);
        await ReadAsync();
        Follow(changed, 5, async () =>
        {
            await ReadAsync();
            StateHasChanged();
        });
    }

    private async Task ReadAsync()
    {
        var versions = await queries.VersionsAsync(Left);
        var gates = await queries.GatesAsync(versions, Left);
        _versions = [.. versions.Select((v, i) => (v, VersionFigures.Of(v), gates[i]))];
        _tested = await queries.BacktestedAsync(Left);
        _runs = await queries.RunsAsync(RunsShown, Left);
    }

    private async Task StartAsync()
    {
        Say(null, null);
        var result = await start.HandleAsync(_form.ToRequest(settings.Current.TimeZone), await circuit.RequireAsync(Scopes.Learn));
        if (result.RunId is null)
            Say(null, string.Join(" ", result.Errors.Select(e => $"{e.Key}: {string.Join(" ", e.Value)}.")));
        await ReadAsync();
    }

    private async Task BacktestAsync(ModelVersion version)
    {
        var result = await backtest.HandleAsync(version.Version, new BacktestRequest(), await circuit.RequireAsync(Scopes.Learn));
        Say(result is null ? null : $"The backtest of {version.Version} is on its way; it shows among the runs.", result is null ? "There is no such version any more." : null);
        await ReadAsync();
    }

    private static string Figures(string version) => $"/quality?basis=backtest&model={Uri.EscapeDataString(version)}&range=all&bucket=week";

    private async Task CancelAsync(Run run)
    {
        await cancel.HandleAsync(run.Key.ToString(CultureInfo.InvariantCulture), await circuit.RequireAsync(Scopes.Learn));
        await ReadAsync();
    }

    private async Task PromoteAsync(ModelVersion version, string? reason) => await TellAsync(
        await promote.HandleAsync(version.Version, await circuit.RequireAsync(Scopes.Learn), reason, await circuit.MayAsync(Scopes.Admin)),
        $"{version.Version} is the champion now. Open shipments are being scored again.");

    private async Task RetireAsync(ModelVersion version) => await TellAsync(
        await retire.HandleAsync(version.Version, await circuit.RequireAsync(Scopes.Learn)), $"{version.Version} is retired. It can still be promoted.");

    private async Task TellAsync(ChangeResult result, string done)
    {
        _asked = null;
        Say(result is ChangeResult.Done ? done : null, result switch
        {
            ChangeResult.Conflict conflict => conflict.Why,
            ChangeResult.Refused refused => "Refused, nothing has changed. " + string.Join(" ", refused.Failed.Select(g => $"Gate {g.Name}: {g.Words}.")),
            ChangeResult.NotFound => "There is no such version any more.",
            _ => null,
        });
        await ReadAsync();
    }

    private void Say(string? done, string? problem) => (_done, _problem) = (done, problem);

    private static string GatesInWords(IReadOnlyList<Gate> gates) => gates.Count(g => !g.Passed) switch
    {
        0 when !gates.Any(g => g.Applies) => "Gates: none applies",
        0 => "Gates: all pass",
        1 => $"Gates: {gates.First(g => !g.Passed).Name} fails",
        var failed => $"Gates: {failed} of {gates.Count} fail",
    };

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0", CultureInfo.InvariantCulture) + " %";

    private static string Untrained(ModelVersion version) => version.Trainer == "rule" ? "a rule that needs no data" : "scores drawn at random, to compare with";

    private static (string Words, ChipKind Kind, string Meaning) State(ModelState state) => state switch
    {
        ModelState.Champion => ("Champion", ChipKind.Good, "Its scores are what people see"),
        ModelState.Candidate => ("Candidate", ChipKind.Provisional, "Trained, never served"),
        ModelState.Shadow => ("Shadow", ChipKind.Busy, "Scores along, unseen"),
        _ => ("Retired", ChipKind.Plain, "Served once, or never will"),
    };
}
