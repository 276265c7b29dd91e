using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Access;

/// <summary>
/// Lets the first visitor of a fresh installation make the first administrator, with a code that only the log of this process shows: who can read
/// the log runs the machine. Shut in the demo, where <c>Bootstrap:AdminEmail</c> names somebody, and for good once anybody may sign in.
/// </summary>
public sealed partial class FirstAdministrator(IServiceScopeFactory scopes, AccessOptions options, Users users, ILogger<FirstAdministrator> log)
    : IDisposable
{
    // Crockford's: nothing in it is mistaken for something else.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Groups = 4;
    private const int GroupLength = 5;

    private readonly string _code = NewCode();
    private readonly SemaphoreSlim _one = new(1, 1);
    private bool _shut = options.DemoAccounts || options.AdminEmail is not null;

    /// <summary>Whether there is still nobody who may sign in. Once there is, it stays shut and asks the store no more.</summary>
    public async Task<bool> IsOpenAsync(CancellationToken cancellation = default)
    {
        if (_shut)
            return false;
        await using var scope = scopes.CreateAsyncScope();
        var people = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser<long>>>().Users;
        // A database that once held a demo has its accounts, shut.
        if (await people.AnyAsync(u => !u.Email!.EndsWith(DemoAccount.Domain), cancellation))
            _shut = true;
        return !_shut;
    }

    /// <summary>Makes the first administrator. What is wrong, in words; nothing when it was done.</summary>
    public async Task<IReadOnlyList<string>> CreateAsync(string code, string email, string name, string password, CancellationToken cancellation = default)
    {
        if (!IsCode(code))
        {
            LogWrongCode(log);
            return ["That is not the set-up code. It stands in the log of the running program, and changes with each start."];
        }
        await _one.WaitAsync(cancellation);
        try
        {
            if (!await IsOpenAsync(cancellation))
                return ["There is an administrator already. Sign in."];
            var problems = await users.AddAsync(email, name, password, [Roles.Admin], Caller.System);
            _shut = problems.Count == 0;
            return problems;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Shows the code in the log, if it is of use.</summary>
    internal async Task AnnounceAsync(CancellationToken cancellation)
    {
        if (await IsOpenAsync(cancellation))
            LogCode(log, Written(_code));
    }

    /// <summary>The code as the log shows it; for tests, which read no log.</summary>
    internal string Code => Written(_code);

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private bool IsCode(string text)
    {
        var given = string.Concat(text.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)).Replace('O', '0').Replace('I', '1').Replace('L', '1');
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(_code)));
    }

    private static string NewCode() => RandomNumberGenerator.GetString(Alphabet, Groups * GroupLength);

    private static string Written(string code) => string.Join('-', code.Chunk(GroupLength).Select(group => new string(group)));

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning,
        Message = "Nobody may sign in yet. Open /first-run in a browser and make the first administrator with the set-up code {Code}")]
    private static partial void LogCode(ILogger logger, string code);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning, Message = "A wrong set-up code was entered")]
    private static partial void LogWrongCode(ILogger logger);
}
