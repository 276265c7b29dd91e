using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OpsConsole.Store;

/// <summary>
/// Makes EF's own writing (Identity's, settings', keys') pass the <see cref="WriteGate"/>: a transaction holds it from its start
/// to its end, a SaveChanges or bulk statement outside one for its own duration.
/// </summary>
public sealed class WriteGateInterceptor(WriteGate gate) : DbTransactionInterceptor, ISaveChangesInterceptor, IDbCommandInterceptor, IDbConnectionInterceptor
{
    private readonly ConditionalWeakTable<DbContext, Held> _held = [];

    private sealed class Held
    {
        public WriteGate.Pass Pass;
        public bool ByTransaction;
    }

    private async ValueTask TakeAsync(DbContext? context, bool byTransaction, CancellationToken cancellation)
    {
        if (context is null || _held.TryGetValue(context, out _))
            return;
        var pass = await gate.EnterAsync(WritePriority.People, cancellation);
        _held.Add(context, new Held { Pass = pass, ByTransaction = byTransaction });
    }

    private void Drop(DbContext? context, bool byTransaction)
    {
        if (context is null || !_held.TryGetValue(context, out var held) || held.ByTransaction != byTransaction)
            return;
        _held.Remove(context);
        held.Pass.Dispose();
    }

    public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        await TakeAsync(eventData.Context, byTransaction: true, cancellationToken);
        return result;
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Drop(eventData.Context, byTransaction: true);
        return Task.CompletedTask;
    }

    public override Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Drop(eventData.Context, byTransaction: true);
        return Task.CompletedTask;
    }

    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Drop(eventData.Context, byTransaction: true);

    public override void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Drop(eventData.Context, byTransaction: true);

    public override void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => Drop(eventData.Context, byTransaction: true);

    public override Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Drop(eventData.Context, byTransaction: true);
        return Task.CompletedTask;
    }

    public async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await TakeAsync(eventData.Context, byTransaction: false, cancellationToken);
        return result;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Drop(eventData.Context, byTransaction: false);
        return ValueTask.FromResult(result);
    }

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Drop(eventData.Context, byTransaction: false);
        return Task.CompletedTask;
    }

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        Drop(eventData.Context, byTransaction: false);
        return Task.CompletedTask;
    }

    // A transaction disposed of without an end raises neither commit nor rollback; its connection closes.
    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => Drop(eventData.Context, byTransaction: true);

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Drop(eventData.Context, byTransaction: true);
        return Task.CompletedTask;
    }

    private static bool IsBulk(CommandEventData command) =>
        command.CommandSource is CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete or CommandSource.ExecuteSqlRaw;

    public async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (IsBulk(eventData) && command.Transaction is null)
            await TakeAsync(eventData.Context, byTransaction: false, cancellationToken);
        return result;
    }

    public ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (IsBulk(eventData))
            Drop(eventData.Context, byTransaction: false);
        return ValueTask.FromResult(result);
    }

    public Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        if (IsBulk(eventData))
            Drop(eventData.Context, byTransaction: false);
        return Task.CompletedTask;
    }
}
