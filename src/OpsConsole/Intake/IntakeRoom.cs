using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Access;
using OpsConsole.Intake.Feeds;
using OpsConsole.Intake.Import;
using OpsConsole.Operations;
using OpsConsole.Operations.Alerts;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>Taking in: shipments, events, conditions and contacts, once each, durably; folded into a state, and an outcome, as of a moment.</summary>
public static class IntakeRoom
{
    /// <summary>Adds intake.</summary>
    public static IServiceCollection AddIntake(this IServiceCollection services)
    {
        services.AddSingleton<InputChanged>();
        services.AddSingleton<SimulatedDefault>();
        services.AddSingleton<IntakeKeys>();
        services.AddSingleton<SealedCustomers>();
        services.AddSingleton<ReceiveShipments>();
        services.AddSingleton<ReceiveEvents>();
        services.AddSingleton<ReceiveConditions>();
        services.AddSingleton<ReceiveContacts>();
        services.AddSingleton<EraseCustomer>();
        services.AddSingleton<FirstArrival>();
        services.AddSingleton<FeedBook>();
        services.AddSingleton<Leftover>(WriteFeedNotes.LeftRejections);
        services.AddSingleton<SilentFeeds>();
        services.AddSingleton<FeedReader>();
        services.AddSingleton<WatchFeeds>();
        services.AddHostedService(provider => provider.GetRequiredService<WatchFeeds>());
        services.AddSingleton<IAlertRule, SilentFeedRule>();
        services.AddSingleton(new Verb("erase-customer", "ID", EraseAsync));
        return services;
    }

    /// <summary>Adds history from files that people bring, which only the serving host takes.</summary>
    public static IServiceCollection AddImports(this IServiceCollection services, ImportOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ImportsChanged>();
        services.AddSingleton<ImportFolder>();
        services.AddSingleton<Leftover>(provider => ImportLeftovers.Refused(
            provider.GetRequiredService<ImportFolder>(), provider.GetRequiredService<IDbContextFactory<OpsConsoleDb>>()));
        services.AddSingleton<Leftover>(provider => ImportLeftovers.Unfinished(
            provider.GetRequiredService<ImportFolder>(), provider.GetRequiredService<IDbContextFactory<OpsConsoleDb>>()));
        services.AddSingleton<ImportQueries>();
        services.AddSingleton<UploadImport>();
        services.AddSingleton<ChangeImport>();
        services.AddSingleton<ImportQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<ImportQueue>());
        return services;
    }

    /// <summary>The calls by which couriers send.</summary>
    public static IEndpointRouteBuilder MapIntake(this IEndpointRouteBuilder routes)
    {
        IntakeApi.Map(routes);
        return routes;
    }

    /// <summary>What the pages of imports send and fetch.</summary>
    public static IEndpointRouteBuilder MapImports(this IEndpointRouteBuilder routes)
    {
        ImportApi.Map(routes);
        return routes;
    }

    private static async Task<int> EraseAsync(IServiceProvider services, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var erased = await services.GetRequiredService<EraseCustomer>().HandleAsync(arguments[0], Caller.System, cancellation);
        // The id is personal: it is not repeated.
        await Console.Out.WriteLineAsync(erased ? "The customer's key is destroyed; what it locked can't be read any more." : "No customer of that id is known.");
        return erased ? 0 : 1;
    }
}
