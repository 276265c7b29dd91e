using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OpsConsole.Operations.Alerts;

namespace OpsConsole.Operations.Measuring;

/// <summary>Measuring the program itself: metrics for Prometheus, and traces and metrics over OTLP where an endpoint is set.</summary>
public static class TelemetryRoom
{
    private static readonly string[] Meters =
    [
        Telemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Http.Connections",
        "Microsoft.AspNetCore.Components.Server.Circuits", "Microsoft.AspNetCore.RateLimiting", "System.Runtime",
    ];

    /// <summary>Adds it.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<RecentFigures>();
        services.AddSingleton<NewestFact>();
        services.AddHostedService(provider => provider.GetRequiredService<RecentFigures>());
        services.AddHostedService<Gauges>();
        AddRules(services);
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("opsconsole")).WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters).AddPrometheusExporter();
            if (options.Endpoint is not null)
                metrics.AddOtlpExporter((exporter, _) => Configure(exporter, options, "v1/metrics"));
        });
        if (options.Endpoint is not null)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(Telemetry.Name)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.Share)))
                .AddAspNetCoreInstrumentation(MeasuredApi.Configure)
                .AddOtlpExporter(exporter => Configure(exporter, options, "v1/traces")));
        }
        return services;
    }

    private static void Configure(OtlpExporterOptions exporter, TelemetryOptions options, string path)
    {
        exporter.Protocol = options.Http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        // Over HTTP each kind has a path of its own beneath the address; set by hand, it isn't added.
        exporter.Endpoint = options.Http ? new Uri(new Uri(options.Endpoint!.ToString().TrimEnd('/') + "/"), path) : options.Endpoint!;
    }

    private static void AddRules(IServiceCollection services)
    {
        services.AddSingleton<IAlertRule, ErrorRateRule>();
        services.AddSingleton<IAlertRule>(provider => Slow(provider, new()
        {
            Code = "scoringDelay",
            Title = "Scores come late",
            What = "from a fact received to its score",
            Figure = Figure.ScoringDelay,
            Advice = "Look at the backlog and the processor: when both are high, more arrives than this machine scores (docs/scaling.md).",
            Thresholds = new(10, 120, 2, 60),
        }));
        services.AddSingleton<IAlertRule>(provider => Slow(provider, new()
        {
            Code = "pushDelay",
            Title = "Screens are told late",
            What = "from a change committed to screens and listeners",
            Figure = Figure.PushDelay,
            Advice = "Too many screens or listeners for this instance, or no processor left: look at circuits, and add an instance (docs/scaling.md).",
            Thresholds = new(2, 120, 0.5, 60),
        }));
        services.AddSingleton<IAlertRule>(provider => Slow(provider, new()
        {
            Code = "gateWait",
            Title = "Writes wait for each other",
            What = "waiting for the right to write",
            Figure = Figure.GateWait,
            Advice = "The disk is slow or full of other work, or more is written than SQLite takes: see docs/scaling.md for SQL Server.",
            Thresholds = new(1, 120, 0.2, 60),
        }));
    }

    private static SlowRule Slow(IServiceProvider provider, SlowRule.Kind kind) =>
        new(kind, provider.GetRequiredService<RecentFigures>(), provider.GetRequiredService<InstanceName>());
}
