using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Client;

namespace OpsConsole.Live;

/// <summary>The one feed of what people and hub clients see of each shipment, and its versions.</summary>
public static class LiveRoom
{
    /// <summary>Adds the board, its feed, and who sweeps it.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddLiveCore();
        services.AddSingleton<BoardFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<BoardFeed>());
        services.AddSingleton<SweepBoard>();
        services.AddHostedService(provider => provider.GetRequiredService<SweepBoard>());
        services.AddSingleton<HubListeners>();
        services.AddHostedService(provider => provider.GetRequiredService<HubListeners>());
        // Of this hub only: circuits are SignalR too.
        services.AddSignalR()
            .AddHubOptions<OperationsHub>(hub => hub.MaximumReceiveMessageSize = 4096)
            .AddJsonProtocol(json =>
            {
                json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ContractJson.Default);
                // For what isn't the contract's: the arguments of the hub's methods, changes that are written already.
                json.PayloadSerializerOptions.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
            });
        return services;
    }

    /// <summary>Adds only what other rooms write through: enough for a second loop in the same process, which has no board.</summary>
    public static IServiceCollection AddLiveCore(this IServiceCollection services)
    {
        services.AddSingleton<BoardChanged>();
        services.AddSingleton<BoardRows>();
        return services;
    }

    /// <summary>Where changes are listened to.</summary>
    public static IEndpointRouteBuilder MapLive(this IEndpointRouteBuilder routes)
    {
        routes.MapHub<OperationsHub>("/hubs/operations").RequireAuthorization(Scopes.Read);
        return routes;
    }
}
