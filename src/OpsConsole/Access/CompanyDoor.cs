using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>The way to the company's own sign-in and back: OpenID Connect, code flow with PKCE, state and nonce.</summary>
internal static partial class CompanyDoor
{
    internal const string Scheme = "company";

    /// <summary>Under which name the sign-in's properties say who vouches.</summary>
    internal const string Issuer = "issuer";

    private const string IdToken = "id_token";

    internal static void Add(AuthenticationBuilder authentication, AccessOptions options)
    {
        if (options.Oidc is { } oidc)
            authentication.AddOpenIdConnect(Scheme, oidc.Name, connect => Configure(connect, oidc, options.SecureCookies));
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in/company", Go).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/sign-in/company/done", DoneAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/sign-out/company", LeaveAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Keeps what the company's sign-out asks for, once the session here is over; false when the person didn't come through it.</summary>
    internal static async Task<bool> KeepForSignOutAsync(HttpContext http)
    {
        if ((await http.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Properties?.GetTokenValue(IdToken) is not { } token)
            return false;
        var properties = new AuthenticationProperties();
        properties.StoreTokens([new AuthenticationToken { Name = IdToken, Value = token }]);
        // It vouches for nobody: without issuer and subject it opens nothing.
        await http.SignInAsync(IdentityConstants.ExternalScheme, new ClaimsPrincipal(new ClaimsIdentity("signed out")), properties);
        return true;
    }

    private static Results<ChallengeHttpResult, NotFound> Go(string? returnUrl, AccessOptions options) => options.Oidc is null
        ? TypedResults.NotFound()
        : TypedResults.Challenge(
            new AuthenticationProperties { RedirectUri = "/sign-in/company/done?returnUrl=" + Uri.EscapeDataString(AccessApi.LocalOnly(returnUrl)) }, [Scheme]);

    private static async Task<Results<RedirectHttpResult, NotFound>> DoneAsync(string? returnUrl, HttpContext http, AccessOptions options, CompanySignIn company)
    {
        if (options.Oidc is null)
            return TypedResults.NotFound();
        var vouched = await http.AuthenticateAsync(IdentityConstants.ExternalScheme);
        await http.SignOutAsync(IdentityConstants.ExternalScheme);
        return TypedResults.LocalRedirect(await company.EnterAsync(vouched.Principal, vouched.Properties) switch
        {
            CompanyOutcome.Entered => AccessApi.LocalOnly(returnUrl),
            CompanyOutcome.NoRole => "/sign-in?refused=role",
            CompanyOutcome.ShutOut => "/sign-in?refused=shut",
            _ => "/sign-in?refused=company",
        });
    }

    private static async Task<Results<SignOutHttpResult, RedirectHttpResult, NotFound>> LeaveAsync(HttpContext http, AccessOptions options)
    {
        if (options.Oidc is null)
            return TypedResults.NotFound();
        // Only for whoever has just signed out here; the handler takes the token from the same cookie.
        if (!(await http.AuthenticateAsync(IdentityConstants.ExternalScheme)).Succeeded)
            return TypedResults.LocalRedirect("/signed-out");
        return TypedResults.SignOut(new AuthenticationProperties { RedirectUri = "/signed-out" }, [Scheme, IdentityConstants.ExternalScheme]);
    }

    private static void Configure(OpenIdConnectOptions connect, OidcOptions oidc, bool secure)
    {
        connect.Authority = oidc.Authority.ToString();
        connect.RequireHttpsMetadata = oidc.Authority.Scheme == Uri.UriSchemeHttps;
        connect.ClientId = oidc.ClientId;
        connect.ClientSecret = oidc.ClientSecret;
        connect.SignInScheme = IdentityConstants.ExternalScheme;
        connect.CallbackPath = "/sign-in/company/callback";
        connect.SignedOutCallbackPath = "/sign-out/company/callback";
        connect.RemoteSignOutPath = PathString.Empty;
        connect.ResponseType = OpenIdConnectResponseType.Code;
        // By redirect: a form sent by another site is refused here, and its cookies would have to travel across sites.
        connect.ResponseMode = OpenIdConnectResponseMode.Query;
        connect.UsePkce = true;
        connect.MapInboundClaims = false;
        connect.Scope.Add("email");
        connect.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(1);
        // Signed with the issuer's own key: neither "none" nor a shared secret.
        connect.TokenValidationParameters.ValidAlgorithms =
        [
            SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256,
            SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384,
            SecurityAlgorithms.EcdsaSha512,
        ];
        Harden(connect.CorrelationCookie, "state", secure);
        Harden(connect.NonceCookie, "nonce", secure);
        connect.Events.OnTokenValidated = KeepIssuer;
        connect.Events.OnRemoteFailure = RefuseAsync;
    }

    // Their path is the callback's, so "__Host-", which asks for "/", isn't theirs to have.
    private static void Harden(CookieBuilder cookie, string name, bool secure)
    {
        cookie.Name = secure ? $"__Secure-ops-{name}." : $"ops-{name}.";
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
    }

    private static Task KeepIssuer(TokenValidatedContext context)
    {
        context.Properties!.Items[Issuer] = context.SecurityToken.Issuer;
        // What the company's sign-out asks for; other tokens aren't kept.
        if (context.TokenEndpointResponse?.IdToken is { } token)
            context.Properties.StoreTokens([new AuthenticationToken { Name = IdToken, Value = token }]);
        return Task.CompletedTask;
    }

    private static async Task RefuseAsync(RemoteFailureContext context)
    {
        var services = context.HttpContext.RequestServices;
        LogRefused(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(CompanyDoor)), context.Failure);
        var db = services.GetRequiredService<OpsConsoleDb>();
        services.GetRequiredService<Audit>().Add(db, Caller.System, "user.companySignInRefused", details: new { reason = context.Failure?.GetType().Name });
        await db.SaveChangesAsync();
        context.Response.Redirect("/sign-in?refused=company");
        context.HandleResponse();
    }

    [LoggerMessage(EventId = 2033, Level = LogLevel.Warning, Message = "What came back from the company's sign-in was refused")]
    private static partial void LogRefused(ILogger logger, Exception? why);
}
