using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;
using OpsConsole.Prediction;

namespace OpsConsole.Measurement.Thresholds;

/// <summary><c>/api/v1/threshold</c>: the figures of the threshold studio.</summary>
internal static class ThresholdApi
{
    internal static void Map(IEndpointRouteBuilder routes) => routes.MapGroup("/api/v1").RequireAuthorization(Scopes.Read).WithTags("Figures")
        .MapGet("/threshold", Get)
        .WithName("getThreshold").WithSummary("What a threshold would have done, in flags, misses, hours and money")
        .WithDescription(
            "At the default lead, on the shipments of a range, as if the threshold had been in force throughout; beside the one in force. Amounts are a week's, "
            + "and ranges over what would have become of shipments that somebody acted on.")
        .DescribesQuery(
            ("from", "Counted promise from, inclusive; RFC 3339 with an offset."),
            ("to", "Counted promise to, exclusive."),
            ("threshold", "A multiple of 0.001 from 0.001 to 0.999; default: the one in force."),
            ("simulated", "exclude, only or include; default exclude as soon as one shipment is real."))
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static Results<Ok<ThresholdAnswer>, ProblemHttpResult> Get(
        HttpRequest request, ThresholdStudio studio, Champions champions, SettingsStore settings, SimulatedDefault simulated)
    {
        var query = new QueryReader(request.Query);
        var ask = MeasurementApi.Range(query, settings.Current, simulated);
        var threshold = MeasurementApi.Threshold(query);
        if (threshold is < ThresholdRange.Least / 1000.0 or > ThresholdRange.Most / 1000.0)
            query.Refuse("threshold", "is not a threshold that can be in force; allowed is a multiple of 0.001 from 0.001 to 0.999");
        if (query.Problem is { } problem)
            return problem;
        var now = champions.Current.Threshold;
        return TypedResults.Ok(studio.Load(ask).Compare(ThresholdRange.Thousandths(now), ThresholdRange.Thousandths(threshold ?? now)));
    }
}
