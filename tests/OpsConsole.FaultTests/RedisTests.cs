using System.Diagnostics;
using System.Globalization;
using System.Net;
using Xunit.Abstractions;

namespace OpsConsole.FaultTests;

/// <summary>Two instances that ring each other over a real Redis (quality.md F9): what they miss without it is seconds, never a row.</summary>
[Collection(Faults.Name)]
public sealed class RedisTests(PublishedProgram program, ITestOutputHelper output) : IDisposable
{
    private const string LogOfOutage = "Redis can";
    private readonly RedisServer _redis = new();

    public void Dispose() => _redis.Dispose();

    [NeedsFact(Needs.Redis)]
    public async Task TwoInstances_ChangesAtOne_ReachTheOthersHubOnceEachAndSoon()
    {
        await _redis.StartAsync();
        using var both = await StartAsync();
        await Until.TrueAsync(() => IsAsync(both.B, "ok"), both.B);
        await using var ear = await HubEar.StartAsync(both.B);
        List<double> delays = [];
        for (var i = 0; i < 60; i++)
        {
            var id = (await Instances.RegisterAsync(both.A, "single", i, 1))[0];
            var posted = Stopwatch.GetTimestamp();
            await Until.TrueAsync(() => ear.HeardOf(id) is not null, both.B);
            delays.Add(Stopwatch.GetElapsedTime(posted, ear.HeardOf(id)!.Value).TotalMilliseconds);
        }
        List<string> posted100s = [];
        for (var i = 0; i < 10; i++)
            posted100s.AddRange(await Instances.RegisterAsync(both.A, "many", i * 100, 100));
        await Until.TrueAsync(() => ear.Shipments().IsSupersetOf(posted100s), both.B);
        await both.CaughtUpAsync();

        Assert.Empty(ear.Twice());
        Assert.Equal(0, ear.Resyncs);
        delays.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"acknowledged at A to heard at B: p50 {delays[30]:0} ms, p95 {delays[57]:0} ms, most {delays[^1]:0} ms"));
        // Without a ring it would be a second on the average.
        Assert.InRange(delays[30], 0, 500);
    }

    [NeedsFact(Needs.Redis)]
    public async Task RedisAbsent_AtTheStart_BothServeAndFollowWithinTwoSeconds()
    {
        using var both = await StartAsync();
        await Until.TrueAsync(() => IsAsync(both.A, "degraded: "), both.A);
        await using var ear = await HubEar.StartAsync(both.B);
        var worst = 0.0;
        for (var i = 0; i < 5; i++)
        {
            var id = (await Instances.RegisterAsync(both.A, "single", i, 1))[0];
            var posted = Stopwatch.GetTimestamp();
            await Until.TrueAsync(() => ear.HeardOf(id) is not null, both.B);
            worst = Math.Max(worst, Stopwatch.GetElapsedTime(posted, ear.HeardOf(id)!.Value).TotalSeconds);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"without Redis, acknowledged at A to heard at B: at most {worst:0.00} s"));
        Assert.InRange(worst, 0, 3);
        Assert.Single(both.A.Lines, line => line.Contains(LogOfOutage, StringComparison.Ordinal));

        // It comes while both run.
        await _redis.StartAsync();
        await Until.TrueAsync(() => IsAsync(both.A, "ok"), both.A);
        await Until.TrueAsync(() => IsAsync(both.B, "ok"), both.B);
    }

    [NeedsFact(Needs.Redis)]
    public async Task RedisKilledAndBack_WhileChangesCome_NoneIsMissingTenSecondsLater()
    {
        await _redis.StartAsync();
        using var both = await StartAsync();
        await Until.TrueAsync(() => IsAsync(both.B, "ok"), both.B);
        await using var ear = await HubEar.StartAsync(both.B);
        List<string> posted = [];
        var outage = TimeSpan.FromSeconds(Faults.Rounds(10) > 10 ? 60 : 6);
        using var stop = new CancellationTokenSource();
        var posting = PostAsync(both, posted, stop.Token);

        await _redis.KillAsync();
        await Until.TrueAsync(() => IsAsync(both.A, "degraded: "), both.A);
        using (var page = await both.A.Client.GetAsync(new Uri("/sign-in", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var down = Stopwatch.GetTimestamp();
        await Until.TrueAsync(() => Stopwatch.GetElapsedTime(down) >= outage, both.A, outage * 2);
        await _redis.StartAsync();
        var back = Stopwatch.GetTimestamp();
        await stop.CancelAsync();
        await posting;
        await Until.TrueAsync(() => ear.Shipments().IsSupersetOf(posted), both.B, TimeSpan.FromSeconds(10));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{posted.Count} shipments around an outage of {outage.TotalSeconds:0} s: all at B {Stopwatch.GetElapsedTime(back).TotalSeconds:0.0} s after its end"));

        await Until.TrueAsync(() => IsAsync(both.A, "ok"), both.A);
        await Until.TrueAsync(() => IsAsync(both.B, "ok"), both.B);
        Assert.Empty(ear.Twice());
        Assert.All([both.A, both.B], instance => Assert.Single(instance.Lines, line => line.Contains(LogOfOutage, StringComparison.Ordinal)));
    }

    private static async Task PostAsync(Instances both, List<string> posted, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
            posted.AddRange(await Instances.RegisterAsync(i % 2 == 0 ? both.A : both.B, "outage", i * 10, 10));
    }

    private static async Task<bool> IsAsync(RunningProgram instance, string redis)
    {
        using var answer = await instance.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await Instances.GetAsync(instance, "/health/ready")).GetProperty("checks").GetProperty("redis").GetString()!.StartsWith(redis, StringComparison.Ordinal);
    }

    private async Task<Instances> StartAsync()
    {
        var both = new Instances(program, new Dictionary<string, string> { ["Redis__Configuration"] = _redis.Configuration });
        await both.StartAsync();
        return both;
    }
}
