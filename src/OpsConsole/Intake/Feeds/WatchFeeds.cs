using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake.Feeds;

/// <summary>
/// Writes down what came of each source, and notices feeds that fall silent beyond their rhythm, or come back. Every instance does: what it writes
/// is written once, whoever is first. Silence counts from the start of this process at the earliest, since nobody listened before.
/// </summary>
internal sealed partial class WatchFeeds(
    FeedBook book, SilentFeeds silent, IDbContextFactory<OpsConsoleDb> factory, GroupedWriter writer, LoopClock clock, SettingsStore settings,
    InputChanged changed, TimeProvider time, ILogger<WatchFeeds> log) : BackgroundService
{
    /// <summary>How long what has piled up is waited for, once something came again.</summary>
    internal static readonly TimeSpan Settles = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly Statement Open = new(
        """
        INSERT INTO feed_silences (source_id, facility, since, noticed_at) SELECT @p0, @p1, @p2, @p3
        WHERE NOT EXISTS (SELECT 1 FROM feed_silences WHERE source_id = @p0 AND facility = @p1 AND ended_at IS NULL)
        """);
    private static readonly Statement Back = new("UPDATE feed_silences SET back_at = @p1 WHERE id = @p0 AND back_at IS NULL");
    private static readonly Statement End = new("UPDATE feed_silences SET ended_at = @p1 WHERE id = @p0 AND ended_at IS NULL");
    // What a feed that went down or came back means for a shipment is found by scoring it again.
    private static readonly Statement ScoreSilentAgain = new(
        """
        UPDATE shipments SET next_score_at = 0
        WHERE "key" IN (SELECT shipment_key FROM board_rows WHERE silent = 1 AND finished_at IS NULL) AND state = 0 AND history = 0
        """);
    private static readonly Statement Forget = new("DELETE FROM feed_hours WHERE hour < @p0");

    private readonly SemaphoreSlim _one = new(1, 1);
    private Dictionary<(int, string), FeedRhythm> _rhythms = [];
    private int _rhythmsOf;
    private DateTimeOffset? _listensSince;
    private bool _scoreAgain;

    /// <summary>One round.</summary>
    internal async Task RoundAsync(CancellationToken cancellation = default)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            await LookAsync(cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        await book.FlushAsync(cancellation);
        var now = clock.Now;
        _listensSince ??= now;
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var open = await db.Set<FeedSilence>().AsNoTracking().Where(s => s.EndedAt == null).ToListAsync(cancellation);
        var feeds = await db.Set<Feed>().AsNoTracking().ToListAsync(cancellation);
        var sources = await db.Set<Source>().AsNoTracking().ToDictionaryAsync(s => s.Id, cancellation);
        if (_rhythmsOf != FeedRhythm.NumberOf(now))
            await LearnAsync(db, feeds, now, cancellation);
        if (await ChangeAsync(open, feeds, sources, now, cancellation))
            open = await db.Set<FeedSilence>().AsNoTracking().Where(s => s.EndedAt == null).ToListAsync(cancellation);
        silent.Show([.. open.Where(s => sources.ContainsKey(s.SourceId)).OrderBy(s => s.Since).ThenBy(s => s.Facility, StringComparer.Ordinal)
            .Select(s => new SilentFeed(s.SourceId, sources[s.SourceId].Name, sources[s.SourceId].Simulated, s.Facility, s.Since, s.BackAt))]);
        // After they are shown, so that scoring sees them.
        if (_scoreAgain)
            await ScoreAgainAsync(cancellation);
    }

    private async Task<bool> ChangeAsync(
        List<FeedSilence> open, List<Feed> feeds, Dictionary<int, Source> sources, DateTimeOffset now, CancellationToken cancellation)
    {
        List<(Statement Statement, object[] Values)> changes = [];
        foreach (var silence in open)
        {
            var last = feeds.Find(f => f.SourceId == silence.SourceId && f.Facility == silence.Facility)?.LastAt;
            if (silence.BackAt is null && last > silence.Since)
                changes.Add((Back, [silence.Id, last]));
            else if (silence.BackAt is { } back && now >= back + Settles)
                changes.Add((End, [silence.Id, now]));
        }
        // A source before its facilities: where it is silent as a whole, they add nothing.
        HashSet<int> whole = [.. open.Where(s => s.Facility.Length == 0).Select(s => s.SourceId)];
        foreach (var feed in feeds.OrderBy(f => f.Facility.Length).Where(f => sources.ContainsKey(f.SourceId) && !whole.Contains(f.SourceId)))
        {
            if (open.Exists(s => s.SourceId == feed.SourceId && s.Facility == feed.Facility) || !IsSilent(feed, sources[feed.SourceId], now))
                continue;
            changes.Add((Open, [feed.SourceId, feed.Facility, feed.LastAt, now]));
            if (feed.Facility.Length == 0)
                whole.Add(feed.SourceId);
            LogSilent(log, sources[feed.SourceId].Name, feed.Facility, feed.LastAt);
        }
        if (changes.Count == 0)
            return false;
        await writer.WriteAsync(
            session =>
            {
                foreach (var (statement, values) in changes)
                    session.Execute(statement, values);
            },
            admitted: true, cancellation: cancellation);
        _scoreAgain = true;
        return true;
    }

    private bool IsSilent(Feed feed, Source source, DateTimeOffset now)
    {
        var since = feed.LastAt > _listensSince!.Value ? feed.LastAt : _listensSince.Value;
        if (feed.Facility.Length == 0 && source.SilentAfterMinutes is { } minutes)
            return now - since >= TimeSpan.FromMinutes(minutes);
        return _rhythms.TryGetValue((feed.SourceId, feed.Facility), out var rhythm) && rhythm.IsSilent(since, now);
    }

    private async Task LearnAsync(OpsConsoleDb db, List<Feed> feeds, DateTimeOffset now, CancellationToken cancellation)
    {
        var oldest = FeedRhythm.NumberOf(now - FeedRhythm.Looks);
        await writer.WriteAsync(session => session.Execute(Forget, oldest), admitted: true, cancellation: cancellation);
        var hours = (await db.Set<FeedHour>().AsNoTracking().ToListAsync(cancellation)).ToLookup(h => (h.SourceId, h.Facility));
        _rhythms = feeds.ToDictionary(
            f => (f.SourceId, f.Facility),
            f => new FeedRhythm(f.FirstAt, hours[(f.SourceId, f.Facility)].ToDictionary(h => h.Hour, h => h.Minutes), f.LastAt, settings.Current.TimeZone));
        _rhythmsOf = FeedRhythm.NumberOf(now);
    }

    private async Task ScoreAgainAsync(CancellationToken cancellation)
    {
        await writer.WriteAsync(
            session =>
            {
                session.Execute(ScoreSilentAgain);
                session.OnCommitted(changed.Raise);
            },
            admitted: true, cancellation: cancellation);
        _scoreAgain = false;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await RoundAsync(stoppingToken);
                }
                catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException)
                {
                    LogNotWatched(log, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            // The writer stops after this, so it is still there, even when the time to stop has run out.
            await book.FlushAsync(CancellationToken.None);
        }
        catch (StoreUnavailableException failure)
        {
            LogNotWatched(log, failure);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Warning, Message = "The feed {Source} {Facility} has fallen silent: nothing since {Since}")]
    private static partial void LogSilent(ILogger logger, string source, string facility, DateTimeOffset since);

    [LoggerMessage(EventId = 6102, Level = LogLevel.Warning, Message = "The feeds could not be watched; the next round tries again")]
    private static partial void LogNotWatched(ILogger logger, Exception failure);
}
