using System.Net;
using OpsConsole.Operations;

namespace OpsConsole.Access;

/// <summary>Lists of addresses and networks, as people write them.</summary>
public static class Networks
{
    /// <summary>The most networks of a list.</summary>
    public const int Most = 200;

    /// <summary>Reads networks separated by spaces, commas or lines. False with what can't be read.</summary>
    public static bool TryParse(string? text, out IReadOnlyList<IPNetwork> networks, out string? problem)
    {
        List<IPNetwork> read = [];
        (networks, problem) = (read, null);
        foreach (var part in (text ?? "").Split([' ', ',', ';', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IPNetwork.TryParse(SettingRules.AsNetwork(part), out var network))
            {
                problem = $"{(part.Length > 50 ? part[..50] : part)} is no address and no network; allowed are such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32.";
                return false;
            }
            read.Add(network);
        }
        if (read.Count > Most)
            problem = $"A list has at most {Most} networks.";
        return problem is null;
    }

    /// <summary>Whether an address is in one of them; an IPv4 address that came over IPv6 counts as what it is.</summary>
    public static bool Contain(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in networks)
        {
            if (network.Contains(plain))
                return true;
        }
        return false;
    }

    /// <summary>As they are kept: separated by spaces.</summary>
    public static string Text(IEnumerable<IPNetwork> networks) => string.Join(' ', networks);
}
