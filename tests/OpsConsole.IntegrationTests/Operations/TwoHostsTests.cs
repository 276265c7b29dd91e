using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Learning;
using OpsConsole.Operations;
using OpsConsole.Prediction;

namespace OpsConsole.IntegrationTests.Operations;

/// <summary>Two hosts on one store, without Redis: what is changed at one is in force at the other within two seconds.</summary>
[Collection(nameof(Timed))]
public sealed class TwoHostsTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    private ConsoleFactory _first = null!;
    private ConsoleFactory _second = null!;

    public Task InitializeAsync()
    {
        _first = new ConsoleFactory(services => services.AddSingleton(new LearningOptions { InProcess = true }));
        var store = _first.Services.GetRequiredService<OpsConsole.Store.StoreOptions>();
        _second = new ConsoleFactory(
            services => services.AddSingleton(new LearningOptions { InProcess = true }),
            ("ConnectionStrings:OpsConsole", store.ConnectionString), ("DataDirectory", store.DataDirectory));
        _ = _second.Services;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    [Fact]
    public async Task Settings_ChangedAtOne_AreInForceAtTheOther()
    {
        var settings = _first.Services.GetRequiredService<SettingsStore>();
        await settings.ChangeAsync(settings.Current with { GraceMinutes = 17 }, settings.Read().Version);
        await SoonAsync(() => Task.FromResult(_second.Services.GetRequiredService<SettingsStore>().Current.GraceMinutes == 17));
    }

    [Fact]
    public async Task Key_IssuedAndRevokedAtOne_IsTakenAndRefusedByTheOther()
    {
        var text = await _first.IssueKeyAsync("courier", simulated: false, Scopes.Read);
        using var client = _second.ClientWith(text);
        await SoonAsync(async () => await StatusAsync(client) == HttpStatusCode.OK);
        Assert.True(await _first.Services.GetRequiredService<ApiKeys>().RevokeAsync(text.Substring(8, 8), Caller.System));
        await SoonAsync(async () => await StatusAsync(client) == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Champion_AppointedAtOne_ServesAtTheOther()
    {
        var champions = _first.Services.GetRequiredService<Champions>();
        await champions.AppointAsync(champions.ByVersion(Champions.Random)!.ModelVersionId, 0.4, Caller.System);
        await SoonAsync(() => Task.FromResult(_second.Services.GetRequiredService<Champions>().Current is { Version: Champions.Random, Threshold: 0.4 }));
    }

    [Fact]
    public async Task Run_QueuedAtEither_IsCarriedOutOnce()
    {
        List<string> runs = [];
        foreach (var host in new[] { _first, _second, _first, _second })
        {
            var started = await host.Services.GetRequiredService<StartTraining>().HandleAsync(new TrainRequest { Trainer = "logistic", DecisionLeadMinutes = 240 }, Caller.System);
            Assert.Empty(started.Errors);
            runs.Add(started.RunId!);
        }
        // There is nothing to train on, which each of them finds out.
        await WaitAsync(() => Task.FromResult(_first.Count("SELECT COUNT(*) FROM runs WHERE state IN (0, 1)") == 0), Late);
        Assert.Equal(runs.Count, _first.Count("SELECT COUNT(*) FROM runs WHERE state = 3 AND error NOT LIKE 'interrupted%'"));
        Assert.Equal(1, _first.Count("SELECT token FROM leases WHERE name = 'training'"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("/api/v1/cases", UriKind.Relative));
        return answer.StatusCode;
    }

    private static async Task SoonAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        await WaitAsync(condition, Late);
        // Half a second for a machine that is slow.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Soon + TimeSpan.FromSeconds(0.5));
    }

    private static async Task WaitAsync(Func<Task<bool>> condition, TimeSpan atMost)
    {
        using var deadline = new CancellationTokenSource(atMost);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
            await timer.WaitForNextTickAsync(deadline.Token);
    }
}
