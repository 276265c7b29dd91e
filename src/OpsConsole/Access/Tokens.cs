using System.Globalization;
using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>
/// Makes and reads the short-lived tokens that OAuth2 clients call with: JWTs by HMAC-SHA-256, with a key that all instances share through
/// <c>DataDirectory/keys/tokens.key</c>. A token says who, for how long, and which scopes were asked for; what the client may do is looked up.
/// </summary>
public sealed class Tokens(StoreOptions options, TimeProvider time)
{
    /// <summary>How long a token holds.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    internal const string Issuer = "opsconsole";
    internal const string Audience = "opsconsole-api";
    internal const string Type = "at+jwt";
    internal const string ScopeClaim = "scope";

    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromSeconds(10);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };
    private readonly Lazy<SymmetricSecurityKey> _key = new(() =>
        new SymmetricSecurityKey(SecretFile.ReadOrMake(Path.Combine(options.DataDirectory, "keys", "tokens.key"), 64)));

    /// <summary>A token of a client, with those scopes.</summary>
    internal string Make(string clientId, IEnumerable<string> scopes)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            TokenType = Type,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lasts,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = clientId,
                [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture),
                [ScopeClaim] = string.Join(' ', scopes),
            },
            SigningCredentials = new SigningCredentials(_key.Value, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>Whose token it is and its scopes; null when it isn't one of ours, or no longer. What it is signed with is ours to say, never the token's.</summary>
    internal async Task<(string ClientId, IReadOnlyList<string> Scopes)?> ReadAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            ValidTypes = [Type],
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKey = _key.Value,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (from, until, _, _) => Holds(from, until),
        });
        if (!result.IsValid || result.ClaimsIdentity.FindFirst(JwtRegisteredClaimNames.Sub) is not { Value: var client })
            return null;
        var scopes = result.ClaimsIdentity.FindFirst(ScopeClaim)?.Value ?? "";
        return (client, scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private bool Holds(DateTime? from, DateTime? until)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return until is { } end && now < end + ClocksDiffer && (from is not { } start || now >= start - ClocksDiffer);
    }
}
