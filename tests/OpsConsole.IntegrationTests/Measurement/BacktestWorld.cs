using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.IntegrationTests.Intake;
using OpsConsole.IntegrationTests.Learning;
using OpsConsole.Learning;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;

namespace OpsConsole.IntegrationTests.Measurement;

/// <summary>
/// Some shipments sent through the API, history and served ones, each with what it is by hand: its class, where it stands a day before its counted
/// promise, and where when its hand-over was known. Hours are after <see cref="D"/>, the promise of most.
/// </summary>
public sealed class BacktestWorld : IAsyncLifetime
{
    internal const string Windowed = "windowed";
    internal const string AtHandOver = "at-hand-over";
    internal const double Registered = 480;
    internal static readonly DateTimeOffset D = new(2026, 6, 5, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(D.AddHours(Registered));

    public BacktestWorld() =>
        Console = new ConsoleFactory(services => services.AddSingleton(new LoopClock(_time)).AddSingleton(new LearningOptions { InProcess = true }));

    internal ConsoleFactory Console { get; }

    /// <summary>A shipment, and what a person says of it who looks at its times.</summary>
    internal sealed record Sheet(string Id, double Promise, string Class, string AtADay, string AtHandOver)
    {
        internal double Booked { get; init; } = -72;

        internal double? Recorded { get; init; }

        internal string Service { get; init; } = "standard";

        internal bool Touched { get; init; }

        /// <summary>The counted promise, where it isn't the first.</summary>
        internal double? Counted { get; init; }

        internal double? HandedOver { get; init; }

        /// <summary>Type, occurred, recorded; served: also received.</summary>
        internal (string Type, double At, double? Recorded)[] Events { get; init; } = [];

        internal double Due => Counted ?? Promise;
    }

    private const string Risk = "atRisk";
    private const string Earlier = "finishedEarlier";
    private const string TooLate = "registeredTooLate";

    internal static IReadOnlyList<Sheet> History { get; } =
    [
        new("late", 0, "late", Risk, Risk) { HandedOver = -60, Events = [("collected", -60, -60), ("delivered", 3, 3)] },
        new("early", 0, "onTime", Earlier, Earlier) { Events = [("delivered", -30, -30)] },
        new("on-the-dot", 0, "onTime", Earlier, Risk) { HandedOver = -60, Events = [("collected", -60, -60), ("delivered", -24, -24)] },
        new("told-late", 0, "onTime", Risk, Risk) { HandedOver = -40, Events = [("collected", -40, -40), ("delivered", -26, -20)] },
        new("booked-late", 0, "onTime", TooLate, TooLate) { Booked = -10, HandedOver = -11, Events = [("collected", -11, -11), ("delivered", -1, -1)] },
        new("sent-back", 0, "excluded", "", "") { Events = [("returned", -5, -5)] },
        new("called-off", 0, "excluded", "", "") { Service = "express", Events = [("cancelled", -40, -40)] },
        new("back-too-late", 0, "late", Risk, Risk) { Service = "express", HandedOver = -70, Events = [("collected", -70, -70), ("returned", 5, 5)] },
        new("lost", 0, "unknown", "", "") { HandedOver = -70, Events = [("collected", -70, -70)] },
        new("heard-of", 0, "late", Risk, Earlier) { Events = [("exception", 2, 2)] },
        new("customer-moved", 0, "onTime", Risk, Risk) { Counted = 48, HandedOver = -60, Events = [("collected", -60, -60), ("customer", -30, -30), ("delivered", 30, 30)] },
        new("courier-moved", 0, "late", Risk, Risk) { HandedOver = 2, Events = [("courier", -30, -30), ("collected", 2, 2), ("delivered", 10, 10)] },
        new("amended", 0, "late", Risk, Risk) { HandedOver = -50, Events = [("amend", -55, -55), ("collected", -50, -50), ("delivered", 1, 1)] },
        new("hand-over-told-too-late", 0, "late", Risk, Earlier) { Events = [("collected", 4, 6), ("delivered", 5, 5)] },
        new("trained-late", 0, "late", Risk, Risk) { Booked = -150, HandedOver = -140, Events = [("collected", -140, -140), ("delivered", 1, 1)] },
        new("trained-early", 0, "onTime", Earlier, Risk) { Booked = -150, HandedOver = -140, Events = [("collected", -140, -140), ("delivered", -30, -30)] },
        new("trained-lost", 0, "unknown", "", "") { Booked = -150 },
        new("after-training", 0, "onTime", Earlier, Earlier) { Booked = -100, Service = "express", Events = [("delivered", -30, -30)] },
    ];

    /// <summary>Registered at <see cref="Registered"/>; hours are still after <see cref="D"/>.</summary>
    internal static IReadOnlyList<Sheet> Served { get; } =
    [
        new("served-on-time", N(30), "onTime", Risk, Earlier) { Booked = N(-1), Events = [("delivered", N(29), null)] },
        new("served-known-before", N(20), "late", Risk, Earlier) { Booked = N(-10), Recorded = N(-10), Events = [("delivered", N(21), null)] },
        new("served-registered-late", N(20), "onTime", TooLate, Earlier) { Booked = N(-10), Events = [("delivered", N(19), null)] },
        new("served-finish-told-late", N(30), "onTime", Earlier, Risk) { Booked = N(-1), HandedOver = N(2), Events = [("collected", N(2), N(2)), ("delivered", N(5), N(5))] },
        new("served-acted-on", N(30), "onTime", Risk, Earlier) { Booked = N(-1), Touched = true, Events = [("delivered", N(29), null)] },
        new("served-open", N(200), "pending", "", "") { Booked = N(-1) },
    ];

    internal static IReadOnlyList<Sheet> All { get; } = [.. History, .. Served];

    private static double N(double hours) => Registered + hours;

    internal static DateTimeOffset At(double hours) => D.AddHours(hours);

    public async Task InitializeAsync()
    {
        await SendAsync("shipments", [.. History.Select(Shipment)]);
        await SendAsync("events", [.. History.SelectMany(EventsOf)]);
        await SendAsync("shipments", [.. History.Where(s => s.Events.Any(e => e.Type == "amend")).Select(s =>
            Shipment(s).With("promisedBy", Sent.Time(At(48))).With("recordedAt", Sent.Time(At(-55))))]);
        await SendAsync("shipments", [.. Served.Select(Shipment)]);
        await MoveAsync(At(N(3)));
        await JudgeAsync();
        await MoveAsync(At(N(31)));
        await SendAsync("events", [.. Served.SelectMany(EventsOf)]);
        await MoveAsync(At(N(60)));
        await AddVersionsAsync();
    }

    // A transaction that began before the jump stamps all it takes with the time before it: it is waited for.
    private async Task MoveAsync(DateTimeOffset now)
    {
        _time.SetUtcNow(now);
        await Console.Services.GetRequiredService<GroupedWriter>().WriteAsync(_ => { });
    }

    public async Task DisposeAsync() => await Console.DisposeAsync();

    // The rule, said to have been trained on a window, and to decide at hand-over: what is counted hangs on the version's row, not on its trees.
    private async Task AddVersionsAsync()
    {
        await AddVersionAsync(Windowed, At(-200), At(-100));
        await AddVersionAsync(AtHandOver, decisionPoint: "collected");
    }

    internal async Task AddVersionAsync(string version, DateTimeOffset? from = null, DateTimeOffset? to = null, string? decisionPoint = null)
    {
        var add = new Statement(
            """
            INSERT INTO model_versions (version, trainer, state, created_at, threshold, metrics, trained_from, trained_to, decision_point)
            VALUES (@p0, 'rule', 0, @p1, @p2, '{}', @p3, @p4, @p5)
            """);
        await Console.Services.GetRequiredService<GroupedWriter>().WriteAsync(session =>
            session.Execute(add, version, session.Received, 0.4, from, to, decisionPoint));
    }

    internal Task ChangeAsync(OperationsSettings settings)
    {
        var store = Console.Services.GetRequiredService<SettingsStore>();
        return store.ChangeAsync(settings, store.Read().Version);
    }

    private async Task JudgeAsync()
    {
        await Console.Services.GetRequiredService<ScoreWhatIsBehind>().DrainAsync();
        using var judged = await Console.Client.PostAsJsonAsync(
            new Uri("/api/v1/cases/served-acted-on/judgements", UriKind.Relative), new { late = true, action = "rerouted", reason = "other", judge = "ann" });
        Assert.True(judged.StatusCode == HttpStatusCode.Created, await judged.Content.ReadAsStringAsync());
    }

    private Task SendAsync(string path, List<JsonObject> items) => LearntWorld.AcceptAsync(Console.Client, path, items);

    private static JsonObject Shipment(Sheet sheet)
    {
        var shipment = Sent.Shipment(sheet.Id).With("bookedAt", Sent.Time(At(sheet.Booked))).With("promisedBy", Sent.Time(At(sheet.Promise)))
            .With("service", sheet.Service).With("distanceKm", 300 + sheet.Id.Length);
        return sheet.Recorded is { } recorded ? shipment.With("recordedAt", Sent.Time(At(recorded))) : shipment;
    }

    private static IEnumerable<JsonObject> EventsOf(Sheet sheet)
    {
        foreach (var (type, at, recorded) in sheet.Events.Where(e => e.Type != "amend"))
        {
            var moved = type is "customer" or "courier";
            var item = Sent.Event($"{sheet.Id}-{type}", sheet.Id).With("type", moved ? "promiseChanged" : type).With("occurredAt", Sent.Time(At(at)));
            if (moved)
                item = item.With("promisedBy", Sent.Time(At(48))).With("initiatedBy", type);
            yield return recorded is { } known ? item.With("recordedAt", Sent.Time(At(known))) : item;
        }
    }

    /// <summary>Runs a backtest to its end.</summary>
    internal async Task<JsonElement> BacktestAsync(string version, string body = "{}")
    {
        using var started = await LearntWorld.PostAsync(Console, $"models/{version}/backtest", body);
        Assert.True(started.StatusCode == HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        return await LearntWorld.UntilAsync(Console, started.Headers.Location!.ToString(), state => state is not ("queued" or "running"));
    }

    internal Task<JsonElement> QualityAsync(string version, string query = "") =>
        Console.Client.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/quality?basis=backtest&model={version}{query}", UriKind.Relative));

    /// <summary>What the version says of a shipment as of a moment, through the API.</summary>
    internal async Task<double> ScoreAsync(string version, string id, DateTimeOffset at)
    {
        using var answer = await Console.Client.PostAsJsonAsync(
            new Uri("/api/v1/predictions", UriKind.Relative), new { model = version, items = new[] { new { shipmentId = id, asOf = at } } });
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return said.GetProperty("predictions")[0].GetProperty("score").GetDouble();
    }

    /// <summary>The counts that a person makes of some shipments.</summary>
    internal async Task<Dictionary<string, long>> CountAsync(string version, IEnumerable<Sheet> sheets, double threshold, bool atHandOver = false)
    {
        var counts = Names.ToDictionary(n => n, _ => 0L);
        foreach (var sheet in sheets)
        {
            counts["shipments"]++;
            counts[sheet.Class]++;
            var standing = atHandOver ? sheet.AtHandOver : sheet.AtADay;
            if (standing.Length == 0)
                continue;
            counts[standing]++;
            if (standing != Risk)
                continue;
            var moment = At(atHandOver ? sheet.HandedOver!.Value : sheet.Due - 24);
            var flagged = await ScoreAsync(version, sheet.Id, moment) >= threshold;
            counts[sheet.Class == "late" ? flagged ? "tp" : "fn" : sheet.Touched ? flagged ? "avertedOrFalse" : "touchedOnTime" : flagged ? "fp" : "tn"]++;
        }
        return counts;
    }

    internal static Dictionary<string, long> CountsOf(JsonElement bucket) => Names.ToDictionary(n => n, n => bucket.GetProperty(n).GetInt64());

    internal static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static readonly string[] Names =
    [
        "shipments", "late", "onTime", "unknown", "excluded", "pending", "atRisk", "finishedEarlier", "registeredTooLate", "tp", "fp", "fn", "tn", "avertedOrFalse",
        "touchedOnTime",
    ];
}
