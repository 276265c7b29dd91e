using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Access;

/// <summary>
/// Looks every two seconds, and at once when told, whether the sessions of the open circuits still stand: one read for all of them. A circuit
/// outlives the cookie it was opened with, so this is what ends it; and so do connections of the hub, with the key they were opened with.
/// </summary>
internal sealed partial class SessionWatch(Sessions sessions, OpenConnections connections, SessionsEnded ended, TimeProvider time, ILogger<SessionWatch> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WritePeriod = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<CircuitRevalidation, ClaimsPrincipal> _circuits = new();

    internal void Add(CircuitRevalidation circuit, ClaimsPrincipal principal) => _circuits[circuit] = principal;

    internal void Remove(CircuitRevalidation circuit) => _circuits.TryRemove(circuit, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = ended.Listen();
        var written = time.GetUtcNow();
        try
        {
            while (true)
            {
                await listener.WaitAsync(Period, stoppingToken);
                try
                {
                    await LookAsync(stoppingToken);
                    await connections.LookAsync(stoppingToken);
                    if (time.GetUtcNow() - written >= WritePeriod)
                    {
                        written = time.GetUtcNow();
                        await sessions.WriteUseAsync(stoppingToken);
                    }
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    // The store is away for a moment; the next look tells.
                    LogLookFailed(log, failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        if (_circuits.IsEmpty)
            return;
        var standing = await sessions.AllAsync(cancellation);
        foreach (var (circuit, principal) in _circuits)
        {
            if (!sessions.Holds(principal, standing.GetValueOrDefault(principal.FindFirstValue(Sessions.Claim) ?? "")) && _circuits.TryRemove(circuit, out _))
                circuit.End();
        }
    }

    [LoggerMessage(EventId = 2031, Level = LogLevel.Warning, Message = "The sessions of open circuits couldn't be looked up")]
    private static partial void LogLookFailed(ILogger logger, Exception failure);
}

/// <summary>
/// Who sits before this circuit, until their session ends: then nobody, and the page sends them to the door. Only circuits are watched: a request
/// that ends its own session, as a change of password does, is shown its answer.
/// </summary>
internal sealed class CircuitRevalidation(SessionWatch watch) : ServerAuthenticationStateProvider, IDisposable
{
    public void Dispose() => watch.Remove(this);

    internal void Watch(ClaimsPrincipal principal) => watch.Add(this, principal);

    internal void End() => SetAuthenticationState(Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity()))));
}
