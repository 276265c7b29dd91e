using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Prediction;

/// <summary>The calls by which scores are asked for: new ones, which store nothing, and those that were served.</summary>
internal static class PredictionApi
{
    private const int LongestBody = 64 << 20;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Predictions");
        api.MapPost("/predictions", PredictAsync).RequireAuthorization(Scopes.Predict)
            .WithName("postPredictions").WithSummary("Score now, or as of a past time")
            .WithDescription("1 to 10,000 items: a registered shipment, or one sent along with its events. Stores nothing. An item that can't be scored has `error` instead: "
                + "an unknown shipment, `asOf` before booking, or after a delivery known by then.")
            .Accepts<PredictionsRequest>("application/json")
            .Produces<PredictionsAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithMetadata(new LongBodies());
        api.MapGet("/shipments/{shipmentId}/predictions", ListAsync).RequireAuthorization(Scopes.Read)
            .WithName("getShipmentPredictions").WithSummary("Every stored prediction of a shipment, newest first")
            .DescribesQuery(("cursor", "where to go on, from the page before"), ("limit", "1 to 1,000, default 100"))
            .Produces<StoredPredictionPage>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> PredictAsync(HttpContext http, AskForScores ask, LoopClock clock)
    {
        if (http.Request.ContentLength > LongestBody)
            return TypedResults.Problem(statusCode: StatusCodes.Status413PayloadTooLarge, detail: "The body is too large. Allowed are up to 64 MiB.");
        var now = clock.Now;
        var body = new PredictionsBody(now);
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        try
        {
            body.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
        catch (JsonException failure)
        {
            return TypedResults.Problem(statusCode: StatusCodes.Status400BadRequest, detail: WhatIsBad(failure));
        }
        if (body.Errors.Count > 0)
            return QueryReader.Invalid(body.Errors);
        try
        {
            return ask.Ask(body, now, http.RequestAborted) is { } answer
                ? TypedResults.Json(answer, ContractJson.Default.PredictionsAnswer)
                : QueryReader.Invalid(Error("model", "is no version that is here; allowed is champion, or a version that GET /models lists"));
        }
        catch (ModelUnavailableException)
        {
            // The log has why; a path is no caller's business.
            return QueryReader.Invalid(Error("model", "is a version whose file can't be used; allowed is champion, or another version"));
        }
    }

    private static string WhatIsBad(JsonException failure) => failure.LineNumber is { } line
        ? string.Create(CultureInfo.InvariantCulture, $"The body is not JSON: line {line + 1}, byte {failure.BytePositionInLine + 1} (nested at most 32 deep).")
        : "The body is not a JSON object. Allowed is an object with items.";

    private static Dictionary<string, string[]> Error(string field, string what) => new(StringComparer.Ordinal) { [field] = [what] };

    private static async Task<IResult> ListAsync(
        string shipmentId, HttpContext http, IDbContextFactory<OpsConsoleDb> factory, CancellationToken cancellation)
    {
        var query = new QueryReader(http.Request.Query);
        var limit = query.Whole("limit", 1, 1000) ?? 100;
        var cursor = Cursor(query);
        if (query.Problem is { } problem)
            return problem;
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var keys = await db.Set<Shipment>().AsNoTracking().Where(s => s.ShipmentId == shipmentId).Select(s => s.Key).ToListAsync(cancellation);
        if (keys is not [var key])
            return TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no shipment with this id.");
        var predictions = db.Set<StoredPrediction>().AsNoTracking().Where(p => p.ShipmentKey == key);
        if (cursor is var (at, last))
            predictions = predictions.Where(p => p.ScoredAt < at || (p.ScoredAt == at && p.Key < last));
        var page = await predictions.OrderByDescending(p => p.ScoredAt).ThenByDescending(p => p.Key).Take(limit + 1)
            .Join(db.Set<ModelVersion>(), p => p.ModelVersionId, m => m.Id, (p, m) => new { Prediction = p, m.Version })
            .ToListAsync(cancellation);
        // A join keeps no order by itself.
        var items = page.OrderByDescending(p => p.Prediction.ScoredAt).ThenByDescending(p => p.Prediction.Key).ToList();
        var more = items.Count > limit;
        var shown = items.Take(limit).ToList();
        var next = more ? string.Create(CultureInfo.InvariantCulture, $"{shown[^1].Prediction.ScoredAt.UtcTicks}-{shown[^1].Prediction.Key}") : null;
        var answer = new StoredPredictionPage([.. shown.Select(p => PredictionAnswers.Of(p.Prediction, p.Version))], next);
        return TypedResults.Json(answer, ContractJson.Default.StoredPredictionPage);
    }

    private static (DateTimeOffset At, long Key)? Cursor(QueryReader query)
    {
        if (query.Text("cursor") is not { } text)
            return null;
        var parts = text.Split('-');
        if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var key))
            return (new DateTimeOffset(ticks, TimeSpan.Zero), key);
        query.Refuse("cursor", "is not a cursor; allowed is the cursor of the page before");
        return null;
    }

    /// <summary>Lets a body of 10,000 shipments be longer than the host's others.</summary>
    private sealed class LongBodies : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => LongestBody;
    }
}
