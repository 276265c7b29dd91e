using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OpsConsole.Access;

/// <summary>Recognises the key in <c>X-Api-Key</c>. Keys are taken from a header only, never from a URL.</summary>
internal sealed partial class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    internal const string SchemeName = "key";
    internal const string Header = "X-Api-Key";
    internal const string LimitClaim = "calls_per_second";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var values = Request.Headers[Header];
        if (values.Count == 0)
            return AuthenticateResult.NoResult();
        if (values.Count > 1 || values[0] is not { Length: > 0 and <= 128 } text || HasToken()
            || await keys.RecogniseAsync(text) is not { } grant || !grant.Admits(Context.Connection.RemoteIpAddress))
        {
            // Which key is not said: what is no key of ours may be another system's secret.
            LogRefused(Logger, Request.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "nowhere");
            Context.Items[RateLimits.FailedCredential] = true;
            return AuthenticateResult.Fail("The key is not one, or no longer.");
        }
        return AuthenticateResult.Success(new AuthenticationTicket(grant.Principal, SchemeName));
    }

    // Two ways of saying who one is may be two callers: neither is believed.
    private bool HasToken() => Request.Headers.Authorization.ToString().StartsWith(TokenHandler.Prefix, StringComparison.OrdinalIgnoreCase);

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = 401;
        Response.Headers.WWWAuthenticate = "ApiKey";
        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "A key was refused; it came from {Address}")]
    private static partial void LogRefused(ILogger logger, string address);
}
