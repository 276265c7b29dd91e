using System.Data.Common;
using Microsoft.Data.SqlClient;

namespace OpsConsole.Store;

/// <summary>What SQL Server means by a failure of a unit.</summary>
internal static class ServerFailure
{
    private const int Timeout = -2;
    private const int Deadlock = 1205;
    private const int LockTimeout = 1222;

    /// <summary>The same unit may succeed when it is tried again: it waited too long for somebody, or was chosen to give way.</summary>
    internal static bool IsOfTheMoment(Exception failure) => failure is SqlException { Number: Timeout or Deadlock or LockTimeout };

    /// <summary>
    /// Undoes a unit alone. Some failures (a deadlock, a conversion, a lost connection) have undone the whole transaction by then: that is said, so
    /// that nobody in it is told that it was written.
    /// </summary>
    /// <exception cref="InvalidOperationException">The transaction is gone.</exception>
    internal static void Undo(DbTransaction transaction, Exception failure)
    {
        try
        {
            transaction.Rollback("unit");
        }
        catch (Exception gone) when (gone is SqlException or InvalidOperationException)
        {
            throw new InvalidOperationException("The server has undone the whole transaction.", failure);
        }
    }
}
