using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;

namespace OpsConsole.Access.Pages;

/// <summary>From where anybody may call. A form and no circuit, since it has to know from where it is filled in.</summary>
public sealed partial class NetworksPage(NetworkLists lists)
{
    private string? _problem;
    private bool _done;

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "networks")]
    private Lists Input { get; set; } = null!;

    private IPAddress? From => Http.Connection.RemoteIpAddress;

    protected override void OnInitialized() => Input ??= new Lists
    {
        Allowed = string.Join('\n', lists.Current.Allowed),
        Blocked = string.Join('\n', lists.Current.Blocked),
    };

    private async Task SaveAsync()
    {
        if (!Networks.TryParse(Input.Allowed, out var allowed, out _problem) || !Networks.TryParse(Input.Blocked, out var blocked, out _problem))
            return;
        _problem = await lists.ChangeAsync(new NetworkRules(allowed, blocked), From, Caller.From(Http.User));
        _done = _problem is null;
    }

    /// <summary>What the form sends.</summary>
    public sealed class Lists
    {
        /// <summary>Only from these.</summary>
        public string? Allowed { get; set; }

        /// <summary>Never from these.</summary>
        public string? Blocked { get; set; }
    }
}
