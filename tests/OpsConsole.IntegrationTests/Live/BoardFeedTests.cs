using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Client;
using OpsConsole.IntegrationTests.Triage;
using OpsConsole.Live;
using OpsConsole.Operations;

namespace OpsConsole.IntegrationTests.Live;

/// <summary>The feed in memory against the table: under a burst, with listeners that misbehave, when rows leave.</summary>
public sealed class BoardFeedTests : IAsyncLifetime
{
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(2);
    private readonly FakeTimeProvider _operation = new(new DateTimeOffset(2026, 11, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly ConsoleFactory _console;
    private TriageSeed _seed = null!;
    private BoardFeed _feed = null!;

    public BoardFeedTests() => _console = new ConsoleFactory(services => services.AddSingleton(new LoopClock(_operation)));

    public Task InitializeAsync()
    {
        _seed = new TriageSeed(_console.Services);
        _feed = _console.Services.GetRequiredService<BoardFeed>();
        return Task.CompletedTask;
    }

    async Task IAsyncLifetime.DisposeAsync() => await _console.DisposeAsync();

    [Fact]
    public async Task Feed_UnderABurst_GivesEveryRowItsLastStateInOrder()
    {
        var parcels = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => _seed.RegisterAsync()));
        var seen = new ConcurrentDictionary<long, BoardRow>();
        var (newest, backwards) = (0L, 0);
        var whole = new TaskCompletionSource();
        using var subscription = _feed.Subscribe(changes =>
        {
            foreach (var row in changes.Changed)
            {
                backwards += row.Version <= newest ? 1 : 0;
                newest = row.Version;
                seen[row.ShipmentKey] = row;
            }
            if (seen.Count == 100 && seen.Values.All(r => r.State == ShipmentState.Delivered))
                whole.TrySetResult();
        });
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => _seed.ScoreAsync(parcels[i % 100], i % 1000 / 1000.0)));
        await Task.WhenAll(parcels.Select(p => _seed.ScoreAsync(p, 0.5, ShipmentState.Delivered)));
        await whole.Task.WaitAsync(Enough);
        Assert.Equal(0, backwards);
        Assert.Equal(_console.Count("SELECT value FROM counters WHERE name = 'board'"), _feed.Version);
        Assert.Equal(_feed.Version, _console.Count("SELECT MAX(version) FROM board_rows"));
        Assert.Equal(100, _feed.Rows.Count);
        Assert.Equal(parcels[0].Key, _feed.Find(parcels[0].Id)!.ShipmentKey);
    }

    [Fact]
    public async Task Feed_ListenersThatHangOrThrow_HoldUpNobody()
    {
        var parcel = await _seed.RegisterAsync();
        using var release = new ManualResetEventSlim();
        var (hung, thrown, told) = (0, 0, 0);
        var (good, again) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var hangs = _feed.Subscribe(_ =>
        {
            Interlocked.Increment(ref hung);
            release.Wait(Enough);
        });
        using var throws = _feed.Subscribe(_ =>
        {
            if (Interlocked.Increment(ref thrown) >= 2)
                again.TrySetResult();
            throw new InvalidOperationException("A listener's own fault.");
        });
        using var fine = _feed.Subscribe(changes =>
        {
            if (changes.Changed.Any(r => r.Score >= 0.3))
                good.TrySetResult();
            Interlocked.Increment(ref told);
        });
        await _seed.ScoreAsync(parcel, 0.1);
        await Until(() => Volatile.Read(ref told) > 0 && Volatile.Read(ref thrown) > 0);
        await _seed.ScoreAsync(parcel, 0.3);
        await good.Task.WaitAsync(Enough);
        await again.Task.WaitAsync(Enough);
        Assert.Equal(1, Volatile.Read(ref hung));
        release.Set();
        await Until(() => Volatile.Read(ref hung) == 2);
    }

    [Fact]
    public async Task Row_ADayAfterItFinished_LeavesTheBoardAndItsVersionIsKept()
    {
        var (gone, stays) = (await _seed.RegisterAsync(), await _seed.RegisterAsync(promisedIn: TimeSpan.FromDays(3)));
        await _seed.ScoreAsync(gone, 0.1, ShipmentState.Delivered);
        await _seed.ScoreAsync(stays, 0.1);
        var sweep = _console.Services.GetRequiredService<SweepBoard>();
        _operation.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, await sweep.SweepAsync(CancellationToken.None));
        _operation.Advance(TimeSpan.FromHours(2));
        var version = _console.Count($"SELECT version FROM board_rows WHERE shipment_key = {gone.Key}");
        Assert.Equal(1, await sweep.SweepAsync(CancellationToken.None));
        Assert.Equal(0, await sweep.SweepAsync(CancellationToken.None));
        Assert.Equal(version, _console.Count($"SELECT value FROM counters WHERE name = '{BoardRows.RemovedCounter}'"));
        var left = new TaskCompletionSource<long>();
        using var subscription = _feed.Subscribe(changes =>
        {
            if (changes.Removed.Count > 0)
                left.TrySetResult(changes.Removed[0]);
        });
        await Until(() => _feed.Find(stays.Key) is not null);
        _feed.RemoveWhatLeft();
        Assert.Equal(gone.Key, await left.Task.WaitAsync(Enough));
        Assert.Null(_feed.Find(gone.Key));
        Assert.Equal(version, _feed.RemovedVersion);
        // A late scan doesn't bring it back.
        await _seed.ScoreAsync(gone, 0.1, ShipmentState.Delivered, finishedAgo: TimeSpan.FromHours(25));
        Assert.Equal(0, _console.Count($"SELECT COUNT(*) FROM board_rows WHERE shipment_key = {gone.Key}"));
    }

    private static async Task Until(Func<bool> condition)
    {
        using var enough = new CancellationTokenSource(Enough);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
            await timer.WaitForNextTickAsync(enough.Token);
    }
}
