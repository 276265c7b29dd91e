using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Operations;

namespace OpsConsole.Triage;

/// <summary>The queue, and what is said of its shipments.</summary>
internal static class TriageApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var cases = routes.MapGroup("/api/v1/cases").WithTags("Cases");
        cases.MapGet("", List).RequireAuthorization(Scopes.Read)
            .WithName("listCases").WithSummary("The queue")
            .WithDescription("Cases that wait first, then answered ones, in the order asked; then the closed ones, newest shipment first.")
            .DescribesQuery(
                ("state", "`open`, `claimed`, `judged` or `closed`."),
                ("area", "Area of destination."),
                ("service", "Service."),
                ("assignee", "Name of who holds it."),
                ("q", "Part of the shipment's id or reference."),
                ("sort", "`value`: what waiting costs per minute of handling, then `expectedSaving`, highest first (the default); `promise`, `score`, `opened`. Cases that wait come first, then answered, then closed ones; the order holds within each; with `state` it holds for all."),
                ("cursor", "Where to go on: as it came with the page before."),
                ("limit", "1 to 1000; 100 unless asked."))
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        cases.MapPost("/{shipmentId}/judgements", JudgeAsync).RequireAuthorization(Scopes.Judge)
            .Accepts<JudgementRequest>("application/json")
            .WithName("judgeShipment").WithSummary("Confirm or correct a prediction")
            .WithDescription(
                $"Any shipment can be judged, flagged or not. `reason` is one of {string.Join(", ", Reasons.All.Select(r => $"`{r.Code}`"))}. "
                + "409 tells what is new when the flag or the promise changed since the prediction that was seen; a finished shipment is judged in hindsight.")
            .Produces<JudgementReceipt>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        cases.MapDelete("/{shipmentId}/judgements/{judgementId}", WithdrawAsync).RequireAuthorization(Scopes.Judge)
            .WithName("withdrawJudgement").WithSummary("Take a judgement back")
            .WithDescription("Only one's own; of a key, its source's. It stays in the history. Taking it back twice is harmless.")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Results<Ok<CasePage>, ProblemHttpResult> List(HttpRequest request, CaseQueue queue)
    {
        var query = new QueryReader(request.Query);
        var order = Enum.Parse<CaseOrder>(query.Choice("sort", "value", "value", "promise", "score", "opened")!, ignoreCase: true);
        var filter = new CaseFilter(
            query.Choice("state", null, "open", "claimed", "judged", "closed") is { } word ? Enum.Parse<CaseState>(word, ignoreCase: true) : null,
            query.Text("area", 32), query.Text("service", 32), query.Text("assignee", 128), query.Text("q", 128), order,
            query.Whole("limit", 1, 1000) ?? 100);
        CaseCursor? after = null;
        if (query.Text("cursor", 300) is { } text && ((after = CaseCursor.Read(text)) is null || after.Order != order))
            query.Refuse("cursor", "is not a cursor of this list in this order; take it as it came, or leave it out");
        return query.Problem is { } problem ? problem : TypedResults.Ok(queue.Read(filter, after));
    }

    private static async Task<Results<JsonHttpResult<JudgementReceipt>, ProblemHttpResult>> JudgeAsync(
        string shipmentId, HttpRequest request, JudgeShipment judge, ClaimsPrincipal user, CancellationToken cancellation)
    {
        var (body, errors) = await ReadBodyAsync(request, cancellation);
        if (errors.Count > 0)
            return QueryReader.Invalid(errors);
        return await judge.HandleAsync(shipmentId, body, Caller.From(user), cancellation) switch
        {
            JudgeResult.Stored(var receipt) => TypedResults.Json(receipt, statusCode: StatusCodes.Status201Created),
            JudgeResult.Invalid(var wrong) => QueryReader.Invalid(wrong),
            JudgeResult.Conflict(var news) => TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict,
                title: "Something changed since the prediction that was seen.",
                detail: $"Changed: {string.Join(", ", news.Changed)}. Look again, and judge by the prediction that is newest now.",
                extensions: [new("changed", news.Changed), new("new", Now(shipmentId, news))]),
            _ => NoSuch("There is no such shipment."),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(
        string shipmentId, string judgementId, WithdrawJudgement withdraw, ClaimsPrincipal user, CancellationToken cancellation)
    {
        var key = long.TryParse(judgementId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        return await withdraw.HandleAsync(shipmentId, key, Caller.From(user), cancellation) switch
        {
            WithdrawResult.Withdrawn => TypedResults.NoContent(),
            WithdrawResult.NotYours => TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, detail: "The judgement is somebody else's."),
            _ => NoSuch("There is no such judgement of this shipment."),
        };
    }

    private static async Task<(JudgementRequest, IReadOnlyDictionary<string, string[]>)> ReadBodyAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return await JudgementBody.ReadAsync(request.Body, cancellation);
        }
        catch (JsonException failure)
        {
            throw new BadHttpRequestException("The body can't be read.", failure);
        }
    }

    private static Dictionary<string, object?> Now(string shipmentId, WhatIsNew news) => new()
    {
        ["shipmentId"] = shipmentId,
        ["state"] = JsonNamingPolicy.CamelCase.ConvertName(news.State.ToString()),
        ["promisedBy"] = news.PromisedBy,
        ["predictionId"] = news.PredictionId,
        ["score"] = news.Score,
        ["threshold"] = news.Threshold,
        ["flagged"] = news.Flagged,
    };

    private static ProblemHttpResult NoSuch(string what) => TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: what);
}
