using Microsoft.AspNetCore.Components.Authorization;

namespace OpsConsole.Access;

/// <summary>
/// Who sits before this circuit. Every handler that changes something asks anew: a hidden or disabled button is no guard, and a role may have
/// been taken since the page was opened.
/// </summary>
public sealed class CircuitCaller(AuthenticationStateProvider authentication)
{
    /// <summary>The caller, if they have the scope.</summary>
    /// <exception cref="UnauthorizedAccessException">They haven't, or no longer.</exception>
    public async Task<Caller> RequireAsync(string scope)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        return user.HasScope(scope) ? Caller.From(user) : throw new UnauthorizedAccessException($"The scope {scope} is missing.");
    }

    /// <summary>The caller, if they are of one of the roles: for what a scope is too coarse.</summary>
    /// <exception cref="UnauthorizedAccessException">They aren't, or no longer.</exception>
    public async Task<Caller> RequireRoleAsync(params string[] roles)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        return Array.Exists(roles, user.IsInRole) ? Caller.From(user) : throw new UnauthorizedAccessException($"One of the roles {string.Join(", ", roles)} is missing.");
    }

    /// <summary>Whether the caller is of one of the roles; for what to show, not for what to allow.</summary>
    public async Task<bool> IsAsync(params string[] roles) => Array.Exists(roles, (await authentication.GetAuthenticationStateAsync()).User.IsInRole);

    /// <summary>Whether the caller has the scope; for what to show, not for what to allow.</summary>
    public async Task<bool> MayAsync(string scope) => (await authentication.GetAuthenticationStateAsync()).User.HasScope(scope);
}
