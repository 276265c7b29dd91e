using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>What came of a sign-in at the company's own door.</summary>
internal enum CompanyOutcome
{
    /// <summary>The person is in.</summary>
    Entered,

    /// <summary>None of what the company says of them is a role here.</summary>
    NoRole,

    /// <summary>An administrator shut them out here.</summary>
    ShutOut,

    /// <summary>There was no sign-in to finish, or it doesn't say who it is.</summary>
    Failed,
}

/// <summary>
/// Lets in whom the company's own sign-in vouches for. A person is who the issuer's <c>sub</c> says, never who an e-mail address says: those
/// are given to others, and typed in by people. Their roles are what the company says at each sign-in.
/// </summary>
public sealed class CompanySignIn(
    UserManager<IdentityUser<long>> users, SignIn door, Sessions sessions, AccessOptions options, Audit audit,
    OpsConsoleDb db, TimeProvider time)
{
    /// <summary>Stands in for an e-mail address: nobody gets mail there, and nobody signs in by it.</summary>
    internal const string Domain = "@oidc.invalid";

    private const int LongestId = 128;
    private const int LongestName = 64;

    internal async Task<CompanyOutcome> EnterAsync(ClaimsPrincipal? vouched, AuthenticationProperties? properties)
    {
        if (options.Oidc is not { } oidc || vouched?.FindFirstValue("sub") is not { Length: > 0 and <= LongestId } subject
            || properties?.Items.TryGetValue(CompanyDoor.Issuer, out var issuer) != true || issuer is not { Length: > 0 and <= LongestId })
        {
            return CompanyOutcome.Failed;
        }
        var known = await users.FindByLoginAsync(issuer, subject);
        var roles = vouched.FindAll(oidc.RoleClaim).Select(c => oidc.RoleOf.GetValueOrDefault(c.Value)).OfType<string>().Distinct().ToList();
        if (roles.Count == 0 || ConsoleUser.IsShutOut(known?.LockoutEnd, time.GetUtcNow()))
        {
            await AuditAsync(known, "user.companySignInRefused", new { reason = roles.Count == 0 ? "no role" : "shut out" });
            return roles.Count == 0 ? CompanyOutcome.NoRole : CompanyOutcome.ShutOut;
        }
        var user = known ?? await AddAsync(issuer, subject, oidc.Name);
        await NameAsync(user, vouched);
        await SetRolesAsync(user, roles);
        await door.EnterAsync(user, "company", properties.GetTokenValue("id_token"));
        return CompanyOutcome.Entered;
    }

    private async Task<IdentityUser<long>> AddAsync(string issuer, string subject, string name)
    {
        var handle = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{subject}")))[..40] + Domain;
        // It is there already if a first sign-in broke off half-way.
        if (await users.FindByEmailAsync(handle) is not { } user)
        {
            user = new IdentityUser<long> { UserName = handle, Email = handle, EmailConfirmed = false };
            Check(await users.CreateAsync(user));
            await AuditAsync(user, "user.added", new { by = "company" });
        }
        Check(await users.AddLoginAsync(user, new UserLoginInfo(issuer, subject, name)));
        return user;
    }

    private async Task NameAsync(IdentityUser<long> user, ClaimsPrincipal vouched)
    {
        var told = vouched.FindFirstValue("name") ?? vouched.FindFirstValue("preferred_username") ?? vouched.FindFirstValue("email") ?? "";
        var name = string.Concat(told.Where(c => !char.IsControl(c)).Take(LongestName)).Trim() is { Length: > 0 } text ? text : "Somebody";
        var before = (await users.GetClaimsAsync(user)).FirstOrDefault(c => c.Type == ConsoleClaims.DisplayName);
        if (before is null)
            Check(await users.AddClaimAsync(user, new Claim(ConsoleClaims.DisplayName, name)));
        else if (before.Value != name)
            Check(await users.ReplaceClaimAsync(user, before, new Claim(ConsoleClaims.DisplayName, name)));
    }

    private async Task SetRolesAsync(IdentityUser<long> user, IReadOnlyList<string> roles)
    {
        var before = await users.GetRolesAsync(user);
        if (before.Order().SequenceEqual(roles.Order()))
            return;
        Check(await users.RemoveFromRolesAsync(user, before.Except(roles)));
        Check(await users.AddToRolesAsync(user, roles.Except(before)));
        await users.UpdateSecurityStampAsync(user);
        await sessions.EndAllAsync(user.Id);
        await AuditAsync(user, "user.roles", new { before, after = roles, by = "company" });
    }

    private async Task AuditAsync(IdentityUser<long>? user, string what, object details)
    {
        audit.Add(db, user is null ? Caller.System : new Caller(user.Id, null, "", 0, "", false, false), what, details: details);
        await db.SaveChangesAsync();
    }

    private static void Check(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new InvalidOperationException(string.Join(' ', result.Errors.Select(e => e.Description)));
    }
}
