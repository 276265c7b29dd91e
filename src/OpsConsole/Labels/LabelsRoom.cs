using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OpsConsole.Labels;

/// <summary>From outcome, judgement and intervention to one label; labels to take home.</summary>
public static class LabelsRoom
{
    /// <summary>Adds the export, and the answer to all that is known of a shipment.</summary>
    public static IServiceCollection AddLabels(this IServiceCollection services)
    {
        services.AddSingleton<Pseudonyms>();
        services.AddSingleton<RulesInForce>();
        services.AddHostedService(provider => provider.GetRequiredService<RulesInForce>());
        services.AddSingleton<ExportLabels>();
        services.AddSingleton<KeptExports>();
        services.AddHostedService(provider => provider.GetRequiredService<KeptExports>());
        services.AddSingleton<ShipmentQuery>();
        return services;
    }

    /// <summary>Maps the API.</summary>
    public static IEndpointRouteBuilder MapLabels(this IEndpointRouteBuilder routes)
    {
        LabelsApi.Map(routes);
        return routes;
    }
}
