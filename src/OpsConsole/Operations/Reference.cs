using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using OpsConsole.Access;
using Scalar.AspNetCore;

namespace OpsConsole.Operations;

/// <summary>The browsable reference of the API at <c>/docs</c>; its script comes from here, and asks nobody else.</summary>
internal static class Reference
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapScalarApiReference("/docs", (options, http) =>
        {
            options.Title = "OpsConsole API";
            options.OpenApiRoutePattern = "/openapi/v1.json";
            options.Nonce = http.Nonce();
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.Favicon = "/favicon.svg";
            options.Theme = ScalarTheme.None;
            options.PersistentAuthentication = false;
            // Its maker's services are other hosts.
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            options.Agent = new ScalarAgentOptions { Disabled = true };
            options.Mcp = new ScalarMcpOptions { Disabled = true };
            options.HideClientButton = true;
            // Its grey is too light to read, and its document doesn't say its language.
            options.CustomCss = ".light-mode { --scalar-color-3: #5f6672; } .dark-mode { --scalar-color-3: #a7b0bc; }";
            options.HeadContent = $"<script nonce=\"{http.Nonce()}\">document.documentElement.lang = 'en'</script>";
            options.WithDefaultHttpClient(ScalarTarget.Shell, ScalarClient.Curl);
        }).AllowAnonymous();
}
