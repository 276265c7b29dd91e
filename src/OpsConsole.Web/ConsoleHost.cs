using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Net.Http.Headers;
using OpsConsole.Access;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Web;

/// <summary>What makes a process of the rooms: log, limits, errors, start and stop.</summary>
internal static partial class ConsoleHost
{
    internal static void ConfigureHost(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseStaticWebAssets();
        // Its catch-all takes every GET, so that a call by the wrong method wouldn't be told so, and an unknown path would be.
        builder.Configuration["DisableStaticAssetNotFoundRuntimeFallback"] = "true";
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20; // Intake raises it for its own calls.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.ConfigureEndpointDefaults(BareRefusals.Use);
        });
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(8);
            host.ServicesStopConcurrently = false;
        });
        builder.Logging.Configure(log => log.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (!builder.Environment.IsDevelopment())
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddJsonConsole(json =>
            {
                json.IncludeScopes = true;
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
    }

    /// <summary>
    /// Refuses new circuits and hub connections from the moment the stop begins. Those that are open are closed then, once; a board that comes right
    /// back on a connection it kept would be closed by nobody, and the server would wait for it until its time was up.
    /// </summary>
    internal static void UseNoConnectionsWhileStopping(this WebApplication app) => app.Use((http, next) =>
    {
        var path = http.Request.Path;
        if (!app.Lifetime.ApplicationStopping.IsCancellationRequested || !(path.StartsWithSegments("/_blazor") || path.StartsWithSegments("/hubs")))
            return next(http);
        http.Response.Headers.RetryAfter = "1";
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    });

    /// <summary>Programs get problem details, people get a page.</summary>
    internal static void UseErrors(this WebApplication app)
    {
        app.UseStatusCodePages();
        app.UseStatusCodePagesWithReExecute("/status/{0}", createScopeForStatusCodePages: true);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/error", CreateScopeForErrors = true });
        app.Use((http, next) =>
        {
            // A program is not shown the page: the outer one of the two writes problem details.
            if (MachinePaths.Is(http.Request.Path) && http.Features.Get<IStatusCodePagesFeature>() is { } pages)
                pages.Enabled = false;
            // No call is negotiated by Accept; and problem details would be without their traceId for whoever asks for CSV or HTML.
            if (http.Request.Path.StartsWithSegments("/api"))
                http.Request.Headers.Remove(HeaderNames.Accept);
            // A form that was refused is told why by a page, which isn't itself a form.
            if (http.Features.Get<IStatusCodeReExecuteFeature>() is not null || http.Features.Get<IExceptionHandlerFeature>() is not null)
                http.Request.Method = HttpMethods.Get;
            return next(http);
        });
    }

    /// <summary>Brings the schema up to date, then serves until it is told to stop; or does what the command line asks for. The exit code.</summary>
    internal static async Task<int> RunConsoleAsync(this WebApplication app, string[] args)
    {
        if (args is [var name, ..] && FindVerb(app, name) is { } verb)
            return await RunVerbAsync(app, verb, args[1..]);
        if (args is [var unknown, ..] && !unknown.StartsWith('-') && !unknown.StartsWith('/'))
        {
            foreach (var known in app.Services.GetServices<Verb>())
                await Console.Error.WriteLineAsync($"usage: OpsConsole.Web {known.Name} {known.Arguments}".TrimEnd());
            await Console.Error.WriteLineAsync($"{unknown} is not something this program does.");
            return 2;
        }
        // A failure that nobody awaits is a bug of ours: it must not pass unseen.
        EventHandler<UnobservedTaskExceptionEventArgs> unseen = (_, failure) => LogUnseen(app.Logger, failure.Exception);
        TaskScheduler.UnobservedTaskException += unseen;
        try
        {
            await ServeAsync(app);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= unseen;
        }
        return 0;
    }

    private static async Task ServeAsync(WebApplication app)
    {
        await using (app)
        {
            // One instance at a time: the first rows (roles, sources, champion, keys) are made by whoever starts first.
            await app.Services.GetRequiredService<Migrator>().StartAsync(() => app.StartAsync(), CancellationToken.None);
            await app.WaitForShutdownAsync();
        }
    }

    [LoggerMessage(EventId = 9003, Level = LogLevel.Error, Message = "Something failed that nobody waited for")]
    private static partial void LogUnseen(ILogger logger, Exception failure);

    private static Verb? FindVerb(WebApplication app, string name) => app.Services.GetServices<Verb>().FirstOrDefault(v => v.Name == name);

    private static async Task<int> RunVerbAsync(WebApplication app, Verb verb, string[] arguments)
    {
        if (arguments.Length < verb.Count)
        {
            await Console.Error.WriteLineAsync($"usage: OpsConsole.Web {verb.Name} {verb.Arguments}".TrimEnd());
            return 2;
        }
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        if (!verb.Writes)
            return await verb.RunAsync(app.Services, arguments, stop.Token);
        await app.Services.GetRequiredService<Migrator>().StartAsync(stop.Token);
        var writer = app.Services.GetRequiredService<GroupedWriter>();
        await writer.StartAsync(stop.Token);
        try
        {
            return await verb.RunAsync(app.Services, arguments, stop.Token);
        }
        finally
        {
            await writer.StopAsync(CancellationToken.None);
        }
    }
}
