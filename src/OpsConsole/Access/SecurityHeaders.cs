using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace OpsConsole.Access;

/// <summary>
/// The headers of every answer, and the guard against foreign pages. Styles can't do without <c>unsafe-inline</c>: MudBlazor and Plotly set
/// style attributes; scripts need the answer's own nonce, or come from here.
/// </summary>
public static class SecurityHeaders
{
    private const string NonceKey = "csp-nonce";
    private const string NothingAtAll = "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'none'";

    /// <summary>The nonce that inline scripts of this answer carry.</summary>
    public static string? Nonce(this HttpContext context) => context.Items[NonceKey] as string;

    internal static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = MachinePaths.Is(context.Request.Path) ? NothingAtAll : PagePolicy(context);
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        context.Response.OnStarting(static state =>
        {
            var http = (HttpContext)state;
            // Assets say for themselves how long they keep; everything else is about now, or about somebody.
            if (string.IsNullOrEmpty(http.Response.Headers.CacheControl))
                http.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context);
        return IsForeign(context) ? RefuseAsync(context) : next(context);
    }

    private static string PagePolicy(HttpContext context)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Items[NonceKey] = nonce;
        return $"default-src 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; script-src 'self' 'nonce-{nonce}'; "
            + "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'";
    }

    /// <summary>
    /// A page of another origin speaks with this one's cookie. CORS stops neither WebSockets nor plain posts, so circuits, the hub and
    /// everything that changes something asks for the origin; callers with a key have no cookie to abuse, but a browser that sends one
    /// across origins is refused all the same.
    /// </summary>
    private static bool IsForeign(HttpContext context)
    {
        var request = context.Request;
        var guarded = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            || request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase)
            || request.Path.StartsWithSegments("/hubs", StringComparison.OrdinalIgnoreCase);
        if (!guarded)
            return false;
        // What the browser says of itself can't be forged by a page; it says so over HTTPS and on localhost.
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site))
            return site != "same-origin" && site != "none";
        var origin = request.Headers.Origin;
        if (origin.Count == 0)
            return false;
        // Under "no-referrer" a form's origin is "null"; forms carry an antiforgery token, and the cookie doesn't travel across sites.
        if (origin == "null")
            return MachinePaths.Is(request.Path);
        return !IsOwn(request, origin!);
    }

    /// <summary>Whether an origin is this console's, as the request reached it.</summary>
    internal static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && string.Equals(from.Authority, HostOf(request), StringComparison.OrdinalIgnoreCase)
        && string.Equals(from.Scheme, request.Scheme, StringComparison.OrdinalIgnoreCase);

    private static string HostOf(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var self) ? self.Authority : "";

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}
