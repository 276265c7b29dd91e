using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Http;

namespace OpsConsole.Access;

/// <summary>
/// How many pages a person, and everybody, has open on this instance. The framework sets no limit, and each open page holds memory here.
/// </summary>
public sealed class CircuitSeats(AccessOptions options)
{
    // While a page is opened anew, its old connection may not have closed yet; and one too many is told so by a page.
    private const int Margin = 4;

    private readonly ConcurrentDictionary<string, int> _circuits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _connections = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>How many pages are open on this instance.</summary>
    public int Taken => Volatile.Read(ref _all);

    /// <summary>Takes a place for an open page; false when the person, or the instance, has none left.</summary>
    internal bool TryTake(string person)
    {
        if (Interlocked.Increment(ref _all) > options.CircuitsPerInstance)
        {
            Interlocked.Decrement(ref _all);
            return false;
        }
        if (_circuits.AddOrUpdate(person, 1, (_, taken) => taken + 1) <= options.CircuitsPerPerson)
            return true;
        Leave(person);
        return false;
    }

    /// <summary>Gives a place back.</summary>
    internal void Leave(string person)
    {
        Interlocked.Decrement(ref _all);
        Drop(_circuits, person);
    }

    /// <summary>Holds back connections beyond what the limit and its margin can need, whatever they'd do.</summary>
    internal async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        if (!http.Request.Path.Equals("/_blazor", StringComparison.OrdinalIgnoreCase) || http.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } person)
        {
            await next(http);
            return;
        }
        try
        {
            if (_connections.AddOrUpdate(person, 1, (_, open) => open + 1) <= options.CircuitsPerPerson + Margin)
                await next(http);
            else
                http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        }
        finally
        {
            Drop(_connections, person);
        }
    }

    private static void Drop(ConcurrentDictionary<string, int> counts, string person)
    {
        if (counts.AddOrUpdate(person, 0, (_, count) => count - 1) <= 0)
            counts.TryRemove(new(person, 0));
    }
}

/// <summary>Whether this circuit has a place; one that has none shows a plain page and reads nothing.</summary>
public sealed class CircuitSeat(CircuitSeats seats, Sessions sessions, AuthenticationStateProvider authentication) : CircuitHandler
{
    private ClaimsPrincipal? _principal;
    private string? _person;

    /// <summary>There was no place left.</summary>
    public bool Refused { get; private set; }

    /// <inheritdoc/>
    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        var principal = (await authentication.GetAuthenticationStateAsync()).User;
        if (authentication is CircuitRevalidation circuits && principal.Identity?.IsAuthenticated == true)
            circuits.Watch(principal);
    }

    /// <inheritdoc/>
    public override async Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _principal = (await authentication.GetAuthenticationStateAsync()).User;
        if (_person is not null || Refused || _principal.FindFirstValue(ClaimTypes.NameIdentifier) is not { } person)
            return;
        if (seats.TryTake(person))
            _person = person;
        else
            Refused = true;
    }

    /// <inheritdoc/>
    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _person, null) is { } person)
            seats.Leave(person);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => activity =>
    {
        // What a person does on a page that stays open is use of their session, though no request is made.
        if (_principal is { } principal)
            sessions.NoteUse(principal);
        return next(activity);
    };
}
