using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace OpsConsole.Operations;

/// <summary>
/// A body says what it is, and is what the call takes: else 415, before anything of it is read. Routing refuses another media type; this
/// refuses what it lets pass: none at all, another character set, a compressed one.
/// </summary>
internal static class ApiBodies
{
    internal static IApplicationBuilder Use(IApplicationBuilder app) => app.Use(InvokeAsync);

    private static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not { ContentTypes: var allowed } || !HasBody(http) || Fits(http.Request))
        {
            await next(http);
            return;
        }
        await TypedResults.Problem(
            statusCode: StatusCodes.Status415UnsupportedMediaType,
            detail: $"The media type of the body isn't taken here. Allowed: {string.Join(", ", allowed)}, in UTF-8, not compressed.").ExecuteAsync(http);
    }

    private static bool HasBody(HttpContext http) =>
        http.Request.ContentLength > 0 || (http.Request.ContentLength is null && http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true });

    private static bool Fits(HttpRequest request) =>
        request.Headers.ContentEncoding is [] or ["identity"]
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.CharSet is not { } charset || charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
