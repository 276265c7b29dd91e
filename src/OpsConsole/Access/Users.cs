using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>A person who may sign in.</summary>
/// <param name="Id">Their key.</param>
/// <param name="Email">What they sign in with.</param>
/// <param name="Name">What colleagues call them.</param>
/// <param name="Roles">Their roles.</param>
/// <param name="Disabled">Shut out until an administrator lets them in again.</param>
/// <param name="SecondFactor">A code from an app is asked for beside the password.</param>
/// <param name="Passkeys">How many passkeys they have.</param>
public sealed record ConsoleUser(long Id, string Email, string Name, IReadOnlyList<string> Roles, bool Disabled, bool SecondFactor, int Passkeys)
{
    // Wrong passwords shut an account for minutes, an administrator for good.
    private static readonly TimeSpan ForGood = TimeSpan.FromDays(365);

    /// <summary>Whether an account is shut by an administrator, and not only for a while by wrong passwords.</summary>
    internal static bool IsShutOut(DateTimeOffset? until, DateTimeOffset now) => until - now > ForGood;
}

/// <summary>
/// Adds people, gives them roles, shuts them out. Every change ends their sessions. Methods give what is wrong in words; nothing when it was
/// done.
/// </summary>
public sealed class Users(IServiceScopeFactory scopes, Sessions sessions, SecondFactors secondFactors, Audit audit, TimeProvider time)
{
    private const string NoSuchPerson = "There is no such person.";

    /// <summary>Everybody, by e-mail.</summary>
    public async Task<IReadOnlyList<ConsoleUser>> ListAsync(CancellationToken cancellation = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OpsConsoleDb>();
        var now = time.GetUtcNow();
        var people = await db.Users.AsNoTracking().OrderBy(u => u.Email).ToListAsync(cancellation);
        var roles = await (
            from link in db.UserRoles join role in db.Roles on link.RoleId equals role.Id select new { link.UserId, role.Name }).ToListAsync(cancellation);
        var names = await db.UserClaims.Where(c => c.ClaimType == ConsoleClaims.DisplayName).ToDictionaryAsync(c => c.UserId, c => c.ClaimValue, cancellation);
        var passkeys = await db.UserPasskeys.GroupBy(p => p.UserId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(p => p.Key, p => p.Count, cancellation);
        return [.. people.Select(u => new ConsoleUser(
            u.Id, u.Email ?? "", names.GetValueOrDefault(u.Id) ?? u.Email ?? "", [.. roles.Where(r => r.UserId == u.Id).Select(r => r.Name!)],
            ConsoleUser.IsShutOut(u.LockoutEnd, now), u.TwoFactorEnabled, passkeys.GetValueOrDefault(u.Id)))];
    }

    /// <summary>Adds a person.</summary>
    public async Task<IReadOnlyList<string>> AddAsync(string email, string name, string password, IReadOnlyCollection<string> roles, Caller who)
    {
        if (roles.Except(Roles.All).Any() || roles.Count == 0)
            return [$"A person has at least one role of {string.Join(", ", Roles.All)}."];
        if (email.Length > 256 || email.IndexOf('@') <= 0 || name.Length is 0 or > 64)
            return ["A person has an e-mail address and a name of up to 64 characters."];
        await using var scope = scopes.CreateAsyncScope();
        var users = Manager(scope);
        var user = new IdentityUser<long> { UserName = email, Email = email, EmailConfirmed = true };
        var result = await users.CreateAsync(user, password);
        if (!result.Succeeded)
            return Problems(result);
        await users.AddClaimAsync(user, new Claim(ConsoleClaims.DisplayName, name));
        await users.AddToRolesAsync(user, roles);
        await AuditAsync(scope, who, "user.added", user.Id, new { roles });
        return [];
    }

    /// <summary>Replaces a person's roles.</summary>
    public Task<IReadOnlyList<string>> SetRolesAsync(long id, IReadOnlyCollection<string> roles, Caller who) => ChangeAsync(id, async (scope, users, user) =>
    {
        if (roles.Except(Roles.All).Any() || roles.Count == 0)
            return [$"A person has at least one role of {string.Join(", ", Roles.All)}."];
        if (id == who.UserId && !roles.Contains(Roles.Admin))
            return ["Nobody can take the Admin role from themselves."];
        var before = await users.GetRolesAsync(user);
        var removed = await users.RemoveFromRolesAsync(user, before.Except(roles));
        var added = await users.AddToRolesAsync(user, roles.Except(before));
        await users.UpdateSecurityStampAsync(user);
        await sessions.EndAllAsync(id);
        await AuditAsync(scope, who, "user.roles", id, new { before, after = roles });
        return [.. Problems(removed), .. Problems(added)];
    });

    /// <summary>Shuts a person out, or lets them in again.</summary>
    public Task<IReadOnlyList<string>> SetDisabledAsync(long id, bool disabled, Caller who) => ChangeAsync(id, async (scope, users, user) =>
    {
        if (disabled && id == who.UserId)
            return ["Nobody can shut themselves out."];
        await users.SetLockoutEndDateAsync(user, disabled ? time.GetUtcNow().AddYears(100) : null);
        await users.UpdateSecurityStampAsync(user);
        await sessions.EndAllAsync(id);
        await AuditAsync(scope, who, disabled ? "user.disabled" : "user.enabled", id);
        return [];
    });

    /// <summary>Gives a person another password.</summary>
    public Task<IReadOnlyList<string>> SetPasswordAsync(long id, string password, Caller who) => ChangeAsync(id, async (scope, users, user) =>
    {
        if (user.Email!.EndsWith(CompanySignIn.Domain, StringComparison.Ordinal))
            return ["They sign in through the company, and have no password here."];
        var result = await users.ResetPasswordAsync(user, await users.GeneratePasswordResetTokenAsync(user), password);
        if (!result.Succeeded)
            return Problems(result);
        await sessions.EndAllAsync(id);
        await AuditAsync(scope, who, "user.password", id);
        return [];
    });

    /// <summary>Takes a person's second factor and passkeys from them, who lost them: their password alone lets them in until they enrol anew.</summary>
    public Task<IReadOnlyList<string>> ResetFactorsAsync(long id, Caller who) => ChangeAsync(id, async (scope, users, user) =>
    {
        await secondFactors.RemoveAsync(id);
        foreach (var passkey in await users.GetPasskeysAsync(user))
            await users.RemovePasskeyAsync(user, passkey.CredentialId);
        await users.SetTwoFactorEnabledAsync(user, false);
        await sessions.EndAllAsync(id);
        await AuditAsync(scope, who, "user.factorsReset", id);
        return [];
    });

    /// <summary>Ends a person's sessions, wherever they are signed in.</summary>
    public Task<IReadOnlyList<string>> EndSessionsAsync(long id, Caller who) => ChangeAsync(id, async (scope, users, user) =>
    {
        await users.UpdateSecurityStampAsync(user);
        var count = await sessions.EndAllAsync(id);
        await AuditAsync(scope, who, "user.sessionsEnded", id, new { count });
        return [];
    });

    private async Task<IReadOnlyList<string>> ChangeAsync(
        long id, Func<AsyncServiceScope, UserManager<IdentityUser<long>>, IdentityUser<long>, Task<IReadOnlyList<string>>> change)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = Manager(scope);
        return await users.FindByIdAsync(Text(id)) is { } user ? await change(scope, users, user) : [NoSuchPerson];
    }

    private async Task AuditAsync(AsyncServiceScope scope, Caller who, string what, long id, object? details = null)
    {
        var db = scope.ServiceProvider.GetRequiredService<OpsConsoleDb>();
        audit.Add(db, who, what, Text(id), details);
        await db.SaveChangesAsync();
    }

    private static UserManager<IdentityUser<long>> Manager(AsyncServiceScope scope) => scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser<long>>>();

    private static IReadOnlyList<string> Problems(IdentityResult result) => [.. result.Errors.Select(e => e.Description)];

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
