using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;

namespace OpsConsole.Measurement;

/// <summary>The curves for programs.</summary>
internal static class CurvesApi
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/quality/curves", CurvesAsync).RequireAuthorization(Scopes.Read).WithTags("Figures")
            .WithName("getCurves").WithSummary("ROC and precision-recall, calibration, scores and minutes at one lead")
            .WithDescription(
                "Takes the questions of `GET /api/v1/quality`; `bucket` and `by` are checked and change nothing. Curves and areas are of rows at risk at the lead that "
                + "have a truth: late, or on time and untouched. Intervals of areas by bootstrap of whole promise days. Calibration weighs untouched rows by 1 over the chance "
                + "of being untouched, where acting took labels away. The coverage of the 80 % interval is of the last 28 settled days before the end of the range. "
                + "409 `notComputed` with `basis=backtest` until a backtest of the version has finished; a backtest keeps no minutes.")
            .DescribesQuery([.. MeasurementApi.RangeWords, .. MeasurementApi.LeadWords])
            .Produces<CurvesAnswer>().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> CurvesAsync(
        HttpRequest request, CurvesReader curves, QualityReader reader, BacktestReader backtests, SettingsStore settings, SimulatedDefault simulated,
        CancellationToken cancellation)
    {
        var query = new QueryReader(request.Query);
        var (ask, basis) = MeasurementApi.Ask(query, reader, settings, simulated);
        if (query.Problem is { } problem)
            return problem;
        if (basis != "backtest")
            return TypedResults.Ok(curves.Read(ask));
        // One that is superseded while it is read has a newer one.
        for (var last = false; ; last = true)
        {
            if (await backtests.FindAsync(ask.ModelVersionId!.Value, cancellation) is not { } backtest)
                return MeasurementApi.NotComputed();
            try
            {
                return TypedResults.Ok(curves.Read(ask, backtest));
            }
            catch (BacktestGoneException) when (!last)
            {
            }
        }
    }
}
