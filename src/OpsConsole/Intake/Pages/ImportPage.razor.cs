using Microsoft.AspNetCore.Components;
using OpsConsole.Access;
using OpsConsole.Intake.Import;

namespace OpsConsole.Intake.Pages;

/// <summary>One file of history: its columns, its check, its coming in, what came of it.</summary>
public sealed partial class ImportPage
{

    private ImportView? _view;
    private ImportLook? _look;
    private IReadOnlyList<SavedMapping> _saved = [];
    private bool _missing;
    private bool _deleting;
    private string? _problem;

    /// <summary>Which file.</summary>
    [Parameter]
    public long Key { get; set; }

    [Inject]
    private ImportQueries Queries { get; set; } = null!;

    [Inject]
    private ChangeImport Change { get; set; } = null!;

    [Inject]
    private ImportsChanged Changed { get; set; } = null!;

    [Inject]
    private CircuitCaller Circuit { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private bool IsUnderWay => _view?.Import.State is ImportState.CheckWaiting or ImportState.Checking or ImportState.Waiting or ImportState.Importing;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        await OpenAsync();
        Follow(Changed, 5, async () =>
        {
            // While columns are assigned nothing of theirs changes, and what was chosen must stay.
            if (_look is not null)
                return;
            await ReadAsync();
            StateHasChanged();
        });
    }

    // From the start: also what its first rows look like, when its columns are to be assigned.
    private async Task OpenAsync()
    {
        (_look, _problem) = (null, null);
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        var view = await Queries.FindAsync(Key, Left);
        if (view is null)
        {
            (_view, _missing) = (null, true);
            return;
        }
        if (view.Import.State == ImportState.Mapping && _look is null)
            await LookAsync(view);
        else if (view.Import.State != ImportState.Mapping)
            _look = null;
        _view = view;
    }

    private async Task LookAsync(ImportView view)
    {
        if (!view.HasFile)
        {
            _problem = "The file isn't kept here any more; send it again.";
            return;
        }
        try
        {
            _saved = await Queries.MappingsAsync(view.Import.SourceId, view.Import.Kind, Left);
            _look = await Queries.LookAsync(view);
        }
        catch (RefusedFileException refused)
        {
            _problem = refused.Message;
        }
    }

    private async Task ImportAsync() => await ActAsync(async caller => await Change.ImportAsync(_view!.Import, caller), "The file is already on its way.");

    private async Task CancelAsync() => await ActAsync(async caller => await Change.CancelAsync(_view!.Import, caller), "It has ended meanwhile.");

    private async Task MapAgainAsync() => await ActAsync(async _ => await Change.MapAgainAsync(_view!.Import), "The file is already on its way.");

    private async Task DeleteAsync()
    {
        if (await Change.DeleteAsync(_view!.Import, await Circuit.RequireAsync(Scopes.Learn)))
            Navigation.NavigateTo("/imports");
        else
            await OpenAsync();
    }

    private async Task ActAsync(Func<Caller, Task<bool>> act, string otherwise)
    {
        var done = await act(await Circuit.RequireAsync(Scopes.Learn));
        await OpenAsync();
        if (!done)
            _problem = otherwise;
    }
}
