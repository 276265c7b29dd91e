using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Operations.Alerts.Delivery;

namespace OpsConsole.Operations.Alerts;

/// <summary>Telling the operator.</summary>
public static class AlertsRoom
{
    /// <summary>Adds the rules of the machinery, what reads all rules, and what tells of alerts.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services, AlertOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<InstanceName>();
        services.AddSingleton<AlertSettings>();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<EvaluateAlerts>();
        services.AddHostedService<ReadOwnRules>();
        services.AddHostedService<ReadCommonRules>();
        services.AddSingleton<AlertBoard>();
        services.AddHostedService(provider => provider.GetRequiredService<AlertBoard>());
        services.AddSingleton<IAlertRule, BacklogRule>();
        services.AddSingleton<SetAside>();
        services.AddSingleton<IAlertRule, SetAsideRule>();
        services.AddSingleton<IAlertRule, DiskRule>();
        services.AddSingleton<IAlertRule, WalRule>();
        services.AddSingleton<AlertPosted>();
        services.AddSingleton<AlertOutbox>();
        services.AddSingleton<Leftover>(AlertOutbox.Left);
        services.AddSingleton<IFollowAlerts>(provider => provider.GetRequiredService<AlertOutbox>());
        services.AddSingleton<AlertMessages>();
        services.AddSingleton<OutwardConnections>(_ => new OutwardConnections());
        services.AddSingleton<ISendAlerts, SendByEmail>();
        services.AddSingleton<ISendAlerts, SendByWebhook>();
        services.AddSingleton<DeliverAlerts>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliverAlerts>());
        services.AddSingleton<IAlertRule, AlertDeliveryRule>();
        return services;
    }
}
