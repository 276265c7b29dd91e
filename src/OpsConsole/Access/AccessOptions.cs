using System.Net;

namespace OpsConsole.Access;

/// <summary>Who gets in, and how. Read from <c>Bootstrap</c>, <c>Demo</c> and <c>Access</c>.</summary>
public sealed record AccessOptions
{
    /// <summary>Cookies travel over HTTPS only, and carry the <c>__Host-</c> prefix; true where an HTTPS address is configured.</summary>
    public bool SecureCookies { get; init; }

    /// <summary><c>RequireHttps</c>, or an HTTPS address is configured: browsers are sent there.</summary>
    public bool RedirectToHttps { get; init; }

    /// <summary>Where browsers are sent for HTTPS; null: to the HTTPS address that is listened on.</summary>
    public int? HttpsPort { get; init; }

    /// <summary><c>Demo:Enabled</c>: the demo's accounts exist and stand on the sign-in page.</summary>
    public bool DemoAccounts { get; init; }

    /// <summary>SHA-256 of <c>Bootstrap:ApiKey</c>; null when none is set.</summary>
    public byte[]? BootstrapKeyHash { get; init; }

    /// <summary><c>Bootstrap:AdminEmail</c>.</summary>
    public string? AdminEmail { get; init; }

    /// <summary><c>Bootstrap:AdminPassword</c>.</summary>
    public string? AdminPassword { get; init; }

    /// <summary><c>Access:SignInsPerMinute</c>: attempts to sign in a minute from one address, 1 to 10,000.</summary>
    public int SignInsPerMinute { get; init; } = 20;

    /// <summary><c>Access:SessionHours</c>: a session's whole length, 1 to 24 hours.</summary>
    public TimeSpan SessionLength { get; init; } = TimeSpan.FromHours(12);

    /// <summary><c>Access:SessionIdleMinutes</c>: a session that long without use is over, 5 to 1,440 minutes.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromMinutes(120);

    /// <summary><c>Access:RequireSecondFactor</c>: roles whose people need a second factor beside their password.</summary>
    public IReadOnlyList<string> SecondFactorRoles { get; init; } = [];

    /// <summary><c>Access:CircuitsPerPerson</c>: pages a person may have open at once on one instance, 1 to 1,000.</summary>
    public int CircuitsPerPerson { get; init; } = 10;

    /// <summary><c>Access:CircuitsPerInstance</c>: pages all people together may have open at once on one instance, 1 to 10,000.</summary>
    public int CircuitsPerInstance { get; init; } = 500;

    /// <summary>The company's own sign-in; null when there is none.</summary>
    public OidcOptions? Oidc { get; init; }

    /// <summary><c>Access:KnownProxies</c>: networks whose forwarding headers are believed; none by default.</summary>
    public IReadOnlyList<IPNetwork> KnownProxies { get; init; } = [];

    /// <summary>Calls a second of a key that has no limit of its own.</summary>
    public const int CallsPerSecond = 2_000;
}

/// <summary>The company's own sign-in (OpenID Connect). Read from <c>Access:Oidc</c>.</summary>
/// <param name="Authority">The issuer's address.</param>
/// <param name="ClientId">What this console is called there.</param>
/// <param name="ClientSecret">Its secret there; null for a public client.</param>
/// <param name="Name">What stands on the button.</param>
/// <param name="RoleClaim">Which claim of the identity token says what a person may be.</param>
/// <param name="RoleOf">From the claim's value to a role of the console; who has none of them is refused.</param>
public sealed record OidcOptions(
    Uri Authority, string ClientId, string? ClientSecret, string Name, string RoleClaim, IReadOnlyDictionary<string, string> RoleOf);
