using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Client;
using OpsConsole.Intake;
using OpsConsole.Live;
using OpsConsole.Operations;
using OpsConsole.Prediction;
using OpsConsole.Store;
using OpsConsole.Triage;

namespace OpsConsole.BrowserTests;

/// <summary>
/// Shipments as the loop would have left them, written through the store: each test has its own, in an area of its own, so that no test's rows move
/// another's. Whatever scores or settles what is due leaves them alone.
/// </summary>
internal sealed class Seed(IServiceProvider services)
{
    private readonly ConcurrentDictionary<string, (long Key, DateTimeOffset Promise, NewScene Scene)> _shown = new();
    private int _area;
    private int _modelId;

    /// <summary>An area that no other test uses.</summary>
    internal string NextArea() => $"T{Interlocked.Increment(ref _area):00}";

    /// <summary>Flagged shipments with open cases, the first worth most; their ids.</summary>
    internal async Task<IReadOnlyList<string>> FlaggedAsync(string area, int count, Action<int, NewScene>? change = null)
    {
        List<string> ids = [];
        for (var i = 0; i < count; i++)
        {
            var scene = new NewScene { Area = area, Score = 0.9 - 0.5 * i / Math.Max(count, 1), Hours = 6 + i % 5 };
            change?.Invoke(i, scene);
            ids.Add(await AddAsync($"{area}-{i + 1:000}", scene));
        }
        return ids;
    }

    /// <summary>One shipment.</summary>
    internal async Task<string> AddAsync(string id, NewScene scene)
    {
        var now = services.GetRequiredService<LoopClock>().Now;
        var ids = services.GetRequiredService<Ids>();
        var (key, newest, earlier) = (ids.Next(), ids.Next(), ids.Next());
        var promise = now.AddHours(scene.Hours);
        var content = new NewShipment
        {
            ShipmentId = id,
            BookedAt = now.AddHours(-20),
            PromisedBy = promise,
            Service = scene.Service,
            Carrier = "Northline",
            WeightKg = 2.4,
            Origin = new Area { AreaCode = "HUB" },
            Destination = new Area { AreaCode = scene.Area, AreaType = AreaType.Suburban },
        };
        await using var db = await services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync();
        await EnsureModelAsync(db, now);
        db.Add(new Shipment
        {
            Key = key,
            ShipmentId = id,
            RegisteredAt = now.AddHours(-20),
            BookedAt = now.AddHours(-20),
            PromisedFirst = promise,
            PromisedBy = promise,
            PromiseCounted = promise,
            Service = scene.Service,
            Carrier = "Northline",
            OriginArea = "HUB",
            DestinationArea = scene.Area,
            InputVersion = 1,
            ScoredVersion = 1,
            SettledVersion = 1,
            Score = scene.Score,
            Flagged = scene.Flagged,
            Silent = scene.Silent,
            FirstScoredAt = now.AddHours(-1),
            ScoredAt = now.AddMinutes(-2),
            PredictionKey = newest,
            Simulated = scene.Simulated,
        });
        db.Add(new ShipmentVersion { ShipmentId = id, ReceivedAt = now.AddHours(-20), PromisedBy = promise, Content = JsonSerializer.Serialize(content, ContractJson.Default.NewShipment) });
        AddEvents(db, id, now, scene);
        db.Add(Prediction(newest, key, now.AddMinutes(-2), scene.Score, scene.Flagged));
        db.Add(Prediction(earlier, key, now.AddHours(-1), scene.Score * 0.6, flagged: false));
        if (scene.Flagged)
            db.Add(new Case { ShipmentKey = key, State = CaseState.Open, OpenedAt = now.AddMinutes(-2), FlaggedSince = now.AddMinutes(-2) });
        await db.SaveChangesAsync();
        _shown[id] = (key, promise, scene);
        await ShowAsync(key, id, promise, scene, now);
        return id;
    }

    /// <summary>Scores a shipment anew, as far as the board shows it.</summary>
    internal async Task RescoreAsync(string id, double score)
    {
        var (key, promise, scene) = _shown[id];
        await services.GetRequiredService<GroupedWriter>().WriteAsync(
            session => services.GetRequiredService<BoardRows>().Scored(session, Row(key, id, promise, scene with { Score = score }, session.Received)), WritePriority.People);
    }

    /// <summary>Waits until somebody's draft about a shipment holds this text.</summary>
    internal async Task WaitForDraftAsync(string id, string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            await using var db = await services.GetRequiredService<IDbContextFactory<OpsConsoleDb>>().CreateDbContextAsync(patience.Token);
            if (await db.Set<Draft>().AnyAsync(d => d.ShipmentKey == _shown[id].Key && d.Content.Contains(text), patience.Token))
                return;
        }
        while (await timer.WaitForNextTickAsync(patience.Token));
    }

    private Task ShowAsync(long key, string id, DateTimeOffset promise, NewScene scene, DateTimeOffset now) => services.GetRequiredService<GroupedWriter>().WriteAsync(
        session =>
        {
            var rows = services.GetRequiredService<BoardRows>();
            rows.Scored(session, Row(key, id, promise, scene, now));
            if (scene.Flagged)
                rows.CaseChanged(session, key, CaseState.Open, null, null);
        },
        WritePriority.People);

    private static BoardScore Row(long key, string id, DateTimeOffset promise, NewScene scene, DateTimeOffset now) => new()
    {
        ShipmentKey = key,
        ShipmentId = id,
        Simulated = scene.Simulated,
        HeldOut = false,
        State = ShipmentState.Open,
        Score = scene.Score,
        Threshold = 0.3,
        Late = scene.Flagged,
        Flagged = scene.Flagged,
        Silent = scene.Silent,
        ExpectedDelayMinutes = 90,
        DelayLow = scene.Flagged ? 45 : -180,
        DelayHigh = scene.Flagged ? 190 : -20,
        PromisedBy = promise,
        DestinationArea = scene.Area,
        Service = scene.Service,
        Carrier = "Northline",
        ModelVersion = "rule-test",
        PredictionKey = null,
        Why = scene.Why,
        LastScanAt = now.AddMinutes(-12),
    };

    private static void AddEvents(OpsConsoleDb db, string id, DateTimeOffset now, NewScene scene)
    {
        (EventType Type, double HoursAgo, string? Facility)[] events =
            [(EventType.Accepted, 19, null), (EventType.Collected, 15, null), (EventType.ArrivedAtFacility, 9, "Hub North"), (EventType.Exception, scene.Silent ? 9 : 0.2, "Hub North")];
        foreach (var (type, hours, facility) in events)
        {
            db.Add(new TrackingEvent
            {
                EventId = $"{id}-{type}",
                ShipmentId = id,
                Type = type,
                OccurredAt = now.AddHours(-hours),
                ReceivedAt = now.AddHours(-hours),
                Facility = facility,
                Reason = type == EventType.Exception ? "missorted" : null,
                CarrierEstimate = type == EventType.Exception ? now.AddHours(scene.Hours + 1) : null,
            });
        }
    }

    private StoredPrediction Prediction(long key, long shipment, DateTimeOffset at, double score, bool flagged) => new()
    {
        Key = key,
        ShipmentKey = shipment,
        ScoredAt = at,
        ModelVersionId = _modelId,
        Score = score,
        Threshold = 0.3,
        Flagged = flagged,
        RawLogOdds = 0,
        Baseline = 0,
        ExpectedDelayMinutes = 90,
        DelayLow = flagged ? 45 : -180,
        DelayHigh = flagged ? 190 : -20,
        Vector = [],
        Contributions = JsonSerializer.Serialize<IReadOnlyList<Contribution>>(
            [new("hoursSinceLastScan", 9, 1.4), new("hoursLeft", 6.2, 0.7), new("destinationTrafficIndex", 1.7, 0.35), new("weightKg", 2.4, -0.2), new("priority", 2, -0.4)],
            ContractJson.Default.IReadOnlyListContribution),
    };

    private async Task EnsureModelAsync(OpsConsoleDb db, DateTimeOffset now)
    {
        if (_modelId != 0)
            return;
        var model = new ModelVersion { Version = "rule-test", Trainer = "rule", State = ModelState.Retired, CreatedAt = now, Threshold = 0.3, Metrics = "{}" };
        db.Add(model);
        await db.SaveChangesAsync();
        _modelId = model.Id;
    }
}

/// <summary>What a seeded shipment is like.</summary>
internal sealed record NewScene
{
    internal string Area { get; set; } = "T";

    internal string Service { get; set; } = "express";

    internal double Score { get; set; } = 0.7;

    internal double Hours { get; set; } = 7;

    internal bool Flagged { get; set; } = true;

    internal bool Silent { get; set; }

    internal bool Simulated { get; set; }

    internal string Why { get; set; } = "Last scan 9 h ago";
}
