using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;

namespace OpsConsole.Learning;

/// <summary>The calls about models and runs.</summary>
internal static class LearningApi
{
    private const int LongestBody = 64 << 10;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/api/v1/models").WithTags("Models");
        models.MapGet("", ListAsync).RequireAuthorization(Scopes.Read)
            .WithName("getModels").WithSummary("Model versions, newest first")
            .DescribesQuery(("cursor", "where to go on, from the page before"), ("limit", "1 to 1,000, default 100"))
            .Produces<ModelPage>().ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        models.MapPost("/train", TrainAsync).RequireAuthorization(Scopes.Learn)
            .WithName("postTrain").WithSummary("Start a training run")
            .WithDescription("202 with `Location` of the run. Runs are carried out one at a time.")
            .Accepts<TrainRequest>("application/json").Produces<RunAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        models.MapPost("/{version}/promote", PromoteAsync).RequireAuthorization(Scopes.Learn)
            .WithName("postPromote").WithSummary("Make a version the champion")
            .WithDescription("422 names the gates that failed, with their figures; 409 when it is the champion already. With scope `admin` and a `reason` it is promoted past "
                + "gates that failed, except `file` and `parity`. Rolling back is promoting the one before. The body may be left out.")
            .Accepts<ChangeModelRequest>(isOptional: true, "application/json").Produces<ModelVersionAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        models.MapPost("/{version}/retire", RetireAsync).RequireAuthorization(Scopes.Learn)
            .WithName("postRetire").WithSummary("Retire a version").WithDescription("409 for the champion: promote another first. The body may be left out.")
            .Accepts<ChangeModelRequest>(isOptional: true, "application/json").Produces<ModelVersionAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        models.MapPost("/{version}/backtest", BacktestAsync).RequireAuthorization(Scopes.Learn)
            .WithName("postBacktest").WithSummary("Evaluate a version on past shipments")
            .WithDescription(
                "202 with `Location` of the run; runs are carried out one at a time. `from` and `to` are on the counted promise; left out: everything. Read the "
                + "result with `GET /api/v1/quality?basis=backtest&model=…`: the backtest that finished last counts.")
            .Accepts<BacktestRequest>("application/json").Produces<RunAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        var runs = routes.MapGroup("/api/v1/runs").WithTags("Models");
        runs.MapGet("/{runId}", GetRunAsync).RequireAuthorization(Scopes.Read)
            .WithName("getRun").WithSummary("Progress and result of a run").Produces<RunAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapDelete("/{runId}", CancelAsync).RequireAuthorization(Scopes.Learn)
            .WithName("deleteRun").WithSummary("Cancel a run").WithDescription("409 when it has ended.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> ListAsync(HttpContext http, LearningQueries queries, CancellationToken cancellation)
    {
        var query = new QueryReader(http.Request.Query);
        var limit = query.Whole("limit", 1, 1_000) ?? 100;
        var versions = await queries.VersionsAsync(cancellation);
        var start = 0;
        if (query.Text("cursor") is { } cursor)
        {
            // A version is never removed, so its name says where the page before ended.
            start = versions.TakeWhile(v => v.Version != cursor).Count() + 1;
            if (start > versions.Count)
                query.Refuse("cursor", "is not a cursor; allowed is the cursor of the page before");
        }
        if (query.Problem is { } problem)
            return problem;
        var page = versions.Skip(start).Take(limit).ToList();
        var next = start + page.Count < versions.Count ? page[^1].Version : null;
        return TypedResults.Json(new ModelPage(await queries.AnswerAsync(page, cancellation), next), ContractJson.Default.ModelPage);
    }

    private static async Task<IResult> TrainAsync(HttpContext http, StartTraining start, LearningQueries queries, CancellationToken cancellation)
    {
        var (request, refused) = await ReadAsync(http, new TrainBody(), cancellation);
        return refused ?? await StartedAsync(http, await start.HandleAsync(request, Caller.From(http.User), cancellation), queries, cancellation);
    }

    private static async Task<IResult> BacktestAsync(string version, HttpContext http, StartBacktest start, LearningQueries queries, CancellationToken cancellation)
    {
        var (request, refused) = await ReadAsync(http, new BacktestBody(), cancellation);
        if (refused is not null)
            return refused;
        return await start.HandleAsync(version, request, Caller.From(http.User), cancellation) is { } result
            ? await StartedAsync(http, result, queries, cancellation) : NoVersion();
    }

    private static async Task<(TRequest Request, IResult? Refused)> ReadAsync<TRequest>(HttpContext http, BodyReader<TRequest> body, CancellationToken cancellation)
        where TRequest : new()
    {
        var request = new TRequest();
        if (http.Request.ContentLength > LongestBody)
            return (request, TypedResults.Problem(statusCode: StatusCodes.Status413PayloadTooLarge, detail: "The body is too large. Allowed are up to 64 KiB."));
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, cancellation);
        try
        {
            request = body.Read(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        }
        catch (JsonException)
        {
            return (request, TypedResults.Problem(statusCode: StatusCodes.Status400BadRequest, detail: "The body is not a JSON object with each name once."));
        }
        return (request, body.Errors.Count > 0 ? QueryReader.Invalid(body.Errors) : null);
    }

    private static async Task<IResult> StartedAsync(HttpContext http, StartResult result, LearningQueries queries, CancellationToken cancellation)
    {
        if (result.RunId is not { } run)
            return QueryReader.Invalid(result.Errors);
        http.Response.Headers.Location = $"/api/v1/runs/{run}";
        return TypedResults.Json(LearningQueries.Answer((await queries.RunAsync(run, cancellation))!), ContractJson.Default.RunAnswer, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> GetRunAsync(string runId, LearningQueries queries, CancellationToken cancellation) =>
        await queries.RunAsync(runId, cancellation) is { } run ? TypedResults.Json(LearningQueries.Answer(run), ContractJson.Default.RunAnswer) : NoRun();

    private static async Task<IResult> CancelAsync(string runId, HttpContext http, CancelRun cancel, CancellationToken cancellation) =>
        await cancel.HandleAsync(runId, Caller.From(http.User), cancellation) switch
        {
            CancelResult.Cancelled => TypedResults.NoContent(),
            CancelResult.Ended => Conflict("The run has ended; there is nothing to cancel."),
            _ => NoRun(),
        };

    private static async Task<IResult> PromoteAsync(
        string version, HttpContext http, PromoteModel promote, IAuthorizationService authorization, LearningQueries queries, CancellationToken cancellation)
    {
        var (request, problem) = await ReadAsync(http, new ReasonBody(), cancellation);
        if (problem is not null)
            return problem;
        var mayPass = (await authorization.AuthorizeAsync(http.User, Scopes.Admin)).Succeeded;
        return await AnswerAsync(version, await promote.HandleAsync(version, Caller.From(http.User), request.Reason, mayPass, cancellation), queries, cancellation);
    }

    private static async Task<IResult> RetireAsync(string version, HttpContext http, RetireModel retire, LearningQueries queries, CancellationToken cancellation)
    {
        var (request, problem) = await ReadAsync(http, new ReasonBody(), cancellation);
        return problem ?? await AnswerAsync(version, await retire.HandleAsync(version, Caller.From(http.User), request.Reason, cancellation), queries, cancellation);
    }

    private static async Task<IResult> AnswerAsync(string version, ChangeResult result, LearningQueries queries, CancellationToken cancellation)
    {
        switch (result)
        {
            case ChangeResult.Done:
                var versions = await queries.VersionsAsync(cancellation);
                var answers = await queries.AnswerAsync([versions.Single(v => v.Version == version)], cancellation);
                return TypedResults.Json(answers[0], ContractJson.Default.ModelVersionAnswer);
            case ChangeResult.Conflict conflict:
                return Conflict(conflict.Why);
            case ChangeResult.Refused refused:
                return TypedResults.Problem(
                    statusCode: StatusCodes.Status422UnprocessableEntity,
                    title: "A gate failed.",
                    detail: string.Join(" ", refused.Failed.Select(g => $"{g.Name}: {g.Words}."))
                        + (refused.Failed.All(g => g.MayBePassed) ? " Who has scope admin may promote it anyway, with a reason." : ""),
                    extensions: [new("gates", refused.Failed.ToDictionary(g => g.Name, g => g.Words))]);
            default:
                return NoVersion();
        }
    }

    private static ProblemHttpResult Conflict(string why) => TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, detail: why);

    private static ProblemHttpResult NoRun() => TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no run with this id.");

    private static ProblemHttpResult NoVersion() => TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no model version with this name.");
}
