using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OpsConsole.Access;

/// <summary>
/// Recognises the token in <c>Authorization: Bearer</c>: of a client that is still one, with the scopes that both have. A token is taken from
/// the header only, never from a URL, and never beside a key.
/// </summary>
internal sealed partial class TokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Tokens tokens, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    internal const string SchemeName = "token";
    internal const string Prefix = "Bearer ";

    private const int Longest = 4_096;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var values = Request.Headers.Authorization;
        if (values is not [{ Length: <= Longest } header] || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            || await tokens.ReadAsync(header[Prefix.Length..].Trim()) is not var (client, scopes)
            || await keys.FindClientAsync(client) is not { } grant || !grant.Admits(Context.Connection.RemoteIpAddress))
        {
            LogRefused(Logger, Context.Connection.RemoteIpAddress?.ToString() ?? "nowhere");
            Context.Items[RateLimits.FailedCredential] = true;
            return AuthenticateResult.Fail("The token is not one, or no longer.");
        }
        return AuthenticateResult.Success(new AuthenticationTicket(grant.WithScopes(scopes), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = 401;
        Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 2020, Level = LogLevel.Information, Message = "A token was refused; it came from {Address}")]
    private static partial void LogRefused(ILogger logger, string address);
}
