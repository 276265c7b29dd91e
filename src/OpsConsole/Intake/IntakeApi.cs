using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake.Feeds;
using OpsConsole.Operations;
using OpsConsole.Store;

namespace OpsConsole.Intake;

/// <summary>The calls by which couriers send. Bodies are read by hand: as they stream, item by item, with what is wrong by field.</summary>
internal static class IntakeApi
{
    private static readonly Counter<long> Items = Telemetry.Meter.CreateCounter<long>("opsconsole.intake.items", "{item}", "Items received, by what became of them");

    private const string Json = "application/json";
    private const string Lines = "application/x-ndjson";
    private const string How =
        "One object, a list of 1 to 10,000 (`application/json`), or one object a line (`application/x-ndjson`, up to 64 MiB). 200: everything counted in "
        + "`accepted` is on disk. Items sent again are counted as duplicates; bad ones are listed with what is wrong by field, good ones beside them stored.";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").RequireAuthorization(Scopes.Intake).WithTags("Intake");
        Describe<NewShipment>(api.MapPost("/shipments", TakeShipmentsAsync), "postShipments", "Register or amend shipments",
            "A known id is amended, by its own source only: the latest `recordedAt` wins, and the history keeps the earlier promise.");
        Describe<NewEvent>(api.MapPost("/events", TakeEventsAsync), "postEvents", "Send tracking events",
            "Events may come before their shipment, out of order, or years late. An event never changes.");
        Describe<NewCondition>(api.MapPost("/conditions", TakeConditionsAsync), "postConditions", "Send weather and traffic by area and time",
            "Area, time and source are the key; a later `recordedAt` amends. `observedAt` later than `recordedAt` is a forecast.");
        Describe<NewContact>(api.MapPost("/contacts", TakeContactsAsync), "postContacts", "Send customers' contacts with support",
            "A contact never changes.");
        routes.MapPost("/api/v1/customers/erase", EraseAsync).RequireAuthorization(Scopes.Admin).WithTags("Customers")
            .WithName("eraseCustomer").WithSummary("Erase a customer")
            .WithDescription("Destroys the customer's key, so that nothing kept of them can be read any more; what happened to their parcels stays, without them.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EraseAsync(
        EraseCustomerRequest request, EraseCustomer erase, HttpContext http, CancellationToken cancellation)
    {
        if (request.CustomerId is not { Length: > 0 and <= 128 })
            return QueryReader.Invalid(new Dictionary<string, string[]> { ["customerId"] = ["is missing or too long; allowed is a text of 1 to 128 characters"] });
        return await erase.HandleAsync(request.CustomerId, Caller.From(http.User), cancellation)
            ? TypedResults.NoContent()
            : TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "No customer of that id is known.");
    }

    private static void Describe<T>(RouteHandlerBuilder call, string name, string summary, string description)
        where T : notnull => call
        .WithName(name).WithSummary(summary).WithDescription($"{description} {How}")
        .Accepts<T>(Json, Lines)
        .Produces<IntakeReceipt>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .WithMetadata(new LongBodies())
        .AddOpenApiOperationTransformer(DescribeBodyAsync);

    // One item, or a list of them; which the document can't know from the type.
    private static Task DescribeBodyAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        if (operation.RequestBody?.Content?.TryGetValue(Json, out var body) == true && body.Schema is { } item)
        {
            body.Schema = new OpenApiSchema
            {
                OneOf = [item, new OpenApiSchema { Type = JsonSchemaType.Array, Items = item, MinItems = 1, MaxItems = IntakeCall<object>.MostItems }],
            };
        }
        return Task.CompletedTask;
    }

    private static Task<IResult> TakeShipmentsAsync(HttpContext http, ReceiveShipments receive, LoopClock clock, FeedBook feeds, bool validate = false) =>
        TakeAsync(http, receive, clock, feeds, validate);

    private static Task<IResult> TakeEventsAsync(HttpContext http, ReceiveEvents receive, LoopClock clock, FeedBook feeds, bool validate = false) =>
        TakeAsync(http, receive, clock, feeds, validate);

    private static Task<IResult> TakeConditionsAsync(HttpContext http, ReceiveConditions receive, LoopClock clock, FeedBook feeds, bool validate = false) =>
        TakeAsync(http, receive, clock, feeds, validate);

    private static Task<IResult> TakeContactsAsync(HttpContext http, ReceiveContacts receive, LoopClock clock, FeedBook feeds, bool validate = false) =>
        TakeAsync(http, receive, clock, feeds, validate);

    private static async Task<IResult> TakeAsync<T>(HttpContext http, Receive<T> receive, LoopClock clock, FeedBook feeds, bool validate)
    {
        var caller = Caller.From(http.User);
        if (MediaType(http.Request) is not { } mediaType)
        {
            feeds.NoteRefused(caller.SourceId, OptionalFields.KindOf<T>(), StatusCodes.Status415UnsupportedMediaType);
            return Problem(StatusCodes.Status415UnsupportedMediaType, $"The media type of the body isn't taken here. Allowed are {Json} and {Lines}, in UTF-8, not compressed.");
        }
        if (http.Request.ContentLength > IntakeCall<T>.LongestBody)
        {
            feeds.NoteRefused(caller.SourceId, OptionalFields.KindOf<T>(), StatusCodes.Status413PayloadTooLarge);
            return Problem(StatusCodes.Status413PayloadTooLarge, "The body is too large. Allowed are up to 64 MiB; send the rest in further calls.");
        }
        var call = new IntakeCall<T>(receive, caller, validate, clock.Now, feeds);
        BodyRefusedException? whole = null;
        try
        {
            if (mediaType == Json)
                await call.TakeJsonAsync(http.Request.BodyReader, http.RequestAborted);
            else
                await call.TakeLinesAsync(http.Request.BodyReader, http.RequestAborted);
        }
        catch (BodyRefusedException refused)
        {
            whole = refused;
            return Problem(refused.Status, refused.Message, call.StoredSome ? call.Receipt() : null);
        }
        catch (StoreUnavailableException) when (call.StoredSome)
        {
            http.Response.Headers.RetryAfter = "2";
            return Problem(
                StatusCodes.Status503ServiceUnavailable, "The store failed on the way. What is counted in accepted is on disk; sending all of it again is harmless.", call.Receipt());
        }
        finally
        {
            if (!validate)
                Count(receive.GetType().Name["Receive".Length..].ToLowerInvariant(), call.Receipt());
            call.NoteFeed(whole);
        }
        var receipt = call.Receipt();
        return call.AllBad
            ? Problem(
                StatusCodes.Status422UnprocessableEntity,
                string.Create(CultureInfo.InvariantCulture, $"None of {receipt.RejectedCount} items can be taken; rejected says what is wrong with each."), receipt)
            : TypedResults.Json(receipt, ContractJson.Default.IntakeReceipt);
    }

    private static void Count(string kind, IntakeReceipt receipt)
    {
        foreach (var (result, count) in new (string, long)[] { ("accepted", receipt.Accepted), ("duplicate", receipt.Duplicates), ("rejected", receipt.RejectedCount) })
        {
            if (count > 0)
                Items.Add(count, new("kind", kind), new("result", result));
        }
    }

    /// <summary>The media type, if it is one that is taken; null else.</summary>
    private static string? MediaType(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
            return null;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return null;
        if (type.CharSet is { } charset && !string.Equals(charset.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase))
            return null;
        return string.Equals(type.MediaType, Json, StringComparison.OrdinalIgnoreCase) ? Json
            : string.Equals(type.MediaType, Lines, StringComparison.OrdinalIgnoreCase) ? Lines
            : null;
    }

    private static ProblemHttpResult Problem(int status, string detail, IntakeReceipt? receipt = null) => TypedResults.Problem(
        statusCode: status,
        detail: detail,
        extensions: receipt is null ? null :
        [
            new("accepted", receipt.Accepted),
            new("duplicates", receipt.Duplicates),
            new("rejectedCount", receipt.RejectedCount),
            new("rejected", receipt.Rejected),
            new("ignored", receipt.Ignored),
        ]);

    /// <summary>Lets bodies of intake be longer than the host's others.</summary>
    private sealed class LongBodies : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => IntakeCall<object>.LongestBody;
    }
}
