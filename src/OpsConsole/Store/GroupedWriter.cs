using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Operations;

namespace OpsConsole.Store;

/// <summary>The store can't take anything now: full, locked or broken. Callers are told 503; nothing of their call is stored.</summary>
public sealed class StoreUnavailableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// Writes what waits in as few transactions as possible (group commit): takes whatever is queued, people's units first, runs each in
/// a savepoint of one transaction, commits, and only then tells the callers. A unit that throws is undone alone and its caller gets
/// the exception. What was told to a caller as written is on disk (<c>synchronous=FULL</c>).
/// </summary>
public sealed partial class GroupedWriter(StoreConnections connections, WriteGate gate, StoreOptions options, LoopClock clock, ILogger<GroupedWriter> log)
    : BackgroundService
{
    private const int MostLinks = 64;
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
    private static readonly Statement Savepoint = new("SAVEPOINT unit");
    private static readonly Statement Release = new("RELEASE SAVEPOINT unit");
    private static readonly Statement Undo = new("ROLLBACK TO SAVEPOINT unit");
    private static readonly Statement ReadStamp = new("SELECT value FROM counters WHERE name = @p0");
    // Raised before it is read: on SQL Server the row is this transaction's until it commits, so that no other takes the same stamp, or one that
    // would come to light before it (decision 5 does the same for the board).
    private static readonly Statement RaiseStamp = new(
        "UPDATE counters SET value = CASE WHEN value >= @p0 THEN value + 1 ELSE @p0 END WHERE name = @p1");
    private static readonly Statement NewStamp = new("INSERT INTO counters (name, value) VALUES (@p1, @p0)");

    private static readonly Histogram<double> GateWait = Telemetry.Meter.CreateHistogram<double>(
        "opsconsole.store.gate.wait", "s", "Waiting for the right to write", advice: new() { HistogramBucketBoundaries = Bounds });
    private static readonly Histogram<double> CommitTime = Telemetry.Meter.CreateHistogram<double>(
        "opsconsole.store.commit", "s", "A transaction of the writer, from its begin until it is durable", advice: new() { HistogramBucketBoundaries = Bounds });
    private static readonly Counter<long> Units = Telemetry.Meter.CreateCounter<long>("opsconsole.store.units", "{unit}", "Units written; several share a transaction");

    private static readonly TimeSpan TriedAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Channel<Unit>[] _queues =
        [Channel.CreateUnbounded<Unit>(new() { SingleReader = true }), Channel.CreateUnbounded<Unit>(new() { SingleReader = true })];
    private readonly SemaphoreSlim _work = new(0);
    private readonly Dictionary<Statement, DbCommand> _prepared = [];
    private DbConnection? _connection;
    private long _queuedItems;

    private sealed record Unit(Action<WriteSession> Apply, int Items, TaskCompletionSource<DateTimeOffset> Done)
    {
        public Exception? Failure { get; set; }

        /// <summary>What asked for it, for traces.</summary>
        public ActivityContext? Cause { get; } = Activity.Current is { Recorded: true } cause ? cause.Context : null;
    }

    /// <summary>Items waiting or being written.</summary>
    public long QueuedItems => Volatile.Read(ref _queuedItems);

    /// <summary>Set while the newest transaction could not be committed; null when the store takes writes.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>
    /// Queues a unit and waits until it is durable.
    /// </summary>
    /// <param name="apply">Writes through the session, on the writer's thread; must be quick and must not wait.</param>
    /// <param name="priority">People's writes go first and are never refused for the length of the queue.</param>
    /// <param name="items">How many items the unit holds, for the bound on the queue.</param>
    /// <param name="admitted">True for the later parts of a stream that was admitted before: it is slowed, not refused.</param>
    /// <param name="cancellation">Gives up waiting; the unit may still be written.</param>
    /// <returns>The time received that was stamped on what was written.</returns>
    /// <exception cref="StoreUnavailableException">The queue is full, or the store failed; nothing was written.</exception>
    public async Task<DateTimeOffset> WriteAsync(
        Action<WriteSession> apply, WritePriority priority = WritePriority.Bulk, int items = 1, bool admitted = false, CancellationToken cancellation = default)
    {
        var waiting = Interlocked.Add(ref _queuedItems, items);
        if (waiting > options.QueuedItems && waiting > items && priority == WritePriority.Bulk && !admitted)
        {
            Interlocked.Add(ref _queuedItems, -items);
            throw new StoreUnavailableException("More is waiting to be written than the store can take at the moment.");
        }
        var unit = new Unit(apply, items, new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_queues[(int)priority].Writer.TryWrite(unit))
        {
            Interlocked.Add(ref _queuedItems, -items);
            throw new StoreUnavailableException("The store is stopping.");
        }
        _work.Release();
        return await unit.Done.Task.WaitAsync(cancellation);
    }

    /// <summary>Makes sure that a call which brings that many items may begin; its parts are then written with <c>admitted: true</c>.</summary>
    /// <exception cref="StoreUnavailableException">More is waiting to be written than the store can take.</exception>
    public void Admit(int items)
    {
        var waiting = QueuedItems;
        if (waiting > 0 && waiting + items > options.QueuedItems)
            throw new StoreUnavailableException("More is waiting to be written than the store can take at the moment.");
    }

    /// <inheritdoc/>
    // Whatever time is left: what waits is written within moments, and what it writes with is disposed of next.
    public override Task StopAsync(CancellationToken cancellationToken) => base.StopAsync(CancellationToken.None);

    /// <inheritdoc/>
    // A thread of its own: it waits for the disk much of the time, and the pool has few threads to lend.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Write(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Write(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                // After a failure it tries by itself: readiness must not hang on somebody sending more.
                _work.Wait(Fault is null ? Timeout.InfiniteTimeSpan : TriedAgainAfter, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            WriteWhatWaits();
        }
        foreach (var queue in _queues)
            queue.Writer.TryComplete();
        // What was queued before the stop is still written: its callers wait for it.
        while (_queues.Any(queue => queue.Reader.TryPeek(out _)))
            WriteWhatWaits();
        _connection?.Dispose();
    }

    private void WriteWhatWaits()
    {
        if (Fault is null && !_queues.Any(queue => queue.Reader.TryPeek(out _)))
            return;
        var priority = _queues[0].Reader.TryPeek(out _) ? WritePriority.People : WritePriority.Bulk;
        List<Unit> units = [];
        var waiting = Stopwatch.GetTimestamp();
        using var pass = Enter(priority);
        GateWait.Record(Stopwatch.GetElapsedTime(waiting).TotalSeconds, new KeyValuePair<string, object?>("priority", priority == WritePriority.People ? "people" : "bulk"));
        using var activity = Telemetry.Activities.StartActivity("store.commit", ActivityKind.Internal, parentContext: default);
        try
        {
            var began = Stopwatch.GetTimestamp();
            var session = Commit(units);
            CommitTime.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
            Units.Add(units.Count);
            Link(activity, units);
            Fault = null;
            foreach (var unit in units)
            {
                if (unit.Failure is { } failure)
                    unit.Done.TrySetException(failure);
                else
                    unit.Done.TrySetResult(session.Received);
            }
            foreach (var action in session.AfterCommit)
                action();
        }
        catch (Exception failure)
        {
            Fault = failure;
            LogNotCommitted(log, units.Count, failure);
            DropConnection();
            // A transaction that could not even begin took nobody: who waits is told too, instead of waiting for the next one to come.
            if (units.Count == 0)
                TakeAll(units);
            foreach (var unit in units)
                unit.Done.TrySetException(unit.Failure ?? new StoreUnavailableException("The store could not take the write.", failure));
        }
        finally
        {
            foreach (var unit in units)
                Interlocked.Add(ref _queuedItems, -unit.Items);
        }
    }

    private WriteGate.Pass Enter(WritePriority priority)
    {
        var entering = gate.EnterAsync(priority);
        return entering.IsCompletedSuccessfully ? entering.Result : entering.AsTask().GetAwaiter().GetResult();
    }

    private WriteSession Commit(List<Unit> units)
    {
        _connection ??= connections.OpenWriter();
        using var transaction = _connection.BeginTransaction();
        var stamp = $"received:{clock.Loop}";
        var stamping = new WriteSession(_connection, transaction, _prepared, default, clock.Loop);
        var now = clock.Now.UtcTicks;
        if (stamping.Execute(RaiseStamp, now, stamp) == 0)
            stamping.Execute(NewStamp, now, stamp);
        var received = Convert.ToInt64(stamping.Scalar(ReadStamp, stamp), System.Globalization.CultureInfo.InvariantCulture);
        var session = new WriteSession(_connection, transaction, _prepared, new DateTimeOffset(received, TimeSpan.Zero), clock.Loop, options.TogetherFrom);
        var started = Stopwatch.GetTimestamp();
        while (Take() is { } unit)
        {
            units.Add(unit);
            Run(unit, session, transaction);
            if (Stopwatch.GetElapsedTime(started).TotalMilliseconds >= options.GateHoldMilliseconds)
                break;
        }
        transaction.Commit();
        return session;
    }

    private void Run(Unit unit, WriteSession session, DbTransaction transaction)
    {
        var mark = session.SignalMark;
        if (options.IsSqlite)
            session.Execute(Savepoint);
        else
            transaction.Save("unit");
        try
        {
            unit.Apply(session);
            if (options.IsSqlite)
                session.Execute(Release);
        }
        catch (Exception failure)
        {
            unit.Failure = ServerFailure.IsOfTheMoment(failure) ? new StoreUnavailableException("The store could not take the write.", failure) : failure;
            session.ForgetSignalsAfter(mark);
            if (!options.IsSqlite)
            {
                ServerFailure.Undo(transaction, failure);
                return;
            }
            session.Execute(Undo);
            session.Execute(Release);
        }
    }

    // One transaction is the effect of many calls: a trace of it leads to each of them.
    private static void Link(Activity? activity, List<Unit> units)
    {
        if (activity is null)
            return;
        activity.SetTag("units", units.Count);
        foreach (var unit in units.Where(u => u.Cause is not null).Take(MostLinks))
            activity.AddLink(new ActivityLink(unit.Cause!.Value));
    }

    private Unit? Take() =>
        _queues[0].Reader.TryRead(out var unit) || _queues[1].Reader.TryRead(out unit) ? unit : null;

    private void TakeAll(List<Unit> units)
    {
        while (Take() is { } unit)
            units.Add(unit);
    }

    private void DropConnection()
    {
        _prepared.Clear();
        _connection?.Dispose();
        _connection = null;
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "A transaction of {Units} units could not be committed; its callers were told")]
    private static partial void LogNotCommitted(ILogger logger, int units, Exception failure);
}
