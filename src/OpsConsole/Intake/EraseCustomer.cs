using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>Erases a customer: destroys their key and what it locked, here and in the log of the database. The anonymous facts stay.</summary>
public sealed class EraseCustomer(
    GroupedWriter writer, SealedCustomers customers, Audit audit, StoreConnections connections, WriteGate gate, StoreOptions options, TimeProvider time)
{
    private const int Tries = 50;
    private static readonly Statement OverwriteOnSqlite = new("PRAGMA secure_delete = ON");
    private static readonly Statement LeaveTracesOnSqlite = new("PRAGMA secure_delete = OFF");

    /// <summary>Erases the customer of an id; false when none is known (any more).</summary>
    public async Task<bool> HandleAsync(string customerId, Caller who, CancellationToken cancellation = default)
    {
        var erased = false;
        await writer.WriteAsync(
            session =>
            {
                // What is freed is overwritten, not only forgotten.
                if (options.IsSqlite)
                    session.Execute(OverwriteOnSqlite);
                if (customers.Destroy(session, customerId) is { } key)
                {
                    audit.Write(session, who, "customer.erased", key.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    erased = true;
                }
                if (options.IsSqlite)
                    session.Execute(LeaveTracesOnSqlite);
            },
            WritePriority.People,
            cancellation: cancellation);
        if (erased && options.IsSqlite)
            await EmptyLogAsync(cancellation);
        return erased;
    }

    // The write-ahead log still has the key as it was. Readers may keep it from being cut for a moment.
    private async Task EmptyLogAsync(CancellationToken cancellation)
    {
        using var connection = connections.OpenWriter();
        using var checkpoint = connection.CreateCommand();
        checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        for (var i = 0; i < Tries; i++)
        {
            using (await gate.EnterAsync(WritePriority.People, cancellation))
            {
                using var row = checkpoint.ExecuteReader();
                if (row.Read() && row.GetInt64(0) == 0)
                    return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellation);
        }
    }
}
