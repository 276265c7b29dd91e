using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsConsole.Access;
using OpsConsole.Intake;
using OpsConsole.Prediction;

namespace OpsConsole.Triage;

/// <summary>Cases: what is put before people, what they say of it, and the queue. Cases follow the scores; judgements are facts of their own.</summary>
public static class TriageRoom
{
    /// <summary>Adds cases and judgements; every loop has them.</summary>
    public static IServiceCollection AddTriage(this IServiceCollection services)
    {
        services.TryAddSingleton<InputChanged>();
        services.AddSingleton<CaseBook>();
        services.AddSingleton<IFollowScores, FollowScoresWithCases>();
        services.AddSingleton<SweepCases>();
        services.AddHostedService(provider => provider.GetRequiredService<SweepCases>());
        services.AddSingleton<JudgeShipment>();
        services.AddSingleton<WithdrawJudgement>();
        services.AddSingleton<ClaimCase>();
        services.AddSingleton<Drafts>();
        services.AddSingleton<Leftover>(Drafts.Left);
        services.AddSingleton<ShipmentPanelQuery>();
        services.AddSingleton<CaseQueue>();
        services.AddSingleton(provider => new Pages.BoardOrder(
            provider.GetRequiredService<Live.BoardFeed>(), provider.GetRequiredService<Operations.SettingsStore>(), provider.GetRequiredService<Operations.LoopClock>()));
        return services;
    }

    /// <summary>The queue and the judgements.</summary>
    public static IEndpointRouteBuilder MapTriage(this IEndpointRouteBuilder routes)
    {
        TriageApi.Map(routes);
        return routes;
    }
}
