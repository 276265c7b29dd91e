using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;

namespace OpsConsole.Labels;

/// <summary>Labels to take home, what their columns mean, and all that is known of a shipment.</summary>
internal static class LabelsApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Labels");
        api.MapMethods("/labels", [HttpMethods.Get, HttpMethods.Head], ExportAsync).RequireAuthorization(Scopes.Export)
            .WithName("getLabels").WithSummary("Labels as one file")
            .WithDescription(
                "One row a shipment at its decision: what was known, what was served, what people said, how it ended. `format` csv, jsonl or parquet; `from`, `to` on the "
                + "counted promise; `decision` lead:L, point:EVENT, firstFlag or all; `simulated` exclude, only or include; `pseudonymise`; `asOf` what had been received then: the same query with the same `asOf` gives the same bytes; `model` whose features the file has. "
                + "Answers `X-Rows`, `X-As-Of`, `X-Content-SHA256`; a broken download is resumed by `Range` with `If-Range`.")
            .DescribesQuery(
                ("format", "csv (default), jsonl or parquet"), ("from", "on the counted promise, inclusive; RFC 3339"), ("to", "exclusive; RFC 3339"),
                ("asOf", "what had been received then; RFC 3339; default now; at most the last committed stamp (X-As-Of)"), ("decision", "lead:L of the lead grid, point:EVENT, firstFlag or all; default lead of the settings"),
                ("simulated", "exclude, only or include; default exclude as soon as one shipment is real"), ("pseudonymise", "true or false"),
                ("model", "the version whose features the file has; default the champion"))
            .Produces(StatusCodes.Status200OK, contentType: "text/csv", additionalContentTypes: ["application/x-ndjson", "application/vnd.apache.parquet"])
            .Produces(StatusCodes.Status206PartialContent)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/labels/dictionary", Dictionary).RequireAuthorization(Scopes.Export)
            .WithName("getLabelsDictionary").WithSummary("What the columns of the labels mean")
            .DescribesQuery(("model", "the version whose features the file has; default the champion"), ("asOf", "the champion then; RFC 3339; default now"))
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/shipments/{shipmentId}", ShipmentAsync).RequireAuthorization(Scopes.Read).WithTags("Shipments")
            .WithName("getShipment").WithSummary("All that is known of a shipment")
            .WithDescription("Events, newest stored prediction, the scores kept at the lead grid, judgements, outcome and label.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> ExportAsync(
        HttpContext http, ExportLabels exports, KeptExports kept, CancellationToken cancellation)
    {
        var query = new QueryReader(http.Request.Query);
        var request = LabelRequest.Read(query);
        if (!exports.Knows(request.Model))
            query.Refuse("model", "is no version; GET /api/v1/models lists them");
        if (query.Problem is { } problem)
            return problem;
        var resumed = http.Request.GetTypedHeaders() is { Range: not null, IfRange.EntityTag: { } tag } ? kept.Find(tag.Tag.ToString().Trim('"')) : null;
        var export = resumed ?? await exports.WriteAsync(request, cancellation: cancellation);
        kept.Keep(export);
        http.Response.OnCompleted(() =>
        {
            // Sent whole: nobody resumes it. Broken off, or asked for its length only: it is kept a while.
            var whole = HttpMethods.IsGet(http.Request.Method) && http.Response.StatusCode == StatusCodes.Status200OK;
            if (whole && !http.RequestAborted.IsCancellationRequested)
                kept.Delete(export);
            return Task.CompletedTask;
        });
        http.Response.Headers["X-Rows"] = export.Rows.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["X-As-Of"] = export.AsOf.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        http.Response.Headers["X-Content-SHA256"] = export.Sha256;
        return TypedResults.PhysicalFile(
            export.Path, export.MediaType, export.FileName, entityTag: new EntityTagHeaderValue($"\"{export.Sha256}\""), enableRangeProcessing: true);
    }

    private static Results<Ok<LabelDictionary>, ProblemHttpResult> Dictionary(HttpContext http, ExportLabels exports)
    {
        var query = new QueryReader(http.Request.Query);
        var (model, asOf) = (query.Text("model", 64), query.Time("asOf"));
        if (!exports.Knows(model))
            query.Refuse("model", "is no version; GET /api/v1/models lists them");
        return query.Problem is { } problem ? problem : TypedResults.Ok(LabelDictionary.Of(exports.Columns(model, asOf)));
    }

    private static async Task<Results<Ok<ShipmentAnswer>, ProblemHttpResult>> ShipmentAsync(string shipmentId, ShipmentQuery shipments, CancellationToken cancellation) =>
        await shipments.ReadAsync(shipmentId, cancellation) is { } shipment
            ? TypedResults.Ok(shipment)
            : TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no shipment of that id.");
}

/// <summary>What the columns of the labels mean.</summary>
/// <param name="Row">What a row is.</param>
/// <param name="Columns">The columns, in their order.</param>
public sealed record LabelDictionary(string Row, IReadOnlyList<LabelDictionaryColumn> Columns)
{
    internal static LabelDictionary Of(IReadOnlyList<LabelColumn> columns) => new(
        "One shipment at its decision: features hold what was known then, never anything later; outcome and label what was known at X-As-Of. Every cell may be empty: unknown.",
        [.. columns.Select(c => new LabelDictionaryColumn(c.Name, JsonNamingPolicy.CamelCase.ConvertName(c.Type.ToString()), c.Description))]);
}

/// <summary>What a column means.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>text</c>, <c>number</c>, <c>whole</c>, <c>flag</c> or <c>time</c> (UTC).</param>
/// <param name="Description">What it says, with unit and range.</param>
public sealed record LabelDictionaryColumn(string Name, string Type, string Description);
