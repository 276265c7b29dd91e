using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Operations;

namespace OpsConsole.Prediction;

/// <summary>Predicting: features, models, threshold, explanation; scoring what changed or is due.</summary>
public static class PredictionRoom
{
    /// <summary>Adds scoring, and who is champion.</summary>
    public static IServiceCollection AddPrediction(this IServiceCollection services)
    {
        services.AddPredictionCore();
        services.AddHostedService(provider => provider.GetRequiredService<ScoreWhatIsBehind>());
        services.AddSingleton<IReadinessCheck, ChampionCheck>();
        services.AddSingleton<AskForScores>();
        return services;
    }

    /// <summary>Adds scoring without its own clockwork: for a second loop in the same process, which drains what is due itself.</summary>
    public static IServiceCollection AddPredictionCore(this IServiceCollection services)
    {
        services.AddSingleton<Champions>();
        services.AddHostedService(provider => provider.GetRequiredService<Champions>());
        services.AddSingleton<ScoreWhatIsBehind>();
        return services;
    }

    /// <summary>The calls by which scores are asked for.</summary>
    public static IEndpointRouteBuilder MapPrediction(this IEndpointRouteBuilder routes)
    {
        PredictionApi.Map(routes);
        return routes;
    }
}
