using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OpsConsole.Access;

namespace OpsConsole.Operations;

/// <summary>The OpenAPI document: title, the key's header, and per call the scope it needs.</summary>
internal static class Description
{
    private const string KeyScheme = "apiKey";
    private const string TokenScheme = "clientCredentials";

    internal static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description =>
            description.RelativePath?.StartsWith("api/", StringComparison.OrdinalIgnoreCase) == true
            || description.RelativePath?.StartsWith("health/", StringComparison.OrdinalIgnoreCase) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "OpsConsole";
            document.Info.Version = "v1";
            document.Info.Description = "Late parcels, early enough to act: send shipments and what happens to them, read predictions, cases, figures and labels. "
                + "Every call but those of health carries a key in the header `X-Api-Key`, or a token as `Authorization: Bearer`; an administrator makes them under Settings. "
                + "Times are RFC 3339 with an offset. What was refused is said item by item; sending again is harmless.";
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyHandler.Header,
                Description = "Made under Settings. Browsers use the cookie of the sign-in page instead.",
            };
            document.Components.SecuritySchemes[TokenScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Description = "An OAuth2 client is made under Settings; its token holds for five minutes. A key beside a token is refused.",
                Flows = new OpenApiOAuthFlows
                {
                    ClientCredentials = new OpenApiOAuthFlow
                    {
                        TokenUrl = new Uri("/oauth/token", UriKind.Relative),
                        Scopes = Scopes.All.ToDictionary(scope => scope, scope => $"The scope {scope}."),
                    },
                },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            DescribesQueryExtensions.Describe(operation, context.Description.ActionDescriptor.EndpointMetadata);
            var policy = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Select(a => a.Policy).FirstOrDefault(p => p is not null);
            if (policy is null)
                return Task.CompletedTask;
            operation.Description = $"{operation.Description}\n\nNeeds the scope `{policy}`.".Trim();
            operation.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(TokenScheme, context.Document)] = Scopes.All.Contains(policy) ? [policy] : [] },
            ];
            operation.Responses ??= [];
            operation.Responses.TryAdd("401", new OpenApiResponse { Description = "No valid key or cookie." });
            operation.Responses.TryAdd("403", new OpenApiResponse { Description = $"The scope `{policy}` is missing." });
            operation.Responses.TryAdd("429", new OpenApiResponse { Description = "Too many calls; `Retry-After` says how long to wait." });
            return Task.CompletedTask;
        });
    }
}
