using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>Counts wrong passwords and codes: the fifth shuts an account for five minutes.</summary>
public sealed partial class FailedAttempts(IDbContextFactory<OpsConsoleDb> factory, Audit audit, TimeProvider time, ILogger<FailedAttempts> log)
{
    private const int Most = 5;
    private static readonly TimeSpan ShutFor = TimeSpan.FromMinutes(5);

    // In the store and in one statement: instances that count at the same moment don't lose a failure.
    internal async Task CountAsync(long userId)
    {
        try
        {
            DateTimeOffset? until = time.GetUtcNow() + ShutFor;
            await using var db = await factory.CreateDbContextAsync();
            await db.Users.Where(u => u.Id == userId && (u.LockoutEnd == null || u.LockoutEnd < until)).ExecuteUpdateAsync(set => set
                .SetProperty(u => u.LockoutEnd, u => u.AccessFailedCount + 1 >= Most ? until : u.LockoutEnd)
                .SetProperty(u => u.AccessFailedCount, u => u.AccessFailedCount + 1 >= Most ? 0 : u.AccessFailedCount + 1));
            if (!await db.Users.AnyAsync(u => u.Id == userId && u.LockoutEnd == until && u.AccessFailedCount == 0))
                return;
            audit.Add(db, new Caller(userId, null, "", 0, "", false, false), "user.lockedOut");
            await db.SaveChangesAsync();
        }
        catch (Exception failure)
        {
            // Nobody waits for it, and the attempt is refused all the same.
            LogNotCounted(log, failure);
        }
    }

    [LoggerMessage(EventId = 2034, Level = LogLevel.Error, Message = "A failed sign-in couldn't be counted")]
    private static partial void LogNotCounted(ILogger logger, Exception failure);
}

/// <summary>Lets attempts at one account pass one after the other, so that a hundred at once don't all see an account that isn't shut yet.</summary>
public sealed class SignInTurns : IDisposable
{
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_gates, gate => gate.Dispose());

    internal async Task<Turn> TakeAsync(string email)
    {
        var gate = _gates[(uint)email.ToUpperInvariant().GetHashCode(StringComparison.Ordinal) % _gates.Length];
        await gate.WaitAsync();
        return new Turn(gate);
    }

    internal sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        private Task _last = Task.CompletedTask;

        /// <summary>The next attempt waits for this too; the answer to this one doesn't.</summary>
        internal void EndWith(Task last) => _last = last;

        public void Dispose() => _ = EndAsync();

        private async Task EndAsync()
        {
            await _last;
            gate.Release();
        }
    }
}
