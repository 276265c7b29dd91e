using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using OpsConsole.Access;
using OpsConsole.Client;

namespace OpsConsole.Operations;

/// <summary>What operators and their machines ask: health, metrics, the description of the API.</summary>
internal static partial class OperationsApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").AllowAnonymous().WithTags("Health");
        health.MapGet("/live", () => TypedResults.Ok(new HealthAnswer { Status = "live" }))
            .WithName("getLive").WithSummary("The process runs");
        health.MapGet("/ready", ReadyAsync)
            .WithName("getReady").WithSummary("Calls may be sent here").WithDescription("Each check by name, and how many shipments are behind their input, or due by time.")
            .Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        routes.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(AccessRoom.MetricsPolicy);
        routes.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        Measuring.MeasuredApi.Map(routes);
        Reference.Map(routes);
    }

    private static async Task<Results<Ok<HealthAnswer>, JsonHttpResult<HealthAnswer>>> ReadyAsync(
        IEnumerable<IReadinessCheck> checks, Backlog backlog, ILoggerFactory logs, CancellationToken cancellation)
    {
        var log = logs.CreateLogger("OpsConsole.Operations.Readiness");
        var results = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var check in checks)
            results[check.Name] = await LookAsync(check, log, cancellation);
        BacklogAnswer? behind = null;
        try
        {
            var (unscored, unsettled) = backlog.Count();
            behind = new BacklogAnswer(unscored, unsettled);
        }
        catch (System.Data.Common.DbException failure)
        {
            LogCheckFailed(log, "backlog", failure);
            results["store"] = "failed";
        }
        // What is degraded is said, and serves.
        var ready = results.Values.All(r => r == "ok" || r.StartsWith(IReadinessCheck.Degraded, StringComparison.Ordinal));
        var answer = new HealthAnswer { Status = ready ? "ready" : "notReady", Checks = results, Backlog = behind };
        return ready ? TypedResults.Ok(answer) : TypedResults.Json(answer, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<string> LookAsync(IReadinessCheck check, ILogger log, CancellationToken cancellation)
    {
        try
        {
            return await check.LookAsync(cancellation) ?? "ok";
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // What a failure says may hold a connection string; the log has it, callers get the name.
            LogCheckFailed(log, check.Name, failure);
            return "failed";
        }
    }

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning, Message = "The readiness check {Check} failed")]
    private static partial void LogCheckFailed(ILogger logger, string check, Exception failure);
}
