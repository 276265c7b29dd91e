using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Client;
using OpsConsole.Operations.Backups;

namespace OpsConsole.Operations;

/// <summary>How the product is run: settings, clocks, health, metrics, errors, the description of the API.</summary>
public static class OperationsRoom
{
    /// <summary>Adds the clocks and the settings, which every loop needs, and what only the serving host needs.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configured">Defaults, with what the configuration says.</param>
    /// <param name="redis">What <c>Redis:Configuration</c> says; null: this is the only instance, or they look by themselves.</param>
    /// <param name="leases">How long leases last.</param>
    public static IServiceCollection AddOperations(this IServiceCollection services, OperationsSettings configured, string? redis = null, LeaseOptions? leases = null)
    {
        services.AddInstances(redis, leases ?? LeaseOptions.Default);
        services.AddOperationsCore(configured, TimeProvider.System);
        services.AddSingleton<IReadinessCheck, StoreCheck>();
        services.AddSingleton<IReadinessCheck, StoppingCheck>();
        services.AddSingleton<Backlog>();
        services.AddSingleton<SetUp>();
        services.AddSingleton<BriefStore>();
        services.AddSingleton<DemoProgress>();
        services.AddAnswers();
        services.AddBackups();
        services.AddOpenApi("v1", Description.Configure);
        return services;
    }

    /// <summary>Adds what several instances on one store need: a bell to tell each other of changes, leases for what one does for all.</summary>
    private static void AddInstances(this IServiceCollection services, string? redis, LeaseOptions leases)
    {
        services.AddSingleton(new DoorbellOptions(redis));
        services.AddSingleton<Doorbell>();
        services.AddHostedService(provider => provider.GetRequiredService<Doorbell>());
        if (redis is not null)
            services.AddSingleton<IReadinessCheck, RedisCheck>();
        services.AddSingleton(leases);
        services.AddSingleton<Leases>();
        services.AddSingleton<LeasedWorkTools>();
    }

    /// <summary>Adds the clocks and the settings only: what a second loop in the same process needs.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="configured">Defaults, with what the configuration says.</param>
    /// <param name="loopTime">The time the loop calls now.</param>
    /// <param name="loop">Which loop it is.</param>
    public static IServiceCollection AddOperationsCore(
        this IServiceCollection services, OperationsSettings configured, TimeProvider loopTime, int loop = LoopClock.Live)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new LoopClock(loopTime, loop));
        services.AddSingleton(configured);
        services.AddSingleton<SettingsStore>();
        services.AddHostedService(provider => provider.GetRequiredService<SettingsStore>());
        return services;
    }

    /// <summary>Adds how calls are read and answered: the contract's JSON, and problem details where something is wrong.</summary>
    public static IServiceCollection AddAnswers(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractJson.Default);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        // What can't be read is told to the caller (ApiErrors), in every environment.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = ApiErrors.Customize);
        services.AddExceptionHandler<ApiErrors>();
        return services;
    }

    /// <summary>What every call is held to before its endpoint reads it.</summary>
    public static IApplicationBuilder UseOperations(this IApplicationBuilder app) => ApiBodies.Use(app);

    /// <summary>Health, metrics, the description of the API.</summary>
    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder routes)
    {
        OperationsApi.Map(routes);
        return routes;
    }
}
