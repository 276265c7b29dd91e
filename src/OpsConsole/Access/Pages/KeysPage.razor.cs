using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Operations;
using OpsConsole.Ui;

namespace OpsConsole.Access.Pages;

/// <summary>Which systems may call, and as whom.</summary>
public sealed partial class KeysPage(ApiKeys keys, Sources sources, CircuitCaller circuit, SettingsStore settings, TimeProvider time)
{
    private IReadOnlyList<ApiKey>? _keys;
    private IReadOnlyList<Source> _sources = [];
    private NewKey _new = new();
    private string? _shown;
    private string? _client;
    private string? _revoking;
    private string? _problem;

    protected override Task OnInitializedAsync() => ReadAsync();

    private async Task ReadAsync()
    {
        _sources = await sources.ListAsync();
        _keys = await keys.ListAsync();
    }

    private async Task IssueAsync()
    {
        _problem = _new.Problem();
        if (_problem is not null)
            return;
        var who = await circuit.RequireAsync(Scopes.Admin);
        var source = await sources.EnsureAsync(_new.Source.Trim(), _new.Simulated, who);
        var expires = _new.Days is { } days ? time.GetUtcNow().AddDays(days) : (DateTimeOffset?)null;
        if (!Networks.TryParse(_new.From, out var networks, out _problem))
            return;
        (var made, _shown) = await keys.IssueAsync(new NewApiKey(_new.Name.Trim(), source.Id, _new.Scopes, expires) { Kind = _new.Kind, Networks = networks }, who);
        _client = made.Kind == ApiKeyKind.Client ? made.Id : null;
        _new = new();
        await ReadAsync();
    }

    private async Task RevokeAsync(ApiKey key)
    {
        await keys.RevokeAsync(key.Id, await circuit.RequireAsync(Scopes.Admin));
        _revoking = null;
        await ReadAsync();
    }

    private async Task LimitAsync(ApiKey key, string? text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > 1_000_000)
        {
            _problem = "Calls a second: a whole number from 1 to 1,000,000.";
            return;
        }
        _problem = null;
        await keys.LimitAsync(key.Id, limit == AccessOptions.CallsPerSecond ? null : limit, await circuit.RequireAsync(Scopes.Admin));
        await ReadAsync();
    }

    private async Task RestrictAsync(ApiKey key, string? text)
    {
        if (!Networks.TryParse(text, out var networks, out _problem))
            return;
        await keys.RestrictAsync(key.Id, networks, await circuit.RequireAsync(Scopes.Admin));
        await ReadAsync();
    }

    private SettingsStore Settings => settings;

    private async Task SetLagAsync(Source source, string? text)
    {
        var given = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes);
        if ((!given && !string.IsNullOrEmpty(text)) || minutes > 10_080)
        {
            _problem = "Reporting lag: a whole number from 0 to 10,080 minutes, or nothing.";
            return;
        }
        _problem = null;
        await sources.SetReportingLagAsync(source.Id, given ? minutes : null, await circuit.RequireAsync(Scopes.Admin));
        await ReadAsync();
    }

    private string SourceName(int id) => _sources.FirstOrDefault(s => s.Id == id)?.Name ?? "";

    private RenderFragment State(ApiKey key) => key switch
    {
        { RevokedAt: not null } => Chip("Revoked", ChipKind.Bad),
        { ExpiresAt: { } at } when at <= time.GetUtcNow() => Chip("Lapsed", ChipKind.Warn),
        _ => Chip("In force", ChipKind.Good),
    };

    private static RenderFragment Chip(string text, ChipKind kind) => builder =>
    {
        builder.OpenComponent<StateChip>(0);
        builder.AddComponentParameter(1, nameof(StateChip.Text), text);
        builder.AddComponentParameter(2, nameof(StateChip.Kind), kind);
        builder.CloseComponent();
    };

    private sealed class NewKey
    {
        public string Name { get; set; } = "";

        public string Source { get; set; } = "";

        public bool Simulated { get; set; }

        public int? Days { get; set; }

        public string From { get; set; } = "";

        public ApiKeyKind Kind { get; set; }

        public HashSet<string> Scopes { get; } = [OpsConsole.Access.Scopes.Intake, OpsConsole.Access.Scopes.Read];

        public void Toggle(string scope)
        {
            if (!Scopes.Remove(scope))
                Scopes.Add(scope);
        }

        public string? Problem() => this switch
        {
            { Name: var name } when name.Trim().Length is 0 or > 64 => "A key has a name of up to 64 characters.",
            { Source: var source } when source.Trim().Length is 0 or > 64 || source.Any(char.IsControl) => "A key has a source with a name of up to 64 characters.",
            { Scopes.Count: 0 } => "A key may do something: tick at least one scope.",
            { From: var from } when !Networks.TryParse(from, out _, out var problem) => problem,
            { Days: < 1 or > 3650 } => "A key lapses after 1 to 3,650 days, or never.",
            _ => null,
        };
    }
}
