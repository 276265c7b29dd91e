namespace OpsConsole.Web.Demo;

/// <summary>The demo: a simulated courier, made only where <c>Demo:Enabled</c> is.</summary>
internal static class DemoRoom
{
    /// <summary>Adds the demo, or nothing.</summary>
    internal static IServiceCollection AddDemo(this IServiceCollection services, bool enabled)
    {
        if (!enabled)
            return services;
        services.AddSingleton(new DemoOptions());
        services.AddSingleton<DemoSource>();
        services.AddSingleton<KnownShipments>();
        services.AddSingleton<MakeHistory>();
        services.AddSingleton<RunDemo>();
        services.AddHostedService(provider => provider.GetRequiredService<RunDemo>());
        return services;
    }
}
