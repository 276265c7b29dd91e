using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace OpsConsole.Ui;

/// <summary>Layout, theme, and the parts that every screen is made of.</summary>
public static class UiRoom
{
    /// <summary>Adds interactive pages.</summary>
    public static IServiceCollection AddUi(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            circuits.DisconnectedCircuitMaxRetained = 100;
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
        });
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = MudBlazor.Defaults.Classes.Position.BottomLeft;
            mud.SnackbarConfiguration.ShowTransitionDuration = 120;
            mud.SnackbarConfiguration.HideTransitionDuration = 120;
        });
        services.AddSingleton<KeepViews>();
        return services;
    }

    /// <summary>Maps every page, in the host's document, and the assets.</summary>
    /// <typeparam name="TDocument">The document around the pages.</typeparam>
    public static IEndpointRouteBuilder MapUi<TDocument>(this IEndpointRouteBuilder routes)
        where TDocument : IComponent
    {
        routes.MapStaticAssets().AllowAnonymous();
        routes.MapRazorComponents<TDocument>()
            .AddAdditionalAssemblies(typeof(UiRoom).Assembly)
            // SecurityHeaders says it for every answer, and more strictly.
            .AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null);
        return routes;
    }
}
