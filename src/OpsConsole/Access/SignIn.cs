using System.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>What comes after e-mail and password.</summary>
public enum SignInStep
{
    /// <summary>Nothing: unknown, wrong, or shut.</summary>
    Refused,

    /// <summary>The person is in.</summary>
    Entered,

    /// <summary>A code of their app is asked for.</summary>
    SecondFactor,

    /// <summary>Their role needs a second factor, and they have none yet.</summary>
    Enrol,
}

/// <summary>
/// Lets a person in by e-mail and password, and by a code where they have one set up. Unknown, wrong and shut get the same answer after the
/// same work and the same time. Five wrong passwords or codes shut the account for five minutes; passkeys and the company's own sign-in go on.
/// </summary>
public sealed partial class SignIn(
    SignInManager<IdentityUser<long>> signIn, UserManager<IdentityUser<long>> users, Sessions sessions, SecondFactors factors, PendingSignIn pending,
    SignInTurns turns, FailedAttempts failed, AccessOptions options, Audit audit, OpsConsoleDb db, TimeProvider time, ILogger<SignIn> log)
{
    // Verified against when there is nothing to verify, so that an unknown address takes the same work as a known one.
    private static readonly IdentityUser<long> Nobody = new();
    private static string? s_nobodysHash;

    // Longer than the work takes: a refusal comes at that moment, whatever was looked up for it. What is written for it isn't waited for.
    private static readonly TimeSpan RefusalTakes = TimeSpan.FromMilliseconds(700);

    /// <summary>Looks at e-mail and password. Entered: the cookie is set; else what has to come next.</summary>
    public async Task<SignInStep> AttemptAsync(string email, string password)
    {
        var began = Stopwatch.GetTimestamp();
        SignInStep step;
        using (var turn = await turns.TakeAsync(email))
            step = await LookAsync(email, password, turn);
        if (step == SignInStep.Refused)
            await RefuseAsync(began);
        return step;
    }

    /// <summary>Looks at the code that a pending sign-in waits for: the app's, or a recovery code.</summary>
    public async Task<bool> AttemptCodeAsync(string code, bool recovery)
    {
        var began = Stopwatch.GetTimestamp();
        if (await pending.PersonAsync() is { } user)
        {
            using var turn = await turns.TakeAsync(user.Email ?? "");
            var open = await IsOpenAsync(user.Id);
            if (open && !await TakesAsync(user, code, recovery))
            {
                turn.EndWith(failed.CountAsync(user.Id));
            }
            else if (open)
            {
                await EnterAsync(user, recovery ? "password, recovery code" : "password, code");
                await pending.ForgetAsync();
                return true;
            }
        }
        await RefuseAsync(began);
        return false;
    }

    /// <summary>Turns on the second factor that a pending sign-in's role needs, and lets the person in; their recovery codes, or null.</summary>
    public async Task<IReadOnlyList<string>?> EnrolAsync(string code)
    {
        if (await pending.PersonAsync() is not { } user || !await IsOpenAsync(user.Id) || await factors.ConfirmAsync(user.Id, code) is not { } codes)
            return null;
        await users.SetTwoFactorEnabledAsync(user, true);
        await AuditAsync(user, "user.secondFactorOn");
        await EnterAsync(user, "password, code");
        await pending.ForgetAsync();
        return codes;
    }

    /// <summary>Whether this is the person's password; wrong ones count as at the door. For what needs to be confirmed.</summary>
    public async Task<bool> ConfirmAsync(IdentityUser<long> user, string password)
    {
        using var turn = await turns.TakeAsync(user.Email ?? "");
        if (password.Length <= PasswordRules.MaximumLength && await IsOpenAsync(user.Id) && await users.CheckPasswordAsync(user, password))
            return true;
        await failed.CountAsync(user.Id);
        return false;
    }

    /// <summary>Starts a session of somebody who has proved who they are, and sets the cookie.</summary>
    /// <param name="user">Who.</param>
    /// <param name="method">How.</param>
    /// <param name="idToken">What the company's sign-out will ask for; null when they didn't come through it.</param>
    internal async Task EnterAsync(IdentityUser<long> user, string method, string? idToken = null)
    {
        await db.Users.Where(u => u.Id == user.Id && u.AccessFailedCount > 0).ExecuteUpdateAsync(set => set.SetProperty(u => u.AccessFailedCount, 0));
        await RenewAsync(user, method, idToken);
        await AuditAsync(user, "user.signedIn", new { method });
    }

    /// <summary>Gives this browser a session of its own anew, such as after the others were ended.</summary>
    internal async Task RenewAsync(IdentityUser<long> user, string method, string? idToken = null)
    {
        var properties = new AuthenticationProperties { IsPersistent = false };
        if (idToken is not null)
            properties.StoreTokens([new AuthenticationToken { Name = "id_token", Value = idToken }]);
        await signIn.SignInWithClaimsAsync(user, properties, [new(Sessions.Claim, await sessions.StartAsync(user.Id, method))]);
    }

    private async Task<SignInStep> LookAsync(string email, string password, SignInTurns.Turn turn)
    {
        var user = password.Length > PasswordRules.MaximumLength ? null : await users.FindByEmailAsync(email);
        if (user?.PasswordHash is null || user.LockoutEnd > time.GetUtcNow())
        {
            s_nobodysHash ??= users.PasswordHasher.HashPassword(Nobody, "nobody has this password");
            users.PasswordHasher.VerifyHashedPassword(Nobody, s_nobodysHash, password);
            return SignInStep.Refused;
        }
        if (!await users.CheckPasswordAsync(user, password))
        {
            turn.EndWith(failed.CountAsync(user.Id));
            return SignInStep.Refused;
        }
        var asked = await factors.IsOnAsync(user.Id);
        if (!asked && !(await users.GetRolesAsync(user)).Intersect(options.SecondFactorRoles).Any())
        {
            await EnterAsync(user, "password");
            return SignInStep.Entered;
        }
        // Failures are forgotten only once the code was right too, or passwords would buy guesses at codes.
        await pending.KeepAsync(user);
        return asked ? SignInStep.SecondFactor : SignInStep.Enrol;
    }

    private Task<bool> TakesAsync(IdentityUser<long> user, string code, bool recovery) =>
        recovery ? factors.TakeRecoveryCodeAsync(user.Id, code) : factors.TakeAsync(user.Id, code);

    // The user was read before this attempt's turn came.
    private Task<bool> IsOpenAsync(long userId)
    {
        var now = time.GetUtcNow();
        return db.Users.AnyAsync(u => u.Id == userId && (u.LockoutEnd == null || u.LockoutEnd <= now));
    }

    private async Task RefuseAsync(long began)
    {
        LogRefused(log);
        if (RefusalTakes - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } rest)
            await Task.Delay(rest);
    }

    private async Task AuditAsync(IdentityUser<long> user, string what, object? details = null)
    {
        audit.Add(db, new Caller(user.Id, null, "", 0, "", false, false), what, details: details);
        await db.SaveChangesAsync();
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "A sign-in was refused")]
    private static partial void LogRefused(ILogger logger);
}
