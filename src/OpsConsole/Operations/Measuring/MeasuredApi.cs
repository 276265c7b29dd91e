using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.JSInterop;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace OpsConsole.Operations.Measuring;

/// <summary>What browsers measured, sent to where they came from: <c>/measured</c>, by people who are signed in.</summary>
internal static class MeasuredApi
{
    private const double Longest = 600_000;

    private static readonly Histogram<double> RoundTrip = Telemetry.Meter.CreateHistogram<double>(
        "opsconsole.browser.round_trip", "s", "From the browser over its circuit to the server and back",
        advice: new() { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] });
    private static readonly Histogram<double> Load = Telemetry.Meter.CreateHistogram<double>(
        "opsconsole.browser.load", "s", "From the navigation until the page answers",
        advice: new() { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    // Neither asked for by people nor by their systems: they would be most of what is traced.
    private static readonly string[] NotTraced = ["/health", "/metrics", "/_blazor", "/hubs", "/measured"];

    /// <summary>Says which calls are traced.</summary>
    internal static void Configure(AspNetCoreTraceInstrumentationOptions traces) =>
        traces.Filter = http => !Array.Exists(NotTraced, path => http.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/measured", (Delegate)TakeAsync).RequireAuthorization().WithMetadata(new Short()).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<Results<NoContent, BadRequest>> TakeAsync(HttpContext http)
    {
        Measured? measured;
        try
        {
            measured = await JsonSerializer.DeserializeAsync<Measured>(http.Request.Body, JsonSerializerOptions.Web, http.RequestAborted);
        }
        catch (JsonException)
        {
            return TypedResults.BadRequest();
        }
        // What a browser says is believed within reason: it can spoil a figure, and nothing else.
        if (measured is null || !Fits(measured.RoundTrip) || !Fits(measured.Load))
            return TypedResults.BadRequest();
        if (measured.RoundTrip is { } trip)
            RoundTrip.Record(trip / 1000);
        if (measured.Load is { } load)
            Load.Record(load / 1000);
        return TypedResults.NoContent();
    }

    private static bool Fits(double? milliseconds) => milliseconds is null or (>= 0 and <= Longest);

    /// <param name="RoundTrip">Milliseconds over the circuit and back.</param>
    /// <param name="Load">Milliseconds until the page answered.</param>
    private sealed record Measured(double? RoundTrip, double? Load);

    private sealed class Short : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => 1024;
    }
}

/// <summary>What the browser calls over its circuit to see how long that takes.</summary>
public static class Echo
{
    /// <summary>Comes back at once.</summary>
    [JSInvokable("OpsEcho")]
    public static int Answer() => 0;
}
