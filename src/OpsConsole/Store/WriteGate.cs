namespace OpsConsole.Store;

/// <summary>Who goes first at the <see cref="WriteGate"/>.</summary>
public enum WritePriority
{
    /// <summary>A person waits for it.</summary>
    People,

    /// <summary>Machines' writes.</summary>
    Bulk,
}

/// <summary>
/// One asynchronous first-in-first-out gate that all writing of a process passes on SQLite, which has one writer at a time and
/// makes a second one block its thread. People's writes go before bulk. Other processes on the same file take their turns too
/// (<see cref="ProcessGate"/>). On SQL Server the gate stands open.
/// </summary>
public sealed class WriteGate(StoreOptions options) : IDisposable
{
    private readonly ProcessGate? _processes = ProcessGate.Of(options);
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource>[] _waiting = [new(), new()];
    private bool _taken;

    /// <summary>Waits for the gate. Dispose what is returned to leave it.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async ValueTask<Pass> EnterAsync(WritePriority priority, CancellationToken cancellation = default)
    {
        if (!options.IsSqlite)
            return default;
        if (Queue(priority) is { } turn)
        {
            await using (cancellation.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), turn))
                await turn.Task;
        }
        if (_processes is null)
            return new Pass(this);
        try
        {
            await _processes.EnterAsync(cancellation);
        }
        catch
        {
            LetNextIn();
            throw;
        }
        return new Pass(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _processes?.Dispose();

    // Null when the gate was free and is taken now.
    private TaskCompletionSource? Queue(WritePriority priority)
    {
        lock (_lock)
        {
            if (!_taken)
            {
                _taken = true;
                return null;
            }
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[(int)priority].Enqueue(turn);
            return turn;
        }
    }

    private void Leave()
    {
        _processes?.Leave();
        LetNextIn();
    }

    private void LetNextIn()
    {
        while (true)
        {
            TaskCompletionSource next;
            lock (_lock)
            {
                var queue = _waiting[0].Count > 0 ? _waiting[0] : _waiting[1];
                if (queue.Count == 0)
                {
                    _taken = false;
                    return;
                }
                next = queue.Dequeue();
            }
            // A waiter that gave up meanwhile is passed over.
            if (next.TrySetResult())
                return;
        }
    }

    /// <summary>The right to write, until disposed of.</summary>
    public struct Pass : IDisposable
    {
        private WriteGate? _gate;

        internal Pass(WriteGate gate) => _gate = gate;

        /// <inheritdoc/>
        public void Dispose()
        {
            _gate?.Leave();
            _gate = null;
        }
    }
}
