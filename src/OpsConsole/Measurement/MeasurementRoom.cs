using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsConsole.Intake;
using OpsConsole.Measurement.Thresholds;
using OpsConsole.Operations;

namespace OpsConsole.Measurement;

/// <summary>Measuring: settling, tallies, roll-ups; quality, business figures, charts.</summary>
public static class MeasurementRoom
{
    /// <summary>Adds settling and what reads its results. A second loop in the same process adds the same.</summary>
    public static IServiceCollection AddMeasurement(this IServiceCollection services)
    {
        services.TryAddSingleton<InputChanged>();
        services.TryAddSingleton<SimulatedDefault>();
        services.AddSingleton<Rebuild>();
        services.AddSingleton<SettleWhatIsBehind>();
        services.AddHostedService(provider => provider.GetRequiredService<SettleWhatIsBehind>());
        services.AddSingleton<QualityReader>();
        services.AddSingleton<CurvesReader>();
        services.AddSingleton<KpiReader>();
        services.AddSingleton<BoardEffectReader>();
        services.AddSingleton<Verdicts.VerdictReader>();
        services.AddSingleton<Verdicts.ChartMarks>();
        services.AddSingleton<ThresholdStudio>();
        services.AddSingleton<ChangeThreshold>();
        services.AddSingleton<EvaluateBacktest>();
        services.AddSingleton<BacktestStore>();
        services.AddSingleton<BacktestReader>();
        services.AddSingleton(new Verb("rebuild", "", RebuildFigures.RunAsync));
        return services;
    }

    /// <summary>Maps <c>/api/v1/quality</c>, its curves, <c>/api/v1/kpis</c> and <c>/api/v1/threshold</c>.</summary>
    public static IEndpointRouteBuilder MapMeasurement(this IEndpointRouteBuilder routes)
    {
        MeasurementApi.Map(routes);
        CurvesApi.Map(routes);
        ThresholdApi.Map(routes);
        return routes;
    }
}
