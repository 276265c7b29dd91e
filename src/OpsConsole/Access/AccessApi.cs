using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>The doors that are forms, not pages.</summary>
internal static class AccessApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-out", SignOutAsync).ExcludeFromDescription();
        routes.MapPost("/demo/enter", EnterDemoAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
    }

    // [FromForm] makes both ask for the antiforgery token.
    private static async Task<RedirectHttpResult> SignOutAsync(
        [FromForm] string? from, HttpContext http, ClaimsPrincipal principal, SignInManager<IdentityUser<long>> signIn, Sessions sessions, Audit audit, OpsConsoleDb db)
    {
        var who = Caller.From(principal);
        if (who.UserId is { } user && principal.FindFirstValue(Sessions.Claim) is { } session)
        {
            await sessions.EndAsync(user, session);
            audit.Add(db, who, "user.signedOut");
            await db.SaveChangesAsync();
        }
        await signIn.SignOutAsync();
        return TypedResults.LocalRedirect(await CompanyDoor.KeepForSignOutAsync(http) ? "/signed-out?through=company" : "/signed-out");
    }

    private static async Task<Results<RedirectHttpResult, NotFound>> EnterDemoAsync(
        [FromForm] string email, [FromForm] string? returnUrl, AccessOptions options, UserManager<IdentityUser<long>> users, SignIn signIn)
    {
        if (!options.DemoAccounts || !DemoAccount.All.Any(a => a.Email == email) || await users.FindByEmailAsync(email) is not { } user)
            return TypedResults.NotFound();
        await signIn.EnterAsync(user, "demo");
        return TypedResults.LocalRedirect(LocalOnly(returnUrl));
    }

    /// <summary>A path of this site, or its front page: nobody is sent elsewhere by a link.</summary>
    internal static string LocalOnly(string? url) =>
        url is { Length: > 0 } && url[0] == '/' && (url.Length == 1 || (url[1] != '/' && url[1] != '\\')) && !url.Any(char.IsControl) ? url : "/";
}
