using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Client;
using OpsConsole.Learning;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Learning;

/// <summary>Runs as they are in service: in a child process of the same program.</summary>
public sealed class RunProcessTests : IAsyncLifetime
{
    private readonly ConsoleFactory _console = new();

    public async Task InitializeAsync() => await LearntWorld.PostHistoryAsync(_console.Client, 600);

    public async Task DisposeAsync() => await _console.DisposeAsync();

    [Fact]
    public async Task Run_InAChild_IsCancelledByKillingIt_AndTheNextSucceeds()
    {
        var first = await LearntWorld.StartAsync(_console, """{ "trainer": "lightgbm", "decisionPoint": "collected", "name": "first" }""");
        var second = await LearntWorld.StartAsync(_console, """{ "trainer": "logistic", "decisionPoint": "collected", "name": "second" }""");
        await LearntWorld.UntilAsync(_console, first, state => state == "running");
        Assert.Equal("queued", (await LearntWorld.UntilAsync(_console, second, _ => true)).GetProperty("state").GetString());

        using var cancelled = await _console.Client.DeleteAsync(new Uri(first, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);

        var done = await LearntWorld.UntilAsync(_console, second, state => state is not ("queued" or "running"));
        Assert.Equal("succeeded", done.GetProperty("state").GetString());
        Assert.Equal(1, done.GetProperty("progress").GetDouble());
        Assert.Equal("cancelled", (await LearntWorld.UntilAsync(_console, first, _ => true)).GetProperty("state").GetString());
        using var late = await _console.Client.DeleteAsync(new Uri(second, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal(1, _console.Count("SELECT COUNT(*) FROM model_versions WHERE trainer IN ('lightgbm', 'logistic')"));
    }

    [Fact]
    public async Task Backtest_InAChild_IsCancelled_AndTheNextSucceedsAndLeavesNothingBehind()
    {
        using var first = await LearntWorld.PostAsync(_console, "models/rule-1/backtest", "{}");
        await LearntWorld.UntilAsync(_console, first.Headers.Location!.ToString(), state => state == "running");
        using var cancelled = await _console.Client.DeleteAsync(first.Headers.Location);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        using var notComputed = await _console.Client.GetAsync(new Uri("/api/v1/quality?basis=backtest&model=rule-1", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Conflict, notComputed.StatusCode);

        using var second = await LearntWorld.PostAsync(_console, "models/rule-1/backtest");
        var done = await LearntWorld.UntilAsync(_console, second.Headers.Location!.ToString(), state => state is not ("queued" or "running"));

        Assert.Equal("succeeded", done.GetProperty("state").GetString());
        Assert.Equal(600, done.GetProperty("metrics").GetProperty("shipments").GetInt32());
        Assert.Equal("cancelled", (await LearntWorld.UntilAsync(_console, first.Headers.Location!.ToString(), _ => true)).GetProperty("state").GetString());
        Assert.Equal(1, _console.Count("SELECT COUNT(DISTINCT backtest) FROM backtest_blocks"));
        using var computed = await _console.Client.GetAsync(new Uri("/api/v1/quality?basis=backtest&model=rule-1", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, computed.StatusCode);
    }

    [Fact]
    public async Task Run_UnderWayWhenTheProgramDied_IsSaidToBeInterrupted()
    {
        var queue = _console.Services.GetRequiredService<RunQueue>();
        await queue.StopAsync(CancellationToken.None);
        var left = new Statement("INSERT INTO runs (\"key\", state, progress, plan, created_at, created_by) VALUES (7, @p0, 0.4, @p1, @p2, 'test')");
        await _console.Services.GetRequiredService<GroupedWriter>().WriteAsync(session => session.Execute(
            left, RunState.Running, new TrainingPlan { Trainer = "logistic", AsOf = session.Received, Name = "left" }.Write(), session.Received));

        await queue.StartAsync(CancellationToken.None);

        var run = await LearntWorld.UntilAsync(_console, "/api/v1/runs/7", state => state == "failed");
        Assert.StartsWith("interrupted", run.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Child_OfARunThatIsNone_SaysSo()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OpsConsole.Web.dll"), "--train", "123"]) { RedirectStandardOutput = true };
        start.Environment["ConnectionStrings__OpsConsole"] = _console.Services.GetRequiredService<StoreOptions>().ConnectionString;
        start.Environment["DataDirectory"] = _console.Folder;
        using var child = Process.Start(start)!;
        var said = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();

        Assert.Equal(2, child.ExitCode);
        Assert.Contains("There is no run 123", said, StringComparison.Ordinal);
    }
}
