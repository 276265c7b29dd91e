namespace OpsConsole.Live;

/// <summary>
/// Sends changes to one connection at the pace the contract allows: a shipment's first change at once, then at most four times a second its latest
/// state; at most 25 batches a second of at most 500 changes. What waits is held once a shipment, so a client that reads slowly costs no more than
/// the board is large.
/// </summary>
internal sealed class HubPump(IOperationsClient client, TimeProvider time, Action<Exception> failed) : IDisposable
{
    internal const int LargestBatch = 500;
    internal static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(40);
    internal static readonly TimeSpan BetweenChanges = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, HubChange> _pending = [];
    private readonly Dictionary<long, long> _sentAt = [];
    private readonly Queue<(long At, long Key)> _sentOrder = new();
    private readonly SemaphoreSlim _offered = new(0, 1);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Takes changes in; quick.</summary>
    internal void Offer(IReadOnlyList<HubChange> changes)
    {
        lock (_lock)
        {
            foreach (var change in changes)
            {
                // What was missed is read beside what comes in: the newer one counts.
                if (!_pending.TryGetValue(change.ShipmentKey, out var waiting) || waiting.Sequence < change.Sequence)
                    _pending[change.ShipmentKey] = change;
            }
            if (_offered.CurrentCount == 0)
                _offered.Release();
        }
    }

    /// <summary>Starts to send, until it is disposed of or the connection ends.</summary>
    internal void Start(CancellationToken aborted) => _ = RunAsync(aborted);

    private async Task RunAsync(CancellationToken aborted)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(aborted, _stop.Token);
        try
        {
            // Not on the thread of who subscribes.
            await Task.Yield();
            while (true)
            {
                var (batch, wait) = Take();
                if (batch.Length == 0)
                {
                    await _offered.WaitAsync(wait, both.Token);
                    continue;
                }
                await client.ShipmentsChanged(batch).WaitAsync(both.Token);
                await Task.Delay(BetweenBatches, time, both.Token);
            }
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // Unsubscribed, or gone.
        }
        catch (Exception failure)
        {
            failed(failure);
        }
        finally
        {
            _stop.Dispose();
        }
    }

    /// <summary>The next batch, in the order of the sequences; without one, how long until a waiting change may be sent.</summary>
    internal (HubChange[] Batch, TimeSpan Wait) Take()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            while (_sentOrder.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) >= BetweenChanges)
            {
                _sentOrder.Dequeue();
                if (_sentAt.GetValueOrDefault(oldest.Key) == oldest.At)
                    _sentAt.Remove(oldest.Key);
            }
            var ready = new List<HubChange>(_pending.Count);
            foreach (var (key, change) in _pending)
            {
                if (!_sentAt.ContainsKey(key))
                    ready.Add(change);
            }
            if (ready.Count == 0)
                return ([], _pending.Count == 0 || _sentOrder.Count == 0 ? Timeout.InfiniteTimeSpan : Rest(_sentOrder.Peek().At, now));
            ready.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
            HubChange[] batch = [.. ready.Take(LargestBatch)];
            foreach (var change in batch)
            {
                _pending.Remove(change.ShipmentKey);
                _sentAt[change.ShipmentKey] = now;
                _sentOrder.Enqueue((now, change.ShipmentKey));
            }
            return (batch, TimeSpan.Zero);
        }
    }

    private TimeSpan Rest(long at, long now)
    {
        var rest = BetweenChanges - time.GetElapsedTime(at, now);
        return rest > TimeSpan.FromMilliseconds(1) ? rest : TimeSpan.FromMilliseconds(1);
    }

    public void Dispose()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It had ended by itself.
        }
    }
}
