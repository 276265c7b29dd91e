using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Intake.Feeds;
using OpsConsole.Live;
using OpsConsole.Measurement;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.Web.Demo;

/// <summary>
/// The second composition root (design 5): the same rooms on simulated time, in this process, into the same store through the same write gate, called
/// in memory and listening nowhere. Nothing in it runs by itself: whoever makes the history moves the time and has the rooms work.
/// </summary>
internal sealed class HistoryLoop : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<IHostedService> _started = [];
    private readonly HttpClient _http;

    private HistoryLoop(WebApplication app, SteppedTime time, List<IHostedService> started, string key)
    {
        (_app, Time, _started) = (app, time, started);
        _http = ((TestServer)app.Services.GetRequiredService<IServer>()).CreateClient();
        _http.Timeout = TimeSpan.FromMinutes(5);
        Client = new OpsConsoleClient(_http, new OpsConsoleClientOptions { ApiKey = key });
    }

    /// <summary>Its time.</summary>
    internal SteppedTime Time { get; }

    /// <summary>Speaks to it.</summary>
    internal OpsConsoleClient Client { get; }

    /// <summary>How far the history is.</summary>
    internal HistoryMarks Marks => new(_app.Services.GetRequiredService<StoreConnections>(), _app.Services.GetRequiredService<GroupedWriter>());

    /// <summary>Builds it beside the serving program, whose store, gate and keys it shares.</summary>
    internal static async Task<HistoryLoop> StartAsync(IServiceProvider serving, DateTimeOffset now, string key, CancellationToken cancellation)
    {
        var time = new SteppedTime(now);
        var app = Build(serving, time);
        List<IHostedService> started = [];
        try
        {
            // Only what writes, what holds the settings, and the server; what looks for work by itself stays still.
            foreach (var hosted in app.Services.GetServices<IHostedService>().Where(IsNeeded))
            {
                await hosted.StartAsync(cancellation);
                started.Add(hosted);
            }
            return new HistoryLoop(app, time, started, key);
        }
        catch
        {
            await StopAsync(app, started);
            throw;
        }
    }

    /// <summary>Scores what is behind or due, at the present moment of its time.</summary>
    internal Task ScoreAsync(CancellationToken cancellation) => _app.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync(cancellation);

    /// <summary>Settles what is behind or due.</summary>
    internal Task SettleAsync(CancellationToken cancellation) => _app.Services.GetRequiredService<SettleWhatIsBehind>().DrainAsync(cancellation);

    /// <summary>Raises the threshold to so many times what the costs imply, at the present moment of its time; once, however often it is asked.</summary>
    internal async Task RaiseThresholdAsync(double factor, string why, CancellationToken cancellation)
    {
        var champions = _app.Services.GetRequiredService<Champions>();
        var raised = CostThreshold.Round(Math.Min(0.9, factor * CostThreshold.Of(_app.Services.GetRequiredService<SettingsStore>().Current)));
        if (champions.Current is var champion && champion.Threshold < raised)
            await champions.AppointAsync(champion.ModelVersionId, raised, Caller.System, why, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.Services.GetRequiredService<FeedBook>().FlushAsync();
        await StopAsync(_app, _started);
    }

    private static WebApplication Build(IServiceProvider serving, TimeProvider time)
    {
        var environment = serving.GetRequiredService<IHostEnvironment>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = environment.EnvironmentName, ContentRootPath = environment.ContentRootPath });
        builder.WebHost.UseTestServer();
        // One log, of the serving program.
        builder.Services.AddSingleton(serving.GetRequiredService<ILoggerFactory>());
        builder.Services.AddRouting();
        // A step that a power cut takes away is made again: its mark is gone with it.
        builder.Services.AddStore(serving.GetRequiredService<StoreOptions>() with { CommitsAreDurable = false }, serving.GetRequiredService<WriteGate>(), serving.GetRequiredService<Ids>());
        builder.Services.AddOperationsCore(serving.GetRequiredService<OperationsSettings>(), time, LoopClock.DemoHistory);
        builder.Services.AddAnswers();
        builder.Services.AddAccess(serving.GetRequiredService<AccessOptions>());
        builder.Services.AddLiveCore();
        builder.Services.AddIntake();
        builder.Services.AddPredictionCore();
        builder.Services.AddTriage();
        builder.Services.AddMeasurement();
        var app = builder.Build();
        // In memory nothing limits the size of a call; intake would set its own.
        app.Use((http, next) =>
        {
            http.Features.Set<IHttpMaxRequestBodySizeFeature>(new NoLimit());
            return next(http);
        });
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseAccess();
        app.MapIntake();
        app.MapTriage();
        return app;
    }

    private sealed class NoLimit : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; }
    }

    private static bool IsNeeded(IHostedService hosted) =>
        hosted is GroupedWriter or SettingsStore or Champions || hosted.GetType().Name == "GenericWebHostService";

    private static async Task StopAsync(WebApplication app, List<IHostedService> started)
    {
        foreach (var hosted in Enumerable.Reverse(started))
            await hosted.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}
