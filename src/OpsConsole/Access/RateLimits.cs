using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace OpsConsole.Access;

/// <summary>How many calls a caller may make: by key, else by address; the door of its own is strict. Beyond it: 429 with Retry-After.</summary>
internal static class RateLimits
{
    /// <summary>The policy of pages where passwords are tried.</summary>
    internal const string SignIn = "sign-in";

    /// <summary>The policy of the door where tokens are given.</summary>
    internal const string Token = "token";

    /// <summary>Marks a call whose key or token was refused.</summary>
    internal const string FailedCredential = "failed-credential";

    private const int CallsOfAPerson = 200;
    private const int TokensAMinute = 300;
    private const int FailuresAMinute = 600;

    internal static void Configure(RateLimiterOptions limiter, AccessOptions options)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
        limiter.AddPolicy(SignIn, http => HttpMethods.IsPost(http.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(
                "sign-in " + Address(http), _ => new FixedWindowRateLimiterOptions { PermitLimit = options.SignInsPerMinute, Window = TimeSpan.FromMinutes(1) })
            : RateLimitPartition.GetNoLimiter("sign-in page"));
        limiter.AddPolicy(Token, http => PerMinute("token " + Address(http), TokensAMinute));
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = (context, _) =>
        {
            var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
            context.HttpContext.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
    }

    private static RateLimitPartition<string> Partition(HttpContext http)
    {
        if (http.User.FindFirstValue(Caller.KeyIdClaim) is { } key)
        {
            if (http.User.HasClaim(Caller.BootstrapClaim, "true"))
                return RateLimitPartition.GetNoLimiter(key);
            var own = http.User.FindFirstValue(ApiKeyHandler.LimitClaim);
            var limit = own is null ? AccessOptions.CallsPerSecond : int.Parse(own, CultureInfo.InvariantCulture);
            // The limit is part of the partition, so that a changed one takes effect.
            return Bucket(string.Create(CultureInfo.InvariantCulture, $"key {key} {limit}"), limit);
        }
        if (http.Items.ContainsKey(FailedCredential))
            return PerMinute("failed " + Address(http), FailuresAMinute);
        var machine = http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
        if (!machine)
            return RateLimitPartition.GetNoLimiter("pages");
        return http.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } user
            ? Bucket("user " + user, CallsOfAPerson)
            : Bucket("address " + Address(http), CallsOfAPerson);
    }

    private static RateLimitPartition<string> PerMinute(string partition, int permits) => RateLimitPartition.GetFixedWindowLimiter(
        partition, _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = TimeSpan.FromMinutes(1) });

    private static RateLimitPartition<string> Bucket(string partition, int perSecond) =>
        RateLimitPartition.GetTokenBucketLimiter(partition, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = Math.Max(1, perSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(0.1, 1.0 / perSecond)),
            AutoReplenishment = true,
        });

    /// <summary>The caller's address; of IPv6 the network, of which a caller has many addresses.</summary>
    private static string Address(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
            return "none";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes).ToString();
    }
}
