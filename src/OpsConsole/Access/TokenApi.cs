using System.Diagnostics;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace OpsConsole.Access;

/// <summary>
/// <c>POST /oauth/token</c>: client credentials against a token of five minutes (RFC 6749, 4.4). The secret comes by HTTP Basic or in the form,
/// never both. Answers and errors have the form that OAuth libraries read; errors carry a <c>traceId</c> too.
/// </summary>
internal static partial class TokenApi
{
    internal const string Path = "/oauth/token";

    private sealed record Credentials(string Id, string Secret);

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, TakeAsync).AllowAnonymous().DisableAntiforgery().RequireRateLimiting(RateLimits.Token).ExcludeFromDescription();

    private static async Task<IResult> TakeAsync(HttpContext http, ApiKeys keys, Tokens tokens, ILoggerFactory logs)
    {
        if (!http.Request.HasFormContentType)
            return Refuse(StatusCodes.Status415UnsupportedMediaType, "invalid_request", "The body must be application/x-www-form-urlencoded.");
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form.Any(field => field.Value.Count > 1))
            return Refuse(StatusCodes.Status400BadRequest, "invalid_request", "A parameter is given more than once.");
        if (form["grant_type"] is not [{ Length: > 0 } type])
            return Refuse(StatusCodes.Status400BadRequest, "invalid_request", "grant_type is missing; allowed is client_credentials.");
        if (type != "client_credentials")
            return Refuse(StatusCodes.Status400BadRequest, "unsupported_grant_type", "Allowed is client_credentials.");
        var (credentials, problem) = Read(http.Request.Headers.Authorization, form);
        if (problem is not null)
            return Refuse(StatusCodes.Status400BadRequest, "invalid_request", problem);
        if (credentials is null || await keys.RecogniseClientAsync(credentials.Id, credentials.Secret, http.Connection.RemoteIpAddress) is not { } grant)
        {
            LogRefused(logs.CreateLogger(typeof(TokenApi).FullName!), http.Connection.RemoteIpAddress?.ToString() ?? "nowhere");
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"opsconsole\"";
            return Refuse(StatusCodes.Status401Unauthorized, "invalid_client", "The client is not known, its secret is another, or it may not call from here.");
        }
        var asked = form["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (asked.Except(grant.Scopes).Any())
            return Refuse(StatusCodes.Status400BadRequest, "invalid_scope", $"The client may: {string.Join(' ', grant.Scopes)}.");
        IReadOnlyList<string> scopes = asked.Length > 0 ? [.. asked.Distinct()] : grant.Scopes;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        return Results.Json(
            new TokenAnswer(tokens.Make(grant.Id, scopes), "Bearer", (int)Tokens.Lasts.TotalSeconds, string.Join(' ', scopes)), TokenJson.Default.TokenAnswer);
    }

    private static (Credentials?, string? Problem) Read(StringValues authorization, IFormCollection form)
    {
        var inForm = form.ContainsKey("client_secret");
        if (authorization.Count == 0)
            return (inForm ? new Credentials(form["client_id"].ToString(), form["client_secret"].ToString()) : null, null);
        if (inForm || authorization.Count > 1)
            return (null, "The client says who it is in two ways; allowed is one of HTTP Basic and client_id with client_secret.");
        return (Basic(authorization.ToString()), null);
    }

    private static Credentials? Basic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : new Credentials(Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..]));
    }

    private static IResult Refuse(int status, string error, string description) => Results.Json(
        new TokenProblem(error, description, status, Activity.Current?.TraceId.ToString() ?? ""), TokenJson.Default.TokenProblem, statusCode: status);

    [LoggerMessage(EventId = 2021, Level = LogLevel.Information, Message = "A client's credentials were refused; they came from {Address}")]
    private static partial void LogRefused(ILogger logger, string address);
}

/// <summary>A token, as RFC 6749 has it.</summary>
internal sealed record TokenAnswer(
    [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn, [property: JsonPropertyName("scope")] string Scope);

/// <summary>Why there is none.</summary>
internal sealed record TokenProblem(
    [property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("error_description")] string Description,
    [property: JsonPropertyName("status")] int Status, [property: JsonPropertyName("traceId")] string TraceId);

[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenProblem))]
internal sealed partial class TokenJson : JsonSerializerContext;
