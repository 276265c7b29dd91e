using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Measurement;
using OpsConsole.Operations.Alerts;

namespace OpsConsole.Learning;

/// <summary>Training, the registry of models, promotion.</summary>
public static class LearningRoom
{
    /// <summary>Adds what trains, and the queue of runs.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">How training is carried out.</param>
    public static IServiceCollection AddLearning(this IServiceCollection services, LearningOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<RunsChanged>();
        services.AddSingleton<TrainingRows>();
        services.AddSingleton<TrainModel>();
        services.AddSingleton<RunProcess>();
        services.AddSingleton<RunQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<RunQueue>());
        services.AddSingleton<StartTraining>();
        services.AddSingleton<StartBacktest>();
        services.AddSingleton<CarryOutBacktest>();
        services.AddSingleton<IRunBacktests, BacktestRuns>();
        services.AddSingleton<CancelRun>();
        services.AddSingleton<LearningQueries>();
        services.AddSingleton<Gates>();
        services.AddSingleton<PromoteModel>();
        services.AddSingleton<RetireModel>();
        services.AddSingleton(TrainVerb.Verb);
        services.AddSingleton<IAlertRule, FailedRunsRule>();
        return services;
    }

    /// <summary>Models and runs.</summary>
    public static IEndpointRouteBuilder MapLearning(this IEndpointRouteBuilder routes)
    {
        LearningApi.Map(routes);
        return routes;
    }
}
