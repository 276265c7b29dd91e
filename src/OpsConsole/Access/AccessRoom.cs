using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Operations;
using OpsConsole.Operations.Alerts;
using OpsConsole.Store;

namespace OpsConsole.Access;

/// <summary>Who gets in, and what they may do: people with cookies, systems with keys, limits, headers, the audit.</summary>
public static class AccessRoom
{
    private const string ConsoleScheme = "console";

    /// <summary>The policy of <c>/metrics</c>: its scope, or this machine without a proxy in between.</summary>
    public const string MetricsPolicy = "metrics-or-loopback";

    /// <summary>Adds people, keys, scopes, limits.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, AccessOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<AuditKey>();
        services.AddSingleton<Audit>();
        services.AddSingleton<AccessChanged>();
        services.AddSingleton<VerifyAudit>();
        services.AddSingleton<AuditChecks>();
        services.AddTransient<AuditNames>();
        services.AddSingleton<AuditRetention>();
        services.AddSingleton<LeftoverDays>();
        services.AddSingleton<Leftover>(Sessions.Left);
        services.AddSingleton(new Verb("--verify-audit", "", VerifyAudit.RunAsync) { Writes = false });
        services.AddSingleton<Sources>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<Tokens>();
        services.AddSingleton<NetworkLists>();
        services.AddHostedService(provider => provider.GetRequiredService<NetworkLists>());
        services.AddScoped<SignIn>();
        services.AddScoped<PendingSignIn>();
        services.AddSingleton<SignInTurns>();
        services.AddSingleton<FailedAttempts>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SessionsEnded>();
        services.AddSingleton<SecondFactors>();
        services.AddScoped<Passkeys>();
        services.AddScoped<CompanySignIn>();
        services.Configure<IdentityPasskeyOptions>(passkey =>
        {
            // The owner's finger or PIN, and a key that knows whose it is: then it needs neither e-mail nor password beside it.
            passkey.UserVerificationRequirement = "required";
            passkey.ResidentKeyRequirement = "required";
            // The framework's own rule reads the Origin of the request, which is "null" on a form under our referrer policy.
            passkey.ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && SecurityHeaders.IsOwn(context.HttpContext.Request, context.Origin));
        });
        services.AddSingleton<CircuitSeats>();
        services.AddScoped<CircuitSeat>();
        services.AddScoped<CircuitHandler>(provider => provider.GetRequiredService<CircuitSeat>());
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<SessionWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionWatch>());
        services.AddHttpContextAccessor();
        services.AddSingleton<Users>();
        services.AddSingleton<FirstAdministrator>();
        services.AddScoped<CircuitCaller>();
        services.AddHostedService<AccessStart>();
        services.AddHostedService<NoteKeyUse>();
        AddPeople(services, options);
        AddScopes(services);
        services.AddRateLimiter(limiter => RateLimits.Configure(limiter, options));
        services.AddAntiforgery(forgery =>
        {
            forgery.Cookie.Name = options.SecureCookies ? "__Host-ops-form" : "ops-form";
            forgery.Cookie.SecurePolicy = options.SecureCookies ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            forgery.Cookie.SameSite = SameSiteMode.Strict;
        });
        services.AddSingleton<SealedKeyRing>();
        services.AddDataProtection().SetApplicationName("OpsConsole").PersistKeysToDbContext<OpsConsoleDb>();
        services.AddOptions<KeyManagementOptions>().Configure<SealedKeyRing>((ring, sealedRing) => ring.XmlEncryptor = sealedRing);
        services.AddHttpsRedirection(https => https.HttpsPort = options.HttpsPort);
        services.AddHsts(hsts => (hsts.MaxAge, hsts.IncludeSubDomains) = (TimeSpan.FromDays(365), true));
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in options.KnownProxies)
                forwarded.KnownIPNetworks.Add(network);
        });
        return services;
    }

    /// <summary>Adds the work that one instance does for all: sealing, checking and trimming the audit, removing leftovers.</summary>
    public static IServiceCollection AddAccessWork(this IServiceCollection services)
    {
        services.AddSingleton<TrimAudit>();
        services.AddHostedService(provider => provider.GetRequiredService<TrimAudit>());
        services.AddSingleton<TrimLeftovers>();
        services.AddHostedService(provider => provider.GetRequiredService<TrimLeftovers>());
        services.AddSingleton<CheckAudit>();
        services.AddHostedService(provider => provider.GetRequiredService<CheckAudit>());
        services.AddSingleton<IAlertRule, AuditRule>();
        services.AddSingleton<SealAudit>();
        services.AddHostedService(provider => provider.GetRequiredService<SealAudit>());
        return services;
    }

    /// <summary>Headers, forwarding and limits of every call, in their order around authentication.</summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<AccessOptions>();
        if (options.KnownProxies.Count > 0)
            app.UseForwardedHeaders();
        app.UseMiddleware<NetworkGuard>();
        app.Use(SecurityHeaders.InvokeAsync);
        if (options.RedirectToHttps)
        {
            app.UseHsts();
            app.UseWhen(http => !http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase), pages => pages.UseHttpsRedirection());
        }
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.Use(app.Services.GetRequiredService<CircuitSeats>().GuardAsync);
        app.UseAntiforgery();
        app.Use(RefuseForgedAsync);
        return app;
    }

    /// <summary>The doors: enter the demo, sign out.</summary>
    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes)
    {
        AccessApi.Map(routes);
        TokenApi.Map(routes);
        Passkeys.Map(routes);
        CompanyDoor.Map(routes);
        return routes;
    }

    // Before the page or door does: they'd answer in bare text.
    private static Task RefuseForgedAsync(HttpContext http, RequestDelegate next)
    {
        // The page that tells of it is a GET.
        if (HttpMethods.IsGet(http.Request.Method) || http.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
            return next(http);
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    private static void AddPeople(IServiceCollection services, AccessOptions options)
    {
        var authentication = services.AddAuthentication(ConsoleScheme);
        CompanyDoor.Add(authentication, options);
        authentication.AddPolicyScheme(ConsoleScheme, null, scheme => scheme.ForwardDefaultSelector = http =>
                http.Request.Headers.ContainsKey(ApiKeyHandler.Header) ? ApiKeyHandler.SchemeName
                : http.Request.Headers.Authorization.ToString().StartsWith(TokenHandler.Prefix, StringComparison.OrdinalIgnoreCase) ? TokenHandler.SchemeName
                : IdentityConstants.ApplicationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(TokenHandler.SchemeName, null)
            .AddCookie(PendingSignIn.Scheme, cookie => ConfigurePending(cookie, options))
            .AddIdentityCookies(cookies =>
            {
                cookies.ApplicationCookie!.Configure(cookie => ConfigureCookie(cookie, options));
                // Identity keeps the challenge of a passkey in it.
                cookies.TwoFactorUserIdCookie!.Configure(cookie => Harden(cookie.Cookie, "passkey", options));
                cookies.ExternalCookie!.Configure(cookie => Harden(cookie.Cookie, "company", options));
            });
        services.AddIdentityCore<IdentityUser<long>>(identity =>
            {
                identity.User.RequireUniqueEmail = true;
                // PasswordRules says the length, once.
                identity.Password.RequiredLength = 1;
                identity.Password.RequireDigit = identity.Password.RequireLowercase = identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
            })
            .AddRoles<IdentityRole<long>>()
            .AddEntityFrameworkStores<OpsConsoleDb>()
            .AddSignInManager()
            .AddDefaultTokenProviders()
            .AddPasswordValidator<PasswordRules>()
            .AddClaimsPrincipalFactory<ConsoleClaims>();
        // What OWASP recommends for PBKDF2 with HMAC-SHA-512.
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 210_000);
        services.AddScoped<AuthenticationStateProvider, CircuitRevalidation>();
        services.AddCascadingAuthenticationState();
    }

    private static void Harden(CookieBuilder cookie, string name, AccessOptions options)
    {
        cookie.Name = options.SecureCookies ? "__Host-ops-" + name : "ops-" + name;
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = options.SecureCookies ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
    }

    private static void ConfigurePending(CookieAuthenticationOptions cookie, AccessOptions options)
    {
        Harden(cookie.Cookie, "second", options);
        cookie.ExpireTimeSpan = PendingSignIn.Length;
        cookie.SlidingExpiration = false;
    }

    private static void ConfigureCookie(CookieAuthenticationOptions cookie, AccessOptions options)
    {
        Harden(cookie.Cookie, "session", options);
        // The session in the store says how long, and whether it was used; the cookie never outlives it.
        cookie.ExpireTimeSpan = options.SessionLength;
        cookie.SlidingExpiration = false;
        cookie.Events.OnValidatePrincipal = ValidateAsync;
        cookie.LoginPath = "/sign-in";
        cookie.AccessDeniedPath = "/access-denied";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.Events.OnRedirectToLogin = context => AnswerAsync(context, StatusCodes.Status401Unauthorized);
        cookie.Events.OnRedirectToAccessDenied = context => AnswerAsync(context, StatusCodes.Status403Forbidden);
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        if (context.Principal is { } principal && await sessions.IsStandingAsync(principal, context.HttpContext.RequestAborted))
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(context.Scheme.Name);
    }

    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (MachinePaths.Is(context.Request.Path))
            context.Response.StatusCode = status;
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    private static void AddScopes(IServiceCollection services)
    {
        services.AddSingleton<IAuthorizationHandler, ScopeHandler>();
        services.AddSingleton<IAuthorizationHandler, ScopeOrLoopbackHandler>();
        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(MetricsPolicy, policy => policy.AddRequirements(new ScopeOrLoopbackRequirement(Scopes.Metrics)));
        foreach (var scope in Scopes.All)
            authorization.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().AddRequirements(new ScopeRequirement(scope)));
    }
}

/// <summary>The paths where programs call, which get problem details and no redirects.</summary>
public static class MachinePaths
{
    private static readonly string[] Prefixes = ["/api", "/hubs", "/health", "/metrics", "/openapi", "/_blazor", "/oauth"];

    /// <summary>Whether programs call there.</summary>
    public static bool Is(PathString path) => Array.Exists(Prefixes, prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));
}
