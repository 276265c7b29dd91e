using System.Net;
using System.Net.Sockets;

namespace OpsConsole.Operations.Alerts.Delivery;

/// <summary>An address that this program doesn't connect to.</summary>
internal sealed class NotAllowedException(string words) : IOException(words);

/// <summary>
/// Makes connections to addresses that people enter. A name is resolved once, every address it resolves to is looked at, and the connection goes to the
/// very address that was looked at: a name that points elsewhere a moment later gains nothing.
/// </summary>
internal sealed class OutwardConnections(Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);

    // Everything that isn't the public internet, by the registries of special-purpose addresses (RFC 6890 and those after it).
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10",
            "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Resolves names as the machine does.</summary>
    public OutwardConnections()
        : this(Dns.GetHostAddressesAsync)
    {
    }

    /// <summary>Whether an address may be connected to.</summary>
    /// <param name="address">Which.</param>
    /// <param name="allowed">Networks that are not public and allowed all the same.</param>
    internal static bool MayReach(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return allowed.Any(n => Holds(n, address)) || !Array.Exists(NotPublic, n => Holds(n, address));
    }

    /// <summary>What requests go through: no redirects, no proxy, no cookies, and only to addresses that may be reached.</summary>
    internal SocketsHttpHandler Handler(IReadOnlyList<IPNetwork> allowed) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = LongestConnect,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 0,
        // A name is looked up anew now and then.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ConnectCallback = async (context, cancellation) => await ConnectAsync(context.DnsEndPoint, allowed, cancellation),
    };

    private async Task<Stream> ConnectAsync(DnsEndPoint to, IReadOnlyList<IPNetwork> allowed, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(to.Host, out var literal) ? [literal] : await resolve(to.Host, cancellation);
        var may = Array.FindAll(addresses, a => MayReach(a, allowed));
        // One address that may not be reached says enough about a name.
        if (may.Length == 0 || may.Length < addresses.Length)
            throw new NotAllowedException("the address lies in a network that is not public, and not named in Alerts:WebhookNetworks");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(may, to.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool Holds(IPNetwork network, IPAddress address) => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);
}
