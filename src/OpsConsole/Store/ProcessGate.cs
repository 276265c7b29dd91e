using Microsoft.Data.Sqlite;

namespace OpsConsole.Store;

#pragma warning disable CA1416 // On macOS, which can't lock a part of a file, Of gives no gate.

/// <summary>
/// Lets the processes that share one SQLite file write in turn. SQLite keeps them apart by itself, but tells nobody when the file is free: who waits
/// asks again every 150 ms, and a busy neighbour can keep it out for as long as it likes. Here the turn is a lock on a byte of a file beside the
/// database, which ends with its process, however it ends; who waits holds a byte of its own, and who leaves makes room when it sees one.
/// </summary>
internal sealed class ProcessGate(string path) : IDisposable
{
    private const long Turn = 0;
    private const long WaitingRoom = 1;
    // More than a process can have as its id.
    private const long Places = 1L << 32;
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Room = TimeSpan.FromMilliseconds(4);
    // Then SQLite decides: somebody may be stopped with the turn in its hand.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private FileStream? _file;
    private bool _makesRoom;
    private bool _held;

    /// <summary>The gate of a database; null where it isn't a file, or files can't be locked in part.</summary>
    internal static ProcessGate? Of(StoreOptions options)
    {
        if (!options.IsSqlite || OperatingSystem.IsMacOS())
            return null;
        var source = new SqliteConnectionStringBuilder(options.ConnectionString).DataSource;
        return source.Length == 0 || source.StartsWith(':') || source.StartsWith("file:", StringComparison.Ordinal) ? null : new ProcessGate(Path.GetFullPath(source) + ".gate");
    }

    /// <summary>Waits for the turn. One at a time of this process.</summary>
    internal async ValueTask EnterAsync(CancellationToken cancellation)
    {
        _file ??= Open();
        if (_makesRoom)
        {
            _makesRoom = false;
            await Task.Delay(Room, cancellation);
        }
        if (_held = TryLock(Turn, 1))
            return;
        var started = Environment.TickCount64;
        var place = WaitingRoom + Environment.ProcessId;
        TryLock(place, 1);
        try
        {
            do
                await Task.Delay(AskAgain, cancellation);
            while (!(_held = TryLock(Turn, 1)) && Environment.TickCount64 - started < LongestWait.TotalMilliseconds);
        }
        finally
        {
            _file.Unlock(place, 1);
        }
    }

    /// <summary>Ends the turn.</summary>
    internal void Leave()
    {
        if (!_held)
            return;
        _held = false;
        _file!.Unlock(Turn, 1);
        if (TryLock(WaitingRoom, Places))
            _file.Unlock(WaitingRoom, Places);
        else
            _makesRoom = true;
    }

    public void Dispose() => _file?.Dispose();

    private bool TryLock(long from, long length)
    {
        try
        {
            _file!.Lock(from, length);
            return true;
        }
        catch (IOException)
        {
            // Another process has it.
            return false;
        }
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
    }
}
