using Microsoft.AspNetCore.Components;
using OpsConsole.Access;

namespace OpsConsole.Ui;

/// <summary>Keeps, lists and takes away views of the page it stands on.</summary>
public sealed partial class SavedViews(KeepViews keep, CircuitCaller circuit, NavigationManager navigation) : IDisposable
{
    private readonly CancellationTokenSource _left = new();

    private IReadOnlyList<SavedView> _views = [];
    private Caller? _who;
    private string _name = "";
    private bool _shared;
    private string? _problem;

    private Uri Address => new(navigation.Uri);

    // Nothing is read for who never opens it.
    private async Task OpenAsync()
    {
        _who = await circuit.RequireAsync(Scopes.Read);
        await ReadAsync();
    }

    private async Task ReadAsync() => _views = await keep.ReadAsync(Address.AbsolutePath, _who!, _left.Token);

    private async Task KeepAsync()
    {
        _problem = await keep.KeepAsync(_name, Address.PathAndQuery, _shared, await circuit.RequireAsync(Scopes.Read), _left.Token);
        if (_problem is not null)
            return;
        (_name, _shared) = ("", false);
        await ReadAsync();
    }

    private async Task RemoveAsync(SavedView view)
    {
        await keep.RemoveAsync(view.Key, await circuit.RequireAsync(Scopes.Read), _left.Token);
        await ReadAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }
}
