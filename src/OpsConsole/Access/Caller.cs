using System.Globalization;
using System.Security.Claims;

namespace OpsConsole.Access;

/// <summary>Who is asking, as the rooms need to know it.</summary>
/// <param name="UserId">The person; null for a key.</param>
/// <param name="KeyId">The key; null for a person.</param>
/// <param name="Name">What colleagues call them: the person's name, or the source's.</param>
/// <param name="SourceId">The source that what they send belongs to.</param>
/// <param name="SourceName">Its name.</param>
/// <param name="Simulated">What this source registers is invented.</param>
/// <param name="IsBootstrap">The key of <c>Bootstrap:ApiKey</c>, which may amend every source's shipments.</param>
public sealed record Caller(long? UserId, string? KeyId, string Name, int SourceId, string SourceName, bool Simulated, bool IsBootstrap)
{
    internal const string SourceIdClaim = "source_id";
    internal const string SourceNameClaim = "source_name";
    internal const string SimulatedClaim = "source_simulated";
    internal const string BootstrapClaim = "bootstrap";
    internal const string KeyIdClaim = "key_id";

    /// <summary>Stands for the product's own acts, in the audit.</summary>
    public static Caller System { get; } = new(null, null, "system", 0, "system", false, false);

    /// <summary>Reads the caller from a principal that was let in.</summary>
    /// <exception cref="InvalidOperationException">The principal is nobody's.</exception>
    public static Caller From(ClaimsPrincipal principal)
    {
        if (principal.Identity?.IsAuthenticated != true || principal.FindFirstValue(SourceIdClaim) is not { } source)
            throw new InvalidOperationException("Nobody is signed in.");
        var key = principal.FindFirstValue(KeyIdClaim);
        return new Caller(
            key is null && principal.FindFirstValue(ClaimTypes.NameIdentifier) is { } user ? long.Parse(user, CultureInfo.InvariantCulture) : null,
            key,
            principal.Identity.Name ?? "",
            int.Parse(source, CultureInfo.InvariantCulture),
            principal.FindFirstValue(SourceNameClaim) ?? "",
            principal.HasClaim(SimulatedClaim, "true"),
            principal.HasClaim(BootstrapClaim, "true"));
    }

    /// <summary>Under which id a judgement is kept: the person's, or for a key the judge it names (else the source itself).</summary>
    /// <param name="judge">The contract's <c>judge</c>, which only keys may send.</param>
    public string JudgeId(string? judge = null) =>
        UserId is { } user ? string.Create(CultureInfo.InvariantCulture, $"user:{user}") : $"key:{SourceName}:{judge ?? ""}";

    /// <summary>How the audit names them.</summary>
    public string AuditName => UserId is { } user
        ? string.Create(CultureInfo.InvariantCulture, $"user:{user}")
        : KeyId is null ? Name : $"key:{KeyId}";
}
