using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using OpsConsole.Access;

namespace OpsConsole.Ui;

/// <summary>The frame of every page for people who are signed in: where one can go, how old the data is, who one is.</summary>
public sealed partial class MainLayout
{
    private ErrorBoundary? _boundary;
    private IReadOnlyList<Tab> _tabs = [];
    private IReadOnlyList<string> _roles = [];
    private string _name = "";
    private bool _admin;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    protected override async Task OnInitializedAsync()
    {
        if (Authentication is null)
            return;
        var user = (await Authentication).User;
        _name = user.Identity?.Name ?? "";
        _roles = [.. user.FindAll(ClaimTypes.Role).Select(c => c.Value)];
        _admin = user.HasScope(Scopes.Admin);
        _tabs = [.. Tab.All.Where(tab => user.HasScope(tab.Scope))];
    }

    // A page that failed doesn't hold the next one.
    protected override void OnParametersSet() => _boundary?.Recover();

    private static NavLinkMatch Match(Tab tab) => tab.Href == "/" ? NavLinkMatch.All : NavLinkMatch.Prefix;

    private static string Initials(string name) =>
        string.Concat(name.Split([' ', '@', '.'], StringSplitOptions.RemoveEmptyEntries).Take(2).Select(part => char.ToUpperInvariant(part[0])));
}
