using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace OpsConsole.Access;

/// <summary>Who has given their password and not yet their code: kept in a cookie of five minutes that opens nothing else.</summary>
public sealed class PendingSignIn(IHttpContextAccessor http, UserManager<IdentityUser<long>> users)
{
    internal const string Scheme = "second-factor";
    internal static readonly TimeSpan Length = TimeSpan.FromMinutes(5);
    private const string Stamp = "stamp";

    private HttpContext Context => http.HttpContext ?? throw new InvalidOperationException("A sign-in belongs to a request.");

    internal Task KeepAsync(IdentityUser<long> user)
    {
        var identity = new ClaimsIdentity(Scheme);
        identity.AddClaim(new(ClaimTypes.NameIdentifier, user.Id.ToString(CultureInfo.InvariantCulture)));
        identity.AddClaim(new(Stamp, user.SecurityStamp ?? ""));
        return Context.SignInAsync(Scheme, new ClaimsPrincipal(identity));
    }

    /// <summary>The person, if their password is still the one they gave.</summary>
    internal async Task<IdentityUser<long>?> PersonAsync()
    {
        if ((await Context.AuthenticateAsync(Scheme)).Principal is not { } principal
            || principal.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id
            || await users.FindByIdAsync(id) is not { } user)
        {
            return null;
        }
        return user.SecurityStamp == principal.FindFirstValue(Stamp) ? user : null;
    }

    internal Task ForgetAsync() => Context.SignOutAsync(Scheme);
}
