using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Intake.Feeds;
using OpsConsole.Operations;

namespace OpsConsole.Intake.Pages;

/// <summary>One source: what came, what was refused, how whole and how late it is, and what to do next.</summary>
public sealed partial class SourcePage(FeedReader feeds, Sources sources, SettingsStore settings, CircuitCaller circuit)
{
    private IReadOnlyList<string> _advice = [];
    private SourceReport? _report;
    private string? _problem;
    private bool _loaded;
    private bool _mayEdit;

    /// <summary>The source.</summary>
    [Parameter]
    public string Name { get; set; } = "";

    private string Zone => settings.Current.TimeZone.Id;

    protected override async Task OnParametersSetAsync()
    {
        _mayEdit = await circuit.MayAsync(Scopes.Admin);
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        _report = await feeds.ReadAsync(Name);
        (_advice, _loaded) = (_report?.Advice() ?? [], true);
    }

    private async Task SetAsync(string? text)
    {
        var given = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes);
        if ((!given && !string.IsNullOrEmpty(text)) || (given && minutes is < 5 or > 10_080))
        {
            _problem = "A whole number from 5 to 10,080 minutes, or nothing.";
            return;
        }
        _problem = null;
        await sources.SetSilentAfterAsync(_report!.Source.Id, given ? minutes : null, await circuit.RequireAsync(Scopes.Admin));
        await ReadAsync();
    }
}
