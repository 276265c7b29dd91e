using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.IntegrationTests.Triage;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Live;

/// <summary>The hub as an integrator's client sees it, over a real port.</summary>
public sealed class HubTests : IAsyncLifetime
{
    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(2);
    private readonly FakeTimeProvider _operation = new(new DateTimeOffset(2026, 11, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly ConsoleFactory _console;
    private TriageSeed _seed = null!;
    private Uri _address = null!;

    public HubTests() => _console = new ConsoleFactory(services => services.AddSingleton(new LoopClock(_operation)));

    public Task InitializeAsync()
    {
        _console.UseKestrel(0);
        _console.StartServer();
        _address = _console.ClientOptions.BaseAddress;
        _seed = new TriageSeed(_console.Services);
        return Task.CompletedTask;
    }

    async Task IAsyncLifetime.DisposeAsync() => await _console.DisposeAsync();

    [Fact]
    public async Task Change_AfterSubscribing_ComesOnceWithItsFields()
    {
        var parcel = await _seed.RegisterAsync();
        await using var listener = await ListenAsync();
        var prediction = await _seed.ScoreAsync(parcel, 0.7);
        // The score makes the row and opens its case, in one transaction.
        var change = await listener.NextAsync();
        Assert.Equal(_console.Count("SELECT version FROM board_rows"), change.Sequence);
        Assert.True(change.Sequence > listener.Current);
        Assert.Equal(parcel.Id, change.ShipmentId);
        Assert.Equal((ShipmentState.Open, 0.7, true, true, "B2"), (change.State, change.Score, change.Late, change.Flagged, change.DestinationArea));
        Assert.Equal(parcel.PromisedBy, change.PromisedBy);
        Assert.Equal(CaseState.Open, change.CaseState);
        Assert.Null(change.Assignee);
        await _console.Services.GetRequiredService<OpsConsole.Triage.JudgeShipment>().HandleAsync(
            parcel.Id, new JudgementRequest { Late = true, PredictionId = $"{prediction}" }, new Caller(1, null, "ann", 1, "console", false, false));
        var judged = await listener.NextAsync();
        Assert.Equal((CaseState.Judged, "ann"), (judged.CaseState, judged.Assignee));
        Assert.True(judged.Sequence > change.Sequence);
        Assert.Empty(listener.Waiting());
    }

    [Fact]
    public async Task Changes_OfOneShipmentInABurst_AreCoalescedAndEndWithTheFinalState()
    {
        var parcel = await _seed.RegisterAsync();
        await using var listener = await ListenAsync();
        for (var i = 0; i < 300; i++)
            await _seed.ScoreAsync(parcel, i / 1000.0);
        await _seed.ScoreAsync(parcel, 0.3, ShipmentState.Delivered);
        List<ShipmentChange> seen = [];
        do
            seen.Add(await listener.NextAsync());
        while (seen[^1].State != ShipmentState.Delivered);
        Assert.Equal(seen.OrderBy(c => c.Sequence), seen);
        // Four a second, and the first: however long the burst took.
        Assert.True(seen.Count <= 2 + 4 * listener.Elapsed.TotalSeconds, $"{seen.Count} changes in {listener.Elapsed.TotalSeconds:0.00} s");
        Assert.True(seen.Count < 150, $"{seen.Count} of 301 changes were sent");
    }

    [Fact]
    public async Task Board_ChangesWhole_ComesInBatchesOfAtMost500()
    {
        var parcels = await Task.WhenAll(Enumerable.Range(0, 1200).Select(_ => _seed.RegisterAsync()));
        await using var listener = await ListenAsync();
        await _console.Services.GetRequiredService<GroupedWriter>().WriteAsync(session =>
        {
            foreach (var parcel in parcels)
                _seed.Write(session, parcel, 0.1, ShipmentState.Open, store: false, parcel.PromisedBy, key: 0);
        });
        List<ShipmentChange> seen = [];
        while (seen.Count < 1200)
            seen.Add(await listener.NextAsync());
        Assert.Equal(parcels.Select(p => p.Id), seen.Select(c => c.ShipmentId));
        Assert.True(listener.LargestBatch <= 500, $"a batch of {listener.LargestBatch}");
    }

    [Fact]
    public async Task Reconnect_WithLastSeen_GetsWhatWasMissed()
    {
        var parcels = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _seed.RegisterAsync()));
        long seen;
        await using (var before = await ListenAsync())
        {
            await _seed.ScoreAsync(parcels[0], 0.1);
            seen = (await before.NextAsync()).Sequence;
        }
        foreach (var parcel in parcels[1..])
            await _seed.ScoreAsync(parcel, 0.1);
        await _seed.ScoreAsync(parcels[3], 0.2);
        await UntilFeedIsAtAsync(_console.Count("SELECT value FROM counters WHERE name = 'board'"));
        await using var after = await ListenAsync(seen);
        List<ShipmentChange> missed = [];
        while (missed.Count < 19)
            missed.Add(await after.NextAsync());
        Assert.Equal(parcels[1..].Select(p => p.Id).Order(), missed.Select(c => c.ShipmentId).Order());
        Assert.Equal(0.2, missed.Single(c => c.ShipmentId == parcels[3].Id).Score);
        Assert.All(missed, c => Assert.True(c.Sequence > seen));
        Assert.False(after.Resynced.IsCompleted);
    }

    [Fact]
    public async Task Reconnect_LastSeenNoLongerHeld_IsToldToResync()
    {
        var (gone, stays) = (await _seed.RegisterAsync(), await _seed.RegisterAsync(promisedIn: TimeSpan.FromDays(9)));
        await _seed.ScoreAsync(stays, 0.1);
        await _seed.ScoreAsync(gone, 0.1, ShipmentState.Delivered);
        var feed = _console.Services.GetRequiredService<BoardFeed>();
        await UntilFeedIsAtAsync(_console.Count("SELECT value FROM counters WHERE name = 'board'"));
        _operation.Advance(TimeSpan.FromHours(25));
        await _console.Services.GetRequiredService<SweepBoard>().SweepAsync(CancellationToken.None);
        feed.RemoveWhatLeft();
        await using var behind = await ListenAsync(feed.RemovedVersion - 1);
        await behind.Resynced.WaitAsync(Enough);
        await using var ahead = await ListenAsync(feed.Version + 1000);
        await ahead.Resynced.WaitAsync(Enough);
        await using var held = await ListenAsync(feed.RemovedVersion);
        await _seed.ScoreAsync(stays, 0.2);
        Assert.Equal(stays.Id, (await held.NextAsync()).ShipmentId);
        Assert.False(held.Resynced.IsCompleted);
        // Who has to read anew is told of changes from now on all the same.
        Assert.Equal(stays.Id, (await behind.NextAsync()).ShipmentId);
    }

    [Fact]
    public async Task HeldOut_Changes_AreToldToNobody()
    {
        var (heldOut, shown) = (await _seed.RegisterAsync(heldOut: true), await _seed.RegisterAsync());
        await using var listener = await ListenAsync();
        await _seed.ScoreAsync(heldOut, 0.9);
        await _seed.ScoreAsync(shown, 0.9);
        Assert.Equal(shown.Id, (await listener.NextAsync()).ShipmentId);
        Assert.Empty(listener.Waiting());
    }

    [Fact]
    public async Task Unsubscribed_NoMoreChanges()
    {
        var (first, second) = (await _seed.RegisterAsync(), await _seed.RegisterAsync());
        await using var leaves = await ListenAsync();
        await using var stays = await ListenAsync();
        await _seed.ScoreAsync(first, 0.1);
        await leaves.NextAsync();
        await stays.NextAsync();
        await leaves.Hub.UnsubscribeAsync();
        await _seed.ScoreAsync(second, 0.1);
        await stays.NextAsync();
        Assert.Empty(leaves.Waiting());
        Assert.Equal(1, _console.Services.GetRequiredService<HubListeners>().Count);
    }

    [Fact]
    public async Task Disconnected_PumpIsGone()
    {
        var listeners = _console.Services.GetRequiredService<HubListeners>();
        await using (await ListenAsync())
            Assert.Equal(1, listeners.Count);
        await UntilAsync(() => listeners.Count == 0);
    }

    [Fact]
    public async Task KeyRevoked_ItsConnectionEndsAndOthersStay()
    {
        var key = await _console.IssueKeyAsync("listens", simulated: false, Scopes.Read);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hub = new OperationsHubClient(_address, key) { ConnectionLost = _ => lost.TrySetResult() };
        await hub.StartAsync();
        await using var stays = await ListenAsync();
        Assert.True(await _console.Services.GetRequiredService<ApiKeys>().RevokeAsync(ApiKeyFormat.IdOf(key, ApiKeyKind.Key)!, Caller.System));
        await lost.Task.WaitAsync(Enough);
        var listeners = _console.Services.GetRequiredService<HubListeners>();
        await UntilAsync(() => listeners.Count == 1);
        await _seed.ScoreAsync(await _seed.RegisterAsync(), 0.1);
        await stays.NextAsync();
    }

    [Fact]
    public async Task PersonShutOut_TheirConnectionEnds()
    {
        const string email = "listens@example.org";
        const string password = "violet-harbour-nine-kites";
        var users = _console.Services.GetRequiredService<Users>();
        Assert.Empty(await users.AddAsync(email, "Lis Tens", password, [Roles.Dispatcher], Caller.System));
        var cookies = new CookieContainer();
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = _address };
        using var signedIn = await ConsoleFactory.SignInAsync(browser, email, password);
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(_address, "/hubs/operations"), options => options.Cookies = cookies).Build();
        hub.Closed += _ =>
        {
            lost.TrySetResult();
            return Task.CompletedTask;
        };
        await hub.StartAsync();
        await hub.InvokeAsync<long>("Subscribe", (long?)null);
        var id = (await users.ListAsync()).Single(u => u.Email == email).Id;
        Assert.Empty(await users.SetDisabledAsync(id, true, Caller.System));
        await lost.Task.WaitAsync(Enough);
    }

    [Fact]
    public async Task Hub_ForeignOriginOrNoCredential_IsRefused()
    {
        using var http = new HttpClient { BaseAddress = _address };
        var negotiate = new Uri("/hubs/operations/negotiate?negotiateVersion=1", UriKind.Relative);
        using var nobody = await http.PostAsync(negotiate, null);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        http.DefaultRequestHeaders.Add("X-Api-Key", ConsoleFactory.Key);
        using var own = await http.PostAsync(negotiate, null);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        http.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        using var foreign = await http.PostAsync(negotiate, null);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.SetRequestHeader("X-Api-Key", ConsoleFactory.Key);
        socket.Options.SetRequestHeader("Origin", "https://elsewhere.example");
        var refused = await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() =>
            socket.ConnectAsync(new UriBuilder(_address) { Scheme = "ws", Path = "/hubs/operations" }.Uri, CancellationToken.None));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        using var wrongScope = new HttpClient { BaseAddress = _address };
        wrongScope.DefaultRequestHeaders.Add("X-Api-Key", await _console.IssueKeyAsync("judges-only", simulated: true, Scopes.Judge));
        using var forbidden = await wrongScope.PostAsync(negotiate, null);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    private async Task<Listener> ListenAsync(long? lastSeen = null)
    {
        var listener = new Listener(_address);
        await listener.StartAsync(lastSeen);
        return listener;
    }

    private Task UntilFeedIsAtAsync(long version) => UntilAsync(() => _console.Services.GetRequiredService<BoardFeed>().Version >= version);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var enough = new CancellationTokenSource(Enough);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
            await timer.WaitForNextTickAsync(enough.Token);
    }

    private sealed class Listener : IAsyncDisposable
    {
        private readonly Channel<ShipmentChange> _changes = Channel.CreateUnbounded<ShipmentChange>();
        private readonly TaskCompletionSource _resynced = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long _started = TimeProvider.System.GetTimestamp();

        internal Listener(Uri address)
        {
            Hub = new OperationsHubClient(address, ConsoleFactory.Key)
            {
                Changed = changes =>
                {
                    LargestBatch = Math.Max(LargestBatch, changes.Count);
                    foreach (var change in changes)
                        _changes.Writer.TryWrite(change);
                    return Task.CompletedTask;
                },
                Resync = () =>
                {
                    _resynced.TrySetResult();
                    return Task.CompletedTask;
                },
            };
        }

        internal OperationsHubClient Hub { get; }

        internal long Current { get; private set; }

        internal int LargestBatch { get; private set; }

        internal Task Resynced => _resynced.Task;

        internal TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_started);

        internal async Task StartAsync(long? lastSeen) => Current = await Hub.StartAsync(lastSeen);

        internal async Task<ShipmentChange> NextAsync()
        {
            using var enough = new CancellationTokenSource(Enough);
            return await _changes.Reader.ReadAsync(enough.Token);
        }

        internal IReadOnlyList<ShipmentChange> Waiting()
        {
            List<ShipmentChange> waiting = [];
            while (_changes.Reader.TryRead(out var change))
                waiting.Add(change);
            return waiting;
        }

        public ValueTask DisposeAsync() => Hub.DisposeAsync();
    }
}
