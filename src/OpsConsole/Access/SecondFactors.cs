using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>What a person sets up their app with.</summary>
/// <param name="Secret">To type in.</param>
/// <param name="Address">To scan: the <c>otpauth:</c> address.</param>
public sealed record Enrolment(string Secret, string Address);

/// <summary>Sets up, asks and takes away the code beside the password. Each code is taken once, on whichever instance.</summary>
public sealed class SecondFactors(IDbContextFactory<OpsConsoleDb> factory, IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>How many recovery codes a person gets.</summary>
    public const int RecoveryCodes = 10;

    private readonly IDataProtector _lock = protection.CreateProtector("OpsConsole.SecondFactor");

    /// <summary>Whether a person is asked for a code.</summary>
    public async Task<bool> IsOnAsync(long userId)
    {
        await using var db = await factory.CreateDbContextAsync();
        return await db.Set<SecondFactor>().AnyAsync(f => f.UserId == userId && f.EnabledAt != null);
    }

    /// <summary>How many recovery codes a person has left.</summary>
    public async Task<int> RecoveryCodesLeftAsync(long userId)
    {
        await using var db = await factory.CreateDbContextAsync();
        return await db.Set<RecoveryCode>().CountAsync(c => c.UserId == userId);
    }

    /// <summary>What to set the app up with, the same until it is confirmed; null when the factor is on already.</summary>
    public async Task<Enrolment?> BeginAsync(long userId, string email)
    {
        await using var db = await factory.CreateDbContextAsync();
        var factor = await db.Set<SecondFactor>().SingleOrDefaultAsync(f => f.UserId == userId);
        if (factor?.EnabledAt is not null)
            return null;
        if (factor is null)
        {
            factor = new SecondFactor { UserId = userId, Secret = _lock.Protect(Convert.ToHexString(OneTimeCodes.NewSecret())) };
            db.Add(factor);
            await db.SaveChangesAsync();
        }
        var secret = OneTimeCodes.Text(SecretOf(factor));
        return new Enrolment(secret, $"otpauth://totp/OpsConsole:{Uri.EscapeDataString(email)}?secret={secret}&issuer=OpsConsole&digits={OneTimeCodes.Digits}&period=30");
    }

    /// <summary>Turns the factor on if the code is the app's; the recovery codes, shown once, or null.</summary>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(long userId, string code)
    {
        var now = time.GetUtcNow();
        await using var db = await factory.CreateDbContextAsync();
        var factor = await db.Set<SecondFactor>().AsNoTracking().SingleOrDefaultAsync(f => f.UserId == userId && f.EnabledAt == null);
        if (factor is null || OneTimeCodes.StepOf(SecretOf(factor), Digits(code), now) is not { } step)
            return null;
        var taken = await db.Set<SecondFactor>().Where(f => f.UserId == userId && f.EnabledAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.EnabledAt, now).SetProperty(f => f.LastStep, step));
        return taken == 1 ? await NewRecoveryCodesAsync(userId) : null;
    }

    /// <summary>Whether the code is the app's and wasn't taken before; it is taken now.</summary>
    public async Task<bool> TakeAsync(long userId, string code)
    {
        await using var db = await factory.CreateDbContextAsync();
        var factor = await db.Set<SecondFactor>().AsNoTracking().SingleOrDefaultAsync(f => f.UserId == userId && f.EnabledAt != null);
        if (factor is null || OneTimeCodes.StepOf(SecretOf(factor), Digits(code), time.GetUtcNow()) is not { } step)
            return false;
        return await db.Set<SecondFactor>().Where(f => f.UserId == userId && f.LastStep < step)
            .ExecuteUpdateAsync(set => set.SetProperty(f => f.LastStep, step)) == 1;
    }

    /// <summary>Whether it is one of the person's recovery codes; it is gone now.</summary>
    public async Task<bool> TakeRecoveryCodeAsync(long userId, string code)
    {
        var hash = Hash(code);
        await using var db = await factory.CreateDbContextAsync();
        return await db.Set<RecoveryCode>().Where(c => c.UserId == userId && c.Hash == hash).ExecuteDeleteAsync() == 1;
    }

    /// <summary>Replaces a person's recovery codes; the new ones are in the answer and nowhere else.</summary>
    public async Task<IReadOnlyList<string>> NewRecoveryCodesAsync(long userId)
    {
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => NewRecoveryCode()).ToList();
        await using var db = await factory.CreateDbContextAsync();
        await db.Set<RecoveryCode>().Where(c => c.UserId == userId).ExecuteDeleteAsync();
        db.AddRange(codes.Select(code => new RecoveryCode { UserId = userId, Hash = Hash(code) }));
        await db.SaveChangesAsync();
        return codes;
    }

    /// <summary>Takes the factor away, recovery codes too.</summary>
    public async Task RemoveAsync(long userId)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db.Set<SecondFactor>().Where(f => f.UserId == userId).ExecuteDeleteAsync();
        await db.Set<RecoveryCode>().Where(c => c.UserId == userId).ExecuteDeleteAsync();
    }

    private byte[] SecretOf(SecondFactor factor) => Convert.FromHexString(_lock.Unprotect(factor.Secret));

    private static string NewRecoveryCode()
    {
        var text = OneTimeCodes.Text(RandomNumberGenerator.GetBytes(15));
        return string.Join('-', text.Chunk(6).Select(part => new string(part)));
    }

    private static string Hash(string code) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(code.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)))));

    // Apps show them as "123 456".
    private static string Digits(string code) => string.Concat(code.Where(char.IsAsciiDigit));
}
