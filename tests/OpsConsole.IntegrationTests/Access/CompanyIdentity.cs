using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OpsConsole.IntegrationTests.Access;

/// <summary>
/// A company's own sign-in: an OpenIddict server on a port of its own, at which somebody is signed in already. Its identity tokens can be
/// replaced by others, signed with its key or not at all.
/// </summary>
internal sealed class CompanyIdentity : IAsyncDisposable
{
    internal const string ClientId = "ops-console";
    internal const string ClientSecret = "the-console's-secret-at-the-company";

    private readonly WebApplication _app;

    private CompanyIdentity(WebApplication app, SigningCredentials signing) => (_app, Signing) = (app, signing);

    /// <summary>Its issuer.</summary>
    internal string Authority { get; private set; } = "";

    /// <summary>What it signs with.</summary>
    internal SigningCredentials Signing { get; }

    /// <summary>Who is signed in there.</summary>
    internal string Subject { get; set; } = "8f3c";

    /// <summary>What it calls them.</summary>
    internal string Name { get; set; } = "Casey Company";

    /// <summary>What it says of their e-mail address.</summary>
    internal string Email { get; set; } = "casey@example.org";

    /// <summary>The groups it says they are in.</summary>
    internal IReadOnlyList<string> Groups { get; set; } = ["dispatch"];

    /// <summary>Replaces the identity token that the console gets.</summary>
    internal Func<string, string>? Replace { get; set; }

    internal static async Task<CompanyIdentity> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        CompanyIdentity? company = null;
        var signing = new SigningCredentials(new RsaSecurityKey(RSA.Create(2048)) { KeyId = "company" }, SecurityAlgorithms.RsaSha256);
        builder.Services.AddOpenIddict().AddServer(server => Configure(server, signing, () => company!));
        var app = builder.Build();
        app.UseRouting();
        app.UseAuthentication();
        await app.StartAsync();
        company = new CompanyIdentity(app, signing)
        {
            Authority = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/",
        };
        return company;
    }

    private static void Configure(OpenIddictServerBuilder server, SigningCredentials signing, Func<CompanyIdentity> company)
    {
        // Without a database: one client, one person.
        server.EnableDegradedMode()
            .SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token").SetEndSessionEndpointUris("connect/end")
            .AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange()
            .RegisterScopes(Scopes.Profile, Scopes.Email)
            .AddEphemeralEncryptionKey().AddSigningCredentials(signing)
            .UseAspNetCore().DisableTransportSecurityRequirement();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId)
                context.Reject(Errors.InvalidClient);
            return default;
        }));
        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId || context.ClientSecret != ClientSecret)
                context.Reject(Errors.InvalidClient);
            return default;
        }));
        server.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(_ => default));
        server.AddEventHandler<HandleEndSessionRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            context.SignOut();
            return default;
        }));
        server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            context.Principal = company().Principal();
            return default;
        }));
        server.AddEventHandler<ApplyTokenResponseContext>(handler => handler.SetOrder(int.MinValue + 1_000).UseInlineHandler(context =>
        {
            if (company().Replace is { } replace && context.Response.IdToken is { } token)
                context.Response.IdToken = replace(token);
            return default;
        }));
    }

    private ClaimsPrincipal Principal()
    {
        var identity = new ClaimsIdentity("company", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, Subject).SetClaim(Claims.Name, Name).SetClaim(Claims.Email, Email);
        foreach (var group in Groups)
            identity.AddClaim(new Claim("groups", group));
        identity.SetScopes(Scopes.OpenId, Scopes.Profile, Scopes.Email);
        identity.SetDestinations(_ => [Destinations.IdentityToken]);
        return new ClaimsPrincipal(identity);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
