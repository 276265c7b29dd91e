using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Store;

namespace OpsConsole.Operations;

/// <summary>What failed becomes problem details (RFC 9457) with a <c>traceId</c>, never a stack trace.</summary>
internal sealed partial class ApiErrors(IProblemDetailsService problems, ILogger<ApiErrors> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // The request's own path is the error page's by now.
        var failed = httpContext.Features.Get<IExceptionHandlerPathFeature>();
        if (!MachinePaths.Is(failed?.Path ?? httpContext.Request.Path.Value))
        {
            // A person gets a page: about the status where the request was bad, else the error page.
            if (exception is BadHttpRequestException request)
                httpContext.Response.StatusCode = request.StatusCode;
            return exception is BadHttpRequestException;
        }
        var (status, detail) = exception switch
        {
            StoreUnavailableException => (StatusCodes.Status503ServiceUnavailable, "The store can't take this now. Nothing of this call was stored; send it again later."),
            BadHttpRequestException bad => (bad.StatusCode, WhatIsBad(bad)),
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested => (StatusCodes.Status499ClientClosedRequest, null),
            _ => (StatusCodes.Status500InternalServerError, (string?)null),
        };
        if (status == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = "2";
        if (status == StatusCodes.Status500InternalServerError)
            LogFailed(log, httpContext.Request.Method, failed?.Endpoint?.DisplayName, exception);
        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = status, Detail = detail },
        });
    }

    // Names the place, never repeats what stood there.
    private static string WhatIsBad(BadHttpRequestException bad) => bad switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => "The body is too large.",
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => "The media type of the body isn't taken here.",
        { InnerException: JsonException { Path: { Length: > 0 } path } } => $"The body can't be read at {path}.",
        { InnerException: JsonException } => "The body is not JSON.",
        _ when Parameter().Match(bad.Message) is { Success: true } match => $"The parameter {match.Groups[1].Value} is missing or can't be read.",
        _ => "The request can't be read.",
    };

    [GeneratedRegex("^(?:Failed to bind parameter|Required parameter) \"[^\"]* ([A-Za-z]+)\"")]
    private static partial Regex Parameter();

    internal static void Customize(ProblemDetailsContext context)
    {
        context.ProblemDetails.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        context.ProblemDetails.Detail ??= WhatToDo(context);
    }

    // What whoever wrote the call has to change, where nothing nearer to it said so. The same whatever was wrong with a credential.
    private static string? WhatToDo(ProblemDetailsContext context) => context.ProblemDetails.Status switch
    {
        StatusCodes.Status401Unauthorized => "No valid credential came with the call. Send a key in the header X-Api-Key, or a token as Authorization: Bearer.",
        StatusCodes.Status403Forbidden when MissingScope(context.HttpContext) is { } scope => $"The credential lacks the scope {scope}.",
        StatusCodes.Status415UnsupportedMediaType => "The media type of the body isn't taken here. Calls take application/json; those that send facts also application/x-ndjson.",
        _ => null,
    };

    private static string? MissingScope(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).FirstOrDefault(policy => policy is not null && Scopes.All.Contains(policy) && !context.User.HasScope(policy));

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "{Method} {Endpoint} failed")]
    private static partial void LogFailed(ILogger logger, string method, string? endpoint, Exception failure);
}
