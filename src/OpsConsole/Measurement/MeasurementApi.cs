using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OpsConsole.Access;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Operations;

namespace OpsConsole.Measurement;

/// <summary>Counts and figures for programs.</summary>
internal static class MeasurementApi
{
    private static readonly DateTimeOffset Earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What the parameters of a range mean.</summary>
    internal static readonly (string Name, string Words)[] RangeWords =
    [
        ("from", "Counted promise from, inclusive; RFC 3339 with an offset."),
        ("to", "Counted promise to, exclusive."),
        ("bucket", "hour, day (default), week (from Monday) or month, in the operation's zone."),
        ("by", $"Splits the whole range: {string.Join(", ", Dimensions.Names)}."),
        ("simulated", "exclude, only or include; default exclude as soon as one shipment is real."),
    ];

    /// <summary>What the parameters at a lead mean.</summary>
    internal static readonly (string Name, string Words)[] LeadWords =
    [
        ("lead", "Minutes before the counted promise, of the grid; default: the setting."),
        ("threshold", "A multiple of 0.001, instead of the threshold kept with each score."),
        ("model", "Only shipments whose score at the lead is this version's."),
        ("basis", "served (default) or backtest, which needs model: what that version says of past shipments."),
    ];

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var figures = routes.MapGroup("/api/v1").RequireAuthorization(Scopes.Read).WithTags("Figures");
        figures.MapGet("/quality", QualityAsync)
            .WithName("getQuality").WithSummary("Counts, precision, recall and their like over time")
            .WithDescription(
                "By the day of the counted promise, at a lead of the grid, of what was served or of what a version says of past shipments. Every figure has its "
                + "counts and its interval. 409 `notComputed` with `basis=backtest` until a backtest of the version has finished.")
            .DescribesQuery([.. RangeWords, .. LeadWords])
            .Produces<QualityAnswer>().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        figures.MapGet("/kpis", Kpis)
            .WithName("getKpis").WithSummary("Business figures over time")
            .WithDescription("What can't be known is null.")
            .DescribesQuery(RangeWords)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> QualityAsync(
        HttpRequest request, QualityReader reader, BacktestReader backtests, SettingsStore settings, SimulatedDefault simulated, CancellationToken cancellation)
    {
        var query = new QueryReader(request.Query);
        var (ask, basis) = Ask(query, reader, settings, simulated);
        if (query.Problem is { } problem)
            return problem;
        return basis == "backtest" ? await BacktestAsync(ask, backtests, cancellation) : TypedResults.Ok(reader.Read(ask));
    }

    /// <summary>The question of a query at a lead, and its basis; what is wrong with it stands in the query's problem.</summary>
    internal static (QualityAsk Ask, string Basis) Ask(QueryReader query, QualityReader reader, SettingsStore settings, SimulatedDefault simulated)
    {
        var ask = Range(query, settings.Current, simulated);
        var basis = query.Choice("basis", "served", "served", "backtest");
        var model = query.Text("model", 64);
        ask = ask with { Lead = Lead(query, settings.Current.DefaultLeadMinutes), Threshold = Threshold(query) };
        if (model is not null)
        {
            ask = ask with { ModelVersionId = reader.FindModel(model) };
            if (ask.ModelVersionId is null)
                query.Refuse("model", "is no version there is; GET /api/v1/models lists them");
        }
        else if (basis == "backtest")
        {
            query.Refuse("model", "is needed with basis=backtest: the version whose backtest is asked for");
        }
        return (ask, basis!);
    }

    private static async Task<IResult> BacktestAsync(QualityAsk ask, BacktestReader backtests, CancellationToken cancellation)
    {
        if (await backtests.FindAsync(ask.ModelVersionId!.Value, cancellation) is not { } backtest)
            return NotComputed();
        try
        {
            return TypedResults.Ok(backtests.Read(ask, backtest));
        }
        catch (BacktestGoneException)
        {
            return await backtests.FindAsync(ask.ModelVersionId!.Value, cancellation) is { } newer ? TypedResults.Ok(backtests.Read(ask, newer)) : NotComputed();
        }
    }

    private static Results<Ok<KpiAnswer>, ProblemHttpResult> Kpis(
        HttpRequest request, KpiReader reader, SettingsStore settings, SimulatedDefault simulated)
    {
        var query = new QueryReader(request.Query);
        var ask = Range(query, settings.Current, simulated);
        return query.Problem is { } problem ? problem : TypedResults.Ok(reader.Read(ask));
    }

    internal static QualityAsk Range(QueryReader query, OperationsSettings settings, SimulatedDefault simulated)
    {
        var (from, to) = (Within(query.Time("from")), Within(query.Time("to")));
        if (from > to)
            query.Refuse("to", "is before from; allowed is a moment not before it");
        return new QualityAsk
        {
            From = from,
            To = to,
            Bucket = query.Choice("bucket", "day", "hour", "day", "week", "month") switch
            {
                "hour" => BucketSize.Hour,
                "week" => BucketSize.Week,
                "month" => BucketSize.Month,
                _ => BucketSize.Day,
            },
            By = Dimensions.Of(query.Choice("by", null, [.. Dimensions.Names])),
            Simulated = simulated.Of(query.Choice("simulated", null, "exclude", "only", "include")),
            Lead = settings.DefaultLeadMinutes,
        };
    }

    // What lies outside is asked for as everything on that side; calendars end somewhere.
    private static DateTimeOffset? Within(DateTimeOffset? time) => time < Earliest ? Earliest : time > Latest ? Latest : time;

    private static int Lead(QueryReader query, int otherwise)
    {
        if (query.Text("lead", 20) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var lead) && LeadGrid.IndexOf(lead) >= 0)
            return lead;
        query.Refuse("lead", $"is not a lead of the grid; allowed are, in minutes, {string.Join(", ", LeadGrid.Minutes.Reverse())}");
        return otherwise;
    }

    internal static double? Threshold(QueryReader query)
    {
        if (query.Text("threshold", 40) is not { } text)
            return null;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var threshold)
            && threshold is >= 0 and <= 1 && threshold * 1000 % 1 == 0)
            return (double)(threshold * 1000) / 1000;
        query.Refuse("threshold", "is not a threshold; allowed is a multiple of 0.001 from 0 to 1");
        return null;
    }

    internal static ProblemHttpResult NotComputed() => TypedResults.Problem(
        statusCode: StatusCodes.Status409Conflict,
        title: "notComputed",
        detail: "No backtest of this version has finished by the zone and rules in force; POST /api/v1/models/{version}/backtest starts one.",
        extensions: [new("code", "notComputed")]);
}
