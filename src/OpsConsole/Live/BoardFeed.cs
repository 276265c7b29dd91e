using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Live;

/// <summary>
/// Holds the newest board in memory and tells who shows it what changed: reads on from the version it knows whenever <see cref="BoardChanged"/> is
/// raised here, and every 2 s for what other instances wrote. A change of a change-set is published once; its order is that of the versions.
/// </summary>
public sealed partial class BoardFeed(StoreConnections connections, BoardChanged signal, LoopClock clock, TimeProvider time, ILogger<BoardFeed> log)
    : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Reconcile = TimeSpan.FromSeconds(30);

    private static readonly Histogram<double> Delay = Telemetry.Meter.CreateHistogram<double>(
        "opsconsole.push.delay", "s", "From a change committed here, or heard of, to its being handed to screens and listeners",
        advice: new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] });

    private readonly ConcurrentDictionary<long, BoardRow> _rows = new();
    private readonly ConcurrentDictionary<string, long> _keys = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Lock _looking = new();
    private BoardSubscription[] _subscriptions = [];
    private Signal.Listener? _listener;
    private long _version;
    private long _removedVersion;
    private long _reconciledAt;

    /// <summary>The version up to which every change is in <see cref="Rows"/>.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The highest version of a row that left: of what was missed before it not everything is held any more.</summary>
    public long RemovedVersion => Interlocked.Read(ref _removedVersion);

    /// <summary>The rows, in no order. Instances are never changed: a changed row is a new one.</summary>
    public IReadOnlyCollection<BoardRow> Rows => (IReadOnlyCollection<BoardRow>)_rows.Values;

    /// <summary>The row of a shipment; null when it is not on the board.</summary>
    public BoardRow? Find(long shipmentKey) => _rows.GetValueOrDefault(shipmentKey);

    /// <summary>The row of a shipment; null when it is not on the board.</summary>
    public BoardRow? Find(string shipmentId) => _keys.TryGetValue(shipmentId, out var key) ? Find(key) : null;

    /// <summary>Tells of every change from now on, one call at a time; dispose of it to stop.</summary>
    public IDisposable Subscribe(Action<BoardChanges> changed)
    {
        var subscription = new BoardSubscription(changed, Forget, log);
        lock (_lock)
            _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    private void Forget(BoardSubscription subscription)
    {
        lock (_lock)
            _subscriptions = [.. _subscriptions.Where(s => s != subscription)];
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Before anybody is served, so that a first screen is whole.
        _listener = signal.Listen();
        Look();
        RemoveWhatLeft();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                await _listener!.WaitAsync(LookAgain, stoppingToken);
                try
                {
                    Look();
                    if (time.GetElapsedTime(_reconciledAt) >= Reconcile)
                        RemoveWhatLeft();
                }
                catch (System.Data.Common.DbException failure)
                {
                    // Nothing is lost: the next look reads on from the same version.
                    LogNotRead(log, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _listener?.Dispose();
        base.Dispose();
    }

    /// <summary>Reads on at once, for somebody who has seen more elsewhere.</summary>
    internal void CatchUp() => Look();

    private void Look()
    {
        lock (_looking)
            ReadOn();
    }

    private void ReadOn()
    {
        List<BoardRow> changed = [];
        var version = _version;
        using (var connection = connections.OpenReader())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = $"SELECT {BoardRowReader.Columns} FROM board_rows b WHERE b.version > {version.ToString(CultureInfo.InvariantCulture)} ORDER BY b.version";
            using var reader = command.ExecuteReader();
            while (reader.Read())
                changed.Add(BoardRowReader.Read(reader)!);
        }
        if (changed.Count == 0)
            return;
        var (since, causes) = _listener?.TakeCauses() ?? (null, []);
        using var activity = Telemetry.Activities.StartActivity("push", ActivityKind.Internal, parentContext: default, links: causes);
        activity?.SetTag("changes", changed.Count);
        foreach (var row in changed)
        {
            _rows[row.ShipmentKey] = row;
            _keys[row.ShipmentId] = row.ShipmentKey;
        }
        // Before it is published: who subscribed too late for this change knows a version that holds it.
        Interlocked.Exchange(ref _version, changed[^1].Version);
        Publish(new BoardChanges(changed, []));
        if (since is { } raised)
            Delay.Record(Stopwatch.GetElapsedTime(raised).TotalSeconds);
    }

    /// <summary>Takes out what has left the table: swept by this instance or another.</summary>
    internal void RemoveWhatLeft()
    {
        _reconciledAt = time.GetTimestamp();
        HashSet<long> there = [];
        using (var connection = connections.OpenReader())
        {
            using var counter = connection.CreateCommand();
            counter.CommandText = $"SELECT value FROM counters WHERE name = '{BoardRows.RemovedCounter}'";
            if (counter.ExecuteScalar() is { } value and not DBNull)
                Interlocked.Exchange(ref _removedVersion, Math.Max(_removedVersion, Convert.ToInt64(value, CultureInfo.InvariantCulture)));
            using var keys = connection.CreateCommand();
            keys.CommandText = "SELECT shipment_key FROM board_rows";
            using var reader = keys.ExecuteReader();
            while (reader.Read())
                there.Add(reader.GetInt64(0));
        }
        var now = clock.Now;
        List<long> removed = [];
        foreach (var row in _rows.Values)
        {
            if (there.Contains(row.ShipmentKey) && !(row.FinishedAt <= now - BoardRows.KeptAfterFinish))
                continue;
            removed.Add(row.ShipmentKey);
            _rows.TryRemove(row.ShipmentKey, out _);
            _keys.TryRemove(row.ShipmentId, out _);
            Interlocked.Exchange(ref _removedVersion, Math.Max(_removedVersion, row.Version));
        }
        if (removed.Count > 0)
            Publish(new BoardChanges([], removed));
    }

    private void Publish(BoardChanges changes)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
            subscription.Offer(changes);
    }

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "The board could not be read; it is read on with the next look")]
    private static partial void LogNotRead(ILogger logger, Exception failure);
}
