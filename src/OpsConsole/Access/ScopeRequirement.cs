using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace OpsConsole.Access;

/// <summary>The caller must have a scope: by their key, or by a role.</summary>
internal sealed record ScopeRequirement(string Scope) : IAuthorizationRequirement;

/// <summary>The caller must have a scope, or speak from this machine without a proxy in between.</summary>
internal sealed record ScopeOrLoopbackRequirement(string Scope) : IAuthorizationRequirement;

internal sealed class ScopeHandler : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (context.User.HasScope(requirement.Scope))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

internal sealed class ScopeOrLoopbackHandler : AuthorizationHandler<ScopeOrLoopbackRequirement>
{
    private static readonly string[] ForwardingHeaders = ["X-Forwarded-For", "X-Original-For", "X-Real-IP", "Forwarded", "Via"];

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeOrLoopbackRequirement requirement)
    {
        if (context.User.HasScope(requirement.Scope) || (context.Resource is HttpContext http && FromHere(http)))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private static bool FromHere(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !Array.Exists(ForwardingHeaders, http.Request.Headers.ContainsKey);
}

/// <summary>Questions to a principal about its scopes.</summary>
public static class ScopeQuestions
{
    internal const string ClaimType = "scope";

    /// <summary>Whether the caller may do what the scope stands for.</summary>
    public static bool HasScope(this ClaimsPrincipal principal, string scope)
    {
        foreach (var identity in principal.Identities)
        {
            if (!identity.IsAuthenticated)
                continue;
            if (identity.HasClaim(ClaimType, scope))
                return true;
            foreach (var role in identity.FindAll(identity.RoleClaimType))
            {
                if (Scopes.Of(role.Value).Contains(scope))
                    return true;
            }
        }
        return false;
    }
}
