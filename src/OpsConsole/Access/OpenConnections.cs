using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;

namespace OpsConsole.Access;

/// <summary>
/// Connections that outlive the request they were opened with, such as the hub's: whoever a key, a client or a session stood for when they were
/// opened may be gone since. <see cref="SessionWatch"/> asks every two seconds, and ends those.
/// </summary>
public sealed class OpenConnections(Sessions sessions, ApiKeys keys)
{
    private readonly ConcurrentDictionary<string, Connection> _open = new(StringComparer.Ordinal);

    private sealed record Connection(ClaimsPrincipal Who, IPAddress? From, Action End);

    /// <summary>How many there are.</summary>
    public int Count => _open.Count;

    /// <summary>Watches a connection of a hub.</summary>
    public void Add(HubCallerContext connection) =>
        _open[connection.ConnectionId] = new Connection(connection.User!, connection.GetHttpContext()?.Connection.RemoteIpAddress, connection.Abort);

    /// <summary>It has ended by itself.</summary>
    public void Remove(string id) => _open.TryRemove(id, out _);

    /// <summary>Ends those whose key, client or session no longer stands.</summary>
    internal async Task LookAsync(CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, Sessions.Standing>? standing = null;
        foreach (var (id, connection) in _open)
        {
            bool stands;
            if (connection.Who.FindFirstValue(Caller.KeyIdClaim) is not null)
                stands = await keys.StandsAsync(connection.Who, connection.From);
            else
                stands = sessions.Holds(connection.Who, (standing ??= await sessions.AllAsync(cancellation)).GetValueOrDefault(connection.Who.FindFirstValue(Sessions.Claim) ?? ""));
            if (!stands && _open.TryRemove(id, out _))
                connection.End();
        }
    }
}
