using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.IntegrationTests.Store;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Operations;

public sealed class LeaseTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private static readonly Statement Effect = new("INSERT INTO counters (name, value) VALUES (@p0, @p1)");

    [Fact]
    public async Task TryTake_HeldBySomebody_NobodyElseGetsIt()
    {
        await using var store = await StartAsync();
        var leases = store.Services.GetRequiredService<Leases>();
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => leases.TryTakeAsync("work", Long)));
        Assert.Single(taken, lease => lease is not null);
        Assert.NotNull(await leases.TryTakeAsync("other work", Long));
        Assert.Equal(1, taken.Single(lease => lease is not null)!.Token);
    }

    [Fact]
    public async Task TryTake_Lapsed_GrowsTheTokenAndTheFormerHolderIsRefused()
    {
        await using var store = await StartAsync();
        var leases = store.Services.GetRequiredService<Leases>();
        var first = await leases.TryTakeAsync("work", Short);
        var second = await TakeAsync(leases, Long);
        Assert.True(second.Token > first!.Token);

        Assert.False(await leases.RenewAsync(first, Long));
        await Assert.ThrowsAsync<LeaseLostException>(() => store.Writer.WriteAsync(session =>
        {
            session.Execute(Effect, "late", 1L);
            first.Require(session);
        }));
        Assert.Equal(0, store.Count("SELECT COUNT(*) FROM counters WHERE name = 'late'"));
        await store.Writer.WriteAsync(session =>
        {
            second.Require(session);
            session.Execute(Effect, "in time", 1L);
        });
        Assert.Equal(1, store.Count("SELECT COUNT(*) FROM counters WHERE name = 'in time'"));
    }

    [Fact]
    public async Task Release_Held_NextGetsItAtOnceAndReleasingTwiceHarmsNobody()
    {
        await using var store = await StartAsync();
        var leases = store.Services.GetRequiredService<Leases>();
        var first = (await leases.TryTakeAsync("work", Long))!;
        await leases.ReleaseAsync(first);
        var second = await leases.TryTakeAsync("work", Long);
        Assert.NotNull(second);
        await leases.ReleaseAsync(first);
        Assert.Null(await leases.TryTakeAsync("work", Long));
        Assert.True(await leases.RenewAsync(second, Long));
    }

    [Fact]
    public async Task TryTake_HolderHasEnded_NeedNotLapseOnOneMachine()
    {
        await using var store = await StartAsync();
        var leases = store.Services.GetRequiredService<Leases>();
        string id;
        HeldLease first;
        using (var other = new LivingProcess(store.Options))
        {
            id = other.Id;
            var others = new Leases(store.Writer, store.Services.GetRequiredService<StoreConnections>(), store.Options, other);
            first = (await others.TryTakeAsync("work", Long))!;
            Assert.Null(await leases.TryTakeAsync("work", Long));
        }
        // It ended in order and is not known any more; killed, it leaves its file behind, which nobody holds.
        Assert.Null(await leases.TryTakeAsync("work", Long));
        await File.WriteAllBytesAsync(Path.Combine(store.Options.DataDirectory, "instances", id), []);
        var second = await leases.TryTakeAsync("work", Long);
        Assert.True(second!.Token > first.Token);
        Assert.Null(await leases.TryTakeAsync("work", Long));
    }

    [Fact]
    public async Task Renew_LapsedButNotTaken_GoesOn()
    {
        await using var store = await StartAsync();
        var leases = store.Services.GetRequiredService<Leases>();
        var lease = (await leases.TryTakeAsync("work", TimeSpan.Zero))!;
        Assert.True(await leases.RenewAsync(lease, Long));
        Assert.Null(await leases.TryTakeAsync("work", Long));
    }

    [Fact]
    public async Task LeasedWork_TwoInstances_OneWorksAndTheOtherTakesOver()
    {
        await using var store = await StartAsync();
        var leases = store.Services.GetRequiredService<Leases>();
        var tools = new LeasedWorkTools(leases, new LeaseOptions(TimeSpan.FromSeconds(3)), TimeProvider.System, NullLoggerFactory.Instance);
        using var first = new Rounds(tools);
        using var second = new Rounds(tools);
        await first.StartAsync(CancellationToken.None);
        await first.NextAsync();
        await second.StartAsync(CancellationToken.None);
        await first.NextAsync();
        Assert.Empty(second.Tokens);
        Assert.True(first.Leads);

        await first.StopAsync(CancellationToken.None);
        await second.NextAsync();
        Assert.False(first.Leads);
        Assert.All(second.Tokens, token => Assert.True(token > first.Tokens.Max()));
        await second.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task LeasedWork_LeaseTakenFromIt_StopsAtTheEffectAndStandsBy()
    {
        await using var store = await StartAsync();
        var leases = store.Services.GetRequiredService<Leases>();
        var tools = new LeasedWorkTools(leases, new LeaseOptions(TimeSpan.FromMinutes(5)), TimeProvider.System, NullLoggerFactory.Instance);
        using var work = new Rounds(tools) { Effect = async lease => await store.Writer.WriteAsync(lease.Require) };
        await work.StartAsync(CancellationToken.None);
        await work.NextAsync();
        await store.Writer.WriteAsync(session => session.Execute(new Statement("UPDATE leases SET token = token + 1")));
        await WaitAsync(() => !work.Leads);
        await work.StopAsync(CancellationToken.None);
        Assert.Single(work.Tokens.Distinct());
    }

    private static Task<TestStore> StartAsync() => TestStore.StartAsync(configure: services => services.AddSingleton<Leases>());

    private static async Task<HeldLease> TakeAsync(Leases leases, TimeSpan length)
    {
        HeldLease? lease = null;
        await WaitAsync(() => (lease ??= leases.TryTakeAsync("work", length).GetAwaiter().GetResult()) is not null);
        return lease!;
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
            await timer.WaitForNextTickAsync(deadline.Token);
    }

    private sealed class Rounds(LeasedWorkTools tools) : LeasedWork(tools)
    {
        private readonly SemaphoreSlim _worked = new(0);

        internal List<long> Tokens { get; } = [];

        internal Func<HeldLease, Task>? Effect { get; init; }

        protected override string Name => "rounds";

        protected override TimeSpan Period => TimeSpan.FromMilliseconds(50);

        internal Task NextAsync() => _worked.WaitAsync(TimeSpan.FromMinutes(2));

        protected override async Task WorkAsync(HeldLease lease, CancellationToken cancellation)
        {
            if (Effect is not null)
                await Effect(lease);
            Tokens.Add(lease.Token);
            _worked.Release();
        }
    }
}
