using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using OpsConsole.Access;
using OpsConsole.Operations.Backups;
using OpsConsole.Operations.Measuring;
using OpsConsole.Prediction;
using static OpsConsole.IntegrationTests.Intake.Sent;

namespace OpsConsole.IntegrationTests.Operations;

/// <summary>What is measured and traced, and that whoever draws or watches it asks for names that exist.</summary>
public sealed partial class TelemetryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private static async Task UntilAsync(Func<bool> reached, string what)
    {
        using var enough = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!reached())
        {
            Assert.False(enough.IsCancellationRequested, what);
            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Metrics_NamedInDashboardAndRules_AllExist()
    {
        await using var console = new ConsoleFactory();
        await console.Client.SendAsync("shipments", Shipment(Id()));
        await console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
        await console.Services.GetRequiredService<MakeBackup>().RunAsync(System.IO.Path.Combine(console.Folder, "made.backup"), default);
        using var browser = await console.SignInAsync(Roles.Dispatcher);
        using var measured = await browser.PostAsJsonAsync(Path("/measured"), new { roundTrip = 12.5, load = 800 });
        Assert.Equal(HttpStatusCode.NoContent, measured.StatusCode);

        var named = Directory.GetFiles(Deploy("grafana")).Concat(Directory.GetFiles(Deploy("prometheus"), "rules.yml")).SelectMany(file => Names(File.ReadAllText(file))).Distinct().ToList();
        Assert.True(named.Count > 20, string.Join(' ', named));
        var scraped = await ScrapeAsync(console, text => named.TrueForAll(name => Holds(text, name)));
        Assert.Equal("", string.Join(' ', named.Where(name => !Holds(scraped, name))));
    }

    private static bool Holds(string scraped, string name) =>
        scraped.Split('\n').Any(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal));

    // A scrape may be answered from one that was made a moment before.
    private static async Task<string> ScrapeAsync(ConsoleFactory console, Func<string, bool> whole)
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        string scraped;
        do
            scraped = await console.Client.GetStringAsync(Path("/metrics"));
        while (!whole(scraped) && !enough.IsCancellationRequested && await look.WaitForNextTickAsync(CancellationToken.None));
        return scraped;
    }

    private static string Deploy(string folder, [CallerFilePath] string here = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "..", "..", "..", "deploy", folder));

    private static IEnumerable<string> Names(string text) => MetricName().Matches(text).Select(m => m.Value);

    [GeneratedRegex(@"\b(?:opsconsole|http_server|aspnetcore|dotnet)_[a-z_]+(?=[{\[\\])")]
    private static partial Regex MetricName();

    [Fact]
    public async Task Trace_OfAnEvent_LeadsFromTheCallOverTheCommitToScoreAndPush()
    {
        var spans = new ConcurrentQueue<Activity>();
        await using var console = new ConsoleFactory(
            services => services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddProcessor(new Keep(spans))), ("Otlp:Endpoint", "http://127.0.0.1:9"));
        var id = Id();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path("/api/v1/shipments")) { Content = new StringContent(Shipment(id).ToJsonString(), Encoding.UTF8, "application/json") };
        var trace = ActivityTraceId.CreateRandom();
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var answer = await console.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        Activity? call = null, store = null, commit = null, score = null, written = null, push = null;
        await UntilAsync(
            () =>
            {
                Activity[] seen = [.. spans];
                call = Array.Find(seen, s => s.TraceId == trace && s.Kind == ActivityKind.Server);
                store = Array.Find(seen, s => s.TraceId == trace && s.OperationName == "intake.store");
                commit = Linked(seen, "store.commit", store);
                score = Linked(seen, "score", commit);
                written = Linked(seen, "store.commit", score);
                push = Linked(seen, "push", written);
                return push is not null;
            },
            $"call {call?.Id}, store {store?.Id}, commit {commit?.Id}, score {score?.Id}, written {written?.Id}, push {push?.Id}");
        Assert.Equal(call!.SpanId, store!.ParentSpanId);
    }

    private static Activity? Linked(Activity[] seen, string name, Activity? cause) =>
        cause is null ? null : Array.Find(seen, s => s.OperationName == name && s.Links.Any(l => l.Context.SpanId == cause.SpanId));

    private sealed class Keep(ConcurrentQueue<Activity> spans) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => spans.Enqueue(data);
    }

    [Fact]
    public async Task Otlp_OverHttp_GetsTracesAndMetrics()
    {
        var paths = new ConcurrentQueue<string>();
        await using var collector = await FakeWebhook.StartAsync(FreePort.Next(), http =>
        {
            paths.Enqueue(http.Request.Path);
            http.Response.StatusCode = StatusCodes.Status200OK;
            return Task.CompletedTask;
        });
        await using (var console = new ConsoleFactory(null, ("Otlp:Endpoint", collector.Address), ("Otlp:Protocol", "HttpProtobuf")))
            await console.Client.SendAsync("shipments", Shipment(Id())); // What is left is sent when the program ends.
        // The program, told to stop, disposes of itself beside the factory that awaits it: what is left may be under way a moment longer.
        await UntilAsync(() => paths.Contains("/v1/traces") && paths.Contains("/v1/metrics"), "traces and metrics are sent");
    }

    [Theory]
    [InlineData("""{"roundTrip":1e9}""")]
    [InlineData("""{"load":-1}""")]
    [InlineData("""{"load":"x"}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Measured_ThatCantBe_IsRefused(string body)
    {
        await using var console = new ConsoleFactory();
        using var browser = await console.SignInAsync(Roles.Dispatcher);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await browser.PostAsync(Path("/measured"), content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Figures_OfThisProcess_CountCallsAndItems()
    {
        await using var console = new ConsoleFactory();
        var figures = console.Services.GetRequiredService<RecentFigures>();
        var before = (Calls: figures.Of(Figure.Call).Count, Items: figures.Of(Figure.IntakeItem).Count);
        await console.Client.SendAsync("shipments", Shipment(Id()), Shipment(Id()));
        await UntilAsync(() => figures.Of(Figure.Call).Count > before.Calls, "the call is counted once its answer is sent");
        Assert.True(figures.Of(Figure.IntakeItem).Count >= before.Items + 2);
    }
}
