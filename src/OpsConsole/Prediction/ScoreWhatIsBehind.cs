using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Intake;
using OpsConsole.Intake.Feeds;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Prediction;

/// <summary>
/// Scores the shipments whose input changed, and those that are due by time (design 3, 4): told by a signal, or looking by itself twice a second.
/// What is due is found by numbers in the store, so that nothing is lost by a crash, and nothing is written twice by two instances.
/// </summary>
public sealed partial class ScoreWhatIsBehind(
    StoreConnections connections, StoreOptions options, GroupedWriter writer, LoopClock clock, SettingsStore settings, Champions champions, SilentFeeds feeds,
    InputChanged changed, TimeProvider time, BoardRows board, IEnumerable<IFollowScores> followers, Ids ids, ILogger<ScoreWhatIsBehind> log) : BackgroundService
{
    private const int BatchSize = 500;
    private const int UnitSize = 50;
    // Where rows are written together, more of them pay.
    private const int UnitTogether = 250;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    // What comes within this is scored together.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan TryAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);
    private static readonly Histogram<double> Delay = Telemetry.Meter.CreateHistogram<double>(
        "opsconsole.scoring.delay", "s", "From a fact received, or a moment due, to its score written",
        advice: new() { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600] });
    private static readonly Counter<long> Scores = Telemetry.Meter.CreateCounter<long>("opsconsole.scores", description: "Shipments scored");
    private static readonly Counter<long> Predictions = Telemetry.Meter.CreateCounter<long>("opsconsole.predictions", description: "Predictions stored");

    private readonly SemaphoreSlim _one = new(1, 1);
    private Signal.Listener? _listener;
    private readonly WriteScores _write = new(board, followers, ids);

    /// <summary>Scores until nothing is due any more at the loop's time.</summary>
    public async Task DrainAsync(CancellationToken cancellation = default)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            while (await ScoreBatchAsync(cancellation))
                cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var listener = changed.Listen();
        _listener = listener;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await DrainAsync(stoppingToken);
                    await Task.Delay(Gather, time, stoppingToken);
                    await listener.WaitAsync(LookAgain, stoppingToken);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogFailed(log, failure);
                    await Task.Delay(AfterFailure, time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping; what is due stays due.
        }
    }

    /// <summary>Scores and writes one batch; false when nothing was due.</summary>
    private async Task<bool> ScoreBatchAsync(CancellationToken cancellation)
    {
        var now = clock.Now;
        using var connection = connections.OpenReader();
        using var shipments = new DueShipments(connection, options.IsSqlite);
        List<DueShipment> due = [.. shipments.ByTime(clock.Loop, now, BatchSize / 2)];
        if (due.Count > 0)
        {
            // Whatever was stamped before the moment of the grid may still be on its way into the store; after this it is there.
            await writer.WriteAsync(static _ => { }, cancellation: cancellation);
            due = [.. shipments.ByTime(clock.Loop, now, BatchSize / 2)];
        }
        due.AddRange(shipments.Behind(clock.Loop, BatchSize - due.Count));
        if (due.Count == 0)
            return false;
        using var activity = Telemetry.Activities.StartActivity("score", ActivityKind.Internal, parentContext: default, links: _listener?.TakeCauses().Causes);
        activity?.SetTag("shipments", due.Count);
        var (champion, term) = champions.Snapshot();
        using var scorer = new Scorer(connection, shipments, champions, feeds, settings.Current.TimeZone, log);
        List<FailedShipment> failed = [];
        var scored = scorer.Score([.. due.Where(d => !d.History)], champion, now, failed);
        var history = due.Where(d => d.History).ToList();
        List<Task> writes = [.. scored.Chunk(options.TogetherFrom > UnitSize ? UnitSize : UnitTogether).Select(unit => WriteAsync(unit, term, cancellation))];
        if (failed.Count + history.Count > 0)
            writes.Add(PutOffAsync(failed, history, now, cancellation));
        await Task.WhenAll(writes);
        return true;
    }

    private async Task WriteAsync(ScoredShipment[] unit, long term, CancellationToken cancellation)
    {
        try
        {
            await WriteUnitAsync(unit, term, cancellation);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or StoreUnavailableException) && unit.Length > 1)
        {
            // One bad shipment must not hold up its neighbours.
            foreach (var shipment in unit)
                await WriteAsync([shipment], term, cancellation);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or StoreUnavailableException))
        {
            LogNotWritten(log, unit[0].Due.Key, failure);
            await PutOffAsync([new(unit[0].Due, failure)], [], clock.Now, cancellation);
        }
    }

    private async Task WriteUnitAsync(ScoredShipment[] unit, long term, CancellationToken cancellation)
    {
        IReadOnlyList<ScoredShipment> written = [];
        var newest = true;
        var received = await writer.WriteAsync(
            session =>
            {
                newest = WriteScores.IsNewest(session, term);
                written = newest ? _write.Write(session, unit) : [];
            },
            WritePriority.Bulk, unit.Length, admitted: true, cancellation);
        if (!newest)
            champions.Refresh();
        foreach (var shipment in written)
            Count(shipment, received);
    }

    private async Task PutOffAsync(List<FailedShipment> failed, List<DueShipment> history, DateTimeOffset now, CancellationToken cancellation) =>
        await writer.WriteAsync(
            session =>
            {
                foreach (var (shipment, why) in failed)
                {
                    var again = SetAside.Note(session, SetAsideStage.Scoring, shipment.Key, shipment.InputVersion, why);
                    WriteScores.Later(session, shipment, again ? now + TryAgain : null);
                }
                foreach (var shipment in history)
                    WriteScores.Never(session, shipment);
            },
            admitted: true, cancellation: cancellation);

    private static void Count(ScoredShipment shipment, DateTimeOffset received)
    {
        var byTime = shipment.Due.NextScoreAt > 0;
        Scores.Add(1, new KeyValuePair<string, object?>("because", byTime ? "time" : "input"));
        if (shipment.Material)
            Predictions.Add(1);
        var since = byTime ? new DateTimeOffset(shipment.Due.NextScoreAt, TimeSpan.Zero) : Scorer.Newest(shipment.History);
        // Scored again for another reason than a new fact: a condition, a champion.
        if (byTime || since.UtcTicks > shipment.Due.ScoredAt)
            Delay.Record((received - since).TotalSeconds, new KeyValuePair<string, object?>("because", byTime ? "time" : "input"));
    }

    [LoggerMessage(EventId = 4011, Level = LogLevel.Error, Message = "Scoring what is behind failed; it goes on in two seconds")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    [LoggerMessage(EventId = 4012, Level = LogLevel.Error, Message = "The score of shipment {ShipmentKey} could not be written; it is tried again in a minute, five times in all")]
    private static partial void LogNotWritten(ILogger logger, long shipmentKey, Exception failure);
}
