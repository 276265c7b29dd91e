using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace OpsConsole.Access;

/// <summary>What a person's cookie says: id, name, roles, and the source of what they enter by hand.</summary>
internal sealed class ConsoleClaims(
    UserManager<IdentityUser<long>> users, RoleManager<IdentityRole<long>> roles, IOptions<IdentityOptions> options, Sources sources)
    : UserClaimsPrincipalFactory<IdentityUser<long>, IdentityRole<long>>(users, roles, options)
{
    /// <summary>The claim that holds the name colleagues see.</summary>
    internal const string DisplayName = "display_name";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(IdentityUser<long> user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        if (identity.FindFirst(DisplayName) is { } name)
        {
            if (identity.FindFirst(identity.NameClaimType) is { } email)
                identity.RemoveClaim(email);
            identity.RemoveClaim(name);
            identity.AddClaim(new(identity.NameClaimType, name.Value));
        }
        identity.AddClaim(new(Caller.SourceIdClaim, sources.ConsoleId.ToString(CultureInfo.InvariantCulture)));
        identity.AddClaim(new(Caller.SourceNameClaim, Sources.Console));
        return identity;
    }
}
