using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Operations;
using OpsConsole.Operations.Pages;

namespace OpsConsole.Intake.Pages;

/// <summary>The way from an empty installation to the first shipment on the board. What is done is read from the store each time.</summary>
public sealed partial class SetUpPage
{
    private readonly SettingsStore _settings;
    private readonly SetUp _setUp;
    private readonly ApiKeys _keys;
    private readonly FirstArrival _arrival;
    private readonly BriefStore _briefs;
    private readonly CircuitCaller _circuit;
    private readonly NavigationManager _navigation;
    private readonly SettingsEdit _edit;
    private IReadOnlyList<SetUpStep> _steps = [];
    private IReadOnlyList<string> _problems = [];
    private readonly KeyShown _key = new();
    private BriefDraft _brief = null!;
    private Guid _briefVersion;

    public SetUpPage(SettingsStore settings, SetUp setUp, ApiKeys keys, FirstArrival arrival, BriefStore briefs, CircuitCaller circuit, Audit audit, NavigationManager navigation)
    {
        (_settings, _setUp, _keys, _arrival, _briefs, _circuit, _navigation) = (settings, setUp, keys, arrival, briefs, circuit, navigation);
        _edit = new SettingsEdit(settings, circuit, audit);
    }

    [SupplyParameterFromQuery(Name = "step")]
    private string? Asked { get; set; }

    private string? Open => SetUpSteps.Open(_steps, Asked);

    private string Lead => _steps.Count(s => s.Done) is var done && done == _steps.Count && done > 0
        ? "Everything is set. Shipments that are sent stand on the board a second later."
        : $"{done} of {(_steps.Count == 0 ? 5 : _steps.Count)} done. Each step can be skipped, and taken up later.";

    protected override Task OnInitializedAsync() => ReadAsync();

    private async Task ReadAsync()
    {
        (var brief, _briefVersion) = await _briefs.ReadAsync();
        _brief = new BriefDraft(brief ?? Brief.Draft(_settings.Current));
        var key = (await _keys.ListAsync()).Any(k => k.RevokedAt is null);
        _steps = SetUpSteps.Of(await _setUp.ReadAsync(), key, await _arrival.NewestAsync() is not null, brief is not null);
    }

    private async Task DoneAsync(string step)
    {
        await _setUp.MarkAsync(step, confirmed: true, await _circuit.RequireAsync(Scopes.Admin));
        await ReadAsync();
        _navigation.NavigateTo(Next(step));
    }

    private async Task SkipAsync(string step)
    {
        await _setUp.MarkAsync(step, confirmed: false, await _circuit.RequireAsync(Scopes.Admin));
        await ReadAsync();
        _navigation.NavigateTo(Next(step));
    }

    private async Task SaveBriefAsync()
    {
        var brief = _brief.ToBrief();
        _problems = brief.Problems();
        if (_problems.Count > 0)
            return;
        try
        {
            await _briefs.SaveAsync(brief, _briefVersion, await _circuit.RequireRoleAsync(Roles.Admin, Roles.Manager));
        }
        catch (SettingsChangedMeanwhileException)
        {
            _problems = ["Somebody else changed the brief meanwhile. Its page shows what stands there now."];
            return;
        }
        await DoneAsync(SetUpSteps.Brief);
    }

    private string Next(string step)
    {
        var at = _steps.Select(s => s.Name).ToList().IndexOf(step);
        return at + 1 < _steps.Count ? $"/set-up?step={_steps[at + 1].Name}" : "/set-up";
    }
}

/// <summary>The key that was made while this page is open: shown by one step, put into the samples by another.</summary>
internal sealed class KeyShown
{
    internal MadeKey? Made { get; set; }
}

/// <summary>A key while it is shown, with its source.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Text">The key.</param>
internal sealed record MadeKey(string Source, string Text);
