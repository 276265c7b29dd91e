using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Access;

/// <summary>Before the first call: roles, the standing sources, the first administrator, and the demo's accounts where the demo is on.</summary>
internal sealed partial class AccessStart(IServiceScopeFactory scopes, AccessOptions options, Sources sources, Users users, FirstAdministrator first, ILogger<AccessStart> log)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await sources.StartAsync(cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole<long>>>();
        foreach (var role in Roles.All)
        {
            if (!await roles.RoleExistsAsync(role))
                Check(await roles.CreateAsync(new IdentityRole<long>(role)));
        }
        var manager = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser<long>>>();
        await FirstAdministratorAsync(manager, cancellationToken);
        await DemoAccountsAsync(manager, cancellationToken);
        await first.AnnounceAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task FirstAdministratorAsync(UserManager<IdentityUser<long>> manager, CancellationToken cancellation)
    {
        if (options.AdminEmail is not { } email || options.AdminPassword is not { } password || await manager.Users.AnyAsync(cancellation))
            return;
        if (await users.AddAsync(email, email.Split('@')[0], password, [Roles.Admin], Caller.System) is { Count: > 0 } problems)
            LogNoAdministrator(log, string.Join(' ', problems));
    }

    private async Task DemoAccountsAsync(UserManager<IdentityUser<long>> manager, CancellationToken cancellation)
    {
        if (options.DemoAccounts)
        {
            foreach (var account in DemoAccount.All)
            {
                if (await manager.FindByEmailAsync(account.Email) is { } known)
                    await manager.SetLockoutEndDateAsync(known, null);
                else if (await users.AddAsync(account.Email, account.Name, account.Password, [account.Role], Caller.System) is { Count: > 0 } problems)
                    throw new InvalidOperationException(string.Join(' ', problems));
            }
            return;
        }
        // A database that once held a demo: those passwords are public, so those accounts are shut.
        foreach (var user in await manager.Users.Where(u => u.Email!.EndsWith(DemoAccount.Domain)).ToListAsync(cancellation))
            await users.SetDisabledAsync(user.Id, disabled: true, Caller.System);
    }

    private static void Check(IdentityResult result)
    {
        // Another instance that starts at the same moment makes the same roles.
        if (!result.Succeeded && result.Errors.All(e => e.Code != nameof(IdentityErrorDescriber.DuplicateRoleName)))
            throw new InvalidOperationException(string.Join(' ', result.Errors.Select(e => e.Description)));
    }

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "Bootstrap:AdminEmail and Bootstrap:AdminPassword made no administrator: {Problems}")]
    private static partial void LogNoAdministrator(ILogger logger, string problems);
}

/// <summary>Writes down once a minute which keys were used.</summary>
internal sealed class NoteKeyUse(ApiKeys keys, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await keys.NoteUseAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
