using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Intake.Import;

namespace OpsConsole.Intake.Pages;

/// <summary>Files of history: send one, and see what became of those before.</summary>
public sealed partial class ImportsPage
{
    private const int Shown = 50;

    private IReadOnlyList<ImportView>? _imports;
    private IReadOnlyList<Source> _sources = [];
    private NewSource _new = new();
    private int _chosen;
    private bool _mayAdd;

    [Inject]
    private ImportQueries Queries { get; set; } = null!;

    [Inject]
    private Sources AllSources { get; set; } = null!;

    [Inject]
    private ImportsChanged Changed { get; set; } = null!;

    [Inject]
    private CircuitCaller Circuit { get; set; } = null!;

    [Inject]
    private ImportOptions Options { get; set; } = null!;

    private sealed class NewSource
    {
        public string Name { get; set; } = "";

        public bool Simulated { get; set; }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _mayAdd = await Circuit.MayAsync(Scopes.Admin);
        await ReadAsync();
        // Whose history it is: the system's that will go on sending, since no other source could amend it later.
        _chosen = _sources.Where(s => s.Id != AllSources.ConsoleId && !s.Simulated).MaxBy(s => s.Id)?.Id ?? AllSources.ConsoleId;
        Follow(Changed, 5, async () =>
        {
            await ReadAsync();
            StateHasChanged();
        });
    }

    private async Task ReadAsync()
    {
        _imports = await Queries.ListAsync(Shown, Left);
        // What the Bootstrap key sends is for trying out; it may amend everything, so files don't belong to it.
        _sources = [.. (await AllSources.ListAsync(Left)).Where(s => s.Id != AllSources.BootstrapId)];
    }

    private async Task AddSourceAsync()
    {
        if (_new.Name.Trim() is not { Length: > 0 } name)
            return;
        _chosen = (await AllSources.EnsureAsync(name, _new.Simulated, await Circuit.RequireAsync(Scopes.Admin), Left)).Id;
        _new = new();
        await ReadAsync();
    }
}
