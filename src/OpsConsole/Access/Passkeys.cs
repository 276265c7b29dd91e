using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>
/// Keys that a phone, a computer or a token holds, and shows only to this site and only for its owner's finger or PIN: two factors in one.
/// The doors are forms that a script fills in with what the browser's dialogue gave.
/// </summary>
public sealed partial class Passkeys(
    SignInManager<IdentityUser<long>> signIn, UserManager<IdentityUser<long>> users, SignIn door, IHttpContextAccessor http, Audit audit, OpsConsoleDb db, TimeProvider time,
    ILogger<Passkeys> log)
{
    private const int MostOfAPerson = 20;
    private const int LongestName = 64;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/account/passkeys/options", OfferAsync).RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        routes.MapPost("/account/passkeys", AddAsync).RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        routes.MapPost("/account/passkeys/remove", RemoveAsync).RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        routes.MapPost("/sign-in/passkey/options", AskAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        routes.MapPost("/sign-in/passkey", EnterAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
    }

    /// <summary>The text that names a passkey in a form.</summary>
    public static string IdOf(UserPasskeyInfo passkey) => Base64Url.EncodeToString(passkey.CredentialId);

    // [FromForm] makes all of them ask for the antiforgery token.
    private static async Task<ContentHttpResult> OfferAsync([FromForm] string password, ClaimsPrincipal principal, Passkeys passkeys) =>
        await passkeys.PersonAsync(principal) is not { } user ? Problem("Only people have passkeys.")
        : !await passkeys.ConfirmAsync(user, password) ? Problem("The password isn't that one, or the account is shut for a while after too many attempts.")
        : Json(await passkeys.OptionsAsync(user));

    private static async Task<RedirectHttpResult> AddAsync([FromForm] string credential, [FromForm] string? name, ClaimsPrincipal principal, Passkeys passkeys) =>
        TypedResults.LocalRedirect(await passkeys.PersonAsync(principal) is { } user && await passkeys.KeepAsync(user, credential, name)
            ? "/account?passkey=added" : "/account?passkey=refused");

    private static async Task<RedirectHttpResult> RemoveAsync([FromForm] string id, [FromForm] string password, ClaimsPrincipal principal, Passkeys passkeys) =>
        TypedResults.LocalRedirect(await passkeys.PersonAsync(principal) is { } user && await passkeys.ConfirmAsync(user, password) && await passkeys.DropAsync(user, id)
            ? "/account?passkey=removed" : "/account?passkey=kept");

    private static async Task<ContentHttpResult> AskAsync([FromForm] string? returnUrl, SignInManager<IdentityUser<long>> signIn) =>
        // Whoever asks isn't known yet: any passkey of this site will do, so the answer is the same for everybody.
        Json(await signIn.MakePasskeyRequestOptionsAsync(null!));

    private static async Task<RedirectHttpResult> EnterAsync([FromForm] string credential, [FromForm] string? returnUrl, Passkeys passkeys) =>
        TypedResults.LocalRedirect(await passkeys.LetInAsync(credential)
            ? AccessApi.LocalOnly(returnUrl) : "/sign-in?refused=passkey&returnUrl=" + Uri.EscapeDataString(AccessApi.LocalOnly(returnUrl)));

    private static ContentHttpResult Json(string text) => TypedResults.Text(text, "application/json");

    private static ContentHttpResult Problem(string words) => Json(System.Text.Json.JsonSerializer.Serialize(new { problem = words }));

    private async Task<IdentityUser<long>?> PersonAsync(ClaimsPrincipal principal) =>
        await users.GetUserAsync(principal) is { PasswordHash: not null } user && !user.Email!.EndsWith(DemoAccount.Domain, StringComparison.Ordinal) ? user : null;

    private Task<bool> ConfirmAsync(IdentityUser<long> user, string password) => door.ConfirmAsync(user, password);

    private Task<string> OptionsAsync(IdentityUser<long> user) => signIn.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity
    {
        Id = user.Id.ToString(CultureInfo.InvariantCulture),
        Name = user.Email!,
        DisplayName = user.Email!,
    });

    private async Task<bool> KeepAsync(IdentityUser<long> user, string credential, string? name)
    {
        // The options were made for somebody, after their password; whoever sends this must be them.
        if (!await HasChallengeAsync() || (await users.GetPasskeysAsync(user)).Count >= MostOfAPerson)
            return false;
        var attested = await signIn.PerformPasskeyAttestationAsync(credential);
        if (!attested.Succeeded || attested.UserEntity.Id != user.Id.ToString(CultureInfo.InvariantCulture))
        {
            LogRefused(log, attested.Failure);
            return false;
        }
        var called = string.Concat((name ?? "").Where(c => !char.IsControl(c)).Take(LongestName)).Trim();
        attested.Passkey.Name = called.Length > 0 ? called : "Passkey";
        if (!(await users.AddOrUpdatePasskeyAsync(user, attested.Passkey)).Succeeded)
            return false;
        await AuditAsync(user, "user.passkeyAdded");
        return true;
    }

    private async Task<bool> DropAsync(IdentityUser<long> user, string id)
    {
        if ((await users.GetPasskeysAsync(user)).SingleOrDefault(p => IdOf(p) == id) is not { } passkey)
            return false;
        await users.RemovePasskeyAsync(user, passkey.CredentialId);
        await AuditAsync(user, "user.passkeyRemoved");
        return true;
    }

    private async Task<bool> LetInAsync(string credential)
    {
        // Wrong passwords don't shut this way in: nobody can guess a passkey.
        if (!await HasChallengeAsync())
            return false;
        var asserted = await signIn.PerformPasskeyAssertionAsync(credential);
        if (!asserted.Succeeded || ConsoleUser.IsShutOut(asserted.User.LockoutEnd, time.GetUtcNow()))
        {
            LogRefused(log, asserted.Failure);
            return false;
        }
        // Its counter has moved on.
        await users.AddOrUpdatePasskeyAsync(asserted.User, asserted.Passkey);
        await door.EnterAsync(asserted.User, "passkey");
        return true;
    }

    private async Task<bool> HasChallengeAsync() => (await http.HttpContext!.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Succeeded;

    private async Task AuditAsync(IdentityUser<long> user, string what)
    {
        audit.Add(db, new Caller(user.Id, null, "", 0, "", false, false), what);
        await db.SaveChangesAsync();
    }

    [LoggerMessage(EventId = 2032, Level = LogLevel.Information, Message = "A passkey was refused")]
    private static partial void LogRefused(ILogger logger, Exception? why);
}
